import Domain
import Ports

/// What this program sends, byte by byte (dhan-api-v2.md §4.2, §4.3, §6.1, §7.5, §8.2).
///
/// Names are in strict camel case, fields that do not apply are left out, and numbers are JSON numbers: the broker
/// refuses anything else with DH-905.
enum RequestBody {
  /// A LIMIT or a STOP_LOSS order; nothing else leaves this program (rule 20).
  static func place(_ ticket: OrderTicket, clientID: ClientID) -> [UInt8] {
    var body = RequestWriter()
    body.text("dhanClientId", clientID.text)
    body.text("correlationId", ticket.correlationID.text)
    body.word("transactionType", ticket.side.rawValue)
    body.word("exchangeSegment", ticket.key.contract.segment.rawValue)
    body.word("productType", ticket.key.product.rawValue)
    body.word("orderType", ticket.terms.price.type.rawValue)
    body.word("validity", ticket.terms.validity.rawValue)
    body.text("securityId", ticket.key.contract.securityID.text)
    body.terms(ticket.terms)
    if ticket.afterMarket {
      body.flag("afterMarketOrder", true)
      // Later moments exist; the first of the session is the one that a waiting order of the leader's has by default.
      body.word("amoTime", "OPEN")
    }
    return body.finished()
  }

  /// The whole order anew: its quantity is the new total.
  static func modify(_ orderID: OrderID, _ terms: OrderTerms, clientID: ClientID) -> [UInt8] {
    var body = RequestWriter()
    body.text("dhanClientId", clientID.text)
    body.text("orderId", orderID.text)
    body.word("orderType", terms.price.type.rawValue)
    // What a modification leaves out may stay as it was: an order that shows itself whole again has to say so.
    body.terms(terms, namesDisclosure: true)
    body.word("validity", terms.validity.rawValue)
    return body.finished()
  }

  /// The body of `POST /margincalculator`.
  static func margin(
    for key: PositionKey, side: Side, quantity: Quantity, price: Paise, clientID: ClientID
  ) -> [UInt8] {
    var body = RequestWriter()
    body.text("dhanClientId", clientID.text)
    body.leg(MarginLeg(key: key, side: side, quantity: quantity, price: price))
    return body.finished()
  }

  /// The body of `POST /margincalculator/multi` (§7.6, request A). What the account holds is left out: what it binds is not available
  /// any more.
  static func margin(for legs: [MarginLeg], clientID: ClientID) -> [UInt8] {
    var body = RequestWriter()
    body.text("dhanClientId", clientID.text)
    body.flag("includePosition", false)
    body.flag("includeOrder", false)
    body.objects(
      "scripList",
      legs.map { leg in
        var row = RequestWriter()
        row.leg(leg)
        return row.finished()
      })
    return body.finished()
  }

  /// The body of `POST /marketfeed/ltp`: numbers by segment, as whole numbers (§8.2). `nil` where none of the contracts is
  /// one that this program copies: nobody asks for another's price.
  static func lastPrices(of contracts: [ContractID]) -> [UInt8]? {
    func numbers(_ segment: ExchangeSegment) -> [Int64] {
      contracts.filter { $0.segment == segment }.compactMap { Int64($0.securityID.description) }.sorted()
    }
    let (nse, bse) = (numbers(.nseFNO), numbers(.bseFNO))
    if nse.isEmpty, bse.isEmpty { return nil }
    var body = RequestWriter()
    if !nse.isEmpty { body.numbers("NSE_FNO", nse) }
    if !bse.isEmpty { body.numbers("BSE_FNO", bse) }
    return body.finished()
  }

  /// The body of `POST /optionchain` (§8.1). `nil` for an underlying whose number there is not known: options on stocks have numbers
  /// that no sheet tells.
  static func optionChain(of series: ChainSeries) -> [UInt8]? {
    guard let number = chainNumbers[series.underlying] else { return nil }
    var body = RequestWriter()
    body.number("UnderlyingScrip", number)
    body.word("UnderlyingSeg", "IDX_I")
    body.word("Expiry", series.expiry.description)
    return body.finished()
  }

  /// The numbers of indices in option chains, as of September 2026; those of the instrument file are others (§8.1, §9).
  private static let chainNumbers: [Underlying: Int64] = [
    "NIFTY": 13, "BANKNIFTY": 25, "FINNIFTY": 27, "MIDCPNIFTY": 442, "SENSEX": 51,
  ]

  /// The first frame of the order stream. Holds the token: it goes into the socket and nowhere else.
  static func login(clientID: ClientID, token: String) -> [UInt8] {
    var request = RequestWriter()
    request.number("MsgCode", 42)
    request.text("ClientId", clientID.text)
    request.word("Token", token)
    var body = RequestWriter()
    body.object("LoginReq", request.finished())
    body.word("UserType", "SELF")
    return body.finished()
  }

  /// The path below the base URL, such as `/orders/112111182198`. Placing has `/orders`.
  static func path(of call: BrokerCall) -> String {
    switch call {
    case .place: "/orders"
    case .modify(let orderID, _), .cancel(let orderID): "/orders/\(escapedForPath(orderID))"
    }
  }

  /// An order's number is the broker's word: a slash or a question mark in it must not lead elsewhere.
  private static func escapedForPath(_ orderID: OrderID) -> String {
    orderID.text.withBytes { bytes in
      var path = ""
      for byte in bytes {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"):
          path.unicodeScalars.append(Unicode.Scalar(byte))
        default: path += "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
      }
      return path
    }
  }
}

extension RequestWriter {
  fileprivate mutating func leg(_ leg: MarginLeg) {
    word("exchangeSegment", leg.key.contract.segment.rawValue)
    word("transactionType", leg.side.rawValue)
    number("quantity", leg.quantity.units)
    word("productType", leg.key.product.rawValue)
    text("securityId", leg.key.contract.securityID.text)
    rupees("price", leg.price)
  }

  fileprivate mutating func terms(_ terms: OrderTerms, namesDisclosure: Bool = false) {
    number("quantity", terms.quantity.units)
    if namesDisclosure || terms.disclosedQuantity > .zero {
      number("disclosedQuantity", terms.disclosedQuantity.units)
    }
    rupees("price", terms.price.limit)
    if let trigger = terms.price.trigger { rupees("triggerPrice", trigger) }
  }
}
