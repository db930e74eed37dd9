import Domain
import Foundation
import Testing

/// Whatever values an event has, what is read is what was written, and what is written is JSON that anybody can read.
@Suite("Payload round trips") struct PayloadRoundTripTests {
  static let seed: UInt64 = ProcessInfo.processInfo.environment["COPYTRADE_SEED"].flatMap { UInt64($0) } ?? 20_261_122

  @Test("an event with any values reads back as itself", arguments: EventType.allCases)
  func roundTrip(type: EventType) throws {
    var events = RandomEvents(seed: PayloadRoundTripTests.seed &+ UInt64(type.rawValue.utf8.count))
    for round in 0..<200 {
      let event = events.event(of: type)
      let payload = event.payload
      let replay: Comment = "round \(round); COPYTRADE_SEED=\(PayloadRoundTripTests.seed) swift test --filter RoundTrip"
      let read = try payload.withUnsafeBytes { try Event(type: type, version: type.schemaVersion, payload: $0) }
      #expect(read == event, replay)
      #expect(read.payload == payload, replay)
    }
  }

  @Test("a payload is JSON with sorted keys to every other reader", arguments: EventType.allCases)
  func canonical(type: EventType) throws {
    var events = RandomEvents(seed: PayloadRoundTripTests.seed)
    for _ in 0..<30 {
      let payload = events.event(of: type).payload
      #expect(try JSONSerialization.jsonObject(with: Data(payload)) is [String: Any])
      #expect(keysAreSorted(String(decoding: payload, as: UTF8.self)))
    }
  }

  @Test("another reader finds the same text in a payload") func otherReader() throws {
    struct Doubted: Decodable { var text: String }
    var events = RandomEvents(seed: PayloadRoundTripTests.seed)
    for _ in 0..<200 {
      let event = events.event(of: .requestDoubted)
      guard case .requestDoubted(let doubted) = event else { continue }
      let read = try JSONDecoder().decode(Doubted.self, from: Data(event.payload))
      #expect(Array(read.text.utf8) == Array(doubted.text.utf8))
    }
  }

  /// Looks at the keys themselves: a string followed by a colon, by depth.
  private func keysAreSorted(_ text: String) -> Bool {
    var last: [[String.UnicodeScalarView.SubSequence]] = []
    var scalars = text.unicodeScalars[...]
    while let next = scalars.popFirst() {
      switch next {
      case "{", "[": last.append([])
      case "}", "]": last.removeLast()
      case "\"":
        let start = scalars.startIndex
        while let inner = scalars.popFirst(), inner != "\"" { if inner == "\\" { scalars.removeFirst() } }
        guard scalars.first == ":" else { continue }
        let key = text.unicodeScalars[start..<scalars.startIndex].dropLast()
        if let before = last[last.count - 1].last, !before.lexicographicallyPrecedes(key) { return false }
        last[last.count - 1].append(key)
      default: continue
      }
    }
    return true
  }

  @Test(
    "strings are escaped as RFC 8785 says and no other way",
    arguments: [
      ("\u{0}", #"\u0000"#), ("\u{1}", #"\u0001"#), ("\u{8}", #"\b"#), ("\t", #"\t"#), ("\n", #"\n"#),
      ("\u{B}", #"\u000b"#), ("\u{C}", #"\f"#), ("\r", #"\r"#), ("\u{1F}", #"\u001f"#), ("\"", #"\""#),
      ("\\", #"\\"#), ("/", "/"), ("\u{7F}", "\u{7F}"), ("\u{80}", "\u{80}"), ("\u{2028}", "\u{2028}"), ("€", "€"),
      ("𝄞", "𝄞"), ("\u{FFFF}", "\u{FFFF}"), ("e\u{301}", "e\u{301}"), ("é", "é"), ("<&>", "<&>"),
      ("\u{20ac}$\u{0F}\nA'\u{42}\"\\\"/", "€$\\u000f\\nA'B\\\"\\\\\\\"/"),
    ])
  func escapes(text: String, escaped: String) throws {
    let event = Event.requestDoubted(RequestDoubted(follower: "a", requestID: "r", text: text))
    let expected = #"{"follower":"a","request_id":"r","text":""# + escaped + "\"}"
    #expect(event.payload == Array(expected.utf8))
    let read = try event.payload.withUnsafeBytes { try Event(type: .requestDoubted, version: 1, payload: $0) }
    guard case .requestDoubted(let doubted) = read else {
      Issue.record("read as \(read.type)")
      return
    }
    // Compared as bytes: to Swift the two ways to write é are one text, to a hash they are not.
    #expect(Array(doubted.text.utf8) == Array(text.utf8))
  }
}
