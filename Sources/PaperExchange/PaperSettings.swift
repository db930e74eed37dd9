import Domain

/// How the paper exchange and its broker behave. The defaults are the behaviours of dhan-api-v2.md §13.
///
/// Together with the journal of what was done, the settings determine the exchange completely.
public struct PaperSettings: Hashable, Sendable, Codable {
  public enum MarketOrders: String, Hashable, Sendable, Codable {
    /// MARKET becomes a LIMIT with a protection band around the reference price; its remainder rests (S9).
    case protectedLimit
    /// MARKET is refused at the call when it comes through the API, as exchanges do with those of algorithms.
    case refused
  }

  public enum StopLossMarketOrders: String, Hashable, Sendable, Codable {
    /// The trigger is dropped and the order becomes a LIMIT 5 % beyond it at once: measured at Dhan (S9).
    case limitAtOnce
    case refused
    /// It waits for its trigger and becomes a LIMIT 5 % beyond it then, as it was before exchanges took them away.
    case limitAtTrigger
  }

  /// Seeds every draw of a delay and of a fault.
  public var seed: UInt64
  /// From the reply "taken" to the exchange (S1).
  public var transitDelay = PaperDelay(from: .milliseconds(20), to: .milliseconds(150))
  /// From a call to the moment its reply reaches the caller. The driver waits for it, the exchange does not.
  public var replyDelay = PaperDelay(from: .milliseconds(5), to: .milliseconds(30))
  /// From a transition to the moment its update is visible; shorter than a reply or longer (W7).
  public var updateDelay = PaperDelay(from: .milliseconds(1), to: .milliseconds(25))
  /// How late an update of a fault "reordered" comes.
  public var reorderDelay = PaperDelay(from: .milliseconds(100), to: .milliseconds(400))

  /// Margin of a short option in thousandths of its strike. See ``PaperExchange/marginPerLot(_:_:price:)``.
  public var shortMarginPermille: Int64 = 120
  public var checksFunds = true
  /// Exchange's limit price protection (options-domain.md §1.6).
  public var checksPriceBand = true
  /// How long a trade stays the reference price; after it the middle of the quote is one.
  public var referenceAge: Microseconds = .seconds(30)
  /// Modifications of one order that are taken; the next one is refused (S7).
  public var modificationCap: Int64 = 25
  public var marketOrders = MarketOrders.protectedLimit
  /// Whether a converted MARKET order shows as LIMIT with its price.
  public var showsConvertedOrdersAsLimit = true
  public var stopLossMarketOrders = StopLossMarketOrders.refused
  /// Whether a partly filled order already shows its average price (S13).
  public var showsAverageOfPartialFills = true
  /// How far ``PaperExchange/positions(of:)`` lags behind the fills (S13).
  public var positionsLag = Microseconds(0)
  /// How far ``PaperExchange/trades(of:)`` lags behind the fills (S13).
  public var tradesLag = Microseconds(0)
  /// What becomes of DAY orders at the end of the day: EXPIRED, or else CANCELLED.
  public var dayOrdersExpire = true
  public var faults = PaperFaultPlan.none

  public init(seed: UInt64 = 1) { self.seed = seed }

  /// No delay anywhere: a call's order is at the exchange, and its updates are visible, at the time of the call.
  public static func immediate(seed: UInt64 = 1) -> PaperSettings {
    var settings = PaperSettings(seed: seed)
    settings.transitDelay = .none
    settings.replyDelay = .none
    settings.updateDelay = .none
    return settings
  }
}
