import Domain
import Ports

/// One order update as the account's stream shows it.
public struct PaperUpdate: Hashable, Sendable, Codable {
  /// When it is visible; the order itself carries the broker's clock in whole seconds.
  public var at: Timestamp
  public var account: ClientID
  public var report: PaperOrderReport
  public var order: BrokerOrder { report.order }

  public init(at: Timestamp, account: ClientID, report: PaperOrderReport) {
    self.at = at
    self.account = account
    self.report = report
  }
}

/// An order with what the broker knows of it beyond ``BrokerOrder``.
public struct PaperOrderReport: Hashable, Sendable, Codable {
  public var order: BrokerOrder
  /// When the broker took it.
  public var createdAt: Timestamp
  /// When the exchange took it; `nil` before that, and for an order that never got there.
  public var arrivedAt: Timestamp?
  /// Placed in the broker's app, not through the API.
  public var isByHand: Bool
  /// Placed while the market was closed; it stays so for the order's life, while ``BrokerOrder/afterMarket`` ends when the
  /// exchange has it.
  public var isAfterMarket: Bool
  /// Of the latest fill; zero before the first.
  public var lastPrice: Paise
  /// Modifications that were taken so far, whatever came of them.
  public var modifications: Int64
  /// The newest transition was a modification or a cancellation that came back: the order stands as it was.
  public var cameBack: Bool
}

/// One row of an account's positions, flat ones of the day included. Quantities are without sign but for `carried`.
public struct PaperPosition: Hashable, Sendable {
  public var key: PositionKey
  /// What the day began with, signed.
  public var carried = Quantity.zero
  public var bought = Quantity.zero
  public var sold = Quantity.zero
  /// Price times units over what was bought today.
  public var boughtValue = Paise.zero
  public var soldValue = Paise.zero

  public var net: Quantity { carried + bought - sold }
}

/// What an action comes back with.
public enum PaperReply: Hashable, Sendable {
  /// Of ``PaperAction/call(_:account:)`` and ``PaperAction/phone(_:account:)``: the outcome, and how long after the
  /// call it reaches the caller. An update of the same order may be visible earlier.
  case call(CallOutcome, after: Microseconds)
  case done
  /// The action makes no sense here; the text says why, and nothing has changed.
  case refused(String)

  /// The outcome of a call; a refusal where the action was none.
  public var outcome: CallOutcome {
    switch self {
    case .call(let outcome, after: _): outcome
    case .done: .refused(.other, text: "The action was no call.")
    case .refused(let text): .refused(.other, text: text)
    }
  }
}

/// One fill, as the trade book shows it to one side.
public struct PaperTrade: Hashable, Sendable, Codable {
  /// The exchange's number of the trade; both sides carry the same.
  public var tradeID: Int64
  public var at: Timestamp
  public var orderID: OrderID
  public var key: PositionKey
  public var side: Side
  public var quantity: Quantity
  public var price: Paise
}

/// An account as it stands before the first action.
public struct PaperAccount: Hashable, Sendable, Codable {
  public var clientID: ClientID
  public var startOfDay: Paise
  /// Carry-forward positions; their premium was paid or received on an earlier day.
  public var positions: [BaselinePosition]

  public init(clientID: ClientID, startOfDay: Paise, positions: [BaselinePosition] = []) {
    self.clientID = clientID
    self.startOfDay = startOfDay
    self.positions = positions
  }
}
