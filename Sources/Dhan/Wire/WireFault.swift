/// Why a body could not be read. Its text says what is wrong and where; it never quotes what could be a token.
struct WireFault: Error, Hashable, Sendable, CustomStringConvertible {
  let text: String

  init(_ text: String) { self.text = text }
  var description: String { text }
}
