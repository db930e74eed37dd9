import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Faults of streams") struct StreamFaultTests {
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

  struct Missing: Error {}
}
