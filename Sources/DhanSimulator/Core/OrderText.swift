import Domain
import PaperExchange

/// Orders, trades and positions in the shapes of the readings (dhan-api-v2.md §4.6, §4.7, §7.1).
struct ReadingWriter {
  let contracts: [ContractID: Contract]
  let legs: [OrderID: OrderLeg]

  func order(_ report: PaperOrderReport, _ account: ClientID, to writer: inout JSONWriter) {
    let order = report.order
    writer.object { row in
      row.field("dhanClientId", account.description)
      row.field("orderId", order.orderID.description)
      row.field("exchangeOrderId", ReadingWriter.exchangeOrderID(report))
      row.field("correlationId", order.correlationID?.description ?? "")
      row.field("orderStatus", order.status.rawValue)
      terms(order.key, order.side, order.type, to: &row)
      row.field("validity", order.validity.rawValue)
      row.field("tradingSymbol", contracts[order.key.contract]?.tradingSymbol ?? "")
      row.field("securityId", order.key.contract.securityID.description)
      row.field("quantity", order.quantity.units)
      row.field("disclosedQuantity", order.disclosedQuantity.units)
      row.field("price", rupees: order.price)
      row.field("triggerPrice", rupees: order.triggerPrice)
      row.field("afterMarketOrder", report.isAfterMarket)
      row.field("boProfitValue", rupees: .zero)
      row.field("boStopLossValue", rupees: .zero)
      row.field("legName", legs[order.orderID]?.name ?? "NA")
      row.field("createTime", IndianTime.second(report.createdAt))
      row.field("updateTime", IndianTime.second(order.updatedAt))
      row.field("exchangeTime", IndianTime.second(report.arrivedAt))
      option(order.key.contract, to: &row)
      row.field("omsErrorCode", "0")
      row.field("omsErrorDescription", order.reason.isEmpty ? "CONFIRMED" : order.reason)
      row.field("algoId", "0")
      row.field("remainingQuantity", (order.quantity - order.filled).units)
      row.field("averageTradedPrice", rupees: order.averagePrice)
      row.field("filledQty", order.filled.units)
    }
  }

  func trade(_ trade: PaperTrade, of report: PaperOrderReport, _ account: ClientID, to writer: inout JSONWriter) {
    writer.object { row in
      row.field("dhanClientId", account.description)
      row.field("orderId", trade.orderID.description)
      row.field("exchangeOrderId", ReadingWriter.exchangeOrderID(report))
      row.field("exchangeTradeId", String(trade.tradeID))
      terms(trade.key, trade.side, report.order.type, to: &row)
      row.field("tradingSymbol", contracts[trade.key.contract]?.tradingSymbol ?? "")
      row.field("customSymbol", contracts[trade.key.contract]?.instrument.displayName.string ?? "")
      row.field("securityId", trade.key.contract.securityID.description)
      row.field("tradedQuantity", trade.quantity.units)
      row.field("tradedPrice", rupees: trade.price)
      row.field("createTime", IndianTime.second(report.createdAt))
      row.field("updateTime", IndianTime.second(trade.at))
      row.field("exchangeTime", IndianTime.second(trade.at))
      option(trade.key.contract, to: &row)
    }
  }

  /// - Parameter reference: what one unit is worth now.
  func position(
    _ position: PaperPosition, reference: Paise?, _ account: ClientID, to writer: inout JSONWriter
  ) {
    let net = position.net.units
    let bought = position.bought + max(.zero, position.carried)
    let sold = position.sold + max(.zero, -position.carried)
    let buyAverage = ReadingWriter.average(position.boughtValue, position.bought)
    let sellAverage = ReadingWriter.average(position.soldValue, position.sold)
    let cost = net >= 0 ? buyAverage : sellAverage
    let result = ReadingWriter.result(of: position, reference: reference)
    writer.object { row in
      row.field("dhanClientId", account.description)
      row.field("tradingSymbol", contracts[position.key.contract]?.tradingSymbol ?? "")
      row.field("securityId", position.key.contract.securityID.description)
      row.field("positionType", net > 0 ? "LONG" : net < 0 ? "SHORT" : "CLOSED")
      row.field("exchangeSegment", position.key.contract.segment.rawValue)
      row.field("productType", position.key.product.rawValue)
      row.field("buyAvg", rupees: buyAverage)
      row.field("buyQty", bought.units)
      row.field("costPrice", rupees: net == 0 ? .zero : cost)
      row.field("sellAvg", rupees: sellAverage)
      row.field("sellQty", sold.units)
      row.field("netQty", net)
      row.field("realizedProfit", rupees: result.realised)
      row.field("unrealizedProfit", rupees: result.unrealised)
      row.field("rbiReferenceRate", rupees: .rupees(1))
      row.field("multiplier", 1)
      row.field("carryForwardBuyQty", max(.zero, position.carried).units)
      row.field("carryForwardSellQty", max(.zero, -position.carried).units)
      // What a carried position cost was settled on an earlier day; the exchange does not remember it.
      row.field("carryForwardBuyValue", rupees: .zero)
      row.field("carryForwardSellValue", rupees: .zero)
      row.field("dayBuyQty", position.bought.units)
      row.field("daySellQty", position.sold.units)
      row.field("dayBuyValue", rupees: position.boughtValue)
      row.field("daySellValue", rupees: position.soldValue)
      option(position.key.contract, to: &row)
      row.field("crossCurrency", false)
    }
  }

  /// What a row of the positions says of profit and loss.
  static func result(
    of position: PaperPosition, reference: Paise?
  ) -> (realised: Paise, unrealised: Paise) {
    let buyAverage = average(position.boughtValue, position.bought)
    let sellAverage = average(position.soldValue, position.sold)
    let closed = min(position.bought.units, position.sold.units)
    let net = position.net.units
    let cost = net >= 0 ? buyAverage : sellAverage
    let open = cost == .zero || reference == nil ? Paise.zero : Paise(((reference ?? cost).count - cost.count) * net)
    return (Paise((sellAverage.count - buyAverage.count) * closed), open)
  }

  /// Sixteen digits that go with the order's own; `"0"` before the exchange has it.
  static func exchangeOrderID(_ report: PaperOrderReport) -> String {
    guard report.arrivedAt != nil, report.order.status != .transit else { return "0" }
    return "14000000" + report.order.orderID.description.suffix(8)
  }

  private static func average(_ value: Paise, _ units: Quantity) -> Paise {
    units > .zero ? Paise((value.count + units.units / 2) / units.units) : .zero
  }

  private func terms(_ key: PositionKey, _ side: Side, _ type: OrderType, to row: inout JSONWriter) {
    row.field("transactionType", side.rawValue)
    row.field("exchangeSegment", key.contract.segment.rawValue)
    row.field("productType", key.product.rawValue)
    row.field("orderType", type.rawValue)
  }

  func option(_ contract: ContractID, to row: inout JSONWriter) {
    let option = contract.option
    row.field("drvExpiryDate", contracts[contract]?.expiry?.description ?? IndianTime.noDay)
    row.field("drvOptionType", option.map { $0.type == .call ? "CALL" : "PUT" } ?? "NA")
    row.field("drvStrikePrice", rupees: option?.strike ?? .zero)
  }
}
