import Foundation
import Testing

/// Which contract and product an order is for, and in which state it is first seen.
@Suite("Scenarios: contracts and first sight", .serialized, .timeLimit(.minutes(10))) struct ContractScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 7: INTRADAY and MARGIN of one contract are separate positions")
  func products() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 65])
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30", #""product":"INTRADAY""#)
    try await stage.untilHeld([Contract.call: 195])
    _ = try await stage.order("SELL", 130, of: Contract.call, at: "151.90", #""product":"INTRADAY""#)
    try await stage.untilRows(
      Contract.call,
      ["BUY 65 at 152.30 TRADED", "BUY 130 at 152.30 INTRADAY TRADED", "SELL 65 at 151.90 INTRADAY TRADED"])
    let positions = try await stage.status()["asha"]?.positions.map { "\($0.product) \($0.actual_quantity)" }
    #expect(positions?.sorted() == ["INTRADAY 65", "MARGIN 65"])
    try await stage.finish(holding: [Contract.call: 130])
  }

  /// Contracts with lot, strike, expiry and tick of their own.
  private static let chains = """
    contracts:
      - {underlying: NIFTY, expiry: 2030-12-03, from_strike: 24000, to_strike: 24050, lot_size: 65, freeze_quantity: 1756,
         first_security_id: 60000, expiry_flag: W}
      - {underlying: NIFTY, expiry: 2030-12-10, from_strike: 24000, to_strike: 24000, lot_size: 65, freeze_quantity: 1756,
         first_security_id: 60100, expiry_flag: W}
      - {underlying: BANKNIFTY, expiry: 2030-12-31, from_strike: 52000, to_strike: 52000, lot_size: 30,
         freeze_quantity: 600, first_security_id: 60200}
      - {underlying: FINNIFTY, expiry: 2030-12-31, from_strike: 27000, to_strike: 27000, lot_size: 60,
         freeze_quantity: 1800, first_security_id: 61000}
      - {underlying: MIDCPNIFTY, expiry: 2030-12-31, from_strike: 13000, to_strike: 13000, lot_size: 120,
         freeze_quantity: 2800, first_security_id: 62000}
      - {underlying: BANKEX, segment: BSE_FNO, expiry: 2030-12-26, from_strike: 60000, to_strike: 60000, lot_size: 30,
         freeze_quantity: 900, first_security_id: 63000}
      - {underlying: IDEA, kind: OPTSTK, expiry: 2030-12-31, from_strike: 10, to_strike: 10, step: 1, lot_size: 40000,
         tick_size: 0.01, first_security_id: 64000}
    market:
    """

  @Test("scenario 8: expiries, strikes and underlyings are positions of their own, each in its lot and on its tick")
  func manyContracts() async throws {
    let contracts: [(id: String, lot: Int, bid: String, ask: String)] = [
      ("60000", 65, "120.00", "120.40"), ("60001", 65, "100.95", "101.15"), ("60002", 65, "97.85", "98.05"),
      ("60100", 65, "180.00", "180.40"), ("60200", 30, "410.00", "410.40"), ("61000", 60, "90.00", "90.40"),
      ("62000", 120, "60.00", "60.40"), ("63000", 30, "310.00", "310.40"), ("64000", 40000, "0.86", "0.87"),
      (Contract.call, 65, "151.90", "152.30"), (Contract.bank, 30, "310.00", "310.60"),
      (Contract.sensex, 20, "455.00", "455.80"),
    ]
    let quotes = contracts.map { "  - {security_id: \"\($0.id)\", bid: \($0.bid), ask: \($0.ask)}" }
    let stage = try await LiveStage.scenario(
      simulator: ([Self.chains] + quotes).joined(separator: "\n"), lines: ["entries: { max_age: 1m }"])
    for contract in contracts { _ = try await stage.order("BUY", 2 * contract.lot, of: contract.id, at: contract.ask) }
    for contract in contracts {
      try await stage.untilRows(contract.id, ["BUY \(contract.lot) at \(contract.ask) TRADED"])
    }
    // Five percent above 0.87 is 0.9135: on a tick of one paisa 0.91.
    try await stage.turn(#""transit_delay":"1s""#)
    _ = try await stage.order("BUY", 80000, of: "64000")
    try await stage.untilRows("64000", ["BUY 40000 at 0.87 TRADED", "BUY 40000 at 0.91 TRADED"])
    var held = Dictionary(uniqueKeysWithValues: contracts.map { ($0.id, $0.lot) })
    held["64000"] = 80000
    try await stage.finish(holding: held)
  }

  @Test("scenario 9: what is no option of the copied segments and products is recorded, and skipped with the reason")
  func notCopied() async throws {
    let stage = try await LiveStage.scenario(
      simulator: """
        contracts:
          - {underlying: USDINR, segment: NSE_CURRENCY, expiry: 2030-12-27, from_strike: 84, to_strike: 84, step: 1,
             lot_size: 1000, tick_size: 0.01, first_security_id: 67100}
        futures:
          - {security_id: "66000", underlying: NIFTY, expiry: 2030-12-31, lot_size: 65, tick_size: 0.10}
          - {security_id: "67000", underlying: USDINR, segment: NSE_CURRENCY, expiry: 2030-12-27, lot_size: 1000,
             tick_size: 0.01}
          - {security_id: "68000", underlying: CRUDEOIL, segment: MCX_COMM, expiry: 2030-12-18, lot_size: 100, tick_size: 1}
        market:
          - {security_id: "66000", bid: 24099.90, ask: 24100.10}
          - {security_id: "67000", bid: 84.12, ask: 84.13}
          - {security_id: "67100", bid: 0.50, ask: 0.51}
          - {security_id: "68000", bid: 5799, ask: 5800}
        """)
    var wanted: [String: String] = [:]
    for (security, units, price, product, reason) in [
      ("1333", 10, "980.20", "CNC", "not_an_option"), ("66000", 65, "24100.10", "MARGIN", "not_an_option"),
      ("67000", 1000, "84.13", "MARGIN", "not_an_option"), ("68000", 100, "5800", "MARGIN", "not_an_option"),
      ("67100", 1000, "0.51", "MARGIN", "segment_not_copied"),
      (Contract.call, 65, "152.30", "CO", "product_not_copied"),
      (Contract.call, 65, "152.30", "BO", "product_not_copied"),
    ] {
      let order = try await stage.order("BUY", units, of: security, at: price, #""product":"\#(product)""#)
      wanted[order] = reason
    }
    try await stage.until("each is skipped with its reason") {
      let ended = try await stage.events("link.ended").compactMap { event -> (String, String)? in
        guard let origin = event.text("origin"), let reason = event.text("reason") else { return nil }
        return (origin, reason)
      }
      return Dictionary(ended) { $1 } == wanted
    }
    #expect(try await stage.book(of: LiveStage.asha).isEmpty)
    try await stage.finish(holding: [:])
  }

  @Test(
    "scenario 10: an order is copied from whatever state it is first seen in, and one that is over without a fill is not"
  )
  func firstSight() async throws {
    let stage = try await LiveStage.scenario()
    // Only the stream tells: a reading of the book would show what the stream skips.
    try await stage.fault(#""kind":"server_error","on":"reads","account":"\#(LiveStage.leader)","times":"every""#)
    func skip(_ statuses: String...) async throws {
      try await stage.turn(#""skipped_statuses":[\#(statuses.map { "\"\($0)\"" }.joined(separator: ","))]"#)
    }
    func firstSeen(_ order: String, as status: String) async throws {
      try await stage.untilLeaderOrder(order, status)
      let first = try await stage.events("leader.order").first { $0.text("order_id") == order }
      #expect(first?.text("status") == status)
    }
    try await skip("TRANSIT")
    let pending = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await firstSeen(pending, as: "PENDING")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    try await stage.cancelLeaderOrder(pending)
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 CANCELLED"])

    try await skip("TRANSIT", "PENDING")
    try await stage.quote(Contract.put, bid: "138.00", ask: "138.40", askSize: 130)
    let part = try await stage.order("BUY", 260, of: Contract.put, at: "138.40")
    try await firstSeen(part, as: "PART_TRADED")
    try await stage.untilRows(Contract.put, ["BUY 130 at 138.40 PENDING"])
    try await stage.quote(Contract.put, bid: "138.00", ask: "138.40")
    try await stage.untilHeld([Contract.put: 130])

    let cancelled = try await stage.order("BUY", 40, of: Contract.sensex, at: "440.00", #""validity":"IOC""#)
    try await firstSeen(cancelled, as: "CANCELLED")
    try await skip("TRANSIT", "PENDING", "PART_TRADED")
    let traded = try await stage.order("BUY", 60, of: Contract.bank, at: "310.60")
    try await firstSeen(traded, as: "TRADED")
    try await stage.untilHeld([Contract.put: 130, Contract.bank: 30])
    // Not a whole number of ticks.
    let rejected = try await stage.order("BUY", 40, of: Contract.sensex, at: "455.82")
    try await firstSeen(rejected, as: "REJECTED")
    #expect(try await stage.rows(of: LiveStage.asha, Contract.sensex) == [])
    try await stage.endFaults()
    try await stage.finish(holding: [Contract.put: 130, Contract.bank: 30])
  }
}
