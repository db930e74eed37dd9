import Domain
import Ports
import Testing

@testable import PaperExchange

@Suite("An order's course") struct TransitionTests {
  static func delayed() -> PaperSettings {
    var settings = PaperSettings.immediate()
    settings.transitDelay = .exactly(.milliseconds(50))
    return settings
  }

  @Test("a taken order is TRANSIT and turns PENDING only after the transit delay") func transit() {
    var bench = Bench(TransitionTests.delayed())
    bench.quote(15_200, 15_240)
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_200))
    #expect(bench.order(id)?.status == .transit)
    bench.wait(.milliseconds(49))
    #expect(bench.order(id)?.status == .transit)
    bench.wait(.milliseconds(1))
    #expect(bench.order(id)?.status == .pending)
    #expect(bench.course(of: id) == ["TRANSIT 0", "PENDING 0"])
  }

  @Test("an order that crosses the quote goes through PENDING to TRADED at the quote's price") func traded() {
    var bench = Bench()
    bench.quote(15_200, 15_240)
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_300))
    #expect(bench.course(of: id) == ["TRANSIT 0", "PENDING 0", "TRADED 65"])
    #expect(bench.order(id)?.averagePrice == Paise(15_240))
    #expect(bench.held(Bench.leader) == 65)
  }

  @Test("a cancel in TRANSIT is refused, and taken once the order is at the exchange") func cancelInTransit() {
    var bench = Bench(TransitionTests.delayed())
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_200))
    let cancel = PaperAction.call(.cancel(.id(id)), account: Bench.leader)
    guard case .refused(.inTransit, let text) = bench.act(cancel).outcome else { Issue.record("taken"); return }
    #expect(text.contains("DH-906") && text.contains("Transit state"))
    bench.wait(.milliseconds(50))
    #expect(bench.act(cancel).outcome == .accepted(id))
    bench.wait(.milliseconds(50))
    #expect(bench.order(id)?.status == .cancelled)
  }

  @Test("a modification in TRANSIT is taken and reaches the exchange after the placement") func modifyInTransit() {
    var bench = Bench(PaperSettings(seed: 3))
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_200))
    for price in [15_205, 15_210, 15_215] as [Int64] {
      let outcome = bench.act(.phone(.modify(.id(id), PaperChange(price: Paise(price))), account: Bench.leader)).outcome
      #expect(outcome == .accepted(id))
    }
    bench.wait(.seconds(1))
    #expect(bench.order(id)?.status == .pending)
    #expect(bench.order(id)?.price == Paise(15_215))
  }

  @Test("a cancelled order keeps what was filled") func cancelAfterPart() {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 130, at: 15_240))
    #expect(bench.order(id)?.status == .partTraded)
    bench.act(.phone(.cancel(.id(id)), account: Bench.leader))
    #expect(bench.order(id)?.status == .cancelled)
    #expect(bench.order(id)?.filled == Quantity(65))
    #expect(bench.order(id)?.open == .zero)
  }

  @Test("an unknown order, another account's order and a final order can be neither modified nor cancelled")
  func notModifiable() {
    var bench = Bench()
    bench.quote(15_200, 15_240)
    let final = bench.place(Bench.ticket(.buy, 65, at: 15_240))
    let theirs = bench.place(Bench.ticket(.buy, 65, at: 15_000), Bench.asha)
    for id in [final, theirs, "999"] as [OrderID] {
      for request in [.cancel(.id(id)), .modify(.id(id), PaperChange(price: Paise(15_000)))] as [PaperRequest] {
        guard case .refused(.other, _) = bench.act(.call(request, account: Bench.leader)).outcome else {
          Issue.record("\(request) was taken")
          continue
        }
      }
    }
    #expect(bench.order(theirs, Bench.asha)?.status == .pending)
  }

  @Test("the remainder of an IOC order is cancelled at once") func immediateOrCancel() {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 195, at: 15_240, validity: .immediateOrCancel))
    #expect(bench.course(of: id) == ["TRANSIT 0", "PENDING 0", "PART_TRADED 65", "CANCELLED 65"])
  }

  @Test("at the end of the day resting orders expire, and new ones are refused until the next") func endOfDay() {
    var bench = Bench()
    bench.quote(15_200, 15_240)
    bench.place(Bench.ticket(.buy, 65, at: 15_240))
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    bench.act(.endOfDay)
    #expect(bench.order(id)?.status == .expired)
    #expect(bench.place(Bench.ticket(.buy, 65, at: 15_000)) == "refused")
    let left = bench.exchange.funds(of: Bench.leader)?.available
    bench.wait(.seconds(60 * 60 * 18))
    bench.act(.startOfDay)
    #expect(bench.exchange.orderBook(of: Bench.leader).isEmpty)
    #expect(bench.exchange.funds(of: Bench.leader)?.startOfDay == left)
    #expect(bench.held(Bench.leader) == 65)
    #expect(bench.place(Bench.ticket(.buy, 65, at: 15_000)) != "refused")
  }

  @Test("order numbers are fourteen digits, and equal labels make two orders") func numbersAndLabels() {
    var bench = Bench()
    let ticket = OrderTicket(
      correlationID: "cp1-abc", key: PositionKey(contract: Bench.nifty.contract, product: .margin), side: .buy,
      terms: OrderTerms(quantity: Quantity(65), price: .limit(Paise(15_000))))
    let first = bench.exchange.perform(.place(ticket), for: Bench.asha, at: bench.now)
    let second = bench.exchange.perform(.place(ticket), for: Bench.asha, at: bench.now)
    #expect(first == .accepted("26112500000001"))
    #expect(second == .accepted("26112500000002"))
    #expect(bench.exchange.orderBook(of: Bench.asha).map(\.correlationID) == ["cp1-abc", "cp1-abc"])
  }

  @Test("a call without a label gets the broker's own, an order by hand none") func generatedLabel() {
    var bench = Bench()
    bench.act(.call(.place(Bench.ticket(.buy, 65, at: 15_000)), account: Bench.asha))
    bench.place(Bench.ticket(.buy, 65, at: 15_000), Bench.asha)
    let labels = bench.exchange.orderBook(of: Bench.asha).map(\.correlationID)
    #expect(labels == [CorrelationID(validating: "1000000002-\(bench.now.microseconds / 1_000)"), nil])
  }

  @Test("the broker's clock shows whole seconds") func wholeSeconds() {
    var bench = Bench()
    bench.wait(.milliseconds(1_999))
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    #expect(bench.order(id)?.updatedAt == Bench.start + .seconds(1))
  }

  @Test("an update can be visible before the reply of the call that caused it, and after it") func aroundTheReply() {
    var bench = Bench(PaperSettings(seed: 11))
    var before = 0
    for _ in 0..<50 {
      let reply = bench.exchange.act(
        .phone(.place(Bench.ticket(.buy, 65, at: 15_000)), account: Bench.leader), at: bench.now)
      guard case .call(_, after: let delay) = reply, let first = bench.exchange.nextDue else { continue }
      if first - bench.now < delay { before += 1 }
      bench.wait(.seconds(1))
    }
    #expect((1..<50).contains(before))
  }

  @Test("an after-market order waits, can be changed and taken back, and leaves when the market opens")
  func afterMarket() {
    var bench = Bench()
    bench.act(.endOfDay)
    var ticket = Bench.ticket(.buy, 65, at: 10_000)
    #expect(bench.place(ticket) == "refused")
    ticket.afterMarket = true
    let first = bench.place(ticket)
    let second = bench.place(ticket)
    bench.wait(.seconds(60))
    #expect(bench.order(first)?.status == .pending && bench.order(first)?.afterMarket == true)
    bench.act(.phone(.modify(.id(first), PaperChange(price: Paise(10_100))), account: Bench.leader))
    bench.act(.phone(.cancel(.id(second)), account: Bench.leader))
    #expect(bench.order(first)?.price == Paise(10_100))
    bench.act(.startOfDay)
    #expect(bench.course(of: first) == ["PENDING 0", "PENDING 0", "TRANSIT 0", "PENDING 0"])
    #expect(bench.course(of: second) == ["PENDING 0", "CANCELLED 0"])
  }
}
