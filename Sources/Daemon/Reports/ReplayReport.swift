import Domain
import EventStore
import Projections

/// Goes through the log again: a line for each event of a stretch, then the state that everything up to its end leads to.
public final class ReplayReport {
  /// One event, told.
  public struct Line: Sendable {
    public let sequence: SequenceNumber
    public let recordedAt: Timestamp
    public let occurredAt: Timestamp
    public let stream: ShortText
    public let type: EventType
    public let causation: SequenceNumber?
    public let correlation: ShortText?
    public let sentence: String
    let payload: [UInt8]

    public func text(_ times: TimeStyle) -> String {
      let number = String(sequence.value)
      let pad = String(repeating: " ", count: max(0, 7 - number.count))
      let who = stream.string.hasPrefix("follower/") ? String(stream.string.dropFirst(9)) : stream.string
      return
        "\(pad)\(number)  \(times.text(recordedAt))  \(who)\(String(repeating: " ", count: max(0, 10 - who.count)))  "
        + sentence
    }

    public var json: JSONValue {
      .object([
        ("sequence", .sequence(sequence)), ("recorded_at", .time(recordedAt)), ("occurred_at", .time(occurredAt)),
        ("stream", .text(stream)), ("type", .string(type.rawValue)), ("causation", .sequence(causation)),
        ("correlation", .text(correlation)), ("text", .string(sentence)),
        ("payload", .raw(String(decoding: payload, as: UTF8.self))),
      ])
    }
  }

  private let reader: any EventSource
  private let from: SequenceNumber
  private let through: SequenceNumber

  public convenience init(store path: String, from: LogPoint = .start, to: LogPoint? = nil) throws {
    try self.init(SQLiteEventReader(path: path), from: from, to: to)
  }

  init(_ source: any EventSource, from: LogPoint = .start, to: LogPoint? = nil) throws {
    reader = source
    self.from = try from.first(in: source)
    through = try to?.last(in: source) ?? SequenceNumber(.max)
  }

  /// Passes the lines of the stretch to `body` and returns where everything up to its end leads.
  ///
  /// The state is told as of the last event: no clock and no lock is looked at, so that a replay is always the same.
  public func run(_ body: (Line) throws -> Void) throws -> ReplayedState {
    var state = State()
    var sentence = EventSentence(names: ContractNames())
    try LogWalk.entries(of: reader, through: through) { entry in
      state.fold(entry)
      if case .instrumentSeen(let seen) = entry.event { sentence.names.learn(seen.instrument) }
      guard entry.sequence >= from else { return }
      try body(
        Line(
          sequence: entry.sequence, recordedAt: entry.recordedAt, occurredAt: entry.occurredAt, stream: entry.stream,
          type: entry.event.type, causation: entry.causation, correlation: entry.correlation,
          sentence: sentence.text(entry.event), payload: entry.event.payload))
    }
    return ReplayedState(state)
  }
}

/// The state that a stretch of the log leads to.
public struct ReplayedState: Sendable {
  public let status: StatusReport

  init(_ state: State) { status = StatusReport(state: state, now: state.now) }

  public var text: String {
    "After event \(status.lastSequence):\n\(PositionsReport(status).text)"
  }

  /// `{"state": …}`, the document of `status --json`.
  public var json: JSONValue { .object([("state", status.json)]) }
}
