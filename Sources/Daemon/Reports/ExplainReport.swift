import Domain
import EventStore

/// How the orders that belong to one order of the leader came about, or why there are none; or what an order was that is
/// not ours.
public struct ExplainReport: Sendable {
  /// What an id turned out to be of.
  public enum Subject: Sendable, Equatable {
    /// An order of the leader, or an order of ours that copies it.
    case leaderOrder
    /// A link of our own.
    case ownLink(OwnLinkPurpose)
    /// An order in a follower's account that no request of the log asked for.
    case foreignOrder(FollowerName)
  }

  /// One thing that happened on the way.
  public struct Step: Sendable {
    public let sequence: SequenceNumber
    public let at: Timestamp
    /// A word for programs: `leader`, `cause`, `episode`, `sized`, `forgone`, `request`, `attempt`, `turned_away`, `doubt`,
    /// `reading`, `resolved`, `adopted`, `surplus`, `outcome`, `open`, `order`, `fill`, `alert`, `reading`, `product`, `end`, `owner`.
    public let kind: String
    public let text: String
    /// When it happened by the broker's clock, where the broker told.
    public var brokerTime: Timestamp?
    /// The observation that a decision was made upon.
    public var cause: SequenceNumber?
  }

  /// The chain of one follower.
  public struct Follower: Sendable {
    public let name: FollowerName
    public internal(set) var steps: [Step] = []
    public internal(set) var orders: [OrderRecord] = []
    public internal(set) var end: LinkEnd?
    public internal(set) var verdict: String = ""
  }

  /// What was asked for.
  public let id: String
  public let subject: Subject
  /// The order of the leader, or the link of our own, that everything here belongs to; of a foreign order its number.
  public let origin: LinkOrigin
  public internal(set) var key: PositionKey?
  public internal(set) var leaderSteps: [Step] = []
  public internal(set) var followers: [Follower] = []
  var names: ContractNames
  let fills: CopiedFills
  var sized: [FollowerName: EntrySized] = [:]
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
    guard let (subject, origin, follower) = ExplainReport.find(id, in: history) else {
      throw ReportFault(
        .usage,
        "The log knows no order \(id), neither of the leader nor of a follower. `copytrade orders` lists ours with their "
          + "ids, and `copytrade report --day DATE` the leader's."
      )
    }
    self.id = id
    self.subject = subject
    self.origin = origin
    names = ContractNames(history.state)
    fills = CopiedFills(history)
    var besides: [LogEntry] = []
    try LogWalk.entries(of: source, through: history.state.lastSequence, progress: progress) { entry in
      switch entry.event {
      case .alertRaised, .alertCleared, .readingWanted: besides.append(entry)
      default: if belongs(entry) { take(entry, only: follower) }
      }
    }
    // What closes a surplus of the link belongs to its story.
    let origins = [origin, LinkOrigin(closingSurplusOf: origin)]
    for order in history.orders
    where origins.contains(order.child.origin) && (follower == nil || order.follower == follower) {
      take(order)
    }
    judge(history, only: follower)
    takeBesides(besides)
    for index in followers.indices { followers[index].steps.sort { $0.sequence < $1.sequence } }
  }

  /// What an id is of, with the follower where it is of one follower's order.
  private static func find(_ id: String, in history: OrderHistory) -> (Subject, LinkOrigin, FollowerName?)? {
    guard let text = ShortText(validating: id), !text.isEmpty else { return nil }
    if history.leader(OrderID(text: text)) != nil { return (.leaderOrder, LinkOrigin(text: text), nil) }
    func subject(_ origin: LinkOrigin) -> Subject { origin.ownPurpose.map { .ownLink($0) } ?? .leaderOrder }
    for order in history.orders.reversed() {
      let isIt =
        order.orderID?.text == text || order.label.text == text || order.requests.contains { $0.id.text == text }
      if isIt { return (subject(order.child.origin), order.child.origin, order.follower) }
    }
    if let order = history.orders.first(where: { $0.child.origin.text == text }) {
      return (subject(order.child.origin), order.child.origin, nil)
    }
    let foreign = history.unclaimed.keys.filter { $0.orderID.text == text }.map(\.follower).min()
    return foreign.map { (.foreignOrder($0), LinkOrigin(text: text), $0) }
  }

  /// Whether an event is about the link, other than by its requests, caused it, or opens an episode.
  private func belongs(_ entry: LogEntry) -> Bool {
    if entry.sequence == origin.cause { return true }
    return switch entry.event {
    case .leaderOrder(let seen): seen.picture.order.orderID.text == origin.text
    case .entrySized(let sized): sized.origin == origin
    case .entryForgone(let forgone): forgone.origin == origin
    case .linkEnded(let ended): ended.origin == origin
    case .productSettled(let settled): settled.orderID.text == origin.text
    case .episodeOpened: true
    case .followerOrder(let seen):
      subject == .foreignOrder(seen.follower) && seen.picture.order.orderID.text == origin.text
    default: false
    }
  }
}

extension LinkOrigin {
  /// The event that caused a link of our own.
  var cause: SequenceNumber? {
    guard let ownPurpose, ownPurpose != .surplus,
      let number = text.string.split(separator: "@").last.flatMap({ Int64($0) })
    else {
      return nil
    }
    return SequenceNumber(number)
  }
}
