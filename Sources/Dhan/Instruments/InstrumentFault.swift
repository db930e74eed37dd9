/// Why there are no instruments, or no newer ones. Its text is for a person.
public struct InstrumentFault: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: String, Hashable, Sendable {
    /// The address or path cannot be used at all.
    case badSource = "bad_source"
    /// No file, no answer, or an answer that is no file.
    case unreachable = "unreachable"
    /// A file that is none of the broker's, or too damaged to be trusted.
    case unreadable = "unreadable"
    /// The cache cannot be written or read.
    case inputOutput = "input_output"
    /// Another load is under way.
    case busy = "busy"
  }
  public let reason: Reason
  public let text: String

  public init(_ reason: Reason, _ text: String) {
    self.reason = reason
    self.text = text
  }

  public var description: String { "\(text) [\(reason.rawValue)]" }
}
