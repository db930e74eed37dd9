import Domain
import Ports
import Testing

@testable import PaperExchange

@Suite("Refusals and rejections") struct RejectionTests {
  /// What a late check says of an order that the call took.
  static func reason(_ ticket: PaperTicket, _ bench: inout Bench) -> String? {
    let id = bench.place(ticket)
    guard let order = bench.order(id), order.status == .rejected else { return nil }
    guard order.reason.hasPrefix("RMS:\(id):") else { return "no prefix: \(order.reason)" }
    return String(order.reason.dropFirst("RMS:\(id):".count))
  }

  @Test("a quantity that is no multiple of the lot is rejected late") func lot() {
    var bench = Bench()
    #expect(
      RejectionTests.reason(Bench.ticket(.buy, 66, at: 15_000), &bench)
        == "Order quantity is not a multiple of lot size 65")
  }

  @Test("a price off the tick is rejected late") func tick() {
    var bench = Bench()
    #expect(
      RejectionTests.reason(Bench.ticket(.buy, 65, at: 15_003), &bench)
        == "Order price is not multiple of tick size 0.05")
  }

  @Test("the freeze quantity passes, one lot more is rejected late") func freeze() {
    var bench = Bench()
    #expect(RejectionTests.reason(Bench.ticket(.buy, 1_755, at: 15_000), &bench) == nil)
    #expect(
      RejectionTests.reason(Bench.ticket(.buy, 1_820, at: 15_000), &bench)
        == "Order quantity exceeds freeze quantity, maximum 1755")
  }

  @Test("only the aggressive side is held to the price band: forty percent, or twenty rupees up to fifty") func band() {
    var bench = Bench()
    bench.quote(15_195, 15_205)
    #expect(
      RejectionTests.reason(Bench.ticket(.buy, 65, at: 21_285), &bench)?.hasPrefix("LPP: order price 212.85 is above")
        == true)
    #expect(
      RejectionTests.reason(Bench.ticket(.sell, 65, at: 9_115), &bench)?.hasPrefix("LPP: order price 91.15 is below")
        == true)
    #expect(RejectionTests.reason(Bench.ticket(.buy, 65, at: 5), &bench) == nil)
    #expect(RejectionTests.reason(Bench.ticket(.sell, 65, at: 90_000), &bench) == nil)
    #expect(RejectionTests.reason(Bench.ticket(.buy, 65, at: 21_280), &bench) == nil)
    bench.quote(2_995, 3_005, of: Bench.sensex)
    #expect(RejectionTests.reason(Bench.ticket(.buy, 20, at: 5_005, of: Bench.sensex), &bench) != nil)
    #expect(RejectionTests.reason(Bench.ticket(.buy, 20, at: 5_000, of: Bench.sensex), &bench) == nil)
  }

  @Test("a trade is the reference price for thirty seconds, then the middle of the quote is") func reference() {
    var bench = Bench()
    bench.quote(15_195, 15_205)
    bench.place(Bench.ticket(.buy, 65, at: 15_205))
    bench.quote(20_000, 20_010)
    #expect(bench.exchange.referencePrice(of: Bench.nifty.contract) == Paise(15_205))
    bench.wait(.seconds(31))
    #expect(bench.exchange.referencePrice(of: Bench.nifty.contract) == Paise(20_005))
  }

  @Test("an unknown contract, an expired one and a product for shares are rejected late") func contract() {
    let expired = Bench.instrument("5", .nseFNO, "NIFTY", 24_000, .call, lot: 65, freeze: nil, expiry: "2026-11-24")
    let today = Bench.instrument("6", .nseFNO, "NIFTY", 24_000, .call, lot: 65, freeze: nil, expiry: "2026-11-25")
    let unknown = Bench.instrument("7", .nseFNO, "NIFTY", 24_000, .call, lot: 65, freeze: nil)
    var bench = Bench(instruments: [Bench.nifty, expired, today])
    #expect(
      RejectionTests.reason(Bench.ticket(.buy, 65, at: 100, of: unknown), &bench)
        == "Invalid SecurityId, contract unknown")
    #expect(
      RejectionTests.reason(Bench.ticket(.buy, 65, at: 100, of: expired), &bench) == "Contract expired on 2026-11-24")
    #expect(RejectionTests.reason(Bench.ticket(.buy, 65, at: 100, of: today), &bench) == nil)
    #expect(
      RejectionTests.reason(Bench.ticket(.buy, 65, at: 100, product: .cnc), &bench)
        == "Product CNC is not allowed for options")
  }

  @Test("nonsense is refused at the call and makes no order") func nonsense() {
    var bench = Bench()
    for ticket in [
      Bench.ticket(.buy, 0, at: 100), Bench.ticket(.buy, -65, at: 100), Bench.ticket(.buy, 65, at: 0),
      Bench.ticket(.buy, 65, at: -5), Bench.ticket(.buy, .max, at: 5), Bench.ticket(.buy, 65, at: .max),
      Bench.ticket(.sell, 65, at: 110, type: .stopLoss, trigger: 100),
      Bench.ticket(.buy, 65, at: 90, type: .stopLoss, trigger: 100),
      Bench.ticket(.buy, 65, at: 90, type: .stopLossMarket, trigger: 100), Bench.ticket(.buy, 65, at: 90, type: .other),
    ] { #expect(bench.place(ticket) == "refused", "\(ticket)") }
    #expect(bench.exchange.orderBook(of: Bench.leader).isEmpty)
    #expect(
      bench.exchange.act(.phone(.cancel(.id("1")), account: "99"), at: bench.now).outcome
        == .refused(.other, text: "The paper exchange has no account 99."))
  }

  @Test("a modification below what is filled is refused; to exactly that, it ends the order TRADED") func belowFilled()
  {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 130)
    let id = bench.place(Bench.ticket(.buy, 195, at: 15_240))
    let less = bench.exchange.perform(
      .modify(id, OrderTerms(quantity: Quantity(65), price: .limit(Paise(15_240)))), for: Bench.leader, at: bench.now)
    guard case .refused(.belowFilled, _) = less else { Issue.record("\(less)"); return }
    bench.act(.phone(.modify(.id(id), PaperChange(quantity: Quantity(130))), account: Bench.leader))
    #expect(bench.order(id)?.status == .traded)
    #expect(bench.order(id)?.quantity == Quantity(130))
  }

  @Test("the twenty-sixth modification is refused") func cap() {
    var bench = Bench()
    let id = bench.place(Bench.ticket(.buy, 65, at: 10_000))
    for number in 1...26 as ClosedRange<Int64> {
      let change = PaperChange(price: Paise(10_000 + 5 * number))
      let outcome = bench.act(.phone(.modify(.id(id), change), account: Bench.leader)).outcome
      if number <= 25 { #expect(outcome == .accepted(id)) } else if case .accepted = outcome { Issue.record("taken") }
    }
    #expect(bench.order(id)?.price == Paise(10_125))
  }

  @Test("a modification that is rejected late leaves the order as it was, and an update says why")
  func lateModification() {
    var bench = Bench()
    bench.quote(15_195, 15_205)
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    bench.act(
      .phone(.modify(.id(id), PaperChange(quantity: Quantity(66), price: Paise(15_003))), account: Bench.leader))
    let last = bench.updates.last?.order
    #expect(last?.status == .pending)
    #expect(last?.quantity == Quantity(65))
    #expect(last?.price == Paise(15_000))
    #expect(last?.reason == "RMS:\(id):Order quantity is not a multiple of lot size 65")
    bench.act(.phone(.modify(.id(id), PaperChange(price: Paise(15_010))), account: Bench.leader))
    #expect(bench.order(id)?.reason == "")
  }

  @Test("a modification that a fill overtakes comes back when it asks for less than is filled") func race() {
    var settings = PaperSettings.immediate()
    settings.transitDelay = .exactly(.milliseconds(50))
    var bench = Bench(settings)
    let id = bench.place(Bench.ticket(.buy, 195, at: 15_000))
    bench.wait(.milliseconds(50))
    #expect(
      bench.act(.phone(.modify(.id(id), PaperChange(quantity: Quantity(65))), account: Bench.leader)).outcome
        == .accepted(id))
    bench.quote(14_800, 14_900, askSize: 130)
    bench.wait(.milliseconds(50))
    #expect(bench.order(id)?.quantity == Quantity(195))
    #expect(bench.order(id)?.status == .partTraded)
    #expect(bench.order(id)?.reason.contains("below filled") == true)
  }
}
