import Domain

/// What became of one request, as the log tells it.
public struct RequestRecord: Sendable {
  public enum Outcome: String, Sendable {
    case accepted
    case refused
    case withdrawn
    /// The order ended, or was read from the book, before the request had an outcome of its own: it is of no matter now.
    case settled
  }

  /// Something on the way from the decision to the outcome.
  public struct Step: Sendable {
    public enum Kind: String, Sendable {
      /// It left the machine after it had waited.
      case attempt
      /// The broker, or the machine itself, proved that nothing was placed; it waits to leave again (rule 27).
      case turnedAway = "turned_away"
      /// Nobody knew whether it had arrived (rule 27).
      case doubt
      /// A clean reading of the book did not show it (rules 28, 29).
      case reading
      /// A person said what became of it (rule 30).
      case resolved
    }
    public let kind: Kind
    public let sequence: SequenceNumber
    public let at: Timestamp
    public let text: String
  }

  public let id: RequestID
  public let kind: RequestKind
  public let sequence: SequenceNumber
  public let requestedAt: Timestamp
  /// The observation upon which it was decided.
  public let causation: SequenceNumber?
  /// The newest leader event of the chain before the decision, and when it was recorded.
  public let leaderEvent: SequenceNumber?
  public let leaderEventAt: Timestamp?
  public let quantity: Quantity?
  public let price: OrderPrice?
  public let why: Arithmetic
  public let leftAtOnce: Bool
  public internal(set) var attemptedAt: Timestamp?
  public internal(set) var attempts: Int
  public internal(set) var isInDoubt = false
  public internal(set) var outcome: Outcome?
  public internal(set) var outcomeAt: Timestamp?
  public internal(set) var outcomeSequence: SequenceNumber?
  /// The broker's words on a refusal, what happened to the call, or why it was withdrawn.
  public internal(set) var text = ""
  public internal(set) var steps: [Step] = []

  /// The outcome in one word of the design: `accepted`, `refused`, `in_doubt`, `withdrawn`; `open` while it has none.
  public var outcomeWord: String {
    if isInDoubt { return "in_doubt" }
    return outcome?.rawValue ?? (attemptedAt == nil ? "queued" : "open")
  }
}
