import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("The order stream") struct StreamTests {
  @Test("W1: a good login is met with silence, and a bad one with a binary frame or a reset")
  func login() throws {
    var bench = CoreBench()
    let good = bench.login()
    #expect(bench.sent.isEmpty)
    let bad = bench.login(token: "stale")
    #expect(bench.sent == [.binary(bad, [0, 0, 0x32, 3] + Array("invalid token".utf8)), .close(bad)])
    #expect(bench.core.streams.keys.sorted() == [good])
    _ = bench.control(.post, "switches", #"{"dead_token_on_stream":"reset"}"#)
    bench.sent = []
    let worse = bench.login(token: "stale")
    #expect(bench.sent == [.reset(worse)])
    // Somebody else's token is no token.
    bench.sent = []
    let other = bench.login("1000000003", token: "simulator-1000000002")
    #expect(bench.sent == [.reset(other)])
  }

  @Test("W1: nothing is delivered to a connection that has not logged in")
  func noLogin() throws {
    var bench = CoreBench()
    let stream = bench.core.openStream(at: bench.now)
    _ = try bench.place()
    bench.pass(.seconds(1))
    #expect(bench.sent.isEmpty && bench.core.streams[stream] != nil)
  }

  @Test("W2: names are camelCase with Title-case statuses, by switch PascalCase with capitals, or both at once")
  func names() throws {
    for (names, expected) in [
      ("camel_case", ["Transit", "Part-Traded", "Traded"]), ("pascal_case", ["TRANSIT", "PART_TRADED", "TRADED"]),
    ] {
      var bench = CoreBench()
      _ = bench.control(.post, "switches", #"{"stream_names":"\#(names)","skipped_statuses":["PENDING"]}"#)
      _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.30,"ask_size":65}"#)
      let stream = bench.login()
      _ = try bench.place(CoreBench.order(price: "152.30", quantity: 130, label: "cp1-1"))
      bench.pass(.seconds(1))
      _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.30,"ask_size":65}"#)
      bench.pass(.seconds(1))
      let key = { (name: String) in names == "camel_case" ? name : name.prefix(1).uppercased() + name.dropFirst() }
      let messages = try bench.messages(stream)
      #expect(messages.map { $0[key("status")] as? String } == expected)
      let last = try #require(messages.last)
      #expect(last[key("tradedQty")] as? Int == 130 && last[key("securityId")] as? String == "47317")
      #expect(last[key("exchange")] as? String == "NSE" && last[key("segment")] as? String == "D")
      #expect(last[key("correlationId")] as? String == "cp1-1" && last[key("refLtp")] is Double)
      #expect(last[key("expiryDate")] as? String == "2026-12-29" && last[key("optType")] as? String == "CE")
    }
  }

  @Test("W2: mixed names repeat keys in the other spelling, of which one is empty")
  func mixedNames() throws {
    var bench = CoreBench()
    _ = bench.control(.post, "switches", #"{"stream_names":"mixed"}"#)
    let stream = bench.login()
    let id = try bench.place()
    bench.pass(.seconds(1))
    guard case .text(stream, let bytes)? = bench.sent.first else { throw Missing() }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains(#""OrderNo":"\#(id)""#) && text.contains(#""orderNo":"""#))
    #expect(text.contains(#""Remarks":"""#))
  }

  @Test("W3: orders of the leader's app arrive like those of the API, with another source")
  func sources() throws {
    var bench = CoreBench()
    let stream = bench.login("1000000001")
    let placed = bench.control(
      .post, "orders", #"{"account":"1000000001","security_id":"47317","side":"BUY","quantity":650,"price":152.30}"#)
    bench.pass(.seconds(1))
    #expect(try bench.messages(stream).map { $0["source"] as? String } == ["N", "N", "N"])
    #expect(try bench.messages(stream).last?["orderNo"] as? String == placed["order_id"] as? String)
    _ = try bench.place(CoreBench.order(account: "1000000001"), account: "1000000001")
    bench.pass(.seconds(1))
    #expect(try bench.messages(stream).last?["source"] as? String == "P")
  }

  @Test("W4: there is one message for each transition, with cumulative fills and times in whole seconds")
  func transitions() throws {
    var bench = CoreBench()
    _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.30,"ask_size":65}"#)
    let stream = bench.login()
    _ = try bench.place(CoreBench.order(price: "152.30", quantity: 130))
    bench.pass(.seconds(1))
    _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.20,"ask_size":100}"#)
    bench.pass(.seconds(1))
    let messages = try bench.messages(stream)
    #expect(messages.map { $0["status"] as? String } == ["Transit", "Pending", "Part-Traded", "Traded"])
    #expect(messages.map { $0["tradedQty"] as? Int } == [0, 0, 65, 130])
    #expect(messages.map { $0["remainingQuantity"] as? Int } == [130, 130, 65, 0])
    #expect(messages.last?["lastUpdatedTime"] as? String == "2026-11-25 10:00:01")
    #expect(messages.last?["tradedPrice"] as? Double == 152.3)
    #expect(messages.first?["exchOrderTime"] as? String == "0001-01-01 00:00:00")
  }

  @Test(
    "W4: an update is lost, doubled, held back or overtaken by a fault",
    arguments: [
      (#"{"kind":"drop"}"#, ["Pending"]), (#"{"kind":"duplicate"}"#, ["Transit", "Transit", "Pending"]),
      (#"{"kind":"delay","on":"update","delay":"1s"}"#, ["Pending", "Transit"]),
      (#"{"kind":"reorder"}"#, ["Pending", "Transit"]), (#"{"kind":"drop","times":"every"}"#, []),
      (#"{"kind":"drop","times":2}"#, []), (#"{"kind":"drop","account":"1000000003"}"#, ["Transit", "Pending"]),
      (#"{"faults":[{"kind":"pass","on":"update"},{"kind":"drop"}]}"#, ["Transit"]),
    ])
  func updateFaults(_ fault: String, _ expected: [String]) throws {
    var bench = CoreBench()
    let stream = bench.login()
    #expect(bench.control(.post, "faults", fault).status == 200)
    _ = try bench.place()
    bench.pass(.seconds(3))
    #expect(try bench.statuses(stream) == expected)
  }

  @Test("W4: states can be skipped, and a part fill goes by any of three words")
  func words() throws {
    for (word, expected) in [("pending", "Pending"), ("traded", "Traded"), ("part_traded", "Part-Traded")] {
      var bench = CoreBench()
      _ = bench.control(
        .post, "switches", #"{"part_fill_word":"\#(word)","skipped_statuses":["TRANSIT","PENDING"]}"#)
      _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.30,"ask_size":65}"#)
      let stream = bench.login()
      _ = try bench.place(CoreBench.order(price: "152.30", quantity: 130))
      bench.pass(.seconds(1))
      #expect(try bench.statuses(stream) == [expected])
    }
  }

  @Test("W5: what happened while nobody was connected is not told later")
  func noReplay() throws {
    var bench = CoreBench()
    _ = try bench.place()
    bench.pass(.seconds(1))
    let stream = bench.login()
    bench.pass(.seconds(1))
    #expect(try bench.messages(stream).isEmpty)
  }

  @Test("W6: a silent stream stays open and says nothing; it is woken, reset or closed by control calls")
  func silence() throws {
    var bench = CoreBench()
    let stream = bench.login()
    _ = bench.control(.post, "faults", #"{"kind":"silence","account":"1000000002"}"#)
    _ = try bench.place()
    bench.pass(.seconds(1))
    #expect(bench.sent.isEmpty && bench.core.streams[stream] != nil)
    _ = bench.control(.post, "faults", #"{"kind":"resume","account":"1000000002"}"#)
    _ = try bench.place()
    bench.pass(.seconds(1))
    #expect(try bench.statuses(stream) == ["Transit", "Pending"])
    bench.sent = []
    _ = bench.control(.post, "faults", #"{"kind":"reset","on":"stream"}"#)
    #expect(bench.sent == [.reset(stream)])
    bench.sent = []
    let next = bench.login()
    _ = bench.control(.post, "faults", #"{"kind":"close","account":"1000000002"}"#)
    #expect(bench.sent == [.close(next)])
  }

  @Test("W6: garbage, binary frames and doubled objects come between good messages")
  func frames() throws {
    var bench = CoreBench()
    let stream = bench.login()
    for kind in ["garbage", "binary", "concatenate"] {
      _ = bench.control(.post, "faults", #"{"kind":"\#(kind)","on":"update"}"#)
    }
    _ = try bench.place(CoreBench.order(price: "152.35"))
    bench.pass(.seconds(1))
    #expect(bench.sent.count == 5)
    guard case .text(stream, let garbage) = bench.sent[0], case .binary = bench.sent[2],
      case .text(_, let double) = bench.sent[4]
    else { throw Missing() }
    #expect(String(decoding: garbage, as: UTF8.self) == "1\n429 too many requests")
    #expect(String(decoding: double, as: UTF8.self).split(separator: "}{").count == 2)
  }

  @Test("W6: messages of one moment share a frame by switch: side by side, in lines, or in an array")
  func sharedFrames() throws {
    for (frames, expected) in [("single", 3), ("concatenated", 1), ("lines", 1), ("array", 1)] {
      var bench = CoreBench {
        $0.paper.transitDelay = .none
        $0.paper.updateDelay = .none
      }
      _ = bench.control(.post, "switches", #"{"stream_frames":"\#(frames)"}"#)
      let stream = bench.login()
      _ = try bench.place(CoreBench.order(price: "152.35"))
      bench.pass(.seconds(1))
      let texts = bench.sent.compactMap { effect -> String? in
        if case .text(stream, let bytes) = effect { String(decoding: bytes, as: UTF8.self) } else { nil }
      }
      // The order is told of when it is taken, and the rest when its time has come.
      let rest = texts.suffix(frames == "single" ? 3 : 1)
      #expect(rest.count == expected && texts.joined().components(separatedBy: "order_alert").count == 4)
      if frames == "array" { #expect(rest.last?.hasPrefix("[{") == true) }
      if frames == "lines" { #expect(rest.last?.contains("}\n{") == true) }
    }
  }

  @Test("W6: by switch the server pings every ten seconds, and ends who has not answered for forty")
  func pings() {
    var bench = CoreBench { $0.switches.serverPing = true }
    let stream = bench.login()
    func wait(_ seconds: Int64) {
      for _ in 0..<seconds {
        bench.now = bench.now + .seconds(1)
        bench.core.keepAlive(at: bench.now)
      }
      bench.sent += bench.core.takeEffects()
    }
    wait(30)
    #expect(bench.sent == [.ping(stream), .ping(stream), .ping(stream)])
    bench.core.streamAnswered(stream, at: bench.now)
    wait(39)
    #expect(bench.core.streams[stream] != nil)
    wait(1)
    #expect(bench.sent.last == .close(stream))
  }

  @Test("W7: an update may be visible before the reply that tells the order's number")
  func earlyUpdate() throws {
    var bench = CoreBench {
      $0.paper.transitDelay = .exactly(.milliseconds(5))
      $0.paper.replyDelay = .exactly(.milliseconds(500))
    }
    let stream = bench.login()
    let delivery = bench.send(.post, "/v2/orders", CoreBench.order(price: "152.35"))
    bench.pass(.milliseconds(20))
    #expect(delivery.delay == .milliseconds(500))
    #expect(try bench.statuses(stream).last == "Traded")
  }

  @Test("W8: a second connection is allowed, ends the oldest, or is refused")
  func secondConnection() throws {
    for (way, open) in [("allow", [1, 2]), ("kick_oldest", [2]), ("refuse", [1])] {
      var bench = CoreBench()
      _ = bench.control(.post, "switches", #"{"second_stream":"\#(way)"}"#)
      _ = bench.login()
      _ = bench.login()
      _ = bench.login("1000000003")
      #expect(bench.core.streams.keys.sorted() == open + [3], "\(way)")
    }
  }

  @Test("W9: a new token leaves open streams alone, or by switch ends them")
  func mintedTokens() {
    for (way, open) in [("keep", 1), ("close", 0)] {
      var bench = CoreBench()
      _ = bench.control(.post, "switches", #"{"minted_streams":"\#(way)"}"#)
      _ = bench.login()
      _ = bench.control(.post, "tokens", #"{"account":"1000000002","action":"mint"}"#)
      #expect(bench.core.streams.count == open)
    }
  }

  struct Missing: Error {}
}
