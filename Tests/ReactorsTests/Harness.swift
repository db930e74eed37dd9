import Domain
import Projections
import Reactors

/// Drives the real recorder, folds and reactors without a store, with a broker that accepts everything and fills when
/// told to. Virtual time; one follower unless more are given.
struct Harness {
  static let lot: Int64 = 65
  var state = State()
  /// Every event, observed and decided, in order.
  var log: [Event] = []
  /// What would be looked at again without anything happening.
  var wakes = Wakes()
  var time = Timestamp(microseconds: 1_800_000_000_000_000)
  /// What was asked of the broker and is not final: by label.
  var broker: [CorrelationID: BrokerOrder] = [:]
  /// Whose order a label is.
  var accounts: [CorrelationID: FollowerName] = [:]
  var nextOrder = 1
  /// Requests that wait in the lane.
  var queued: [RequestID: Event] = [:]
  /// Whether follower orders fill completely as soon as they are placed or modified.
  var fillsAtOnce = true
  var acceptsAtOnce = true
  /// What the broker says that a basket binds; `nil` where it does not answer.
  var marginOf: (BasketMarginWanted) -> Paise? = { _ in .rupees(1) }
  /// What the option chain says of a contract; `nil` where nobody knows.
  var greeksOf: (ContractID) -> ContractGreeks? = { _ in nil }
  var contract: ContractID
  let product: ProductType

  var key: PositionKey { PositionKey(contract: contract, product: product) }

  static let nifty = ContractID(
    segment: .nseFNO, securityID: "47317",
    option: OptionTerms(expiry: Day("2026-12-29")!, strike: .rupees(24_000), type: .call))

  init(
    _ sizing: Sizing, mode: CopyMode = .placement, limits: CopyLimits = CopyLimits(), trueUp: TrueUpPolicy = .trim,
    lotSize: Int64 = Harness.lot, freeze: Int64? = nil, product: ProductType = .margin,
    positions: [BaselinePosition] = [], owner: [BaselinePosition] = [], baseline: Bool = true,
    entries: EntrySettings = EntrySettings(), unfilled: UnfilledSettings = UnfilledSettings(),
    exits: ExitSettings = ExitSettings(), squareOffFrom: TimeOfDay? = nil, tick: Int64 = 5,
    baskets: BasketSettings? = nil
  ) {
    self.product = product
    self.contract = Harness.nifty
    observe(.started(version: "test"))
    let follower = FollowerSettings(name: "asha", clientID: "1000000002", mode: mode, sizing: sizing, limits: limits)
    observe(
      .configuration(
        CopySettings(
          leader: "1000000001", followers: [follower], entries: entries, trueUp: trueUp, unfilled: unfilled,
          exits: exits, squareOffFrom: squareOffFrom, baskets: baskets)))
    observe(
      .instrument(
        Instrument(
          contract: contract, underlying: "NIFTY", displayName: "NIFTY 29 DEC 24000 CALL",
          lotSize: LotSize(lotSize)!, tickSize: Paise(tick), freezeQuantity: freeze.map { Quantity($0) })))
    if baseline {
      observe(.leaderBaseline(positions))
      observe(.followerBaseline("asha", owner))
    }
  }

  init(ratio: String, mode: CopyMode = .placement, rounding: ExitRounding = .lagging, freeze: Int64? = nil) {
    self.init(
      Sizing(strategy: .fixedRatio(Ratio(ratio)!), exitRounding: rounding), mode: mode, freeze: freeze)
  }

  var lotSize: LotSize { state.instruments[contract]!.lotSize }
  var account: FollowerAccount { state.followers[0] }
  var ledger: KeyLedger { account.ledgers[key] ?? KeyLedger() }
  /// Signed lots of ours that the follower holds.
  var held: Int64 { ledger.held.units / lotSize.units }

  /// Records, folds and decides, and lets the broker answer what left.
  mutating func observe(_ observation: Observation) {
    time = time + .milliseconds(1)
    guard let event = Recorder.event(for: observation, in: state) else { return }
    state.apply(event, sequence: state.lastSequence.next, recordedAt: time)
    log.append(event)
    let decided = Decider.decide(&state, now: time, wakes: &wakes)
    log += decided
    // What waits is known before anything is answered: an answer may let it leave.
    if acceptsAtOnce { for decision in decided { enqueue(decision) } }
    for decision in decided { answer(decision) }
  }

