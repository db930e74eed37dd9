import Testing

@testable import EventStore

@Suite("Canonical JSON")
struct CanonicalJSONTests {
  private func holds(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { CanonicalJSON.holds($0) } }

  @Test(
    "is recognised",
    arguments: [
      "{}", "{\"a\":1}",
      "{\"a\":-1,\"b\":0,\"c\":9007199254740991}",
      "{\"a\":[],\"b\":{\"c\":[1,\"x\",null,true,false]}}",
      "{\"\":1,\"a\":2,\"aa\":3,\"b\":4}", "{\"a\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\\u000b\"}",
      "{\"\\r\":1,\"1\":2,\"\u{80}\":3,\"ö\":4,\"€\":5,\"😀\":6,\"\u{FB33}\":7}", "{\"a\":\"/\u{7f}\u{2028}\"}",
    ])
  func isRecognised(text: String) { #expect(holds(text)) }

  @Test(
    "has no other form",
    arguments: [
      "", "{", "}", "[]", "1", "\"a\"", "null", " {}", "{} ", "{ }", "{\"a\": 1}", "{\"a\" :1}", "{\"a\":1,}", "{,}",
      "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "{\"a\":01}", "{\"a\":-0}", "{\"a\":1.0}", "{\"a\":1e3}", "{\"a\":+1}",
      "{\"a\":9007199254740992}", "{\"a\":99999999999999999999}", "{\"a\":-}", "{a:1}", "{\"a\":'b'}", "{\"a\"}",
      "{\"a\":\"\\/\"}", "{\"a\":\"\\u0041\"}", "{\"a\":\"\\u000A\"}", "{\"a\":\"\\u000a\"}", "{\"a\":\"\\u001F\"}",
      "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"", "{\"a\":tru}", "{\"a\":True}", "{\"a\":[1,]}", "{\"a\":[1 ,2]}",
      "{\"\u{FB33}\":1,\"😀\":2}", "{\"a\":1}{}", "{\"a\":\"\\", "{\"a\":\"\\u00", "{\"a\":NaN}",
    ])
  func isRefused(text: String) { #expect(!holds(text)) }

  @Test("is UTF-8 and of bounded depth")
  func isBounded() {
    let invalid = Array("{\"a\":\"".utf8) + [0xC0, 0x80] + Array("\"}".utf8)
    #expect(!invalid.withUnsafeBytes { CanonicalJSON.holds($0) })
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    #expect(!holds("{\"a\":\(deep)}"))
  }
}
