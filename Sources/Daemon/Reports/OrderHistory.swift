import Domain
import EventStore
import Projections

/// Every order of ours that the log knows: a fold that forgets nothing, unlike the state that decisions are made from.
public struct OrderHistory: Sendable {
  public internal(set) var orders: [OrderRecord] = []
  public private(set) var state = State()
  var byLabel: [CorrelationID: Int] = [:]
  var byOrder: [AccountOrder: Int] = [:]
  /// Requests without an outcome, by the order they belong to.
  var open: [RequestID: Int] = [:]
  /// Pictures that came before the broker's reply said that the order is ours.
  var unclaimed: [AccountOrder: [(LogEntry, BrokerOrder)]] = [:]
  /// The leader's orders in the order in which they were first seen.
  public private(set) var leaderOrders: [LeaderRecord] = []
  private var leaderPlaces: [OrderID: Int] = [:]
  /// What was decided about a leader order, or a link of our own, for each follower.
  var links: [LinkID: LinkRecord] = [:]
  /// The fills that the last event brought: places in ``orders`` and in their fills.
  var freshFills: [(order: Int, fill: Int)] = []
  /// The position of the request that had its outcome with the last event.
  var settledKey: PositionKey?

  struct AccountOrder: Hashable {
    let follower: FollowerName
    let orderID: OrderID
  }

  struct LinkID: Hashable {
    let follower: FollowerName
    let origin: LinkOrigin
  }

  /// Reads the store at `path`.
  public static func read(
    store path: String, progress: @escaping (Int) -> Void = { _ in }
  ) throws -> OrderHistory {
    let reader = try SQLiteEventReader(path: path)
    defer { reader.close() }
    var history = OrderHistory()
    try LogWalk.entries(of: reader, progress: progress) { history.take($0) }
    return history
  }

  mutating func take(_ entry: LogEntry) {
    state.fold(entry)
    freshFills.removeAll(keepingCapacity: true)
    settledKey = nil
    switch entry.event {
    case .leaderOrder(let seen): takeLeader(seen.picture.order, entry)
    case .productSettled(let settled):
      if let place = leaderPlaces[settled.orderID] { leaderOrders[place].product = settled.product }
    case .entryForgone, .linkEnded: takeLink(entry)
    case .placementRequested, .modificationRequested, .cancellationRequested: takeRequest(entry)
    case .orderAdopted(let adopted): takeAdoption(adopted, entry)
    case .requestAttempted, .requestAccepted, .requestRefused, .requestDoubted, .requestWithdrawn, .requestResolved:
      takeOutcome(entry)
    case .followerOrder(let seen):
      takePicture(entry, seen.picture.order, of: seen.follower)
      settle(seen.follower, entry)
    case .followerBookRead(let read):
      noteReading(read.follower, entry)
      settle(read.follower, entry)
    case .dayBegan: for account in state.followers { settle(account.name, entry, isDayOver: true) }
    default: break
    }
  }

  /// The leader's order of that number; `nil` for the origin of a link of our own.
  func leader(_ orderID: OrderID) -> LeaderRecord? { leaderPlaces[orderID].map { leaderOrders[$0] } }

  private mutating func takeLeader(_ order: BrokerOrder, _ entry: LogEntry) {
    if let place = leaderPlaces[order.orderID] { return leaderOrders[place].take(order, entry) }
    leaderPlaces[order.orderID] = leaderOrders.count
    leaderOrders.append(LeaderRecord(order, entry))
  }

  /// A request that the state holds no longer open, and that had no outcome, was settled by what the broker showed.
  private mutating func settle(_ follower: FollowerName, _ entry: LogEntry, isDayOver: Bool = false) {
    guard let account = state.index(of: follower).map({ state.followers[$0] }) else { return }
    let gone = open.filter { orders[$0.value].follower == follower && account.outbox[$0.key] == nil }
    for (id, order) in gone {
      open[id] = nil
      let status = orders[order].status
      change(id, of: order) { request in
        request.isInDoubt = false
        request.outcomeAt = entry.recordedAt
        request.outcomeSequence = entry.sequence
        switch request.kind {
        case .placement: request.outcome = isDayOver ? .settled : .accepted
        case .cancellation: request.outcome = status == .cancelled ? .accepted : .settled
        case .modification: request.outcome = .settled
        }
      }
      // The picture shows what the modification asked for.
      if let request = orders[order].requests.last(where: { $0.id == id }), request.kind == .modification,
        request.quantity == orders[order].quantity, request.price?.limit == orders[order].price
      {
        change(id, of: order) { $0.outcome = .accepted }
      }
    }
  }

  mutating func change(_ id: RequestID, of order: Int, _ body: (inout RequestRecord) -> Void) {
    guard let index = orders[order].requests.lastIndex(where: { $0.id == id }) else { return }
    body(&orders[order].requests[index])
  }
}