  private mutating func enqueue(_ event: Event) {
    switch event {
    case .placementRequested(let request) where !request.leavesAtOnce: queued[request.requestID] = event
    case .modificationRequested(let request) where !request.leavesAtOnce: queued[request.requestID] = event
    case .cancellationRequested(let request) where !request.leavesAtOnce: queued[request.requestID] = event
    default: break
    }
  }

  private mutating func answer(_ event: Event) {
    guard acceptsAtOnce else { return }
    switch event {
    case .placementRequested(let request):
      if request.leavesAtOnce { place(request) }
    case .modificationRequested(let request):
      if request.leavesAtOnce { modify(request) }
    case .cancellationRequested(let request):
      if request.leavesAtOnce { cancel(request) }
    case .requestAttempted(let attempt): leave(attempt.requestID)
    case .orderAdopted(let adopted): adopt(adopted)
    case .greeksWanted(let wanted):
      for contract in wanted.contracts { if let greeks = greeksOf(contract) { observe(.greeks(contract, greeks)) } }
    case .basketMarginWanted(let wanted):
      if let margin = marginOf(wanted) {
        observe(.basketMargin(wanted.follower, wanted.basket, units: wanted.units, margin: margin))
      }
    default: break
    }
  }

  private mutating func leave(_ id: RequestID) {
    switch queued.removeValue(forKey: id) {
    case .placementRequested(let request)?: place(request)
    case .modificationRequested(let request)?: modify(request)
    case .cancellationRequested(let request)?: cancel(request)
    default: break
    }
  }

  /// Lets the clock run until no lane holds anything back, and until what was asked for too often of late is asked for.
  mutating func runLanes() {
    var rounds = 0
    while state.nextDue != nil || (wakes.next.map { $0 <= time + .seconds(1) } ?? false), rounds < 500 {
      time = time + .milliseconds(250)
      observe(.clock(due: "lane"))
      rounds += 1
    }
  }

  /// Lets the clock run for `length`, looking at it whenever something is due.
  mutating func run(for length: Microseconds) {
    let end = time + length
    while let due = [state.nextDue, wakes.next].compactMap({ $0 }).min(), due <= end {
      time = max(time, due)
      observe(.clock(due: "test"))
    }
    time = max(time, end)
  }

  mutating func place(_ request: PlacementRequested) {
    let id = OrderID(stringLiteral: "2\(100_000_000_000 + nextOrder)")
    nextOrder += 1
    observe(.accepted(request.child.follower, request.requestID, id))
    let order = BrokerOrder(
      orderID: id, correlationID: request.correlationID, key: request.key, side: request.side,
      type: request.terms.price.type,
      validity: request.terms.validity, quantity: request.terms.quantity, price: request.terms.price.limit,
      triggerPrice: request.terms.price.trigger ?? .zero, status: .pending, updatedAt: time)
    broker[request.correlationID] = order
    accounts[request.correlationID] = request.child.follower
    observe(.followerOrder(request.child.follower, order, .stream))
    if fillsAtOnce { fill(request.correlationID) }
  }

  mutating func modify(_ request: ModificationRequested) {
    let label = CorrelationID(leader: "1000000001", child: request.child)
    guard var order = broker[label] else { return }
    observe(.accepted(request.child.follower, request.requestID, order.orderID))
    if order.filled >= request.terms.quantity { return }
    order.quantity = request.terms.quantity
    order.price = request.terms.price.limit
    order.triggerPrice = request.terms.price.trigger ?? .zero
    order.type = request.terms.price.type
    order.updatedAt = time
    broker[label] = order
    observe(.followerOrder(request.child.follower, order, .stream))
    if fillsAtOnce { fill(label) }
  }

  mutating func cancel(_ request: CancellationRequested) {
    let label = CorrelationID(leader: "1000000001", child: request.child)
    guard var order = broker[label], !order.status.isFinal else { return }
    observe(.accepted(request.child.follower, request.requestID, order.orderID))
    order.status = .cancelled
    order.updatedAt = time
    broker[label] = order
    observe(.followerOrder(request.child.follower, order, .stream))
  }

