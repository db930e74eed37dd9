import Domain
import Testing

@testable import Dhan

@Suite("JSON is read leniently, exactly and within bounds")
struct LenientJSONTests {
  private func value(_ json: String) throws -> LenientJSON.Value { try LenientJSON.body(Array(json.utf8)) }
  private func field(_ json: String) throws -> LenientJSON.Value {
    try #require(try value("{\"a\":\(json)}").field("a"))
  }
  private func frame(_ text: String) -> LenientJSON { LenientJSON(frame: Array(text.utf8)) }
  private func numbers(_ document: LenientJSON) -> [Int64] { document.values.compactMap { $0.field("n")?.integer } }

  @Test(
    "money is read from the decimal text, and rounded half to even",
    arguments: [
      ("152.35", 15_235), ("\"152.35\"", 15_235), ("152.3", 15_230), ("13", 1_300), ("0.0", 0), ("-0.05", -5),
      ("152.3456", 15_235), ("0.005", 0), ("0.015", 2), ("0.025", 2), ("0.0250000000000000000000001", 3),
      ("0.1000000000000000055511151231257827", 10), ("1.5E2", 15_000), ("152350e-3", 15_235), ("1e-30", 0),
      ("\" 98440.0 \"", 9_844_000), ("\"+1\"", 100), ("1e16", 1_000_000_000_000_000_000), ("1e17", nil),
      ("1e9999", nil),
      ("92233720368547758.07", Int64.max), ("92233720368547758.08", nil), ("123456789012345678901234567890", nil),
      ("1-2", nil), ("1.2.3", nil), ("\"1,234.5\"", nil), ("\"NaN\"", nil), ("\"\"", nil), ("\"NA\"", nil),
      ("null", nil), ("true", nil), ("{}", nil), ("\"1e\"", nil), ("\"-\"", nil), ("\"0x10\"", nil),
    ] as [(String, Int64?)])
  func paise(json: String, expected: Int64?) throws {
    #expect(try field(json).paise?.count == expected)
  }

