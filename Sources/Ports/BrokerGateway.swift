import Domain

/// One account at a broker, as the running service uses it. Safe to use from any thread.
///
/// Calls may leave only after the request behind them is durable; whoever holds a ``BrokerGateway`` sees to that. The
/// gateway keeps the account's pace (rule 39): a call waits until the broker's window has room, a reading yields to calls.
public protocol BrokerGateway: Sendable {
  /// Makes a call that changes something.
  ///
  /// - Parameter completion: called exactly once, on any thread, with what the reply proves (rule 27). It must not block.
  func perform(_ call: BrokerCall, completion: @escaping @Sendable (CallOutcome) -> Void)

  /// What our clock shows less what the broker's shows, from its newest reply, good to a second; `nil` where it does not
  /// tell its time.
  var clockAhead: Microseconds? { get }

  /// Every order of the day. Either the whole book was read and understood, or the reading fails (rule 28).
  func orderBook() async throws(ReadingFault) -> [BrokerOrder]
  func trades() async throws(ReadingFault) -> [BrokerTrade]
  func positions() async throws(ReadingFault) -> [BrokerPosition]
  func funds() async throws(ReadingFault) -> Funds
  /// Uses an idle connection, so that the next call finds it open.
  func keepWarm() async
  func profile() async throws(ReadingFault) -> AccountProfile
  /// What the broker would block for `quantity` units.
  func margin(for key: PositionKey, side: Side, quantity: Quantity, price: Paise) async throws(ReadingFault) -> Paise
  /// What the broker would block for all of `legs` together, by themselves: hedged legs bind less than their sum.
  func margin(for legs: [MarginLeg]) async throws(ReadingFault) -> Paise
  /// The option chain of a series; `nil` where the broker has none of that underlying. Not more often than once in three seconds
  /// for one series (dhan-api-v2.md §3), and only where the account has paid for data.
  func optionChain(of series: ChainSeries) async throws(ReadingFault) -> OptionChain?
  /// What the market last traded at, of those contracts that the broker has a price for (rule 19). Not more often than once
  /// a second (dhan-api-v2.md §8.2), and only where the account has paid for data.
  func lastPrices(of contracts: [ContractID]) async throws(ReadingFault) -> [ContractID: Paise]
}

/// Why a reading was not had. Its text is for a person and never holds a secret.
public struct ReadingFault: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: String, Hashable, Sendable {
    case deadToken = "dead_token"
    case rateLimited = "rate_limited"
    /// No answer: refused, reset, or not in time.
    case unreachable = "unreachable"
    /// An answer that is no reading: a server error, another account's, or a body that is not understood.
    case unreadable = "unreadable"
  }
  public let reason: Reason
  public let text: String

  public init(_ reason: Reason, _ text: String) {
    self.reason = reason
    self.text = text
  }
  public var description: String { "\(text) [\(reason.rawValue)]" }
}

/// One fill, as the trade book shows it (dhan-api-v2.md §4.7). Its key is (segment, trade number, order).
public struct BrokerTrade: Hashable, Sendable {
  public let orderID: OrderID
  public let tradeID: ShortText
  public let key: PositionKey
  public let side: Side
  public let quantity: Quantity
  public let price: Paise
  public let tradedAt: Timestamp?

  public init(
    orderID: OrderID, tradeID: ShortText, key: PositionKey, side: Side, quantity: Quantity, price: Paise,
    tradedAt: Timestamp?
  ) {
    self.orderID = orderID
    self.tradeID = tradeID
    self.key = key
    self.side = side
    self.quantity = quantity
    self.price = price
    self.tradedAt = tradedAt
  }
}

/// One row of the positions reading (dhan-api-v2.md §7.1), in signed units.
public struct BrokerPosition: Hashable, Sendable {
  public let key: PositionKey
  /// Carry-forward plus today.
  public let net: Quantity
  /// What the day began with.
  public let carriedForward: Quantity

  public init(key: PositionKey, net: Quantity, carriedForward: Quantity) {
    self.key = key
    self.net = net
    self.carriedForward = carriedForward
  }
}

/// What `/profile` says (dhan-api-v2.md §2.6).
public struct AccountProfile: Hashable, Sendable {
  public let clientID: ClientID
  /// `nil` when it is missing or not understood.
  public let tokenValidUntil: Timestamp?
  public let tradesDerivatives: Bool

  public init(clientID: ClientID, tokenValidUntil: Timestamp?, tradesDerivatives: Bool) {
    self.clientID = clientID
    self.tokenValidUntil = tokenValidUntil
    self.tradesDerivatives = tradesDerivatives
  }
}
