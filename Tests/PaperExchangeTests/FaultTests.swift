import Domain
import Ports
import Testing

@testable import PaperExchange

@Suite("Faults") struct FaultTests {
  /// One call under a fault: its outcome, and how many orders the account has at once and a minute later.
  func place(_ fault: PaperCallFault) -> (CallOutcome, now: Int, later: Int) {
    var bench = Bench()
    bench.act(.failCalls(fault, times: 1, account: Bench.asha))
    let outcome = bench.act(.call(.place(Bench.ticket(.buy, 65, at: 10_000)), account: Bench.asha)).outcome
    let now = bench.exchange.orderBook(of: Bench.asha).count
    bench.wait(.seconds(60))
    return (outcome, now, bench.exchange.orderBook(of: Bench.asha).count)
  }

  @Test("a lost reply leaves the caller in doubt and an order at the broker") func loseReply() {
    let (outcome, now, _) = place(.loseReply)
    guard case .inDoubt = outcome else { Issue.record("\(outcome)"); return }
    #expect(now == 1)
  }

  @Test("a lost request leaves the caller in doubt and no order") func loseRequest() {
    let (outcome, _, later) = place(.loseRequest)
    guard case .inDoubt = outcome else { Issue.record("\(outcome)"); return }
    #expect(later == 0)
  }

  @Test("a call can be taken long after the caller gave up") func takeLate() {
    let (outcome, now, later) = place(.takeLate(.seconds(30)))
    guard case .inDoubt = outcome else { Issue.record("\(outcome)"); return }
    #expect(now == 0)
    #expect(later == 1)
  }

  @Test("a server error leaves doubt, with an order and without one") func serverError() {
    #expect(place(.serverError(taken: true)).now == 1)
    #expect(place(.serverError(taken: false)).later == 0)
  }

  @Test("a refusal is proof that there is no order") func refuse() {
    let (outcome, _, later) = place(.refuse(.rateLimited, text: "DH-904"))
    #expect(outcome == .refused(.rateLimited, text: "DH-904"))
    #expect(later == 0)
  }

  @Test("a fault touches the calls it was asked for, in order, and no call by hand") func inOrder() {
    var bench = Bench()
    bench.act(.failCalls(.none, times: 1, account: Bench.asha))
    bench.act(.failCalls(.refuse(.other, text: "no"), times: 2, account: Bench.asha))
    let request = PaperRequest.place(Bench.ticket(.buy, 65, at: 10_000))
    #expect(bench.place(Bench.ticket(.buy, 65, at: 10_000), Bench.asha) != "refused")
    let refused = (0..<4).map { _ in
      bench.act(.call(request, account: Bench.asha)).outcome == .refused(.other, text: "no")
    }
    #expect(refused == [false, true, true, false])
  }

  @Test("a late rejection turns the order REJECTED with the broker's words") func rejectLate() {
    var bench = Bench()
    bench.act(.failCalls(.rejectLate(text: "Client not enabled"), times: 1, account: Bench.asha))
    bench.act(.call(.place(Bench.ticket(.buy, 65, at: 10_000)), account: Bench.asha))
    let order = bench.exchange.orderBook(of: Bench.asha).first
    #expect(order?.status == .rejected)
    #expect(order?.reason.hasSuffix(":Client not enabled") == true)
  }

  @Test("a delayed reply is late, the order is not") func delayReply() {
    var bench = Bench()
    bench.act(.failCalls(.delayReply(.seconds(3)), times: 1, account: Bench.asha))
    let reply = bench.act(.call(.place(Bench.ticket(.buy, 65, at: 10_000)), account: Bench.asha))
    guard case .call(.accepted, after: let delay) = reply else { Issue.record("\(reply)"); return }
    #expect(delay == .seconds(3))
    #expect(bench.exchange.orderBook(of: Bench.asha).first?.status == .pending)
  }

