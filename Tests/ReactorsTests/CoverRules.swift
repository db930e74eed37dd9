import Domain
import Projections
import Reactors
import Testing

/// A call spread: the leader is long of the higher strike and short of the lower one.
private struct Spread {
  static let hedge = ContractID(
    segment: .nseFNO, securityID: "47325",
    option: OptionTerms(expiry: Day("2026-12-29")!, strike: .rupees(24_500), type: .call))
  static let put = ContractID(
    segment: .nseFNO, securityID: "47326",
    option: OptionTerms(expiry: Day("2026-12-29")!, strike: .rupees(24_000), type: .put))
  static let short = Harness.nifty

  var harness: Harness
  private var next = 1

  init(_ sizing: Sizing, mode: CopyMode = .placement, freeze: Quantity? = nil) {
    harness = Harness(sizing, mode: mode)
    for contract in [Spread.hedge, Spread.put] {
      harness.observe(
        .instrument(
          Instrument(
            contract: contract, underlying: "NIFTY", displayName: "NIFTY", lotSize: LotSize(65)!, tickSize: Paise(5),
            freezeQuantity: freeze)))
    }
  }

  init(ratio: String, mode: CopyMode = .placement, freeze: Quantity? = nil) {
    self.init(Sizing(strategy: .fixedRatio(Ratio(ratio)!), exitRounding: .lagging), mode: mode, freeze: freeze)
  }

  /// Both hold so many lots of each leg, and what is asked for from now on rests until it is filled.
  static func held(_ lots: Int64) -> Spread {
    var spread = Spread(ratio: "1")
    spread.leader(Spread.hedge, lots)
    spread.leader(Spread.short, -lots)
    spread.harness.fillsAtOnce = false
    return spread
  }

  /// The leader's order in one leg: signed lots, filled at once or resting.
  @discardableResult
  mutating func leader(_ contract: ContractID, _ lots: Int64, filled: Bool = true, id: OrderID? = nil) -> OrderID {
    harness.contract = contract
    let order = id ?? OrderID(stringLiteral: "1\(100_000_000_000 + next)")
    next += 1
    harness.leader(order, lots > 0 ? .buy : .sell, lots: abs(lots), filled: filled ? abs(lots) : 0)
    return order
  }

  /// Fills everything of ours that works in one leg.
  mutating func fill(_ contract: ContractID) {
    for order in harness.working where order.key.contract == contract {
      if let label = order.correlationID { harness.fill(label) }
    }
  }

  /// A whole reading of the leader's book, which shows nothing new.
  mutating func readLeader() {
    harness.run(for: .milliseconds(1_005))
    harness.observe(.leaderBookRead(orders: 4, askedAt: harness.time))
  }

  func held(_ contract: ContractID) -> Int64 {
    (harness.account.ledgers[PositionKey(contract: contract, product: .margin)]?.held.units ?? 0) / 65
  }
  func working(_ contract: ContractID) -> Int64 {
    harness.working.reduce(0) { $1.key.contract == contract ? $0 + $1.side.sign * $1.open.units / 65 : $0 }
  }
  func alerts(_ contract: ContractID) -> Set<AlertKind> {
    harness.account.ledgers[PositionKey(contract: contract, product: .margin)]?.alerts ?? []
  }
}

@Suite("Rule 22: cover") struct CoverRules {
  @Test("a short that is filled before the leader's is told is as uncovered as his, and takes nothing back")
  func shortAhead() {
    var spread = Spread(ratio: "1")
    spread.harness.fillsAtOnce = false
    spread.leader(Spread.short, -2, filled: false)
    spread.leader(Spread.hedge, 1)
    spread.fill(Spread.hedge)
    spread.harness.run(for: .seconds(10))
    let resting = spread.leader(Spread.short, -4, filled: false)
    let mark = spread.harness.log.count
    spread.harness.contract = Spread.short
    for order in spread.harness.working where order.key.contract == Spread.short && order.open.units == 4 * 65 {
      if let label = order.correlationID { spread.harness.fill(label) }
    }
    #expect(spread.held(Spread.short) == -4 && spread.working(Spread.short) == -2, "\(spread.harness.story)")
    spread.leader(Spread.short, -4, id: resting)
    spread.harness.run(for: .seconds(5))
    #expect(spread.working(Spread.short) == -2, "\(spread.harness.story)")
    #expect(!spread.harness.log[mark...].contains { if case .alertRaised = $0 { true } else { false } })
    #expect(spread.harness.cancels == 0)
  }

