import Domain
import Projections

/// The version of the decision code. Every change that can alter a decision raises it: `replay --verify` demands equal
/// decisions within one version and lists differences elsewhere.
public let decisionVersion: Int64 = 15

/// One round of decisions after one observation: what is decided is folded at once, so that the next look sees it.
///
/// Holds no clock: *now* is the `recorded_at` of the observation.
public struct DecisionPass {
  public internal(set) var state: State
  public private(set) var decided: [Event] = []
  let now: Timestamp
  /// When each position has to be looked at again although nothing happens to it.
  var wakes: Wakes
  private var nextWake: Timestamp?
  /// What was last looked at, as long as nothing was decided since.
  private var newestView: KeyView?
  /// Whether an exit waits in this look because it would leave shorts uncovered (rule 22).
  var holdsHedge = false

  init(state: State, now: Timestamp, wakes: Wakes) {
    self.state = state
    self.now = now
    self.wakes = wakes
  }

  /// Asks for another look at what is being looked at, at `moment` at the latest.
  ///
  /// Never sooner than in a blink: each look at the clock is an event of the log, and a moment that lies behind would be one
  /// after the other.
  mutating func wake(at moment: Timestamp) {
    let moment = max(moment, now + .milliseconds(20))
    nextWake = min(nextWake ?? moment, moment)
  }

  /// What is to be seen of a position now. The steps of one look ask for it in turn, and most decide nothing.
  mutating func view(of key: PositionKey, follower index: Int) -> KeyView? {
    if let newestView, newestView.key == key, newestView.index == index { return newestView }
    newestView = KeyView(state, key: key, follower: index)
    return newestView
  }

  mutating func emit(_ event: Event) {
    newestView = nil
    state.apply(event, sequence: state.lastSequence.next, recordedAt: now)
    decided.append(event)
  }
}

extension DecisionPass {
  /// How long the rows of one reading take to be told of.
  private static let rowTime = Microseconds.milliseconds(50)

  /// Whether anything may be decided about a position: the log may be an older one, restored from a backup, as long as the
  /// follower's book was not read since the start, and an order of ours whose effect nobody knows yet works in full (rule 15).
  ///
  /// No reading holds an exit back for longer than a moment (rules 16 and 33).
  mutating func knowsWhatHappened(_ key: PositionKey, follower index: Int) -> Bool {
    let account = state.followers[index]
    if account.unexplained.contains(where: { account.orders[$0]?.order.key == key }) { return false }
    if state.isCaughtUp(follower: index) { return true }
    // The rows of a book come one by one: before the last of them nobody knows what the others tell.
    let rowEnd = account.bookRowAt.map { $0 + DecisionPass.rowTime } ?? .earliest
    let end = max(state.startedAt + DecisionPass.readingPatience, rowEnd)
    if now >= end { return true }
    wake(at: end)
    return false
  }
}

extension State {
  /// Until when a queued placement waits because the log may not know that it was placed: it may have left in a part of the
  /// log that a restore took away; or, of an exit, because a reading of the book has to come before it (rule 33). `nil` when it
  /// may leave now, `.latest` when only a reading can tell.
  func heldUntilRead(_ request: OpenRequest, follower index: Int) -> Timestamp? {
    let account = followers[index]
    guard request.kind == .placement else { return nil }
    if account.unexplained.contains(where: { account.orders[$0]?.order.key == request.child.key }) { return .latest }
    let isRead = isCaughtUp(follower: index)
    guard request.purpose == .exit else { return isRead ? nil : .latest }
    let isWanted = account.wantsReadingFor.contains(request.child.key)
    let since = max(isRead ? .earliest : startedAt, isWanted ? account.wantsReadingSince ?? .earliest : .earliest)
    return now < since + DecisionPass.readingPatience ? since + DecisionPass.readingPatience : nil
  }
}

/// The moments at which positions have to be looked at again although nothing happens to them: a pause is over, a step of a
/// ladder is due. No part of the state: a start looks at everything and finds them again.
public struct Wakes: Sendable {
  private var moments: [Touched.FollowerKey: Timestamp] = [:]

  public init() {}

