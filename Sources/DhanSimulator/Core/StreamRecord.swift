import Domain
import PaperExchange

/// One open WebSocket.
struct StreamRecord {
  /// `nil` until it has logged in.
  var account: ClientID?
  /// Open and dead: nothing is delivered (W6).
  var isSilent = false
  var lastPing: Timestamp
  var lastPong: Timestamp
}

/// What is to be done with a stream.
enum StreamEffect: Equatable {
  case text(Int, [UInt8])
  case binary(Int, [UInt8])
  case ping(Int)
  /// The end of the connection without a close frame.
  case close(Int)
  case reset(Int)

  var stream: Int {
    switch self {
    case .text(let stream, _), .binary(let stream, _), .ping(let stream), .close(let stream), .reset(let stream): stream
    }
  }
}

/// An update that reaches the streams later than it should.
struct HeldUpdate {
  let due: Timestamp
  let update: PaperUpdate
}
