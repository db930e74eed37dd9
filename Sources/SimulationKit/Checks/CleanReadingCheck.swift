import Domain
import Projections

/// Rule 28: a reading of the book counts as clean only where it showed every order of today that the log knew when it was asked for.
struct CleanReadingCheck {
  private struct Reading: Hashable {
    let follower: FollowerName
    let askedAt: Timestamp
  }

  /// When the log first told of each order of a follower.
  private var known: [FollowerName: [OrderID: Timestamp]] = [:]
  /// What the broker answered.
  private var shown: [Reading: Set<OrderID>] = [:]

  /// The broker answers a reading with this book.
  mutating func answers(_ follower: FollowerName, askedAt: Timestamp, _ book: [BrokerOrder]) {
    shown[Reading(follower: follower, askedAt: askedAt)] = Set(book.map(\.orderID))
  }

  /// An older log is read from its beginning. What the broker was asked stays asked.
  mutating func startOver() { known = [:] }

  mutating func take(_ event: CheckedEvent, _ findings: inout Findings) {
    switch event.event {
    case .followerOrder(let seen):
      let id = seen.picture.order.orderID
      if known[seen.follower]?[id] == nil { known[seen.follower, default: [:]][id] = event.recordedAt }
    case .followerBookRead(let read) where !read.lacksEnded:
      guard let askedAt = read.askedAt,
        let book = shown.removeValue(forKey: Reading(follower: read.follower, askedAt: askedAt))
      else { return }
      let lacking = (known[read.follower] ?? [:]).filter { id, since in
        since < askedAt && since.indianDay == askedAt.indianDay && !book.contains(id)
      }
      guard let first = lacking.keys.sorted().first else { return }
      findings.fail(
        "rule 28: event \(event.sequence): a book without \(lacking.count) known orders of \(read.follower), \(first) the first, counts as clean"
      )
    default: break
    }
  }
}
