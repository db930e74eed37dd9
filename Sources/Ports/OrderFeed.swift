import Domain

/// What an account says of itself on request.
public protocol AccountReadings: Sendable {
  /// Every order of the day. Throws when the book cannot be read whole: an incomplete reading is none.
  func orderBook() async throws -> [BrokerOrder]
  /// Open positions, carry-forward plus today's trades.
  func positions() async throws -> [BaselinePosition]
  func funds() async throws -> Funds
}

/// The order updates of one account as they arrive: at most once in outages, doubled and out of order at other times.
public protocol OrderFeed: Sendable {
  associatedtype Updates: AsyncSequence<BrokerOrder, Never> & Sendable
  var updates: Updates { get }
}
