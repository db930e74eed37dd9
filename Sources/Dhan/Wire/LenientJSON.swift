/// JSON as the broker sends it: numbers stay the text they were, and damage in one place does not hide what stands
/// around it.
///
/// Reading is iterative and bounded: no input makes it recurse, trap, or work more than a fixed multiple of its length.
final class LenientJSON: Sendable {
  /// The first place that could not be understood, told without any of the content.
  struct Damage: Hashable, Sendable, CustomStringConvertible {
    let what: String
    let offset: Int
    let length: Int
    var description: String { "\(what) at byte \(offset) of \(length)" }
  }

  enum Kind: Sendable { case object, array, string, escapedString, number, yes, no, null }

  /// One value; the children of a container follow it, and `next` is the index behind the last of them.
  struct Node: Sendable {
    var kind: Kind
    var start: Int32
    var end: Int32
    var keyStart: Int32
    var keyEnd: Int32
    var next: Int32
  }

  /// Values inside values; the broker's deepest message has four.
  static let deepest = 64

  let bytes: [UInt8]
  let nodes: [Node]
  private let roots: [Int]
  private let soundRoots: Int
  let damage: Damage?

  /// Reads a frame of the stream: any number of objects, side by side or in an array (dhan-api-v2.md §6.6).
  convenience init(frame bytes: [UInt8]) { self.init(bytes) { $0.readFrame() } }

  /// Reads the body of a reply: exactly one value, strictly.
  static func body(_ bytes: [UInt8]) throws(WireFault) -> Value {
    let document = LenientJSON(bytes) { $0.readBody() }
    if let damage = document.damage { throw WireFault("the body is no JSON: \(damage)") }
    guard let root = document.values.first else { throw WireFault("the body is empty") }
    return root
  }

  private init(_ bytes: [UInt8], _ read: (inout JSONParser) -> Void) {
    self.bytes = bytes
    // Offsets are 32 bits wide; a body of two gigabytes is no message.
    let readable = bytes.count <= Int32.max / 2 ? bytes : []
    var nodes: [Node] = []
    var roots: [Int] = []
    var soundRoots: Int?
    var damage: Damage?
    readable.withUnsafeBufferPointer { buffer in
      var parser = JSONParser(buffer)
      read(&parser)
      nodes = parser.nodes
      roots = parser.roots
      soundRoots = parser.rootsBeforeDamage
      damage = parser.damage.map { Damage(what: $0.what, offset: $0.offset, length: bytes.count) }
    }
    if readable.count < bytes.count { damage = Damage(what: "too long", offset: 0, length: bytes.count) }
    self.nodes = nodes
    self.roots = roots
    self.soundRoots = soundRoots ?? roots.count
    self.damage = damage
  }

  /// Every value at the top, in the order of the bytes, whether it came before or after damage.
  var values: [Value] { roots.map { Value(document: self, index: $0) } }
  /// Those that came before any damage.
  var soundValues: ArraySlice<Value> { values.prefix(soundRoots) }
  /// Those found again behind damage: one may be the inner part of an object whose outer part is damaged.
  var recoveredValues: ArraySlice<Value> { values.dropFirst(soundRoots) }
}

extension LenientJSON {
  /// One value of a document.
  struct Value: Sendable {
    let document: LenientJSON
    let index: Int

    var node: Node { document.nodes[index] }
    var isObject: Bool { node.kind == .object }
    var isArray: Bool { node.kind == .array }

    /// The elements of an array, the values of an object.
    var children: [Value] {
      guard isObject || isArray else { return [] }
      var found: [Value] = []
      var child = index + 1
      let end = Int(node.next)
      while child < end {
        found.append(Value(document: document, index: child))
        child = Int(document.nodes[child].next)
      }
      return found
    }

    /// The name under which an object holds this value.
    var key: String {
      String(decoding: document.bytes[Int(node.keyStart)..<Int(node.keyEnd)], as: UTF8.self)
    }

    /// The field of an object that has one of these names, in any casing.
    ///
    /// Of several, a value that says something is preferred over an empty one, then the earlier name, then the later
    /// place (dhan-api-v2.md §6.3). `nil` when the object has none of them; see ``isEmpty`` for one that says nothing.
    func field(_ names: StaticString...) -> Value? {
      var empty: Value?
      for name in names {
        guard let value = find(name) else { continue }
        if !value.isEmpty { return value }
        empty = value
      }
      return empty
    }

    /// The field, unless it is missing or says nothing.
    func telling(_ names: StaticString...) -> Value? {
      for name in names {
        if let value = find(name), !value.isEmpty { return value }
      }
      return nil
    }

    private func find(_ name: StaticString) -> Value? {
      guard isObject else { return nil }
      let length = name.utf8CodeUnitCount
      return document.bytes.withUnsafeBufferPointer { bytes in
        document.nodes.withUnsafeBufferPointer { nodes in
          var found: Value?
          var child = index + 1
          let end = Int(nodes[index].next)
          while child < end {
            let start = Int(nodes[child].keyStart)
            if Int(nodes[child].keyEnd) - start == length,
              LenientJSON.isSame(UnsafeBufferPointer(rebasing: bytes[start..<(start + length)]), name)
            {
              let value = Value(document: document, index: child)
              if found == nil || !value.isEmpty || found?.isEmpty == true { found = value }
            }
            child = Int(nodes[child].next)
          }
          return found
        }
      }
    }
  }

  /// Equal but for the case of ASCII letters; both have the same length.
  private static func isSame(_ key: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> Bool {
    for offset in 0..<key.count {
      let ours = name.utf8Start[offset]
      let theirs = key[offset]
      if ours == theirs { continue }
      // The cases of a letter differ in this bit only.
      guard ours ^ theirs == 0x20, (0x61...0x7A).contains(ours | 0x20) else { return false }
    }
    return true
  }
}