  /// Fills an order of the follower up to `lots` in all, or completely.
  mutating func fill(_ label: CorrelationID, lots: Int64? = nil) {
    guard var order = broker[label], !order.status.isFinal else { return }
    order.filled = lots.map { lotSize.quantity(of: Lots($0)) } ?? order.quantity
    order.averagePrice = order.price
    order.status = order.filled == order.quantity ? .traded : .partTraded
    order.updatedAt = time
    broker[label] = order
    observe(.followerOrder(accounts[label] ?? "asha", order, .stream))
  }

  /// Fills everything of the follower that works.
  mutating func fillAll() {
    for label in broker.keys.sorted() { fill(label) }
    runLanes()
  }

  /// The label of the follower's newest order that works.
  var working: [BrokerOrder] {
    broker.values.filter { !$0.status.isFinal }.sorted { $0.orderID < $1.orderID }
  }

  // MARK: - The leader

  /// The leader's order `id`: what the stream would show of it.
  mutating func leader(
    _ id: OrderID, _ side: Side, lots: Int64, filled: Int64 = 0, price: Int64 = 10_000, average: Int64? = nil,
    status: OrderStatus? = nil,
    type: OrderType = .limit, trigger: Int64 = 0, validity: Validity = .day, reference: Int64 = 0,
    age: Microseconds = Microseconds(0), afterMarket: Bool = false, shown: Int64 = 0, product: ProductType? = nil,
    isExitLeg: Bool = false, label: CorrelationID? = nil
  ) {
    let quantity = lotSize.quantity(of: Lots(lots))
    let done = lotSize.quantity(of: Lots(filled))
    observe(
      .leaderOrder(
        BrokerOrder(
          orderID: id, correlationID: label, key: PositionKey(contract: contract, product: product ?? self.product),
          side: side, type: type, validity: validity, quantity: quantity, price: Paise(price),
          triggerPrice: Paise(trigger), filled: done,
          averagePrice: filled > 0 ? Paise(average ?? price) : .zero,
          status: status ?? (filled == lots ? .traded : filled > 0 ? .partTraded : .pending),
          afterMarket: afterMarket, updatedAt: Timestamp(microseconds: time.microseconds - age.count),
          referencePrice: Paise(reference), disclosedQuantity: lotSize.quantity(of: Lots(shown)), isExitLeg: isExitLeg),
        .stream)
    )
  }

  /// One leader order that is at once filled: signed lots.
  mutating func leaderTrades(_ lots: Int64) {
    leader(
      OrderID(stringLiteral: "1\(100_000_000_000 + state.lastSequence.value)"), lots > 0 ? .buy : .sell,
      lots: abs(lots),
      filled: abs(lots))
  }

  /// A trade that the follower's owner (or the broker) makes: signed lots.
  mutating func ownerTrades(_ lots: Int64, at moment: Timestamp? = nil) {
    let quantity = lotSize.quantity(of: Lots(abs(lots)))
    observe(
      .followerOrder(
        "asha",
        BrokerOrder(
          orderID: OrderID(stringLiteral: "3\(100_000_000_000 + state.lastSequence.value)"), correlationID: nil,
          key: key,
          side: lots > 0 ? .buy : .sell, type: .limit, validity: .day, quantity: quantity, price: Paise(10_000),
          filled: quantity, averagePrice: Paise(10_000), status: .traded, updatedAt: moment ?? time), .stream))
  }

  /// What the engine asked for since `mark`: signed lots of every placement, in order.
  func placements(since mark: Int = 0) -> [Int64] {
    log[mark...].compactMap { event in
      guard case .placementRequested(let request) = event else { return nil }
      return request.side.sign * request.terms.quantity.units / lotSize.units
    }
  }

  /// The follower's actions, one number a step: what was placed in answer to each of the leader's trades.
  mutating func steps(_ trades: [Int64]) -> [Int64] {
    trades.map { trade in
      let mark = log.count
      leaderTrades(trade)
      return placements(since: mark).reduce(0, +)
    }
  }

  var reasons: [SkipReason] {
    log.compactMap { if case .entryForgone(let forgone) = $0 { forgone.reason } else { nil } }
  }
  var ends: [LinkEnd] { log.compactMap { if case .linkEnded(let ended) = $0 { ended.end } else { nil } } }
}
