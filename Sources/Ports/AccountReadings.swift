import Domain

/// What a broker says of an account when it is asked: the truth that streams are checked against.
public protocol AccountReadings {
  /// Every order of the day, in whatever status. Empty for an account that has none.
  func orderBook(of account: ClientID) -> [BrokerOrder]
  /// Open positions in signed units: carry-forward plus today's trades.
  func positions(of account: ClientID) -> [BaselinePosition]
  /// `nil` for an account that the broker does not know.
  func funds(of account: ClientID) -> Funds?
}
