import Glibc

/// Recognises the payloads of the log: one object in canonical JSON (RFC 8785), with integers as its only numbers.
///
/// No white space, keys in the order of their UTF-16 code units and each once, the shortest escapes, valid UTF-8, and
/// integers that a double holds exactly. Two payloads that say the same are therefore the same bytes.
enum CanonicalJSON {
  static func holds(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress, bytes.count >= 2 else { return false }
    var scanner = Scanner(start: start.assumingMemoryBound(to: UInt8.self), end: bytes.count)
    return scanner.peek == UInt8(ascii: "{") && scanner.value(depth: 0) && scanner.isAtEnd && scanner.isText
  }

  private struct Scanner {
    let start: UnsafePointer<UInt8>
    let end: Int
    var place = 0
    var isASCII = true
    var hasEscapes = false

    init(start: UnsafePointer<UInt8>, end: Int) {
      self.start = start
      self.end = end
    }

    // A byte that begins nothing stands for the end, so that no caller needs to test both.
    @inline(__always) var peek: UInt8 { place < end ? start[place] : 0 }
    var isAtEnd: Bool { place == end }
    var isText: Bool {
      isASCII || String(validating: UnsafeBufferPointer(start: start, count: end), as: UTF8.self) != nil
    }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
      guard place < end, start[place] == byte else { return false }
      place += 1
      return true
    }

    mutating func value(depth: Int) -> Bool {
      switch peek {
      case UInt8(ascii: "\""): return string() != nil
      case UInt8(ascii: "{"): return depth < 64 && object(depth: depth + 1)
      case UInt8(ascii: "["): return depth < 64 && array(depth: depth + 1)
      case UInt8(ascii: "t"): return word("true")
      case UInt8(ascii: "f"): return word("false")
      case UInt8(ascii: "n"): return word("null")
      default: return integer()
      }
    }

    mutating func object(depth: Int) -> Bool {
      place += 1
      if take(UInt8(ascii: "}")) { return true }
      var previous: Range<Int>?
      repeat {
        guard let key = string(), take(UInt8(ascii: ":")) else { return false }
        if let previous, !isOrdered(previous, key) { return false }
        previous = key
        guard value(depth: depth) else { return false }
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "}"))
    }

    mutating func array(depth: Int) -> Bool {
      place += 1
      if take(UInt8(ascii: "]")) { return true }
      repeat {
        guard value(depth: depth) else { return false }
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "]"))
    }

    mutating func word(_ word: StaticString) -> Bool {
      for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) { return false }
      return true
    }

    mutating func integer() -> Bool {
      let isNegative = take(UInt8(ascii: "-"))
      if take(UInt8(ascii: "0")) { return !isNegative }
      let first = place
      var number: Int64 = 0
      while place < end, case let digit = start[place] &- 48, digit < 10 {
        number = number &* 10 &+ Int64(digit)
        place += 1
        if place - first > 16 { return false }
      }
      return place > first && number <= 9_007_199_254_740_991
    }

    /// Passes a string and returns where its content lies, or `nil` when it is not canonical.
    mutating func string() -> Range<Int>? {
      guard take(UInt8(ascii: "\"")) else { return nil }
      let first = place
      while true {
        passPlainText()
        guard place < end else { return nil }
        let byte = start[place]
        place += 1
        if byte == UInt8(ascii: "\"") { return first..<(place - 1) }
        if byte == UInt8(ascii: "\\") {
          guard escape() else { return nil }
        } else if byte < 0x20 {
          return nil
        } else {
          isASCII = false
        }
      }
    }

    /// Goes to the next byte of a string that is not plain ASCII, eight bytes at a time.
    @inline(__always)
    mutating func passPlainText() {
      let ones: UInt64 = 0x0101_0101_0101_0101
      let highs: UInt64 = 0x8080_8080_8080_8080
      let bytes = UnsafeRawPointer(start)
      while place + 8 <= end {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        // The lowest high bit that is set marks the first such byte; borrows reach only bytes after it.
        let found = ((quote &- ones) | (backslash &- ones) | (word &- ones &* 0x20) | word) & highs
        if found == 0 {
          place += 8
          continue
        }
        place += found.trailingZeroBitCount >> 3
        break
      }
      while place < end, case let byte = start[place],
        byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), (0x20..<0x80).contains(byte)
      { place += 1 }
    }

    mutating func escape() -> Bool {
      hasEscapes = true
      let byte = peek
      place += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
        UInt8(ascii: "r"), UInt8(ascii: "t"):
        return true
      case UInt8(ascii: "u"):
        // Only control characters without a letter of their own are written by number, in lower case.
        guard take(UInt8(ascii: "0")), take(UInt8(ascii: "0")) else { return false }
        let high = peek
        guard take(UInt8(ascii: "0")) || take(UInt8(ascii: "1")) else { return false }
        let low = peek
        place += 1
        guard (48...57).contains(low) || (97...102).contains(low) else { return false }
        return high == UInt8(ascii: "1") || !"89acd".utf8.contains(low)
      default:
        return false
      }
    }

    func isOrdered(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
      let leftBytes = UnsafeBufferPointer(start: start + left.lowerBound, count: left.count)
      let rightBytes = UnsafeBufferPointer(start: start + right.lowerBound, count: right.count)
      // Bytes have the order of code units while there are no escapes and nothing beyond ASCII so far.
      if isASCII && !hasEscapes {
        // Most keys part at their first byte.
        let (leftFirst, rightFirst) = (start[left.lowerBound], start[right.lowerBound])
        if leftFirst != rightFirst, !left.isEmpty, !right.isEmpty { return leftFirst < rightFirst }
        let order = memcmp(start + left.lowerBound, start + right.lowerBound, min(left.count, right.count))
        return order < 0 || (order == 0 && left.count < right.count)
      }
      return CanonicalJSON.codeUnits(leftBytes).lexicographicallyPrecedes(CanonicalJSON.codeUnits(rightBytes))
    }
  }

  /// The UTF-16 code units that the content of a string stands for.
  private static func codeUnits(_ content: UnsafeBufferPointer<UInt8>) -> [UInt16] {
    var plain: [UInt8] = []
    var index = 0
    while index < content.count {
      var byte = content[index]
      if byte == UInt8(ascii: "\\"), index + 1 < content.count {
        index += 1
        switch content[index] {
        case UInt8(ascii: "b"): byte = 8
        case UInt8(ascii: "t"): byte = 9
        case UInt8(ascii: "n"): byte = 10
        case UInt8(ascii: "f"): byte = 12
        case UInt8(ascii: "r"): byte = 13
        case UInt8(ascii: "u"):
          let last = content[min(index + 4, content.count - 1)]
          let high = content[min(index + 3, content.count - 1)] &- 48
          byte = high &* 16 &+ (last < 58 ? last &- 48 : last &- 87)
          index += 4
        default: byte = content[index]
        }
      }
      plain.append(byte)
      index += 1
    }
    return Array(String(decoding: plain, as: UTF8.self).utf16)
  }
}
