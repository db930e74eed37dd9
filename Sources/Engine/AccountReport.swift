import Domain
import Ports

/// What was heard of one account, before it is put into observations.
public enum AccountReport: Sendable {
  case stream(isConnected: Bool, reason: String)
  case order(OrderUpdate)
  /// A reading of the order book that was whole, and when it was asked for.
  ///
  /// - Parameter trades: every trade of the day, read just before the book, where that was asked for.
  case book([BrokerOrder], askedAt: Timestamp, trades: [BrokerTrade]? = nil)
  case baseline(BaselineReading)
  case funds(Funds)
  /// What is held, asked for when `after` was the newest event of the log.
  case positions([BrokerPosition], after: SequenceNumber)
  /// What the market last traded at.
  case quotes([ContractID: Paise])
  /// Margin that the broker would block for one short lot.
  case margin(ContractID, perLot: Paise)
  /// What the broker would block for so many units of a basket.
  case basketMargin(OrderID, units: Int64, Paise)
  /// The option chain of a series, or that it cannot be had: prices of the log tell then.
  case optionChain(ChainSeries, OptionChain?)
  /// A margin that was waited for cannot be had.
  case marginUnknown
  case outcome(RequestID, CallOutcome)
  case blocked(BlockReason, text: String)
  /// A reading that an account needs before anything is copied failed; it means nothing once there is a baseline.
  case unreadBeforeBaseline(text: String)
  case readable
  /// What our clock shows less what the broker's shows.
  case clock(ahead: Microseconds)
  /// The broker's day on which the account was read, told before what was read.
  case day(Day)
}

/// What the service may ask of an account.
public enum Reading: Hashable, Sendable {
  case baseline
  case book
  /// The trade book and then the order book, while an exit is in doubt (rule 29).
  case bookWithTrades
  case funds
  /// What the leader holds, while it is not known under which product an order of his counts (rule 8).
  case positions
  /// What the market trades at, where nobody told a price that is needed (rule 19).
  case quote(ContractID)
  /// The margin of one lot, for shorts that are sized by it.
  case margin(PositionKey, lot: LotSize, price: Paise)
  /// What so many units of a basket would bind together (rule 23).
  case basketMargin(OrderID, units: Int64, [MarginLeg])
  /// The option chain of a series, where limits or sizes depend on Greeks.
  case optionChain(ChainSeries)
  /// Whether the token is alive.
  case profile
}
