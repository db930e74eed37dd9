import Domain
import Ports

/// What this program sends, byte by byte (dhan-api-v2.md §4.2, §4.3, §6.1, §7.5).
enum RequestBody {
  static func place(_ ticket: OrderTicket, clientID: ClientID) -> [UInt8] { [] }

  /// The whole order anew: `quantity` is the new total.
  static func modify(_ orderID: OrderID, quantity: Quantity, price: Paise, clientID: ClientID) -> [UInt8] { [] }

  /// The body of `POST /margincalculator`.
  static func margin(
    for key: PositionKey, side: Side, quantity: Quantity, price: Paise, clientID: ClientID
  ) -> [UInt8] { [] }

  /// The first frame of the order stream. Holds the token: it goes into the socket and nowhere else.
  static func login(clientID: ClientID, token: String) -> [UInt8] { [] }

  /// The path below the base URL, such as `/orders/112111182198`. Placing has `/orders`.
  static func path(of call: BrokerCall) -> String { "/orders" }
}
