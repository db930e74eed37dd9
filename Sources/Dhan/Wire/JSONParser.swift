/// Turns bytes into the nodes of a ``LenientJSON``.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private(set) var nodes: [LenientJSON.Node] = []
  private(set) var roots: [Int] = []
  private(set) var rootsBeforeDamage: Int?
  private(set) var damage: (what: String, offset: Int)?
  /// The indexes of the containers that are open here.
  private var open: [Int] = []
  private var key: Range<Int32> = 0..<0
  /// Accept what a printed sample of the broker has: values left out, and commas.
  private var isTolerant = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    nodes.reserveCapacity(bytes.count / 16 + 8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Reads exactly one value.
  mutating func readBody() {
    skipBlanks()
    guard position < bytes.count else { return }
    if readValue() {
      skipBlanks()
      if position < bytes.count { note("something after the value") }
    }
    roots = damage == nil ? [0] : []
  }

  /// Reads every object it can find, and goes on behind damage at the next brace.
  mutating func readFrame() {
    isTolerant = true
    // Each attempt that fails is gone over again from the brace behind its own; the sum of that is bounded.
    var budget = 16 * bytes.count
    while true {
      skipSeparators()
      guard position < bytes.count else { return }
      let start = position
      let root = nodes.count
      if bytes[start] != UInt8(ascii: "{") {
        note("text outside of an object")
      } else if readValue() {
        roots.append(root)
        continue
      } else {
        nodes.removeLast(nodes.count - root)
        budget -= position - start
        guard budget > 0 else { return }
        position = start + 1
      }
      while position < bytes.count, bytes[position] != UInt8(ascii: "{") { position += 1 }
    }
  }

  /// Reads the value that starts here with all that is in it; `false` at the first damage, with ``position`` there.
  private mutating func readValue() -> Bool {
    open.removeAll(keepingCapacity: true)
    key = 0..<0
    while true {
      guard readStart() else { return false }
      while let container = open.last {
        skipBlanks()
        guard position < bytes.count else { return note("the end comes inside a value") }
        let isObject = nodes[container].kind == .object
        let byte = bytes[position]
        if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          close(container)
        } else if nodes.count == container + 1 {
          // Nothing is in it yet.
          if isObject, !readKey() { return false }
          break
        } else if byte == UInt8(ascii: ",") {
          position += 1
          if isObject, !readKey() { return false }
          break
        } else if isTolerant, isObject, byte == UInt8(ascii: "\"") {
          guard readKey() else { return false }
          break
        } else {
          return note("a comma or an end was expected")
        }
      }
      if open.isEmpty { return true }
    }
  }

  /// Reads a plain value, or the opening of a container.
  private mutating func readStart() -> Bool {
    skipBlanks()
    guard position < bytes.count else { return note("the end comes inside a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return start(.object)
    case UInt8(ascii: "["): return start(.array)
    case UInt8(ascii: "\""): return readString()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let first = position
      while position < bytes.count, JSONParser.isNumberByte(bytes[position]) { position += 1 }
      append(.number, first, position)
      return true
    case UInt8(ascii: "t"): return readLiteral("true", .yes)
    case UInt8(ascii: "f"): return readLiteral("false", .no)
    case UInt8(ascii: "n"): return readLiteral("null", .null)
    case UInt8(ascii: ","), UInt8(ascii: "}"):
      guard isTolerant, let container = open.last, nodes[container].kind == .object else { fallthrough }
      append(.null, position, position)
      return true
    default: return note("a value was expected")
    }
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func start(_ kind: LenientJSON.Kind) -> Bool {
    guard open.count < LenientJSON.deepest else { return note("values nested too deep") }
    open.append(nodes.count)
    append(kind, position, position)
    position += 1
    return true
  }

  private mutating func close(_ container: Int) {
    position += 1
    nodes[container].end = Int32(position)
    nodes[container].next = Int32(nodes.count)
    open.removeLast()
  }

  private mutating func append(_ kind: LenientJSON.Kind, _ start: Int, _ end: Int) {
    nodes.append(
      LenientJSON.Node(
        kind: kind, start: Int32(start), end: Int32(end), keyStart: key.lowerBound, keyEnd: key.upperBound,
        next: Int32(nodes.count + 1)))
    key = 0..<0
  }

  private mutating func readKey() -> Bool {
    skipBlanks()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return note("a key was expected") }
    let first = position + 1
    guard skipString() != nil else { return false }
    key = Int32(first)..<Int32(position - 1)
    skipBlanks()
    guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { return note("a colon was expected") }
    position += 1
    return true
  }

  private mutating func readString() -> Bool {
    let first = position + 1
    guard let escaped = skipString() else { return false }
    append(escaped ? .escapedString : .string, first, position - 1)
    return true
  }

  /// Goes behind the closing quote; says whether there are escapes, `nil` when the string has no end.
  private mutating func skipString() -> Bool? {
    let first = position
    let count = bytes.count
    var here = position + 1
    var escaped = false
    while here < count {
      let byte = bytes[here]
      if byte == UInt8(ascii: "\"") {
        position = here + 1
        return escaped
      }
      if byte == UInt8(ascii: "\\") {
        escaped = true
        here += 1
      }
      here += 1
    }
    position = count
    note("a text without an end", at: first)
    return nil
  }

  private mutating func readLiteral(_ word: StaticString, _ kind: LenientJSON.Kind) -> Bool {
    let length = word.utf8CodeUnitCount
    guard position + length <= bytes.count else { return note("a value was expected") }
    for offset in 0..<length where bytes[position + offset] != word.utf8Start[offset] {
      return note("a value was expected")
    }
    append(kind, position, position + length)
    position += length
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// What may stand between the objects of a frame: an array around them says nothing more.
  private mutating func skipSeparators() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D, 0x00, 0x1E, UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"): position += 1
      default: return
      }
    }
  }

  @discardableResult
  private mutating func note(_ what: String, at offset: Int? = nil) -> Bool {
    if damage == nil {
      damage = (what, offset ?? position)
      rootsBeforeDamage = roots.count
    }
    return false
  }
}
