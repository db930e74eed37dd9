import Foundation
import Testing

/// An order of more units than the exchange takes at once.
@Suite("Scenarios: children", .serialized, .timeLimit(.minutes(10))) struct ChildScenarios {
  private static let frozen = "60000"

  @Test(
    "scenario 46: above the freeze limit there are several children: one that is refused is forgone and the others stand; the last one shrinks; all are exited"
  )
  func freeze() async throws {
    let stage = try await LiveStage.scenario(
      simulator: """
        contracts:
          - {underlying: NIFTY, expiry: 2030-12-03, from_strike: 24000, to_strike: 24000, lot_size: 65,
             freeze_quantity: 280, first_security_id: 60000, expiry_flag: W}
        market: [{security_id: "60000", bid: 119.60, ask: 120.00}]
        """, followers: [.ratio("3")])
    // Of three children of four lots the second that the broker hears of.
    try await stage.fault(#""kind":"pass","on":"place","account":"\#(LiveStage.asha)""#)
    try await stage.fault(
      #""kind":"reject_late","on":"place","account":"\#(LiveStage.asha)","text":"RMS: the client is blocked for today""#
    )
    let entry = try await stage.order("BUY", 260, of: Self.frozen, at: "118.00")
    let (whole, refused) = ("BUY 260 at 118.00 PENDING", "BUY 260 at 118.00 REJECTED")
    try await untilRows([whole, whole, refused], stage)
    // Nine lots are wanted, and eight are there: what he takes back is first of all what was refused.
    try await stage.changeLeaderOrder(entry, "\"quantity\":195")
    try await stage.untilLeaderQuantity(entry, 195)
    // Six: the first child stays.
    try await stage.changeLeaderOrder(entry, "\"quantity\":130")
    try await untilRows([whole, "BUY 130 at 118.00 PENDING", refused], stage)
    #expect(try await stage.events("modification.requested", "cancellation.requested").count == 1)
    try await stage.quote(Self.frozen, bid: "117.60", ask: "118.00")
    try await stage.untilHeld([Self.frozen: 390])
    let exit = try await stage.order("SELL", 130, of: Self.frozen, at: "117.60")
    try await stage.untilLeaderOrder(exit, "TRADED")
    try await untilRows(
      [
        "BUY 260 at 118.00 TRADED", "BUY 130 at 118.00 TRADED", refused, "SELL 260 at 117.60 TRADED",
        "SELL 130 at 117.60 TRADED",
      ], stage)
    // Both were flat: nothing is forgone any more.
    _ = try await stage.order("BUY", 130, of: Self.frozen, at: "118.00")
    try await stage.finish(holding: [Self.frozen: 390])
  }

  /// In any order: the children leave together, and the broker numbers them as they come.
  private func untilRows(_ wanted: [String], _ stage: LiveStage) async throws {
    try await stage.until("the children are \(wanted)") {
      try await stage.rows(of: LiveStage.asha, Self.frozen).sorted() == wanted.sorted()
    }
  }
}
