import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Faults of calls") struct FaultTests {
  struct Course: CustomTestStringConvertible, Sendable {
    let fault: String
    /// Status and code of the reply; `nil` when none is sent.
    var refusal: String?
    var manner = Delivery.Manner.whole
    /// Orders that there are afterwards.
    var orders = 0
    var contentType = "application/json"
    var testDescription: String { fault }
  }

  @Test(
    "S16: every way in which a call goes wrong, with and without its order",
    arguments: [
      Course(fault: #"{"kind":"hang","taken":true}"#, manner: .hang, orders: 1),
      Course(fault: #"{"kind":"hang"}"#, manner: .hang),
      Course(fault: #"{"kind":"reset"}"#, manner: .reset),
      Course(fault: #"{"kind":"reset","taken":true}"#, manner: .reset, orders: 1),
      Course(fault: #"{"kind":"half_reply","taken":true}"#, manner: .half, orders: 1),
      Course(fault: #"{"kind":"server_error"}"#, refusal: "500 DH-908"),
      Course(
        fault: #"{"kind":"server_error","taken":true,"status":503,"code":"DH-909"}"#, refusal: "503 DH-909", orders: 1),
      Course(fault: #"{"kind":"empty_body","taken":true}"#, refusal: "200", orders: 1),
      Course(fault: #"{"kind":"html_body","status":502}"#, refusal: "502", contentType: "text/html"),
      Course(fault: #"{"kind":"error_body"}"#, refusal: "200 DH-908"),
      Course(fault: #"{"kind":"refuse","status":400,"text":"transactions blocked by RMS"}"#, refusal: "400 DH-906"),
      Course(fault: #"{"kind":"dead_token"}"#, refusal: "401 DH-901"),
      Course(fault: #"{"kind":"invalid_token"}"#, refusal: "400 DH-906"),
      Course(fault: #"{"kind":"invalid_ip"}"#, refusal: "400 DH-905"),
      Course(fault: #"{"kind":"rate_limit"}"#, refusal: "429 DH-904"),
      Course(fault: #"{"kind":"delay","delay":"2s"}"#, refusal: "200", orders: 1),
      Course(fault: #"{"kind":"server_error","on":"cancel"}"#, refusal: "200", orders: 1),
      Course(fault: #"{"kind":"server_error","on":"place"}"#, refusal: "500 DH-908"),
      Course(fault: #"{"kind":"server_error","account":"1000000003"}"#, refusal: "200", orders: 1),
    ])
  func everyWay(_ course: Course) {
    var bench = CoreBench()
    #expect(bench.control(.post, "faults", course.fault).status == 200)
    let delivery = bench.send(.post, "/v2/orders", CoreBench.order())
    #expect(delivery.manner == course.manner)
    if let refusal = course.refusal { #expect(Answer(delivery.reply).refusal == refusal) }
    #expect(delivery.reply.contentType == course.contentType)
    #expect(bench.get("/v2/orders").array?.count == course.orders)
    // Each was asked for once.
    #expect(bench.post(CoreBench.order()).status == 200)
  }

  @Test("S16: a call is taken late, after its caller has given up")
  func takenLate() throws {
    var bench = CoreBench()
    _ = bench.control(.post, "faults", #"{"kind":"take_late","delay":"3s"}"#)
    #expect(bench.send(.post, "/v2/orders", CoreBench.order()).manner == .hang)
    bench.pass(.milliseconds(2_999))
    #expect(bench.get("/v2/orders").text == "[]")
    bench.pass(.milliseconds(1))
    #expect(bench.get("/v2/orders").array?.count == 1)
  }

  @Test("S16: an order is taken and rejected later with the text of a fault")
  func rejectedLate() throws {
    var bench = CoreBench()
    _ = bench.control(.post, "faults", #"{"kind":"reject_late","text":"Circuit limit"}"#)
    let id = try bench.place()
    bench.pass(.seconds(1))
    #expect(try bench.order(id)["omsErrorDescription"] as? String == "RMS:\(id):Circuit limit")
  }

  @Test("S16: faults of chance come as often as they say, in the same places for one seed, until they are taken away")
  func chance() {
    func courses(_ seed: UInt64) -> [Int] {
      var bench = CoreBench { $0.paper.seed = seed }
      _ = bench.control(.post, "faults", #"{"kind":"server_error","chance":250}"#)
      let statuses = (0..<400).map { _ in bench.post(CoreBench.order()).status }
      #expect(bench.control(.delete, "faults").status == 200)
      #expect(bench.post(CoreBench.order()).status == 200)
      return statuses
    }
    let first = courses(1)
    #expect((60...140).contains(first.count { $0 == 500 }), "seed 1")
    #expect(first == courses(1) && first != courses(2))
  }

  @Test("a network that hangs for one account hangs for all its calls, and for no other")
  func hangingAccount() {
    var bench = CoreBench()
    _ = bench.control(.post, "faults", #"{"kind":"hang","on":"any","times":"every","account":"1000000002"}"#)
    for _ in 0..<3 { #expect(bench.send(.get, "/v2/orders").manner == .hang) }
    #expect(bench.send(.get, "/v2/orders", account: "1000000003").manner == .whole)
  }
}
