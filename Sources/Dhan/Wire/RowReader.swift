import Domain
import Ports

/// Reads the fields that orders, trades and positions share, under the names of both channels.
///
/// A field that has to be there and is not understood is a ``WireFault`` that names it and says nothing of its content.
struct RowReader<Contracts: ContractDirectory> {
  /// More than any holding, any price and any account has. Products of a quantity and a price stay within 64 bits.
  private static var largestQuantity: Int64 { 1_000_000_000 }
  private static var largestPrice: Int64 { 1_000_000_000 }

  let row: LenientJSON.Value
  let contracts: Contracts

  init(_ row: LenientJSON.Value, _ contracts: Contracts) throws(WireFault) {
    guard row.isObject else { throw WireFault("something that is no object") }
    self.row = row
    self.contracts = contracts
  }

  /// The contract and the product.
  func key() throws(WireFault) -> PositionKey {
    PositionKey(contract: try contract(), product: try product())
  }

  private func contract() throws(WireFault) -> ContractID {
    let segment = try segment()
    guard let securityID: SecurityID = row.telling("securityId")?.identifier() else {
      throw WireFault("no readable security number (securityId)")
    }
    return contracts.contract(segment, securityID, stated: statedTerms())
  }

  private func segment() throws(WireFault) -> ExchangeSegment {
    if let word = row.telling("exchangeSegment")?.word { return ExchangeSegment(word: word) }
    guard let exchange = row.telling("exchange")?.word, let letter = row.telling("segment")?.word else {
      throw WireFault("no exchange and segment (exchangeSegment)")
    }
    let short = ExchangeSegment(exchange: exchange, letter: letter)
    return short == .other ? ExchangeSegment(word: letter) : short
  }

  /// The letter decides; the long name where the letter is not known.
  private func product() throws(WireFault) -> ProductType {
    let words = [row.telling("product")?.word, row.telling("productType")?.word, row.telling("productName")?.word]
    var isStated = false
    for case .some(let word) in words {
      isStated = true
      let product = ProductType(word: word)
      if product != .other { return product }
    }
    guard isStated else { throw WireFault("no product (productType)") }
    return .other
  }

  private func statedTerms() -> OptionTerms? {
    guard let word = row.telling("optType", "drvOptionType")?.word, let type = OptionType(word: word),
      let expiry = row.telling("expiryDate", "drvExpiryDate")?.day,
      let strike = row.telling("strikePrice", "drvStrikePrice")?.paise, strike > .zero,
      strike.count <= Self.largestPrice
    else { return nil }
    return OptionTerms(expiry: expiry, strike: strike, type: type)
  }

  func orderID() throws(WireFault) -> OrderID {
    guard let orderID: OrderID = row.telling("orderNo", "orderId")?.identifier(), orderID.text != "0" else {
      throw WireFault("no readable order number (orderId)")
    }
    return orderID
  }

  func side() throws(WireFault) -> Side {
    guard let word = row.telling("txnType", "transactionType")?.word, let side = Side(word: word) else {
      throw WireFault("no readable side (transactionType)")
    }
    return side
  }

  /// A signed number of units that has to be there.
  func units(_ name: StaticString) throws(WireFault) -> Quantity {
    guard let field = row.telling(name), let units = field.integer, units.magnitude <= Self.largestQuantity else {
      throw WireFault("no readable number of units (\(name))")
    }
    return Quantity(units)
  }

  /// A signed number of units; `nil` where the row has none.
  func signed(_ name: StaticString) throws(WireFault) -> Quantity? {
    guard let field = row.telling(name), !field.isEmpty else { return nil }
    return try units(name)
  }

  /// A number of units that is zero where it says nothing, and never less.
  func units(orZero field: LenientJSON.Value?, _ name: StaticString) throws(WireFault) -> Quantity {
    guard let field, !field.isEmpty else { return .zero }
    guard let units = field.integer, units >= 0, units <= Self.largestQuantity else {
      throw WireFault("no readable number of units (\(name))")
    }
    return Quantity(units)
  }

  /// A price that is zero where it says nothing, and never less.
  func price(orZero field: LenientJSON.Value?, _ name: StaticString) throws(WireFault) -> Paise {
    guard let field, !field.isEmpty else { return .zero }
    guard let price = field.paise, price >= .zero, price.count <= Self.largestPrice else {
      throw WireFault("no readable price (\(name))")
    }
    return price
  }

  /// The first of these times that is one.
  func moment(_ names: StaticString...) -> Timestamp? {
    for name in names {
      if let moment = row.field(name)?.moment { return moment }
    }
    return nil
  }

