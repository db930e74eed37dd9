import Domain
import Projections
import Reactors
import Testing

/// What follows when an order is not changed as it was asked to (rules 5 and 25).
@Suite("Rule 5: refused changes") struct RefusedChangeRules {
  /// An entry of four lots rests, and the leader makes eight of it.
  private func growing(_ shortfall: ShortfallPolicy = .skip) throws -> Harness {
    var harness = try Harness.refusing(shortfall)
    harness.leader("1", .buy, lots: 4)
    harness.run(for: .seconds(1))
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 8)
    harness.run(for: .seconds(1))
    return harness
  }

  @Test("growth that is refused for want of money is not asked for as an order of its own") func refusedGrowth() throws
  {
    var harness = try growing()
    harness.refuseNewestChange("DH-906 Margin Shortfall")
    harness.run(for: .seconds(60))
    #expect(harness.placements() == [4] && harness.changes == [8] && harness.openAlerts.isEmpty)
    harness.leader("1", .buy, lots: 4)
    harness.run(for: .seconds(2))
    #expect(harness.cancels == 0 && harness.changes == [8], "what he takes back is what was refused")
    harness.acceptsAtOnce = true
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillAll()
    #expect(harness.held == 4)
    var stepped = try growing(.stepDown)
    stepped.refuseNewestChange("DH-906 Margin Shortfall")
    stepped.run(for: .seconds(60))
    #expect(stepped.placements() == [4] && stepped.changes == [8, 6])
  }

  @Test("a refused change stops an account that may not trade, as a refused order does") func changeStops() throws {
    var harness = try growing()
    harness.refuseNewestChange("DH-906 Client suspended")
    #expect(harness.state.mode(ofFollower: 0) == .closeOnly)
  }

  @Test("a change that is refused while the order is in TRANSIT is asked for again after a moment") func inTransit()
    throws
  {
    var harness = try growing()
    harness.refuseNewestChange("DH-906 Order is in Transit state", .inTransit)
    #expect(harness.changes == [8, 8])
    harness.refuseNewestChange("DH-906 Order is in Transit state", .inTransit)
    harness.run(for: .milliseconds(900))
    #expect(harness.changes == [8, 8])
    harness.run(for: .milliseconds(200))
    #expect(harness.changes == [8, 8, 8] && harness.placements() == [4])
  }

  @Test("a change that is refused leaves the order at old terms, of which a person is told after some seconds")
  func changeRefused() throws {
    var harness = try growing()
    harness.refuseNewestChange("DH-906 The moon is in the seventh house")
    #expect(harness.openAlerts.isEmpty)
    harness.run(for: .seconds(10))
    #expect(harness.openAlerts == [.refusalAlarm])
    harness.acceptsAtOnce = true
    harness.leader("1", .buy, lots: 8, price: 10_010)
    harness.run(for: .seconds(1))
    #expect(harness.openAlerts.isEmpty)
    var stop = try Harness.refusing()
    stop.fillsAtOnce = true
    stop.leaderTrades(4)
    stop.fillsAtOnce = false
    stop.leader("9", .sell, lots: 4, price: 7_900, type: .stopLoss, trigger: 8_000)
    stop.run(for: .seconds(1))
    stop.acceptsAtOnce = false
    stop.leader("9", .sell, lots: 4, price: 8_400, type: .stopLoss, trigger: 8_500)
    stop.run(for: .seconds(1))
    stop.refuseNewestChange("DH-906 The moon is in the seventh house")
    stop.run(for: .seconds(10))
    #expect(stop.openAlerts == [.exitRefused])
  }

  @Test("a change that the broker took and never made is asked for three times, and a person is told")
  func unseenChange() throws {
    var harness = try growing()
    for _ in 0..<5 {
      guard let request = harness.newestChange, let order = harness.working.last else { break }
      harness.observe(.accepted("asha", request.requestID, order.orderID))
      harness.readTwice()
      harness.run(for: .seconds(1))
    }
    harness.run(for: .seconds(10))
    #expect(harness.changes == [8, 8, 8])
    #expect(harness.openAlerts == [.refusalAlarm])
  }
}
