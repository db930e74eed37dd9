import Domain
import Engine
import Projections
import Reactors
import Testing

@testable import Daemon

/// What `positions` tells of premiums, volatility and Greeks (options-domain.md §5).
@Suite("Positions: analytics") struct AnalyticsTests {
  private static let close = Timestamp("2026-12-01 15:40", defaultsToIndia: true)
  private static let now = Timestamp("2026-11-24 15:40", defaultsToIndia: true)

  private static func contract(_ id: SecurityID, _ type: OptionType, strike: Int64 = 25_000) throws -> ContractID {
    ContractID(
      segment: .nseFNO, securityID: id,
      option: OptionTerms(expiry: try #require(Day("2026-12-01")), strike: .rupees(strike), type: type))
  }

  /// A leader and a follower at half of it, who trade these contracts at these prices, in lots.
  private static func report(_ trades: [(ContractID, paise: Int64, lots: Int64)]) throws -> PositionsReport {
    let now = try #require(now)
    var state = State()
    func apply(_ observation: Observation) {
      guard let event = Recorder.event(for: observation, in: state) else { return }
      state.apply(event, sequence: state.lastSequence.next, recordedAt: now)
      for decision in Decider.decide(&state, now: now) {
        guard case .placementRequested(let request) = decision else { continue }
        let order = BrokerOrder(
          orderID: OrderID(stringLiteral: "2\(state.lastSequence.value)"), correlationID: request.correlationID,
          key: request.key, side: request.side, type: .limit, validity: .day, quantity: request.terms.quantity,
          price: request.terms.price.limit, filled: request.terms.quantity, averagePrice: request.terms.price.limit,
          status: .traded, updatedAt: now)
        apply(.followerOrder("asha", order, .stream))
      }
    }
    let half = try #require(Ratio(1, 2))
    for observation in [
      .started(version: "test"),
      .configuration(
        CopySettings(
          leader: "1000000001",
          followers: [
            FollowerSettings(name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(half)))
          ])), .leaderBaseline([]), .followerBaseline("asha", []),
    ] as [Observation] { apply(observation) }
    for (contract, _, _) in trades {
      apply(
        .instrument(
          Instrument(
            contract: contract, underlying: "NIFTY",
            displayName: ShortText(stringLiteral: "NIFTY \(contract.securityID)"),
            lotSize: try #require(LotSize(65)), tickSize: Paise(5), freezeQuantity: nil)))
    }
    for (place, (contract, paise, lots)) in trades.enumerated() {
      let units = Quantity(65 * abs(lots))
      apply(
        .leaderOrder(
          BrokerOrder(
            orderID: OrderID(stringLiteral: "1\(place)"), correlationID: nil,
            key: PositionKey(contract: contract, product: .margin), side: lots > 0 ? .buy : .sell, type: .limit,
            validity: .day, quantity: units, price: Paise(paise), filled: units, averagePrice: Paise(paise),
            status: .traded, updatedAt: now), .stream))
    }
    return PositionsReport(StatusReport(state: state, now: now), analytics: true)
  }

  @Test("call and put of one strike give the forward, and that volatility and Greeks as the reference values have them")
  func figures() throws {
    // S = K = 25,000, σ 0.12, r 0.065, seven days (options-domain.md §5.3): forward 25,031.18, δ 0.5332 and −0.4668.
    let call = try Self.contract("1", .call)
    let put = try Self.contract("2", .put)
    let report = try Self.report([(call, 18_168, -2), (put, 15_053, -2)])
    let analytics = try #require(report.analytics[call])
    let figures = try analytics.figures.get()
    #expect(abs(figures.forward - 25_031.18) < 0.05)
    #expect(abs(figures.volatility - 0.12) < 0.0001)
    #expect(abs(figures.greeks.delta - 0.533202) < 0.0005)
    #expect(abs(figures.greeks.vega - 13.76) < 0.01)
    #expect(abs(analytics.days - 7) < 0.0001)
    let other = try #require(report.analytics[put]).figures.get()
    #expect(abs(other.greeks.delta + 0.466798) < 0.0005)
    #expect(report.text.contains("12.00   0.533"), "\(report.text)")
    // One short lot of each at asha's: −65 × (0.5332 − 0.4668) × 25,031.
    #expect(report.text.contains("asha NIFTY: rupee delta -1080"), "\(report.text)")
    #expect(report.json.text.contains("\"implied_volatility\":0.12000"), "\(report.json.text)")
  }

  @Test("without a call and a put of one strike there is no forward, and that is said") func noForward() throws {
    let call = try Self.contract("1", .call)
    let put = try Self.contract("3", .put, strike: 24_000)
    let report = try Self.report([(call, 18_168, 2), (put, 250, 2)])
    #expect(throws: ContractAnalytics.Absence.noForward) { try report.analytics[call]?.figures.get() }
    #expect(report.text.contains("no forward"))
    #expect(report.json.text.contains("\"absent\":\"no_forward\""))
  }

  @Test("a price that no volatility explains has none, whatever the others say") func noVolatility() throws {
    let call = try Self.contract("1", .call)
    let put = try Self.contract("2", .put)
    let deep = try Self.contract("4", .call, strike: 24_000)
    // 1,031 intrinsic, traded at 900.
    let report = try Self.report([(call, 18_168, 2), (put, 15_053, 2), (deep, 90_000, 2)])
    #expect(throws: ContractAnalytics.Absence.noVolatility) { try report.analytics[deep]?.figures.get() }
  }
}
