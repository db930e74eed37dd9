import Domain
import Engine
import Foundation

/// A command as it goes through the socket: one line of JSON, answered by one line of JSON.
extension OperatorCommand {
  /// The answer on the socket.
  struct Answer: Hashable, Codable {
    /// The newest event of the log once the command is durable.
    var sequence: Int64?
    var error: String?

    init(_ reply: CommandReply) {
      switch reply {
      case .recorded(let sequence): self.sequence = sequence.value
      case .unknownFollower(let name): error = "there is no follower \(name)"
      case .refused(let why): error = why
      case .notRecorded: error = "the log takes no events now; the command is tried again"
      }
    }

    init(error: String) { self.error = error }
  }

  static func line(_ value: some Encodable) -> [UInt8] {
    // Both values are plain words and numbers: nothing in them can fail to be encoded.
    guard let data = try? JSONEncoder().encode(value) else { return Array("{}\n".utf8) }
    return Array(data) + [UInt8(ascii: "\n")]
  }
}