  /// The earliest of them.
  public var next: Timestamp? { moments.values.min() }

  subscript(key: Touched.FollowerKey) -> Timestamp? {
    get { moments[key] }
    set { moments[key] = newValue }
  }
}

/// Decides what follows from the newest observation.
public enum Decider {
  /// Looks again at everything that the newest events touched, until nothing more is decided.
  ///
  /// Deterministic: the same state gives the same events in the same order (leader keys in the order touched, followers
  /// in the order of the configuration). `state` has the decisions folded into it afterwards.
  public static func decide(_ state: inout State, now: Timestamp, wakes: inout Wakes) -> [Event] {
    var pass = DecisionPass(state: State(), now: now, wakes: wakes)
    wakes = Wakes()
    swap(&pass.state, &state)
    pass.run()
    swap(&pass.state, &state)
    wakes = pass.wakes
    return pass.decided
  }

  /// The same where nobody waits for a moment: what is due later is found again at the next event.
  public static func decide(_ state: inout State, now: Timestamp) -> [Event] {
    var wakes = Wakes()
    return decide(&state, now: now, wakes: &wakes)
  }
}

extension DecisionPass {
  /// More rounds than any chain of decisions needs; reaching it means that two decisions undo each other.
  private static let roundLimit = 64

  mutating func run() {
    guard state.settings != nil else { return }
    if !state.leader.unsettled.isEmpty { settleProducts() }
    explainOrders()
    var rounds = 0
    while true {
      let touched = state.takeTouched()
      if touched.isEmpty { break }
      rounds += 1
      guard rounds < DecisionPass.roundLimit else {
        // A belief is broken, and tests stop here. A service with open positions goes on: the next event looks again.
        assertionFailure("Decisions undo each other after event \(state.lastSequence): \(decided.suffix(4))")
        break
      }
      look(touched)
      lookAtOtherLegs(after: touched)
    }
    releaseLanes()
    _ = state.takeTouched()
  }

  private mutating func look(_ touched: Touched) {
    if touched.everything {
      for index in state.followers.indices {
        for key in state.followers[index].ledgers.keys.sorted() { look(at: key, follower: index) }
      }
      return
    }
    for key in touched.leaderKeys {
      for index in state.followers.indices { look(at: key, follower: index) }
    }
    for entry in touched.followerKeys where !touched.leaderKeys.contains(entry.key) {
      look(at: entry.key, follower: entry.follower)
    }
  }

  /// One look at one key of one follower: closes the difference between what is desired and what is known.
  mutating func look(at key: PositionKey, follower index: Int) {
    guard state.leader.hasBaseline, state.followers[index].hasBaseline, state.followers[index].ledgers[key] != nil
    else { return }
    nextWake = nil
    holdsHedge = false
    defer { wakes[Touched.FollowerKey(follower: index, key: key)] = nextWake }
    screenLinks(key, follower: index)
    guard key.contract.option != nil, state.instruments[key.contract] != nil else { return }
    openEpisodeIfDue(key, follower: index)
    sizeBaskets(key, follower: index)
    sizeEntries(key, follower: index)
    withdrawYesterdays(key, follower: index)
    guard knowsWhatHappened(key, follower: index) else { return }
    takeSurplusBack(key, follower: index)
    cancelStaleEntries(key, follower: index)
    closeSurplus(key, follower: index)
    mirrorExits(key, follower: index)
    finishOwnExits(key, follower: index)
    let mode = state.mode(ofFollower: index)
    if state.takesEntriesBack || mode != .running {
      takeEntriesBack(key, follower: index, rule: 36)
    } else if state.leader.blindSince != nil {
      takeEntriesBack(key, follower: index, rule: 35)
    }
    // What is not allowed now is given up by the gate, with its reason.
    if !state.takesEntriesBack { mirrorEntries(key, follower: index) }
    trueUp(key, follower: index)
    repair(key, follower: index)
    settleDoubt(key, follower: index)
    withdrawWaitingEntries(key, follower: index)
    breakBaskets(key, follower: index)
    endLinks(key, follower: index)
    closeEpisodeIfDue(key, follower: index)
    watch(key, follower: index)
  }
}
