import Domain
import Projections

/// The version of the decision code. Every change that can alter a decision raises it: `replay --verify` demands equal
/// decisions within one version and lists differences elsewhere.
public let decisionVersion: Int64 = 2

/// One round of decisions after one observation: what is decided is folded at once, so that the next look sees it.
///
/// Holds no clock: *now* is the `recorded_at` of the observation.
public struct DecisionPass {
  public internal(set) var state: State
  public private(set) var decided: [Event] = []
  let now: Timestamp

  init(state: State, now: Timestamp) {
    self.state = state
    self.now = now
  }

  mutating func emit(_ event: Event) {
    state.apply(event, sequence: state.lastSequence.next, recordedAt: now)
    decided.append(event)
  }
}

/// Decides what follows from the newest observation.
public enum Decider {
  /// Looks again at everything that the newest events touched, until nothing more is decided.
  ///
  /// Deterministic: the same state gives the same events in the same order (leader keys in the order touched, followers
  /// in the order of the configuration). `state` has the decisions folded into it afterwards.
  public static func decide(_ state: inout State, now: Timestamp) -> [Event] {
    var pass = DecisionPass(state: State(), now: now)
    swap(&pass.state, &state)
    pass.run()
    swap(&pass.state, &state)
    return pass.decided
  }
}

extension DecisionPass {
  /// More rounds than any chain of decisions needs; reaching it means that two decisions undo each other.
  private static let roundLimit = 64

  mutating func run() {
    guard state.settings != nil else { return }
    var rounds = 0
    while true {
      let touched = state.takeTouched()
      if touched.isEmpty { break }
      rounds += 1
      guard rounds < DecisionPass.roundLimit else {
        // A belief is broken, and tests stop here. A service with open positions goes on: the next event looks again.
        assertionFailure("Decisions undo each other after event \(state.lastSequence).")
        break
      }
      look(touched)
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
  private mutating func look(at key: PositionKey, follower index: Int) {
    guard state.leader.hasBaseline, state.followers[index].hasBaseline, state.followers[index].ledgers[key] != nil
    else { return }
    screenLinks(key, follower: index)
    guard key.contract.option != nil, state.instruments[key.contract] != nil else { return }
    openEpisodeIfDue(key, follower: index)
    sizeEntries(key, follower: index)
    cancelStaleEntries(key, follower: index)
    mirrorExits(key, follower: index)
    let mode = state.mode(ofFollower: index)
    if state.takesEntriesBack || mode != .running { takeEntriesBack(key, follower: index) }
    // What is not allowed now is given up by the gate, with its reason.
    if !state.takesEntriesBack { mirrorEntries(key, follower: index) }
    trueUp(key, follower: index)
    settleDoubt(key, follower: index)
    withdrawAgedEntries(key, follower: index)
    endLinks(key, follower: index)
    closeEpisodeIfDue(key, follower: index)
    watch(key, follower: index)
  }
}
