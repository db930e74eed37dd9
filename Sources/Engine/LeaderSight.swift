import Domain
import Projections
import Reactors

/// Whether anybody sees what the leader does (rule 35).
///
/// He is seen at the moment for which a whole reading of his book was asked, and as long as his stream is open, is not
/// suspected to be dead, and his book has been read whole since it was opened: a stream replays nothing. While his account is
/// blocked he is not. Readings are no events, so this is no part of the state: only a change is told to the log.
public struct LeaderSight: Sendable {
  private var seenAt: Timestamp
  private var bookAt = Timestamp.earliest

  /// - Parameter start: nobody could look before.
  public init(at start: Timestamp) { seenAt = start }

  /// His book was read whole.
  public mutating func bookRead(askedAt: Timestamp) { bookAt = max(bookAt, askedAt) }

  /// What changed by `now`.
  public mutating func look(at now: Timestamp, isSuspected: Bool, in state: State) -> Observation? {
    if isSeen(now, isSuspected, state) {
      seenAt = max(seenAt, now)
    } else if state.leader.access.blockage == nil {
      seenAt = max(seenAt, bookAt)
    }
    guard state.leader.hasBaseline, let settings = state.settings else { return nil }
    let isBlind = now - seenAt >= settings.blindAfter
    guard let since = state.leader.blindSince else { return isBlind ? .leaderSight(blindSince: seenAt) : nil }
    // A start does not see him by itself: the log says since when nobody did, and only a reading ends that.
    return !isBlind && bookAt > since && state.leader.access.blockage == nil ? .leaderSight(blindSince: nil) : nil
  }

  /// When he will not have been seen for too long, as things stand; `nil` while that is known already.
  public func next(in state: State) -> Timestamp? {
    guard state.leader.hasBaseline, state.leader.blindSince == nil, let settings = state.settings else { return nil }
    return seenAt + settings.blindAfter
  }

  private func isSeen(_ now: Timestamp, _ isSuspected: Bool, _ state: State) -> Bool {
    let access = state.leader.access
    guard access.isConnected, !isSuspected, access.blockage == nil, let opened = access.streamChangedAt else {
      return false
    }
    return bookAt + Intake.clockStep >= opened
  }
}
