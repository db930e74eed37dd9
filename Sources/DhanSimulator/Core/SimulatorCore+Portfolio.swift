import Domain
import PaperExchange

/// Positions, funds and margin (dhan-api-v2.md §7), and the trader's controls (§5.4).
extension SimulatorCore {
  func positions(_ account: ClientID) -> Reply {
    let writer = readingWriter
    return array { list in
      for position in exchange.dayPositions(of: account) {
        let reference = exchange.referencePrice(of: position.key.contract)
        writer.position(position, reference: reference, account, to: &list)
      }
    }
  }

  func fundLimit(_ account: ClientID) -> Reply {
    guard let funds = exchange.funds(of: account) else { return .badInput }
    return object {
      $0.field("dhanClientId", account.description)
      $0.field("availabelBalance", rupees: funds.available)
      $0.field("sodLimit", rupees: funds.startOfDay)
      $0.field("collateralAmount", rupees: .zero)
      $0.field("receiveableAmount", rupees: .zero)
      $0.field("utilizedAmount", rupees: funds.utilised)
      $0.field("blockedPayoutAmount", rupees: .zero)
      $0.field("withdrawableBalance", rupees: max(.zero, funds.available))
    }
  }

  /// One order, or several added up: what they would bind together is not netted here.
  func margin(_ parts: ArraySlice<Substring>, _ request: SimulatedRequest, _ account: ClientID) -> Reply {
    let available = exchange.funds(of: account)?.available ?? .zero
    guard let body = JSONValue(request.body), body["dhanClientId"]?.text == account.description else {
      return .badInput
    }
    switch parts.first {
    case nil:
      guard let need = need(body, account) else { return .badInput }
      return object {
        $0.field("totalMargin", rupees: need.premium + need.margin)
        $0.field("spanMargin", rupees: need.margin)
        $0.field("exposureMargin", rupees: .zero)
        $0.field("availableBalance", rupees: available)
        $0.field("variableMargin", rupees: .zero)
        $0.field("insufficientBalance", rupees: max(.zero, need.premium + need.margin - available))
        $0.field("brokerage", rupees: .zero)
        $0.field("leverage", "1.00")
      }
    case "multi":
      guard case .array(let scrips)? = body["scripList"] ?? body["scripts"] else { return .badInput }
      var premium = Paise.zero
      var margin = Paise.zero
      for scrip in scrips {
        guard let need = need(scrip, account) else { return .badInput }
        premium += need.premium
        margin += need.margin
      }
      let text = { (amount: Paise) in amount.description }
      return object {
        $0.field("total_margin", text(premium + margin))
        $0.field("span_margin", text(margin))
        $0.field("exposure_margin", text(.zero))
        $0.field("equity_margin", text(.zero))
        $0.field("fo_margin", text(premium + margin))
        $0.field("commodity_margin", text(.zero))
        $0.field("currency", "INR")
        $0.field("hedge_benefit", text(.zero))
      }
    default: return .badInput
    }
  }

  private func need(_ order: JSONValue, _ account: ClientID) -> (premium: Paise, margin: Paise)? {
    guard let segment = order["exchangeSegment"]?.text.flatMap({ ExchangeSegment(rawValue: $0) }),
      let securityID = order["securityId"]?.text.flatMap({ SecurityID(validating: $0) }),
      let side = order["transactionType"]?.text.flatMap({ Side(rawValue: $0) }),
      case .number(let units)? = order["quantity"], let units = Int64(units), (1...10_000_000).contains(units),
      case .number(let price)? = order["price"], let price = Paise(rupees: price), price <= .rupees(10_000_000),
      let id = contract(segment, securityID), let lotSize = contracts[id]?.instrument.lotSize
    else { return nil }
    let premium = price * Quantity(units)
    guard side == .sell, let lot = exchange.marginPerLot(account, id, price: price) else { return (premium, .zero) }
    let lots = (units + lotSize.units - 1) / lotSize.units
    return (premium, Paise(lot.count * lots) - price * lotSize.quantity(of: Lots(lots)))
  }

  mutating func convert(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Reply {
    guard let body = JSONValue(request.body), body["dhanClientId"]?.text == account.description,
      let from = body["fromProductType"]?.text.flatMap({ ProductType(rawValue: $0) }),
      let to = body["toProductType"]?.text.flatMap({ ProductType(rawValue: $0) }),
      let segment = body["exchangeSegment"]?.text.flatMap({ ExchangeSegment(rawValue: $0) }),
      let securityID = body["securityId"]?.text.flatMap({ SecurityID(validating: $0) }),
      let units = units(body["convertQty"]), let contract = contract(segment, securityID)
    else { return .badInput }
    let conversion = PaperConversion(contract: contract, from: from, to: to, quantity: Quantity(units))
    if case .refused = exchange.act(.convert(conversion, account: account), at: now) { return .badInput }
    return .empty(202)
  }

  /// A number, or the string that the documentation's sample has.
  private func units(_ value: JSONValue?) -> Int64? {
    switch value {
    case .number(let text)?, .string(let text)?: Int64(text)
    default: nil
    }
  }

  mutating func exitAll(_ account: ClientID, at now: Timestamp) -> Reply {
    let answer = exchange.act(.squareOff(account: account), at: now)
    let failure: String? = if case .refused(let text) = answer { text } else { nil }
    return .json { writer in
      writer.object {
        $0.field("status", failure == nil ? "SUCCESS" : "ERROR")
        $0.field("message", failure ?? "All orders and positions exited successfully")
      }
    }
  }

  mutating func killSwitch(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Reply {
    var status: String
    switch (request.method, request.query["killSwitchStatus"]) {
    case (.get, nil): status = accounts[account]?.isKilled == true ? "ACTIVATE" : "DEACTIVATE"
    case (.post, "ACTIVATE"):
      let isBusy = exchange.orderBook(of: account).contains { !$0.status.isFinal }
      guard !isBusy, exchange.positions(of: account).isEmpty else {
        return .refusal(400, "DH-906", "Close all positions and cancel pending orders before using the kill switch")
      }
      accounts[account]?.isKilled = true
      status = "Kill Switch has been successfully activated"
    case (.post, "DEACTIVATE"):
      accounts[account]?.isKilled = false
      status = "Kill Switch has been successfully deactivated"
    case (.post, _): return .badInput
    default: return .unknownPath(request.path, at: now)
    }
    return .json { writer in
      writer.object {
        $0.field("dhanClientId", account.description)
        $0.field("killSwitchStatus", status)
      }
    }
  }

  /// Nothing is booked here: there are no charges, and money only moves with trades.
  func ledger(_ request: SimulatedRequest) -> Reply {
    guard let from = request.query["from-date"].flatMap({ Day($0) }),
      let to = request.query["to-date"].flatMap({ Day($0) }), from <= to
    else { return .badInput }
    return .emptyArray
  }
}
