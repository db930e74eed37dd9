import Domain
import Testing

@Suite("Short texts") struct ShortTextTests {
  @Test("every length up to 31 bytes keeps its bytes", arguments: 0...33)
  func lengths(length: Int) {
    let text = String((0..<length).map { Character(UnicodeScalar(UInt8(0x21 + $0))) })
    #expect(ShortText(validating: text)?.string == (length <= 31 ? text : nil))
  }

  @Test("a character that does not fit is not cut in half") func unicode() {
    #expect(ShortText(validating: String(repeating: "₹", count: 10))?.count == 30)
    #expect(ShortText(validating: String(repeating: "₹", count: 11)) == nil)
    let text = "x" + String(repeating: "₹", count: 10)
    #expect(ShortText(validating: text)?.string == text)
  }

  @Test("bytes that are no text, and NUL, have no short text") func invalid() {
    for bytes in [[0x80], [0xC3], [0x61, 0xFF], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x61, 0]] as [[UInt8]] {
      #expect(bytes.withUnsafeBytes { ShortText(utf8: $0) } == nil)
    }
  }

  @Test("the order is that of the bytes, the shorter first") func order() {
    var random = RandomEvents(seed: 5)
    for _ in 0..<2_000 {
      let (left, right) = (random.shortText(), random.shortText())
      #expect((left < right) == Array(left.string.utf8).lexicographicallyPrecedes(Array(right.string.utf8)))
      #expect((left == right) == (Array(left.string.utf8) == Array(right.string.utf8)))
    }
  }

  @Test("an identifier is not empty") func identifiers() {
    #expect(OrderID(validating: "") == nil)
    #expect(OrderID(validating: String(repeating: "1", count: 32)) == nil)
    #expect(OrderID(validating: "112111182198")?.description == "112111182198")
  }
}
