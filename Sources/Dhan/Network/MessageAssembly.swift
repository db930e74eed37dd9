import NIOCore
import NIOWebSocket

/// Puts the fragments of a WebSocket message together, up to a length that no order update has.
struct MessageAssembly {
  enum Outcome: Equatable {
    /// More fragments have to come.
    case incomplete
    case text([UInt8])
    case binary([UInt8])
    /// Not a message; what it was, for a person.
    case dropped(String)
  }

  private enum Progress {
    case none
    case gathering(binary: Bool, bytes: [UInt8])
    case dropping
  }

  static let longestMessage = 1 << 20

  private let limit: Int
  private var progress = Progress.none

  init(limit: Int = MessageAssembly.longestMessage) { self.limit = limit }

  /// - Parameter frame: a text, binary or continuation frame.
  mutating func take(_ frame: WebSocketFrame) -> Outcome {
    let payload = frame.unmaskedData.readableBytesView
    var bytes: [UInt8] = []
    var binary = frame.opcode == .binary
    if frame.opcode == .continuation {
      switch progress {
      case .none: return .dropped("a continuation of no message was dropped")
      case .gathering(let began, let gathered): (binary, bytes) = (began, gathered)
      case .dropping: return end(frame)
      }
      progress = .none  // Else appending would copy what has been gathered.
    } else if case .gathering = progress {
      // The rest of the message before will not come any more. The new one counts.
      progress = .none
    }
    guard bytes.count + payload.count <= limit else {
      progress = .dropping
      return end(frame)
    }
    bytes.append(contentsOf: payload)
    guard frame.fin else {
      progress = .gathering(binary: binary, bytes: bytes)
      return .incomplete
    }
    progress = .none
    return binary ? .binary(bytes) : .text(bytes)
  }

  /// Says once, at its end, that a message was too long.
  private mutating func end(_ frame: WebSocketFrame) -> Outcome {
    guard frame.fin else { return .incomplete }
    progress = .none
    return .dropped("a message of more than \(limit) bytes was dropped")
  }
}
