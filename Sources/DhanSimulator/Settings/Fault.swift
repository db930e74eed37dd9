import Domain

/// Something that goes wrong, for some calls or messages of one account or of all (S16, W4, W6).
public struct Fault: Hashable, Sendable {
  /// What a fault is for.
  public enum Place: String, CaseIterable, Sendable {
    /// Placing, modifying and cancelling.
    case orders
    case place, modify, cancel
    /// Everything else under `/v2`.
    case reads
    case any
    /// The WebSocket's handshake, before anybody knows the account.
    case handshake
    /// The login message of a stream.
    case login
    /// An update on its way to a stream.
    case update
    /// The account's open streams, at once.
    case stream
  }

  public enum Kind: String, CaseIterable, Sendable {
    /// Lets a call or an update pass before the next fault.
    case pass
    case delay
    /// Nothing is answered, the connection stays open; `taken` tells whether the call was.
    case hang
    case reset
    /// Head and half of the body, then the end of the connection.
    case halfReply = "half_reply"
    case emptyBody = "empty_body"
    case htmlBody = "html_body"
    /// An error body under status 200.
    case errorBody = "error_body"
    /// A 5xx, by default 500 DH-908.
    case serverError = "server_error"
    /// Plain refusal with `status`, `code` and `text`.
    case refuse
    case deadToken = "dead_token"
    case invalidToken = "invalid_token"
    case invalidAddress = "invalid_ip"
    case rateLimit = "rate_limit"
    /// Taken, and rejected later by the risk checks with `text`.
    case rejectLate = "reject_late"
    /// Nothing is answered; the call is taken only after `delay`.
    case takeLate = "take_late"
    case drop, duplicate, reorder
    case garbage, binary, concatenate
    /// The end of a stream without a close frame.
    case close
    /// The stream stays open and delivers nothing until `resume`.
    case silence, resume

    /// The kinds that mean something at a place.
    public static func possible(at place: Place) -> [Kind] {
      let replies: [Kind] = [
        .pass, .delay, .hang, .reset, .halfReply, .emptyBody, .htmlBody, .errorBody, .serverError, .refuse, .deadToken,
        .invalidToken, .invalidAddress, .rateLimit,
      ]
      switch place {
      case .orders, .place, .modify, .cancel: return replies + [.rejectLate, .takeLate]
      case .reads, .any: return replies
      case .handshake: return [.pass, .rateLimit, .hang, .reset, .serverError, .deadToken]
      case .login: return [.pass, .deadToken, .reset, .close, .silence]
      case .update:
        return [
          .pass, .drop, .duplicate, .delay, .reorder, .garbage, .binary, .concatenate, .close, .reset, .silence,
        ]
      case .stream: return [.close, .reset, .garbage, .binary, .silence, .resume]
      }
    }
  }

  /// `nil` is every account.
  public var account: ClientID?
  public var on: Place
  public var kind: Kind
  /// How many calls or updates meet it; `nil` is all that follow.
  public var times: Int64?
  /// In thousandths.
  public var chance: Int64
  /// Whether the call behind a broken reply was taken.
  public var isTaken: Bool
  public var delay: Microseconds
  public var status: Int64
  public var code: String
  public var text: String

  public init(
    account: ClientID? = nil, on: Place, kind: Kind, times: Int64? = 1, chance: Int64 = 1_000, isTaken: Bool = false,
    delay: Microseconds = .milliseconds(300), status: Int64? = nil, code: String = "DH-908",
    text: String = "Internal Server Error"
  ) {
    self.account = account
    self.on = on
    self.kind = kind
    self.times = times
    self.chance = chance
    self.isTaken = isTaken
    self.delay = delay
    self.status = status ?? (kind == .errorBody ? 200 : 500)
    self.code = code
    self.text = text
  }
}
