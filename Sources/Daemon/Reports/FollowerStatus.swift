import Domain
import Projections
import Reactors

/// Where one follower stands.
public struct FollowerStatus: Sendable {
  /// What can hold of a follower, from the best to the worst.
  public enum Condition: String, Sendable, CaseIterable, Comparable {
    case inSync = "in_sync"
    /// Orders are in flight or rest, of the follower or, where it is ahead, of the leader.
    case working
    /// Nothing works, and the follower does not hold what it should.
    case drifted
    /// The outcome of a request is unknown.
    case inDoubt = "in_doubt"
    case closeOnly = "close_only"
    case halted
    /// Cannot trade.
    case blocked

    private var rank: Int { Condition.allCases.firstIndex(of: self) ?? 0 }
    public static func < (left: Condition, right: Condition) -> Bool { left.rank < right.rank }
  }

  /// A condition with what makes it hold, in words.
  public struct Held: Sendable, Equatable {
    public let condition: Condition
    public let reason: String
  }

  /// An alert that is open.
  public struct Alert: Sendable {
    public let kind: AlertKind
    public let key: PositionKey
  }

  public let name: FollowerName
  public let clientID: ClientID
  public let isConnected: Bool
  public let openRequests: Int
  public let inDoubt: Int
  /// Surplus orders that rest, or whose fills are not closed again (rule 29).
  public let surplus: Int
  /// What waits in the account's lane to leave, by urgency (rule 39).
  public let waiting: [Urgency: Int]
  public let budget: (second: Int, minute: Int, hour: Int, day: Int)
  /// Everything that holds but ``Condition/inSync``, the worst first.
  public let conditions: [Held]
  public let positions: [PositionStatus]
  public let alerts: [Alert]

  public var state: Condition { conditions.first?.condition ?? .inSync }

  /// Whether nothing of ours is held, open or expected.
  var isEmpty: Bool { openRequests == 0 && positions.allSatisfy { $0.isFlat } }

  init(_ state: State, follower index: Int, now: Timestamp, isRunning: Bool) {
    let account = state.followers[index]
    name = account.name
    clientID = account.settings.clientID
    isConnected = isRunning && account.access.isConnected
    openRequests = account.outbox.requests.count
    inDoubt = account.outbox.requests.count(where: \.isInDoubt)
    surplus = account.surplusOrders
    waiting = account.outbox.requests.reduce(into: [:]) { counts, request in
      if request.attemptedAt == nil { counts[Lane.urgency(request.kind, request.purpose), default: 0] += 1 }
    }
    let left = account.budget.remaining(at: now)
    budget = (max(0, left.second), max(0, left.minute), max(0, left.hour), max(0, left.day))
    let keys = account.ledgers.keys.sorted()
    positions = keys.compactMap { PositionStatus(state, account, $0) }
    alerts = keys.flatMap { key in
      let open = account.ledgers[key]?.alerts ?? []
      return AlertKind.allCases.filter(open.contains).map { Alert(kind: $0, key: key) }
    }
    conditions = FollowerStatus.conditions(state, follower: index, positions)
  }

  private static func conditions(_ state: State, follower index: Int, _ positions: [PositionStatus]) -> [Held] {
    let account = state.followers[index]
    var held: [Held] = []
    if let reason = blockage(state, index) { held.append(Held(condition: .blocked, reason: reason)) }
    switch state.mode(ofFollower: index) {
    case .running: break
    case .halted:
      held.append(
        Held(condition: .halted, reason: account.halt?.words ?? "nothing is sent but cancels until `copytrade resume`"))
    case .closeOnly:
      let isCommanded = state.commandedMode(ofFollower: index) == .closeOnly
      let reason =
        if isCommanded {
          "exits only until `copytrade resume`"
        } else if let stop = account.stop {
          "the broker does not let it trade (\(stop)): exits only until `copytrade resume --follower \(account.name)`"
        } else {
          "exits only until the disk has room"
        }
      held.append(Held(condition: .closeOnly, reason: reason))
    }
    let doubts = account.outbox.requests.count(where: \.isInDoubt)
    if doubts > 0 {
      let what = doubts == 1 ? "1 request has" : "\(doubts) requests have"
      held.append(
        Held(condition: .inDoubt, reason: "\(what) no known outcome; `copytrade orders --in-doubt` names them"))
    }
    let drifted = positions.filter(\.isDrifted)
    if !drifted.isEmpty {
      let texts = drifted.map { "\($0.name) should be \($0.expected) units and is \($0.actual)" }
      held.append(Held(condition: .drifted, reason: texts.joined(separator: "; ")))
    }
    if let reason = work(account, positions) { held.append(Held(condition: .working, reason: reason)) }
    return held
  }

  private static func blockage(_ state: State, _ index: Int) -> String? {
    let account = state.followers[index]
    if !account.isConfigured { return "the configuration names it no more, and what it holds is not looked after" }
    if let blockage = account.access.blockage { return blockage.words }
    if let blockage = state.leader.access.blockage, !state.leader.hasBaseline { return "the leader: \(blockage.words)" }
    if !state.leader.hasBaseline { return "the leader's positions have not been read yet" }
    if !account.hasBaseline { return "its positions have not been read yet" }
    if state.isRestatementDue, state.lacksRestatement(.follower(account.name)) {
      return "its positions have not been read since the day began, or what was read is not believed yet"
    }
    if state.isRunning, !state.isCaughtUp(follower: index) {
      return "its order book has not been read whole since the start: nothing is entered until then (rule 28)"
    }
    return nil
  }

  private static func work(_ account: FollowerAccount, _ positions: [PositionStatus]) -> String? {
    let open = account.ledgers.values.reduce(0) { sum, ledger in
      sum + ledger.links.reduce(0) { $0 + $1.children.count(where: \.isOpen) }
    }
    if open > 0 {
      let what = open == 1 ? "1 order works" : "\(open) orders work"
      return account.settings.sends ? what : "\(what) on paper only: nothing is sent for this follower"
    }
    let ahead = positions.filter { $0.isWorking && $0.expected != $0.actual }
    return ahead.isEmpty
      ? nil : "ahead of an order that rests at the leader: " + ahead.map(\.name).joined(separator: ", ")
  }
}

extension Halt {
  var words: String {
    "order \(orderID) carries our label \(label) and nobody here asked for it: another instance is running, or the store was "
      + "restored (rule 34); nothing is sent but cancels until `copytrade resume`"
  }
}

extension AccountAccess.Blockage {
  var words: String { text.isEmpty ? reason.words : "\(reason.words) (\(text))" }
}