  /// The statuses that the stream shows of one order that fills at once, a fault being applied to its second update.
  func stream(_ fault: PaperUpdateFault) -> [OrderStatus] {
    var bench = Bench()
    bench.quote(15_200, 15_240)
    bench.act(.failUpdates(.none, times: 1, account: Bench.leader))
    bench.act(.failUpdates(fault, times: 1, account: Bench.leader))
    bench.place(Bench.ticket(.buy, 65, at: 15_240))
    bench.wait(.seconds(5))
    return bench.updates.map(\.order.status)
  }

  @Test("updates are dropped, doubled, delayed and overtaken") func updates() {
    #expect(stream(.none) == [.transit, .pending, .traded])
    #expect(stream(.drop) == [.transit, .traded])
    #expect(stream(.duplicate) == [.transit, .pending, .pending, .traded])
    #expect(stream(.delay(.seconds(1))) == [.transit, .traded, .pending])
    #expect(stream(.reorder) == [.transit, .traded, .pending])
  }

  @Test("a silent stream loses its updates for good, the book does not") func silence() {
    var bench = Bench()
    bench.act(.silenceUpdates(true, account: Bench.leader))
    let id = bench.place(Bench.ticket(.buy, 65, at: 10_000))
    bench.act(.silenceUpdates(false, account: Bench.leader))
    bench.wait(.seconds(60))
    #expect(bench.updates.isEmpty)
    #expect(bench.order(id)?.status == .pending)
  }

  @Test("a call that is taken after the market closed makes no order") func takenTooLate() {
    var bench = Bench()
    bench.act(.failCalls(.takeLate(.seconds(30)), times: 1, account: Bench.asha))
    bench.act(.call(.place(Bench.ticket(.buy, 65, at: 10_000)), account: Bench.asha))
    bench.act(.endOfDay)
    bench.wait(.seconds(60))
    #expect(bench.exchange.orderBook(of: Bench.asha).isEmpty)
  }

  @Test("a cancellation under a late rejection leaves the order open and says why") func rejectedCancellation() {
    var bench = Bench()
    let id = bench.place(Bench.ticket(.buy, 65, at: 10_000), Bench.asha)
    bench.act(.failCalls(.rejectLate(text: "16052"), times: 1, account: Bench.asha))
    #expect(bench.act(.call(.cancel(.id(id)), account: Bench.asha)).outcome == .accepted(id))
    #expect(bench.order(id, Bench.asha)?.status == .pending)
    #expect(bench.updates.last?.order.reason == "RMS:\(id):16052")
  }

  @Test("faults of chance come as often as the plan says") func chance() {
    var settings = PaperSettings.immediate(seed: 9)
    settings.faults.repliesLost = 200
    settings.faults.requestsLost = 100
    var bench = Bench(settings)
    var doubts = 0
    for _ in 0..<500 {
      let request = PaperRequest.place(Bench.ticket(.buy, 65, at: 10_000))
      if case .inDoubt = bench.act(.call(request, account: Bench.asha)).outcome { doubts += 1 }
    }
    #expect((120...180).contains(doubts))
    let orders = bench.exchange.orderBook(of: Bench.asha).count
    #expect((425...475).contains(orders))
  }

  @Test("without faults the updates of an account keep their order") func order() {
    var bench = Bench(PaperSettings(seed: 5))
    bench.quote(15_200, 15_240, size: 1_000_000)
    for _ in 0..<100 {
      bench.place(Bench.ticket(.buy, 65, at: 15_240))
      bench.wait(.milliseconds(3))
    }
    bench.wait(.seconds(2))
    var course: [OrderID: [OrderStatus]] = [:]
    for update in bench.updates { course[update.order.orderID, default: []].append(update.order.status) }
    #expect(course.count == 100)
    #expect(course.values.allSatisfy { $0 == [.transit, .pending, .traded] })
    #expect(zip(bench.updates, bench.updates.dropFirst()).allSatisfy { $0.at <= $1.at })
  }
}
