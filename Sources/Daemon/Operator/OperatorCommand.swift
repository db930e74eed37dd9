import Domain
import Engine
import Foundation

/// What a person tells the service through its socket: one line of JSON, answered by one line of JSON.
public struct OperatorCommand: Hashable, Sendable, Codable {
  public let mode: OperatorMode
  /// `nil` for all followers.
  public let follower: FollowerName?

  public init(mode: OperatorMode, follower: FollowerName?) {
    self.mode = mode
    self.follower = follower
  }

  /// The answer on the socket.
  struct Answer: Hashable, Codable {
    /// The newest event of the log once the command is durable.
    var sequence: Int64?
    var error: String?

    init(_ reply: CommandReply) {
      switch reply {
      case .recorded(let sequence): self.sequence = sequence.value
      case .unknownFollower(let name): error = "there is no follower \(name)"
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
