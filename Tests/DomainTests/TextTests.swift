import Testing
@testable import Domain

@Suite("Texts and times") struct TextTests {
  @Test("a short text holds up to 31 bytes and orders by bytes") func shortText() {
    #expect(ShortText(validating: "abc")?.string == "abc")
    #expect(ShortText(validating: String(repeating: "x", count: 31))?.count == 31)
    #expect(ShortText(validating: String(repeating: "x", count: 32)) == nil)
    #expect(ShortText(validating: "a\u{0}b") == nil)
    #expect(ShortText("a") < ShortText("ab"))
    #expect(ShortText("áé").string == "áé")
  }

  @Test("a time prints as UTC with six decimals and reads back") func time() {
    let time = Timestamp("2026-11-23T03:45:00.123456Z")
    #expect(time?.description == "2026-11-23T03:45:00.123456Z")
    #expect(time?.indianDay.description == "2026-11-23")
    #expect(Timestamp("2026-11-23 09:15:00", defaultsToIndia: true)?.description == "2026-11-23T03:45:00.000000Z")
    #expect(Timestamp("0001-01-01 00:00:00")?.description == "0001-01-01T00:00:00.000000Z")
    #expect(Timestamp("2026-02-29") == nil)
  }

  @Test("an event identity is a UUID that begins with what grows") func eventID() {
    let a = EventID.derived(growing: 1, stream: "leader", type: "t", payload: [1])
    let b = EventID.derived(growing: 2, stream: "leader", type: "t", payload: [1])
    #expect(a < b)
    #expect(EventID(a.description) == a)
    #expect(a.description.dropFirst(14).first == "8")
  }
}