  /// Whether the row is a forever order whose trigger is still to come (§4.9): the broker keeps it, and no exchange has it.
  var isArmed: Bool { row.telling("status", "orderStatus")?.word == "CONFIRM" }

  /// The account that the row names.
  var clientID: ClientID? { row.telling("clientId", "dhanClientId")?.identifier() }
}

extension RowReader {
  /// An order of the book (dhan-api-v2.md §4.6) or of the stream (§6.3).
  func order() throws(WireFault) -> BrokerOrder {
    let orderID = try orderID()
    let side = try side()
    let quantity = try units("quantity")
    let key = try key()
    // What is copied has to be understood to the last number; what is only recorded must not spoil the reading.
    let isOption = key.contract.option != nil
    guard quantity > .zero || (quantity == .zero && !isOption) else {
      throw WireFault("no positive quantity (quantity)")
    }
    func price(_ name: StaticString) throws(WireFault) -> Paise {
      do {
        return try self.price(orZero: row.field(name), name)
      } catch {
        if isOption { throw error }
        return .zero
      }
    }
    let filled = try units(orZero: row.telling("tradedQty", "filledQty", "filled_qty"), "filledQty")
    let status = OrderStatus(
      word: row.telling("status", "orderStatus")?.word ?? "", quantity: quantity, filled: filled)
    return BrokerOrder(
      orderID: orderID,
      correlationID: row.telling("correlationId")?.identifier(),
      key: key,
      side: side,
      type: OrderType(word: row.telling("orderType")?.word ?? ""),
      validity: Validity(word: row.telling("validity")?.word ?? ""),
      quantity: quantity,
      price: try price("price"),
      triggerPrice: try price("triggerPrice"),
      filled: filled,
      averagePrice: filled > .zero ? try averagePrice() : .zero,
      status: status,
      afterMarket: waitsForSession(status, filled: filled),
      updatedAt: moment(
        "lastUpdatedTime", "updateTime", "exchOrderTime", "exchangeTime", "orderDateTime", "createTime"),
      disclosedQuantity: disclosed(of: quantity),
      isExitLeg: isExitLeg,
      reason: reason())
  }

  /// Zero and missing averages occur on partial fills; the last trade's price is the best other word of the message.
  private func averagePrice() throws(WireFault) -> Paise {
    let average = try price(orZero: row.telling("avgTradedPrice", "averageTradedPrice"), "averageTradedPrice")
    return average > .zero ? average : try price(orZero: row.field("tradedPrice"), "tradedPrice")
  }

  private func reason() -> String {
    guard let text = row.telling("reasonDescription", "omsErrorDescription")?.text,
      text.uppercased() != "CONFIRMED"
    else { return "" }
    return BrokerText.clean(text)
  }

  /// A fill of the trade book (dhan-api-v2.md §4.7).
  func trade() throws(WireFault) -> BrokerTrade {
    let orderID = try orderID()
    guard let tradeID = row.telling("exchangeTradeId")?.shortText else {
      throw WireFault("no readable trade number (exchangeTradeId)")
    }
    let quantity = try units("tradedQuantity")
    let price = try price(orZero: row.telling("tradedPrice"), "tradedPrice")
    guard quantity > .zero, price > .zero else { throw WireFault("a trade without quantity or price") }
    return BrokerTrade(
      orderID: orderID, tradeID: tradeID, key: try key(), side: try side(), quantity: quantity, price: price,
      tradedAt: moment("exchangeTime", "updateTime", "createTime"))
  }

  /// A row of the positions reading (dhan-api-v2.md §7.1).
  func position() throws(WireFault) -> BrokerPosition {
    let bought = try signed("buyQty")
    let sold = try signed("sellQty")
    let carried = (try signed("carryForwardBuyQty"), try signed("carryForwardSellQty"))
    let today = (try signed("dayBuyQty"), try signed("daySellQty"))
    guard let net = try signed("netQty") ?? bought.flatMap({ bought in sold.map { bought - $0 } }) else {
      throw WireFault("no readable number of units (netQty)")
    }
    // Where the broker does not say what was carried forward, it is what today did not bring.
    let isStated = carried.0 != nil || carried.1 != nil
    return BrokerPosition(
      key: try key(), net: net,
      carriedForward: isStated
        ? (carried.0 ?? .zero) - (carried.1 ?? .zero) : net - ((today.0 ?? .zero) - (today.1 ?? .zero)))
  }
}
