/// One reading of an account's money (dhan-api-v2.md §7.4).
public struct Funds: Hashable, Sendable, Codable {
  /// `sodLimit`: what the day began with.
  public let startOfDay: Paise
  /// `availabelBalance`
  public let available: Paise
  /// `utilizedAmount`
  public let utilised: Paise

  public init(startOfDay: Paise, available: Paise, utilised: Paise) {
    self.startOfDay = startOfDay
    self.available = available
    self.utilised = utilised
  }
}
