import Domain
import Ports
import Testing

@testable import PaperExchange

@Suite("Terms beside quantity and price, and what the exchange does by itself") struct OrderTermsTests {
  private func modify(_ id: OrderID, _ change: PaperChange, _ bench: inout Bench) {
    #expect(bench.act(.phone(.modify(.id(id), change), account: Bench.leader)).outcome == .accepted(id))
  }

  @Test("a resting order that becomes IOC trades with what there is, and the rest is cancelled") func becomesImmediate()
  {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 195, at: 15_200))
    modify(id, PaperChange(price: Paise(15_240), validity: .immediateOrCancel), &bench)
    #expect(
      bench.course(of: id) == ["TRANSIT 0", "PENDING 0", "PENDING 0", "PART_TRADED 65", "CANCELLED 65"])
    #expect(bench.order(id)?.validity == .immediateOrCancel)
    let other = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    modify(other, PaperChange(validity: .immediateOrCancel), &bench)
    #expect(bench.order(other)?.status == .cancelled, "also where nothing but the validity changed")
    #expect(bench.exchange.funds(of: Bench.leader)?.utilised == Paise(15_240) * Quantity(65), "nothing stays bound")
  }

  @Test("a stop that becomes IOC waits for its trigger, and then for nobody") func immediateStop() {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 130, at: 15_400, type: .stopLoss, trigger: 15_300))
    modify(id, PaperChange(validity: .immediateOrCancel), &bench)
    #expect(bench.order(id)?.status == .pending)
    bench.quote(15_300, 15_340, askSize: 65)
    #expect(bench.order(id)?.status == .cancelled && bench.order(id)?.filled == Quantity(65))
  }

  @Test("the disclosed quantity is shown and changed, and three tenths of the order or less come back") func disclosed()
  {
    var bench = Bench()
    var ticket = Bench.ticket(.buy, 650, at: 15_000)
    ticket.disclosedQuantity = Quantity(260)
    let id = bench.place(ticket)
    #expect(bench.order(id)?.disclosedQuantity == Quantity(260))
    modify(id, PaperChange(disclosedQuantity: Quantity(325)), &bench)
    #expect(bench.order(id)?.disclosedQuantity == Quantity(325))
    modify(id, PaperChange(quantity: Quantity(1_300)), &bench)
    #expect(bench.order(id)?.quantity == Quantity(650), "a quarter would show")
    #expect(bench.order(id)?.reason.contains("Disclosed quantity") == true)
    modify(id, PaperChange(disclosedQuantity: .zero), &bench)
    #expect(bench.order(id)?.disclosedQuantity == .zero)
    ticket.disclosedQuantity = Quantity(195)
    #expect(RejectionTests.reason(ticket, &bench)?.contains("30%") == true)
  }

  @Test("an after-market order waits until the exchange has it, and was one for the rest of its life") func waits() {
    var bench = Bench(TransitionTests.delayed())
    bench.act(.endOfDay)
    var ticket = Bench.ticket(.buy, 65, at: 10_000)
    ticket.afterMarket = true
    let id = bench.place(ticket)
    func isWaiting() -> [Bool?] {
      let report = bench.exchange.orderReport(id, of: Bench.leader)
      return [report?.order.afterMarket, report?.isAfterMarket]
    }
    #expect(isWaiting() == [true, true])
    bench.act(.startOfDay)
    #expect(bench.order(id)?.status == .transit && isWaiting() == [true, true])
    bench.wait(.milliseconds(50))
    #expect(bench.order(id)?.status == .pending && isWaiting() == [false, true])
  }

  @Test("the exchange cancels an order by itself, with its words, and what was filled stays") func exchangeCancels() {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 130, at: 15_240))
    let cancel = PaperAction.end(.id(id), .cancel(reason: "Trading is suspended"), account: Bench.leader)
    #expect(bench.act(cancel) == .done)
    #expect(bench.order(id)?.status == .cancelled && bench.order(id)?.reason == "Trading is suspended")
    #expect(bench.order(id)?.filled == Quantity(65))
    guard case .refused = bench.act(cancel) else { Issue.record("cancelled twice"); return }
  }

  @Test("the exchange rejects an order that was PENDING; one that has filled it cannot") func exchangeRejects() {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 65)
    let resting = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    let filled = bench.place(Bench.ticket(.buy, 130, at: 15_240))
    func reject(_ id: OrderID) -> PaperReply {
      bench.act(.end(.id(id), .reject(reason: "Price out of range"), account: Bench.leader))
    }
    #expect(reject(resting) == .done)
    #expect(bench.course(of: resting) == ["TRANSIT 0", "PENDING 0", "REJECTED 0"])
    #expect(bench.order(resting)?.reason == "Price out of range")
    guard case .refused = reject(filled), case .refused = reject("1") else { Issue.record("rejected"); return }
    #expect(bench.order(filled)?.status == .partTraded)
  }

  @Test("cover and bracket orders of options come from the app alone; CNC from nowhere") func products() {
    var bench = Bench()
    for product in [ProductType.coverOrder, .bracketOrder] {
      let ticket = Bench.ticket(.buy, 65, at: 15_000, product: product)
      #expect(RejectionTests.reason(ticket, &bench) == nil)
      bench.act(.call(.place(ticket), account: Bench.asha))
      #expect(bench.exchange.orderBook(of: Bench.asha).last?.status == .rejected)
    }
    #expect(RejectionTests.reason(Bench.ticket(.buy, 65, at: 15_000, product: .cnc), &bench) != nil)
  }
}