  @Test("a short that the leader has covered waits until our hedge has filled, and goes at once then")
  func waitsForHedge() {
    var spread = Spread(ratio: "1/2")
    spread.harness.fillsAtOnce = false
    spread.leader(Spread.hedge, 4)
    spread.leader(Spread.short, -4)
    #expect(spread.working(Spread.hedge) == 2)
    #expect(spread.working(Spread.short) == 0)
    spread.fill(Spread.hedge)
    #expect(spread.working(Spread.short) == -2)
  }

  @Test("as much of the hedge as filled lets as much of the short go") func partialHedge() throws {
    var spread = Spread(ratio: "1")
    spread.harness.fillsAtOnce = false
    spread.leader(Spread.hedge, 4)
    spread.leader(Spread.short, -4)
    let label = try #require(spread.harness.working.first?.correlationID)
    spread.harness.fill(label, lots: 3)
    #expect(spread.working(Spread.short) == -3)
  }

  @Test("a short whose hedge does not fill in time is skipped, and the record says why") func hedgeNeverFills() {
    var spread = Spread(ratio: "1/2")
    spread.harness.fillsAtOnce = false
    spread.leader(Spread.hedge, 4)
    spread.leader(Spread.short, -4)
    spread.harness.run(for: .seconds(12))
    #expect(spread.harness.reasons == [.uncovered])
    #expect(spread.harness.ends.contains(.skipped(.uncovered)))
    spread.fill(Spread.hedge)
    #expect(spread.working(Spread.short) == 0, "what was skipped stays skipped")
  }

  @Test(
    "what the leader has uncovered himself a follower may have too, in his share, rounded up; a put covers no call",
    arguments: [("1/2", 4, 0, 2), ("1/2", 5, 4, 1), ("3/10", 10, 0, 3), ("1", 3, 0, 3)])
  func uncoveredLikeTheLeader(ratio: String, shorts: Int64, hedges: Int64, sold: Int64) {
    var spread = Spread(ratio: ratio)
    spread.harness.fillsAtOnce = false
    spread.leader(Spread.put, 4)
    if hedges > 0 { spread.leader(Spread.hedge, hedges) }
    spread.leader(Spread.short, -shorts)
    #expect(spread.working(Spread.short) == -sold)
  }

  @Test("where no ratio decides, a covered short waits for its hedge all the same, and a naked one does not")
  func fixedLots() {
    var spread = Spread(Sizing(strategy: .fixedLots(Lots(2))))
    spread.harness.fillsAtOnce = false
    spread.leader(Spread.hedge, 4)
    spread.leader(Spread.short, -4)
    #expect(spread.working(Spread.short) == 0)
    spread.fill(Spread.hedge)
    #expect(spread.working(Spread.short) == -2)
    var naked = Spread(Sizing(strategy: .fixedLots(Lots(2))))
    naked.harness.fillsAtOnce = false
    naked.leader(Spread.short, -4)
    #expect(naked.working(Spread.short) == -2)
  }

  @Test("a hedge leaves after the shorts that it covers; a person is told when that takes long") func exitOfHedge() {
    var spread = Spread(ratio: "1")
    spread.leader(Spread.hedge, 2)
    spread.leader(Spread.short, -2)
    #expect(spread.held(Spread.short) == -2 && spread.held(Spread.hedge) == 2)
    spread.harness.fillsAtOnce = false
    spread.leader(Spread.short, 2)
    spread.leader(Spread.hedge, -2)
    #expect(spread.working(Spread.short) == 2)
    #expect(spread.working(Spread.hedge) == 0)
    spread.harness.run(for: .seconds(6))
    #expect(spread.working(Spread.hedge) == 0)
    #expect(spread.alerts(Spread.hedge).contains(.hedgeKept))
    spread.fill(Spread.short)
    #expect(spread.held(Spread.short) == 0)
    #expect(spread.working(Spread.hedge) == -2)
    spread.fill(Spread.hedge)
    #expect(spread.held(Spread.hedge) == 0)
    #expect(!spread.alerts(Spread.hedge).contains(.hedgeKept))
  }

