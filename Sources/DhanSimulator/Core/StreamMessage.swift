import Domain
import PaperExchange

/// One message of the order stream, in the fields and spellings of dhan-api-v2.md §6.3 and §6.4.
struct StreamMessage {
  let update: PaperUpdate
  let contract: Contract?
  let leg: OrderLeg?
  let reference: Paise?
  let switches: Switches

  var bytes: [UInt8] {
    var writer = JSONWriter(numbersAreStrings: switches.numbersAsStrings)
    writer.object { message in
      message.object("Data") { data in
        var row = Row(names: switches.streamNames, writer: data)
        write(to: &row)
        data = row.writer
      }
      message.field("Type", "order_alert")
    }
    return writer.bytes
  }

  private func write(to row: inout Row) {
    let order = update.order
    let (exchange, segment) = InstrumentFile.exchangeAndSegment(order.key.contract.segment)
    row.text("exchange", exchange)
    row.text("segment", segment)
    row.text("source", update.report.isByHand ? "N" : "P")
    row.text("securityId", order.key.contract.securityID.description)
    row.text("clientId", update.account.description)
    row.text("exchOrderNo", ReadingWriter.exchangeOrderID(update.report))
    row.text("orderNo", order.orderID.description)
    row.text("product", productLetter)
    row.text("txnType", order.side == .buy ? "B" : "S")
    row.text("orderType", orderWord)
    row.text("validity", order.validity.rawValue)
    row.number("discQuantity", order.disclosedQuantity.units)
    row.number("discQtyRem", min(order.disclosedQuantity, order.open).units)
    row.number("remainingQuantity", (order.quantity - order.filled).units)
    row.number("quantity", order.quantity.units)
    row.number("tradedQty", order.filled.units)
    row.rupees("price", order.price)
    row.rupees("triggerPrice", order.triggerPrice)
    row.rupees("tradedPrice", order.filled > .zero ? update.report.lastPrice : .zero)
    row.rupees("avgTradedPrice", order.averagePrice)
    row.text("algoOrdNo", leg.flatMap { $0.name == "ENTRY_LEG" ? nil : $0.entry.description })
    row.text("offMktFlag", update.report.isAfterMarket ? "1" : "0")
    row.text("orderDateTime", IndianTime.second(update.report.createdAt))
    row.text("exchOrderTime", IndianTime.second(update.report.arrivedAt))
    row.text("lastUpdatedTime", IndianTime.second(order.updatedAt))
    row.text("remarks", leg == nil ? "NR" : "Super Order")
    row.text("mktType", "NL")
    row.text("reasonDescription", order.reason.isEmpty ? "CONFIRMED" : order.reason)
    row.number("legNo", leg?.number ?? 1)
    row.text("instrument", contract?.kind ?? "")
    if switches.streamNames != .pascalCase {
      row.text("instrumentType", contract.map { InstrumentFile.group($0) } ?? "")
    }
    row.text("symbol", contract?.tradingSymbol ?? "")
    row.text("productName", order.key.product.rawValue)
    row.text("status", statusWord)
    row.number("lotSize", contract?.instrument.lotSize.units ?? 1)
    row.rupees("strikePrice", order.key.contract.option?.strike)
    row.text("expiryDate", contract?.expiry?.description ?? IndianTime.none)
    row.text("optType", order.key.contract.option?.type.rawValue ?? "XX")
    row.text("displayName", contract?.instrument.displayName.string ?? "")
    row.text("isin", "NA")
    row.text("series", contract?.expiry == nil ? "EQ" : "NA")
    row.text("goodTillDaysDate", update.report.createdAt.indianDay.description)
    row.rupees("refLtp", reference ?? .zero)
    row.rupees("tickSize", contract?.instrument.tickSize ?? Paise(5))
    row.text("algoId", "0")
    row.number("multiplier", 1)
    row.text("correlationId", order.correlationID?.description ?? "")
    if switches.streamNames == .mixed { row.repeatSome(order) }
  }

  private var productLetter: String {
    switch update.order.key.product {
    case .cnc: "C"
    case .intraday: "I"
    case .margin: "M"
    case .mtf: "F"
    case .coverOrder: "V"
    case .bracketOrder: "B"
    case .other: ""
    }
  }

  private var orderWord: String {
    switch update.order.type {
    case .limit: "LMT"
    case .market: "MKT"
    case .stopLoss: "SL"
    case .stopLossMarket: "SLM"
    case .other: ""
    }
  }

  /// Title case on the wire, capitals in the documentation.
  private var statusWord: String {
    var word = update.order.status.rawValue
    if update.order.status == .partTraded {
      switch switches.partFillWord {
      case .partTraded: word = switches.streamNames == .camelCase ? "Part-Traded" : "PART_TRADED"
      case .pending: word = "PENDING"
      case .traded: word = "TRADED"
      }
    }
    // The reference does not say what a change that came back looks like here (Q20).
    if update.report.cameBack, switches.refusedChangeWord == .rejected { word = "REJECTED" }
    guard switches.streamNames == .camelCase, !word.contains("-") else { return word }
    return word.prefix(1) + word.dropFirst().lowercased()
  }
}

/// Fields under the names of one spelling.
private struct Row {
  let names: Switches.StreamNames
  var writer: JSONWriter
  private var count = 0

  init(names: Switches.StreamNames, writer: JSONWriter) {
    self.names = names
    self.writer = writer
  }

  mutating func text(_ name: String, _ text: String?) { writer.field(spelt(name), text) }
  mutating func number(_ name: String, _ number: Int64) { writer.field(spelt(name), number) }

  mutating func rupees(_ name: String, _ amount: Paise?) {
    if let amount { writer.field(spelt(name), rupees: amount) } else { writer.field(spelt(name), String?.none) }
  }

  /// Keys that stand twice, as in the documentation's sample: the second one empty, or in the other spelling.
  mutating func repeatSome(_ order: BrokerOrder) {
    writer.field("Remarks", "")
    writer.field("OrderNo", order.orderID.description)
    writer.field("orderNo", "")
    writer.field("TradedQty", order.filled.units)
    writer.field("tradedQty", order.filled.units)
  }

  private mutating func spelt(_ name: String) -> String {
    count += 1
    let isPascal = names == .pascalCase || (names == .mixed && count.isMultiple(of: 2))
    return isPascal ? name.prefix(1).uppercased() + name.dropFirst() : name
  }
}
