import Domain
import EventStore

/// How the orders that belong to one order of the leader came about, or why there are none.
public struct ExplainReport: Sendable {
  /// One thing that happened on the way.
  public struct Step: Sendable {
    public let sequence: SequenceNumber
    public let at: Timestamp
    /// A word for programs: `episode`, `sized`, `forgone`, `request`, `attempt`, `doubt`, `outcome`, `fill`, `end`.
    public let kind: String
    public let text: String
    /// When it happened by the broker's clock, where the broker told.
    public var brokerTime: Timestamp?
  }

  /// The chain of one follower.
  public struct Follower: Sendable {
    public let name: FollowerName
    public internal(set) var steps: [Step] = []
    public internal(set) var orders: [OrderRecord] = []
    public internal(set) var end: LinkEnd?
  }

  /// What was asked for.
  public let id: String
  /// The order of the leader, or the link of our own, that everything here belongs to.
  public let origin: LinkOrigin
  public internal(set) var key: PositionKey?
  public internal(set) var leaderSteps: [Step] = []
  public internal(set) var followers: [Follower] = []
  var names: ContractNames
  var sized: [FollowerName: EntrySized] = [:]
  var leaderFilled = Quantity.zero
  var episodes: [(LogEntry, EpisodeOpened)] = []

  /// Reads the store at `path`.
  ///
  /// - Throws: ``ReportFault`` (usage) when the log knows no such order.
  public static func read(
    _ id: String, store path: String, progress: @escaping (Int) -> Void = { _ in }
  ) throws -> ExplainReport {
    let reader = try SQLiteEventReader(path: path)
    defer { reader.close() }
    return try ExplainReport(id, in: reader, progress: progress)
  }

  init(_ id: String, in source: any EventSource, progress: LogWalk.Progress = { _ in }) throws {
    var history = OrderHistory()
    try LogWalk.entries(of: source, progress: progress) { history.take($0) }
    guard let (origin, follower) = ExplainReport.find(id, in: history) else {
      throw ReportFault(
        .usage,
        "The log knows no order \(id), neither of the leader nor of ours. `copytrade orders` lists ours with their ids."
      )
    }
    self.id = id
    self.origin = origin
    names = ContractNames(history.state)
    let events = try ExplainReport.events(of: source, origin, through: history.state.lastSequence, progress)
    for entry in events { take(entry, only: follower) }
    for order in history.orders where order.child.origin == origin && (follower == nil || order.follower == follower) {
      take(order)
    }
    for index in followers.indices { followers[index].steps.sort { $0.sequence < $1.sequence } }
  }

  /// The link that an id belongs to, with the follower where the id is of one follower's order.
  private static func find(_ id: String, in history: OrderHistory) -> (LinkOrigin, FollowerName?)? {
    guard let text = ShortText(validating: id), !text.isEmpty else { return nil }
    if history.leaderEvents[OrderID(text: text)] != nil { return (LinkOrigin(text: text), nil) }
    for order in history.orders.reversed() {
      let isIt =
        order.orderID?.text == text || order.label.text == text || order.requests.contains { $0.id.text == text }
      if isIt { return (order.child.origin, order.follower) }
    }
    return history.orders.contains { $0.child.origin.text == text } ? (LinkOrigin(text: text), nil) : nil
  }

  /// The events about the link but those of its requests, and the openings of episodes.
  private static func events(
    of source: any EventSource, _ origin: LinkOrigin, through last: SequenceNumber, _ progress: LogWalk.Progress
  ) throws -> [LogEntry] {
    var events: [LogEntry] = []
    try LogWalk.entries(of: source, through: last, progress: progress) { entry in
      let belongs =
        switch entry.event {
        case .leaderOrder(let seen): seen.picture.order.orderID.text == origin.text
        case .entrySized(let sized): sized.origin == origin
        case .entryForgone(let forgone): forgone.origin == origin
        case .linkEnded(let ended): ended.origin == origin
        case .episodeOpened: true
        default: false
        }
      if belongs { events.append(entry) }
    }
    return events
  }
}