  @Test(
    "a hedge that the leader sells alone leaves us as uncovered as him, once he is and his book was read, or cannot be for three seconds",
    arguments: [true, false])
  func hedgeAlone(isRead: Bool) {
    var spread = Spread.held(2)
    let order = spread.leader(Spread.hedge, -2, filled: false)
    #expect(spread.working(Spread.hedge) == 0, "his hedge only rests")
    spread.leader(Spread.hedge, -2, filled: true, id: order)
    #expect(spread.working(Spread.hedge) == 0, "he may have bought his shorts back in the same moment")
    if isRead { spread.readLeader() } else { spread.harness.run(for: .milliseconds(3_010)) }
    #expect(spread.working(Spread.hedge) == -2)
  }

  @Test("he leaves both legs at once and the hedge is told of first: ours stays until our shorts are bought back")
  func hedgeToldFirst() {
    var spread = Spread.held(2)
    spread.leader(Spread.hedge, -2)
    spread.harness.observe(.leaderBookRead(orders: 3, askedAt: spread.harness.time))
    spread.harness.run(for: .milliseconds(200))
    spread.leader(Spread.short, 2)
    spread.readLeader()
    #expect(spread.working(Spread.short) == 2)
    #expect(spread.working(Spread.hedge) == 0)
    spread.fill(Spread.short)
    #expect(spread.working(Spread.hedge) == -2)
  }

  @Test("a hedge's exit that waits in its lane is taken back when the leader's shorts are covered again")
  func queuedHedge() {
    var spread = Spread.held(2)
    spread.harness.observe(.operatorCommand(.halted, nil))
    spread.leader(Spread.hedge, -2)
    spread.readLeader()
    #expect(spread.harness.queued.count == 1)
    spread.leader(Spread.short, 2)
    spread.harness.observe(.operatorCommand(.running, nil))
    #expect(spread.working(Spread.short) == 2)
    spread.harness.run(for: .seconds(3))
    #expect(spread.working(Spread.hedge) == 0)
    spread.fill(Spread.short)
    spread.harness.runLanes()
    #expect(spread.working(Spread.hedge) == -2)
  }

  @Test("so is what waits of an exit whose other child rests; that one has its second") func queuedChild() throws {
    var spread = Spread(ratio: "1", freeze: Quantity(131))
    spread.leader(Spread.hedge, 4)
    spread.leader(Spread.short, -4)
    #expect(spread.held(Spread.hedge) == 4 && spread.held(Spread.short) == -4)
    spread.harness.fillsAtOnce = false
    spread.harness.acceptsAtOnce = false
    spread.leader(Spread.hedge, -4)
    spread.readLeader()
    let requests = spread.harness.account.outbox.requests.map(\.id)
    try #require(requests.count == 2, "\(spread.harness.story)")
    spread.harness.acceptOldest()
    spread.harness.acceptsAtOnce = true
    spread.harness.observe(.refused("asha", requests[1], .notWritten, text: "connection refused"))
    spread.leader(Spread.short, 4)
    #expect(spread.working(Spread.hedge) == -2 && spread.working(Spread.short) == 4)
    #expect(spread.harness.log.contains { if case .requestWithdrawn = $0 { true } else { false } })
    spread.harness.run(for: .milliseconds(900))
    #expect(spread.working(Spread.hedge) == -2, "\(spread.harness.story)")
    spread.harness.run(for: .milliseconds(300))
    #expect(spread.working(Spread.hedge) == 0)
  }

