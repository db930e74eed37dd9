import Domain
import Ports

/// Notices that the process had stopped and goes on: a laptop that slept, a virtual machine that was paused, a signal. Streams
/// may be dead by then without knowing, and what they still hold back is old.
///
/// Until the leader's book has been read anew, for a moment at the most, messages of his stream wait: what they say must not
/// be copied before it is known what they follow upon (rules 17, 33).
public struct Awakening: Sendable {
  /// The thread looks at the clock twice a second; a turn that took longer than this was no turn.
  public static let gap = Microseconds.seconds(5)
  /// How long messages wait for the book.
  public static let patience = Microseconds.seconds(3)

  private var lastTurn: Timestamp
  private var wokeAt: Timestamp?
  private var waiting: [AccountReport] = []

  public init(at start: Timestamp) { lastTurn = start }

  /// Whether the process had stopped since the last turn, and for how long.
  public mutating func turn(at now: Timestamp) -> Microseconds? {
    defer { lastTurn = max(lastTurn, now) }
    let length = now - lastTurn
    guard length > Awakening.gap else { return nil }
    wokeAt = now
    return length
  }

  /// What of the leader's may be told now: a message of his stream waits, and comes after the book that was asked for since.
  public mutating func admit(_ report: AccountReport, at now: Timestamp) -> [AccountReport] {
    guard let wokeAt else { return [report] }
    switch report {
    case .order:
      waiting.append(report)
      return release(at: now)
    case .book(_, let askedAt, _) where askedAt >= wokeAt:
      self.wokeAt = nil
      defer { waiting = [] }
      return [report] + waiting
    default: return [report]
    }
  }

  /// What has waited long enough, whatever was read.
  public mutating func release(at now: Timestamp) -> [AccountReport] {
    guard let wokeAt, now - wokeAt >= Awakening.patience else { return [] }
    self.wokeAt = nil
    defer { waiting = [] }
    return waiting
  }
}
