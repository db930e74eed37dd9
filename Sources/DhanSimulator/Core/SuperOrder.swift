import Domain
import PaperExchange

/// An entry with a target and a stop-loss behind it (dhan-api-v2.md §5.1). Its legs are ordinary orders of the book.
struct SuperOrder {
  let account: ClientID
  let entry: OrderID
  let key: PositionKey
  let side: Side
  var targetPrice: Paise
  var stopLossPrice: Paise
  var trailingJump: Paise
  var target: OrderID?
  var stopLoss: OrderID?
  /// Units that the legs stand for.
  var covered = Quantity.zero
}

/// What an order is to its super order.
struct OrderLeg {
  let entry: OrderID
  let name: String
  /// 1 entry, 2 stop-loss, 3 target.
  let number: Int64
}
