import Domain
import Testing

/// Payloads are kept for years: what an event looked like when its version was released stays in a file, and this
/// program must write and read exactly that.
@Suite("Golden events") struct GoldenEventTests {
  static let regenerate: Comment = "Meant so? Then run: COPYTRADE_UPDATE_GOLDEN=1 swift test --filter Golden"

  /// The golden payload; when updating, of the present version it is the payload that is written today.
  static func golden(_ type: EventType, version: Int) throws -> [UInt8] {
    let path = "Tests/DomainTests/Golden/\(type.rawValue).v\(version).json"
    if GoldenFile.isUpdating, version == type.schemaVersion {
      try GoldenFile.write(try RepresentativeEvents.event(of: type).payload, to: path)
    }
    return try GoldenFile.bytes(path)
  }

  @Test("each event is written as its golden file says", arguments: EventType.allCases)
  func writes(type: EventType) throws {
    let golden = try GoldenEventTests.golden(type, version: type.schemaVersion)
    let payload = try RepresentativeEvents.event(of: type).payload
    #expect(String(decoding: payload, as: UTF8.self) == String(decoding: golden, as: UTF8.self), Self.regenerate)
  }

  @Test("each golden file reads as its event", arguments: EventType.allCases)
  func reads(type: EventType) throws {
    let golden = try GoldenEventTests.golden(type, version: type.schemaVersion)
    let read = try golden.withUnsafeBytes { try Event(type: type, version: type.schemaVersion, payload: $0) }
    #expect(try read == RepresentativeEvents.event(of: type), Self.regenerate)
  }

  @Test("every version of every type stays readable", arguments: EventType.allCases)
  func complete(type: EventType) throws {
    for version in 1...type.schemaVersion {
      let golden = try GoldenEventTests.golden(type, version: version)
      let event = try golden.withUnsafeBytes { try Event(type: type, version: version, payload: $0) }
      #expect(event.type == type, Self.regenerate)
    }
  }

  @Test("a version that is not written yet is refused by name", arguments: EventType.allCases)
  func unknownVersion(type: EventType) {
    for version in [0, -1, type.schemaVersion + 1] {
      #expect(throws: UnknownEvent(type: type.name, version: version)) {
        try Array("{}".utf8).withUnsafeBytes { try Event(type: type, version: version, payload: $0) }
      }
    }
  }

  @Test("every type is found by its name and no other") func names() {
    for type in EventType.allCases { #expect(EventType(name: type.name) == type) }
    #expect(EventType(name: "leader.orders") == nil)
    #expect(EventType(name: .empty) == nil)
  }
}

@Suite("Catalogue") struct EventCatalogueTests {
  @Test("docs/events.md is what the code says") func page() throws {
    if GoldenFile.isUpdating { try GoldenFile.write(Array(EventCatalogue.markdown.utf8), to: "docs/events.md") }
    let page = String(decoding: try GoldenFile.bytes("docs/events.md"), as: UTF8.self)
    #expect(page == EventCatalogue.markdown, "Run: COPYTRADE_UPDATE_GOLDEN=1 swift test --filter Catalogue")
  }
}