  @Test("a hedge's exit that rests is taken back when ours stay uncovered a second after the leader's are covered")
  func restingHedge() {
    var spread = Spread.held(2)
    spread.leader(Spread.hedge, -2)
    spread.readLeader()
    spread.leader(Spread.short, 2)
    #expect(spread.working(Spread.hedge) == -2 && spread.working(Spread.short) == 2)
    spread.harness.run(for: .milliseconds(1_100))
    #expect(spread.working(Spread.hedge) == 0)
    #expect(spread.working(Spread.short) == 2)
    spread.fill(Spread.short)
    spread.harness.runLanes()
    #expect(spread.working(Spread.hedge) == -2)
    spread.fill(Spread.hedge)
    #expect(spread.held(Spread.hedge) == 0)
  }

  @Test("so is what we give back of a hedge ourselves, and waits in its lane") func queuedTrueUp() throws {
    var spread = Spread(ratio: "1")
    spread.harness.fillsAtOnce = false
    let bought = spread.leader(Spread.hedge, 4, filled: false)
    spread.fill(Spread.hedge)
    #expect(spread.held(Spread.hedge) == 4)
    spread.harness.acceptsAtOnce = false
    spread.harness.contract = Spread.hedge
    spread.harness.leader(bought, .buy, lots: 4, status: .cancelled)
    let trueUp = try #require(spread.harness.account.outbox.requests.first?.id, "\(spread.harness.story)")
    spread.harness.observe(.refused("asha", trueUp, .notWritten, text: "connection refused"))
    spread.harness.acceptsAtOnce = true
    let sold = spread.leader(Spread.short, -4, filled: false)
    #expect(spread.working(Spread.short) == -4, "\(spread.harness.story)")
    spread.harness.contract = Spread.short
    spread.harness.leader(sold, .sell, lots: 4, status: .cancelled)
    let withdrawn = spread.harness.log.compactMap { event -> RequestID? in
      if case .requestWithdrawn(let it) = event { it.requestID } else { nil }
    }
    #expect(withdrawn == [trueUp], "\(spread.harness.story)")
    spread.harness.runLanes()
    #expect(spread.working(Spread.short) == 0 && spread.working(Spread.hedge) == -4, "given back when nothing is short")
  }

  @Test("no more of it than leaves us as covered as the leader, where several of his orders sell it")
  func restingHedges() {
    var spread = Spread.held(4)
    spread.leader(Spread.hedge, -2)
    spread.readLeader()
    spread.leader(Spread.hedge, -2)
    spread.readLeader()
    #expect(spread.working(Spread.hedge) == -4)
    spread.leader(Spread.short, 2)
    spread.harness.run(for: .milliseconds(1_100))
    #expect(spread.working(Spread.hedge) == -2)
  }

  @Test("a short that rests is taken back where the leader's hedge filled and ours does not within a second")
  func restingShort() {
    var spread = Spread(ratio: "1")
    spread.harness.fillsAtOnce = false
    let hedge = spread.leader(Spread.hedge, 2, filled: false)
    spread.leader(Spread.short, -2, filled: false)
    #expect(spread.working(Spread.short) == -2, "both rest, and the leader is as uncovered as we are")
    spread.leader(Spread.hedge, 2, filled: true, id: hedge)
    spread.harness.run(for: .milliseconds(900))
    #expect(spread.working(Spread.short) == -2)
    spread.harness.run(for: .milliseconds(200))
    #expect(spread.working(Spread.short) == 0)
  }

  @Test("where the hedge is refused after the short has filled, a person is told; nothing is sent blindly")
  func hedgeRefused() {
    var spread = Spread(ratio: "1")
    spread.leader(Spread.short, -2)
    #expect(spread.held(Spread.short) == -2)
    spread.harness.acceptsAtOnce = false
    spread.leader(Spread.hedge, 2)
    spread.harness.refuseNewest()
    spread.harness.run(for: .seconds(6))
    #expect(spread.alerts(Spread.short).contains(.uncovered))
    #expect(spread.working(Spread.short) == 0)
  }

  @Test("a short that waits for its hedge waits no longer when the leader is out of it") func leaderLeaves() {
    var spread = Spread(ratio: "1")
    spread.harness.fillsAtOnce = false
    spread.leader(Spread.hedge, 2)
    spread.leader(Spread.short, -2)
    spread.leader(Spread.short, 2)
    spread.fill(Spread.hedge)
    #expect(spread.working(Spread.short) == 0)
    #expect(spread.held(Spread.short) == 0)
  }
}
