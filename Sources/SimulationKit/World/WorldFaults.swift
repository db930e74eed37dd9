import Domain

/// What goes wrong between the service and its brokers by chance, in thousandths of all calls, readings and books. What goes wrong
/// at the broker itself stands in the exchange's own plan.
public struct WorldFaults: Hashable, Sendable {
  /// No answer comes, and the broker takes the call within twelve seconds, or never.
  public var callsHang = 0
  /// No connection: proof that nothing was written.
  public var callsNotWritten = 0
  /// Turned away with the body that proves it.
  public var callsRateLimited = 0
  /// No answer in time.
  public var readingsHang = 0
  /// A 5xx, or something that is no reading.
  public var readingsUnreadable = 0
  public var readingsRateLimited = 0
  /// A book, a list of trades or positions as they were up to three seconds ago.
  public var readingsLag = 0
  /// A book in which one order is missing that is there.
  public var booksIncomplete = 0
  /// A book without any order, with a 200.
  public var booksEmpty = 0
  /// Frames that come up to two seconds late.
  public var framesLate = 0

  public init() {}
  public static let none = WorldFaults()
}