  @Test(
    "whole numbers are read from numbers and texts, and fractions are none",
    arguments: [
      ("65", 65), ("\"65\"", 65), ("\"65.0\"", 65), ("65.0", 65), ("6.5e1", 65), ("-65", -65), ("65.5", nil),
      ("9223372036854775807", Int64.max), ("9223372036854775808", nil), ("1.12111182198E11", 112_111_182_198),
      ("65.00000000000000000000000000001", nil), ("\"sixty\"", nil), ("null", nil), ("[]", nil),
    ] as [(String, Int64?)])
  func integer(json: String, expected: Int64?) throws { #expect(try field(json).integer == expected) }

  @Test(
    "truth values are read from all their spellings",
    arguments: [
      ("true", true), ("\"TRUE\"", true), ("1", true), ("\"1\"", true), ("false", false), ("\"0\"", false),
      ("0", false), ("\"\"", nil), ("null", nil), ("\"maybe\"", nil),
    ] as [(String, Bool?)])
  func flag(json: String, expected: Bool?) throws { #expect(try field(json).flag == expected) }

  @Test(
    "times are Indian, and the broker's ways to say none are none",
    arguments: [
      ("2026-09-14 10:33:03", "2026-09-14T05:03:03.000000Z"), ("2026-09-14T10:33:03", "2026-09-14T05:03:03.000000Z"),
      ("2024-12-05 09:37:52.0", "2024-12-05T04:07:52.000000Z"), ("2026-09-15", "2026-09-14T18:30:00.000000Z"),
      ("30/03/2025 15:37", "2025-03-30T10:07:00.000000Z"), ("30/03/2025 15:37:01", "2025-03-30T10:07:01.000000Z"),
      ("0001-01-01 00:00:00", nil), ("0001-01-01", nil), ("0001-01-01T12:00:00", nil), ("01/01/1980 00:00:00", nil),
      ("1980-01-01 00:00:00", nil), ("NA", nil), ("", nil), ("2026-02-30 10:00:00", nil), ("yesterday", nil),
      ("2026-09-14 25:00:00", nil), ("99/99/9999 00:00", nil), ("9999-12-31 23:59:59.9999999999 and more text", nil),
    ] as [(String, String?)])
  func moment(text: String, expected: String?) throws {
    #expect(try field("\"\(text)\"").moment?.description == expected)
    #expect(try field("null").moment == nil)
  }

  @Test(
    "days are read with and without a time",
    arguments: [
      ("2026-09-15", "2026-09-15"), ("2026-09-15 14:30:00", "2026-09-15"), ("2026-09-15T14:30:00", "2026-09-15"),
      ("15/09/2026", "2026-09-15"), ("0001-01-01", nil), ("0001-01-01 00:00:00", nil), ("NA", nil),
      ("2026-09-155", nil),
    ] as [(String, String?)])
  func day(text: String, expected: String?) throws { #expect(try field("\"\(text)\"").day?.description == expected) }

  @Test(
    "an identifier is a printable name, or the digits of a number",
    arguments: [
      ("\"112111182198\"", "112111182198"), ("112111182198", "112111182198"), ("1.12111182198E11", "112111182198"),
      ("112111182198.0", "112111182198"), ("\" 47317 \"", "47317"), ("\"a\\u002db\"", "a-b"), ("\"a b\"", nil),
      ("\"a\\nb\"", nil), ("\"é\"", nil), ("\"\"", nil), ("\"NA\"", nil), ("1.5", nil), ("{}", nil),
      ("\"12345678901234567890123456789012\"", nil), ("0012", "0012"), ("true", nil),
    ] as [(String, String?)])
  func identifier(json: String, expected: String?) throws {
    let read: OrderID? = try field(json).identifier()
    #expect(read?.description == expected)
  }

  @Test("keys are found in any casing, and of doubled ones that which says something last")
  func keys() throws {
    #expect(try value(#"{"OrderNo":"1"}"#).field("orderNo")?.text == "1")
    #expect(try value(#"{"ORDERNO":"1"}"#).field("orderNo")?.text == "1")
    #expect(try value(#"{"a":"1","A":"2"}"#).field("a")?.text == "2")
    for empty in ["null", "\"\"", "\"NA\"", "\"na\"", "\" \""] {
      #expect(try value("{\"a\":\"1\",\"A\":\(empty)}").field("a")?.text == "1")
      #expect(try value("{\"b\":\(empty),\"c\":2}").field("b", "c")?.text == "2")
      #expect(try value("{\"b\":\(empty)}").field("b")?.isEmpty == true)
      #expect(try value("{\"b\":\(empty)}").telling("b") == nil)
    }
    #expect(try value(#"{"a":1}"#).field("b") == nil)
    #expect(try value(#"{"a@":1,"a`":2}"#).field("a@")?.integer == 1)
    #expect(try value(#"{"x":{"a":1},"y":[{"a":2}]}"#).field("a") == nil)
  }

  @Test("escapes are undone, and broken ones do no harm")
  func escapes() throws {
    #expect(try field(#""a\"\\\/\n\t\u00e9\ud83d\ude00""#).text == "a\"\\/\n\té😀")
    #expect(try field(#""\ud83d""#).text == "\u{FFFD}")
    #expect(try field(#""\ude00x""#).text == "\u{FFFD}x")
    #expect(try field(#""\u12""#).text == "\u{FFFD}12")
    #expect(try field(#""\ud83d\u0041""#).text == "\u{FFFD}A")
    #expect(try field(#""\q""#).text == "q")
  }

  @Test("several objects of a frame are read side by side, in lines, and in arrays")
  func several() {
    for text in [
      "{\"n\":1}{\"n\":2}", "{\"n\":1}\r\n{\"n\":2}\n", "[{\"n\":1},{\"n\":2}]", "\u{FEFF}{\"n\":1},{\"n\":2}\0",
    ] {
      #expect(numbers(frame(text)) == [1, 2])
      #expect(frame(text).damage == nil)
    }
    #expect(frame(" \n[]").values.isEmpty && frame("").damage == nil)
  }

  @Test(
    "good objects on both sides of damage are found, and the damage is told",
    arguments: [
      "{\"n\":1}garbage{\"n\":2}", "{\"n\":1}{\"x\":{\"n\":2}", "{\"n\":1}{\"x\":\"unended}{\"n\":2}",
      "{\"n\":1}{\"x\" 1}{\"n\":2}", "{\"n\":1}}{\"n\":2}", "[{\"n\":1},{x},{\"n\":2}]", "{\"n\":1}{{\"n\":2}",
      "{\"n\":1}{\"x\":tru}{\"n\":2}",
    ])
  func damage(text: String) {
    let document = frame(text)
    #expect(numbers(document) == [1, 2])
    #expect(document.damage != nil)
    #expect(document.soundValues.count == 1)
  }

  @Test("a frame tolerates what the printed sample has: values and commas left out")
  func tolerance() throws {
    let root = try #require(frame("{\"a\":,\"b\":1\n\"c\":2,\"d\":}").values.first)
    #expect(root.field("a")?.isEmpty == true)
    #expect(root.field("b")?.integer == 1)
    #expect(root.field("c")?.integer == 2)
    #expect(root.field("d")?.isEmpty == true)
  }

  @Test(
    "a body is one whole value or a fault",
    arguments: [
      "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\":}", "{\"a\":1}{", "[1 2]", "nul", "{\"a\":1 \"b\":2}", "\"x", "]",
      "+1", "<html>",
    ])
  func strictBody(text: String) { #expect(throws: WireFault.self) { try value(text) } }

  @Test("sixty-four levels are read, more are damage, and a million braces end at once")
  func depth() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(try value(nested(64)).isArray)
    #expect(throws: WireFault.self) { try value(nested(65)) }
    for text in ["[", "{", "{\"a\":", "{\"", "{\"a\":[{", "{\"a\":\"\\"] {
      let document = frame(String(repeating: text, count: 200_000 / text.utf8.count))
      #expect(document.damage != nil || text == "[")
    }
  }
}
