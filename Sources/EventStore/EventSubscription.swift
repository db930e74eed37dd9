import Domain

/// Follows a log from a sequence on: what is there already, then what is appended.
///
/// Works on a log that is written in this thread and on a reader beside a writer in another process. It never waits:
/// ``next(limit:_:)`` returns what is there, and when to ask again is up to the caller. Asking in vain costs one look
/// at the end of the log, about ten microseconds.
public final class EventSubscription {
  private let source: any EventSource
  /// The last event that was delivered.
  public private(set) var delivered: SequenceNumber

  public init(to source: any EventSource, after sequence: SequenceNumber = .beforeFirst) {
    self.source = source
    delivered = max(sequence, .beforeFirst)
  }

  /// Passes the events after the last one delivered to `body`, at most `limit` of them.
  ///
  /// An event counts as delivered when `body` returns; if it throws, the event comes again.
  ///
  /// - Returns: how many events were delivered; 0 when there is no news.
  @discardableResult
  public func next(limit: Int = 1_000, _ body: (borrowing EventRow) throws -> Void) throws -> Int {
    try source.read(from: delivered.next, through: SequenceNumber(.max), limit: limit) { row in
      try body(row)
      delivered = SequenceNumber(row.sequence)
    }
  }
}

/// The events of a log one after the other, without an end.
///
/// Whenever there is no news, `sleep` is awaited and the log is asked again, so `sleep` sets the pace. Throwing from it
/// ends the sequence with that error, as cancellation does.
public struct EventFeed: AsyncSequence {
  public typealias Element = StoredEvent

  private let subscription: EventSubscription
  private let sleep: () async throws -> Void

  public init(_ subscription: EventSubscription, sleep: @escaping () async throws -> Void) {
    self.subscription = subscription
    self.sleep = sleep
  }

  public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription, sleep: sleep) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let subscription: EventSubscription
    fileprivate let sleep: () async throws -> Void

    public mutating func next() async throws -> StoredEvent? { try await next(isolation: #isolation) }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> StoredEvent? {
      while true {
        if Task.isCancelled { return nil }
        var event: StoredEvent?
        try subscription.next(limit: 1) { event = try $0.stored() }
        if let event { return event }
        try await sleep()
      }
    }
  }
}
