import Domain
import Testing

/// Reading proves that a payload is canonical: bytes that are not exactly what some event would write are refused, so
/// that one event has one payload, one hash and one identity.
@Suite("Damaged payloads") struct PayloadMutationTests {
  /// Reads `payload`; what can be read must be written back to the same bytes.
  static func isRefusedOrCanonical(_ payload: [UInt8], type: EventType) -> Bool {
    do {
      let event = try payload.withUnsafeBytes { try Event(type: type, version: type.schemaVersion, payload: $0) }
      return event.payload == payload
    } catch {
      return error is PayloadFault
    }
  }

  @Test("a payload that is cut anywhere is refused", arguments: EventType.allCases)
  func truncation(type: EventType) throws {
    let payload = try RepresentativeEvents.event(of: type).payload
    for length in 0..<payload.count {
      #expect(throws: PayloadFault.self) {
        try Array(payload[..<length]).withUnsafeBytes {
          try Event(type: type, version: type.schemaVersion, payload: $0)
        }
      }
    }
    #expect(throws: PayloadFault.self) {
      try (payload + [0x20]).withUnsafeBytes {
        try Event(type: type, version: type.schemaVersion, payload: $0)
      }
    }
  }

  @Test("a changed byte is refused, or is the canonical payload of another event", arguments: EventType.allCases)
  func singleByte(type: EventType) throws {
    let payload = try RepresentativeEvents.event(of: type).payload
    let replacements = Array("\"\\{}[],:/0159-+ aezZ\u{0}\u{1F}\u{7F}".utf8) + [0x80, 0xC3, 0xFF]
    for index in payload.indices {
      var damaged = payload
      for replacement in replacements + (0..<8).map({ payload[index] ^ (1 << $0) }) where replacement != payload[index]
      {
        damaged[index] = replacement
        guard PayloadMutationTests.isRefusedOrCanonical(damaged, type: type) else {
          Issue.record("not canonical, yet read: \(String(decoding: damaged, as: UTF8.self))")
          return
        }
      }
    }
  }

  @Test("a byte left out or doubled is refused, or is canonical", arguments: EventType.allCases)
  func insertionAndDeletion(type: EventType) throws {
    let payload = try RepresentativeEvents.event(of: type).payload
    for index in payload.indices {
      var shorter = payload
      shorter.remove(at: index)
      var longer = payload
      longer.insert(payload[index], at: index)
      for damaged in [shorter, longer] where !PayloadMutationTests.isRefusedOrCanonical(damaged, type: type) {
        Issue.record("not canonical, yet read: \(String(decoding: damaged, as: UTF8.self))")
      }
    }
  }

  @Test(
    "what means the same but is written otherwise is refused",
    arguments: [
      (EventType.clockObserved, #"{"due":"l\u0061ne"}"#),
      (.clockObserved, #"{"due":"a\/b"}"#),
      (.clockObserved, #"{ "due":"lane"}"#),
      (.clockObserved, #"{"due":"lane","due":"lane"}"#),
      (.serviceStopped, #"{"resting_orders":01}"#),
      (.serviceStopped, #"{"resting_orders":-0}"#),
      (.serviceStopped, #"{"resting_orders":1.0}"#),
      (.serviceStopped, #"{"resting_orders":1e0}"#),
      (.serviceStopped, #"{"resting_orders":9223372036854775808}"#),
      (.serviceStopped, #"{"resting_orders":null}"#),
      (.requestDoubted, #"{"follower":"a","request_id":"r","text":"\u001F"}"#),
      (.requestDoubted, #"{"follower":"a","request_id":"r","text":"\u0008"}"#),
      (.requestDoubted, #"{"request_id":"r","follower":"a","text":""}"#),
      (.requestDoubted, #"{"follower":"","request_id":"r","text":""}"#),
    ])
  func notCanonical(type: EventType, payload: String) {
    #expect(throws: PayloadFault.self) {
      try Array(payload.utf8).withUnsafeBytes { try Event(type: type, version: 1, payload: $0) }
    }
  }

  @Test(
    "a value is written in one way only",
    arguments: [
      (EventType.placementRequested, #""forgone":1"#, #""forgone":0"#),
      (.placementRequested, #""ratio":"2/5""#, #""ratio":"4/10""#),
      (.placementRequested, #""ratio":"2/5""#, #""ratio":"+2/5""#),
      (.placementRequested, #""ratio":"2/5""#, #""ratio":"02/5""#),
      (.placementRequested, #""ratio":"2/5""#, #""ratio":"2//5""#),
      (.placementRequested, #""ratio":"2/5""#, #""ratio":"2/0""#),
      (.placementRequested, #""leaves_at_once":1"#, #""leaves_at_once":0"#),
      (.leaderOrder, #""status":"PART_TRADED""#, #""status":"FILLED""#),
      (.leaderOrder, #""price":15235"#, #""price":15235,"reason":"""#),
      (.configurationApplied, #""basis":"fixed""#, #""basis":"equity""#),
      (.configurationApplied, #""basis":"fixed""#, #""basis":"whim""#),
      (.configurationApplied, #""lots":1"#, #""fixed_leader":1,"lots":1"#),
    ])
  func oneWay(type: EventType, canonical: String, other: String) throws {
    let payload = String(decoding: try RepresentativeEvents.event(of: type).payload, as: UTF8.self)
    #expect(payload.contains(canonical))
    #expect(throws: PayloadFault.self) {
      try Array(payload.replacing(canonical, with: other).utf8).withUnsafeBytes {
        try Event(type: type, version: 1, payload: $0)
      }
    }
  }
}
