import Domain
import Projections
import TestSupport
import Testing

@testable import Daemon

/// In a settled session what is expected and what is held are the same, whatever the leader did on the way.
@Suite("Expected holding") struct ExpectedHoldingTests {
  static let strategies: [SizingStrategy] = [
    .fixedRatio(.one), .fixedRatio(Ratio(2, 5) ?? .one), .fixedRatio(Ratio(3, 10) ?? .one),
    .fixedRatio(Ratio(7, 3) ?? .one), .fixedLots(Lots(3)),
  ]
  static let roundings: [ExitRounding] = [.byRisk, .lagging, .nearest, .leading]

  static func settings(_ trueUp: TrueUpPolicy, oneLot: Bool, limit: Int64?) -> CopySettings {
    var number = 2
    var followers: [FollowerSettings] = []
    for strategy in strategies {
      for rounding in roundings {
        let sizing = Sizing(strategy: strategy, belowOneLot: oneLot ? .oneLot : .skip, exitRounding: rounding)
        followers.append(
          FollowerSettings(
            name: FollowerName(stringLiteral: "f\(number)"),
            clientID: ClientID(stringLiteral: "\(1_000_000_000 + number)"),
            sizing: sizing, limits: CopyLimits(maximumOpenLots: limit.map { Lots($0) })))
        number += 1
      }
    }
    return CopySettings(leader: "1000000001", followers: followers, trueUp: trueUp)
  }

  /// Everything settles at once here, so that work left over is a difference as well.
  static func differences(_ session: ReportSession) -> [String] {
    let report = StatusReport(state: session.state, now: session.clock.now())
    return report.followers.filter { $0.state != .inSync }.flatMap { follower in
      follower.positions.map {
        "\(follower.name) \(session.state.account(of: follower.name)): leader \($0.leader) expected \($0.expected) "
          + "actual \($0.actual)"
      }
    }
  }

  @Test("every strategy and rounding, random leaders", arguments: 0..<8) func random(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let trueUp: TrueUpPolicy = [.trim, .keep, .trimShorts][seed % 3]
    let limit: Int64? = seed % 4 == 1 ? 5 : nil
    let session = try ReportSession(settings: Self.settings(trueUp, oneLot: seed % 2 == 0, limit: limit))
    var net: Int64 = 0
    var steps: [Int64] = []
    for number in 1...30 {
      var lots = Int64.random(in: 1...12, using: &generator) * (Bool.random(using: &generator) ? 1 : -1)
      if number % 7 == 0, net != 0 { lots = -net }
      net += lots
      steps.append(lots)
      // Far enough apart that no lane holds anything back.
      session.clock.set(session.clock.now() + .seconds(60))
      try session.leader(
        OrderID(stringLiteral: "1\(number)"), lots > 0 ? .buy : .sell, lots: abs(lots), filled: abs(lots))
      #expect(Self.differences(session) == [], "after \(steps)")
      if Self.differences(session) != [] { return }
    }
  }

  /// The exits are refused, so that nothing but the rules says how many lots there should be.
  @Test(
    "half of the leader's lots leave: the fraction of a lot goes by the policy",
    arguments: [
      (ExitRounding.lagging, Side.buy, Int64(2)), (.leading, .buy, 1), (.nearest, .buy, 2), (.byRisk, .buy, 2),
      (.byRisk, .sell, -1), (.lagging, .sell, -2),
    ])
  func rounding(policy: ExitRounding, side: Side, lots: Int64) throws {
    let follower = ReportSession.follower("asha", "1000000002", ratio: "3/10", rounding: policy)
    let session = try ReportSession(settings: CopySettings(leader: "1000000001", followers: [follower]))
    try session.leader("1001", side, lots: 10, filled: 10)
    session.fills = false
    try session.leader("1002", side.opposite, lots: 5, filled: 5)
    for (id, entry) in session.book where !entry.order.status.isFinal { try session.end(id, .rejected) }
    let position = try #require(
      StatusReport(state: session.state, now: session.clock.now()).followers.first?.positions.first)
    #expect(position.expected.units == lots * ReportSession.lot)
    #expect(position.actual.units == 3 * side.sign * ReportSession.lot)
    #expect(position.isDrifted)
  }

  @Test(
    "an order that the leader cancels half filled, for longs and shorts and each policy",
    arguments: [TrueUpPolicy.trim, .keep, .trimShorts], [Side.buy, .sell])
  func cancelled(trueUp: TrueUpPolicy, side: Side) throws {
    let session = try ReportSession(settings: Self.settings(trueUp, oneLot: false, limit: nil))
    try session.leader("1001", side, lots: 10)
    try session.leader("1001", side, lots: 10, filled: 4)
    session.clock.set(session.clock.now() + .seconds(60))
    try session.leader("1001", side, lots: 10, filled: 4, status: .cancelled)
    #expect(Self.differences(session) == [])
    session.clock.set(session.clock.now() + .seconds(60))
    try session.leader("1002", side.opposite, lots: 4, filled: 4)
    #expect(Self.differences(session) == [])
    #expect(session.state.followers.allSatisfy { $0.ledgers.values.allSatisfy { $0.held == .zero } })
  }
}

extension State {
  fileprivate func account(of name: FollowerName) -> String {
    index(of: name).map { "\(followers[$0].settings.sizing)" } ?? "unknown"
  }
}
