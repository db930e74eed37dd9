import Domain

/// Why the broker's risk checks or the exchange said no, in words that brokers use (options-domain.md §3.4).
struct PaperRejection: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

extension PaperExchange {
  /// The terms as the exchange takes them, a MARKET order with its limit; or why it does not.
  ///
  /// - Parameter order: the order as it stands; its own money is free for the new terms.
  func check(_ asked: PaperTerms, of order: PaperOrder) -> Result<PaperTerms, PaperRejection> {
    guard let instrument = instruments[order.key.contract] else {
      return .failure("Invalid SecurityId, contract unknown")
    }
    if let terms = order.key.contract.option {
      if terms.expiry < now.indianDay { return .failure("Contract expired on \(terms.expiry)") }
      // Cover and bracket orders come from the broker's app alone (dhan-api-v2.md §4.2).
      let isFromApp = order.isByHand && [.coverOrder, .bracketOrder].contains(order.key.product)
      if !order.key.product.carriesOptions, !isFromApp {
        return .failure("Product \(order.key.product.rawValue) is not allowed for options")
      }
    }
    if asked.quantity.units % instrument.lotSize.units != 0 {
      return .failure("Order quantity is not a multiple of lot size \(instrument.lotSize.units)")
    }
    let disclosed = asked.disclosedQuantity
    if disclosed > .zero, disclosed.units * 10 <= asked.quantity.units * 3 || disclosed > asked.quantity {
      return .failure("Disclosed quantity should be more than 30% of the order quantity")
    }
    if let freeze = instrument.freezeQuantity, asked.quantity > freeze {
      return .failure("Order quantity exceeds freeze quantity, maximum \(freeze)")
    }
    guard let terms = converted(asked, order.side, instrument) else {
      return .failure("17181 Contract not traded. Market order not allowed")
    }
    for price in [terms.price, terms.triggerPrice] where price.count % instrument.tickSize.count != 0 {
      return .failure("Order price is not multiple of tick size \(instrument.tickSize)")
    }
    if settings.checksPriceBand, let why = bandViolation(terms, order) { return .failure(why) }
    if settings.checksFunds, let shortfall = shortfall(ofChanging: order, to: terms) {
      return .failure(PaperRejection("Insufficient Funds, margin shortfall of Rs \(shortfall)"))
    }
    return .success(terms)
  }

  /// MARKET and STOP_LOSS_MARKET become protected limits (S9); `nil` when there is nothing to measure from.
  private func converted(_ asked: PaperTerms, _ side: Side, _ instrument: Instrument) -> PaperTerms? {
    var terms = asked
    switch asked.type {
    case .limit: terms.triggerPrice = .zero
    case .market:
      terms.triggerPrice = .zero
      guard asked.price == .zero else { break }
      guard let reference = reference(instrument.contract) else { return nil }
      terms.price = PaperExchange.protectedLimit(
        reference, side, percent: PaperExchange.protection(at: reference), tick: instrument.tickSize)
    case .stopLossMarket:
      guard asked.price == .zero, settings.stopLossMarketOrders != .limitAtTrigger else { break }
      terms.price = PaperExchange.protectedLimit(asked.triggerPrice, side, percent: 5, tick: instrument.tickSize)
      terms.triggerPrice = .zero
    case .stopLoss, .other: break
    }
    return terms
  }

  /// Dhan's published protection for NSE options, in percent (dhan-api-v2.md §4.10).
  static func protection(at reference: Paise) -> Int64 {
    switch reference.count {
    case ...5_000: 20
    case ...20_000: 10
    case ...100_000: 5
    default: 2
    }
  }

  /// `percent` beyond `reference` on the aggressive side, rounded back towards it to a whole tick; at least one tick.
  static func protectedLimit(_ reference: Paise, _ side: Side, percent: Int64, tick: Paise) -> Paise {
    switch side {
    case .buy:
      let limit = reference.count * (100 + percent) / 100
      return Paise(max(tick.count, limit / tick.count * tick.count))
    case .sell:
      let limit = (reference.count * (100 - percent) + 99) / 100
      return Paise(max(tick.count, (limit + tick.count - 1) / tick.count * tick.count))
    }
  }

  /// The exchange's limit price protection: only the aggressive side is checked, and only where there is a reference.
  private func bandViolation(_ terms: PaperTerms, _ order: PaperOrder) -> String? {
    if terms.type == .stopLoss {
      let gap = abs(terms.price.count - terms.triggerPrice.count)
      let widest = terms.triggerPrice > .rupees(50) ? terms.triggerPrice.count * 20 / 100 : 1_000
      if gap > widest { return "Stop limit order price range check failed" }
      return nil
    }
    guard !terms.waitsForMarket, let reference = reference(order.key.contract) else { return nil }
    let width = reference > .rupees(50) ? reference.count * 40 / 100 : 2_000
    switch order.side {
    case .buy where terms.price.count > reference.count + width:
      return "LPP: order price \(terms.price) is above the price range, highest \(Paise(reference.count + width))"
    case .sell where terms.price.count < reference.count - width:
      return "LPP: order price \(terms.price) is below the price range, lowest \(Paise(reference.count - width))"
    case .buy, .sell: return nil
    }
  }

  func reference(_ contract: ContractID) -> Paise? {
    books[contract]?.reference(at: now, age: settings.referenceAge)
  }
}

extension Result where Failure == PaperRejection {
  fileprivate static func failure(_ text: String) -> Result { .failure(PaperRejection(text)) }
}
