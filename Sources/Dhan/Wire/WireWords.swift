import Domain

/// The broker's words and letters, of both its channels, reduced to letters (dhan-api-v2.md §4.2, §4.9, §6.3, §6.4).
/// A word that is not known becomes `other` or `unknown`: never a guess.
extension ExchangeSegment {
  init(word: String) {
    switch word {
    case "NSEFNO": self = .nseFNO
    case "BSEFNO": self = .bseFNO
    case "NSEEQ": self = .nseEquity
    case "BSEEQ": self = .bseEquity
    case "NSECURRENCY": self = .nseCurrency
    case "BSECURRENCY": self = .bseCurrency
    case "MCXCOMM": self = .mcxCommodity
    default: self = .other
    }
  }

  /// The stream names the exchange and a letter.
  init(exchange: String, letter: String) {
    switch (exchange, letter) {
    case ("NSE", "D"): self = .nseFNO
    case ("BSE", "D"): self = .bseFNO
    case ("NSE", "E"): self = .nseEquity
    case ("BSE", "E"): self = .bseEquity
    case ("NSE", "C"): self = .nseCurrency
    case ("BSE", "C"): self = .bseCurrency
    case ("MCX", "M"): self = .mcxCommodity
    default: self = .other
    }
  }
}

extension ProductType {
  init(word: String) {
    switch word {
    case "C", "CNC": self = .cnc
    case "I", "INTRADAY": self = .intraday
    case "M", "MARGIN": self = .margin
    case "F", "MTF": self = .mtf
    case "V", "CO": self = .coverOrder
    case "B", "BO": self = .bracketOrder
    default: self = .other
    }
  }
}

extension Side {
  init?(word: String) {
    switch word {
    case "B", "BUY": self = .buy
    case "S", "SELL": self = .sell
    default: return nil
    }
  }
}

extension OrderType {
  init(word: String) {
    switch word {
    case "LMT", "LIMIT": self = .limit
    case "MKT", "MARKET": self = .market
    case "SL", "STOPLOSS": self = .stopLoss
    case "SLM", "STOPLOSSMARKET": self = .stopLossMarket
    default: self = .other
    }
  }
}

extension Validity {
  init(word: String) {
    switch word {
    case "DAY": self = .day
    case "IOC": self = .immediateOrCancel
    default: self = .other
    }
  }
}

extension OptionType {
  init?(word: String) {
    switch word {
    case "CE", "CALL": self = .call
    case "PE", "PUT": self = .put
    default: return nil
    }
  }
}

extension OrderStatus {
  init(word: String) {
    switch word {
    case "TRANSIT": self = .transit
    case "PENDING", "OPENDING", "MODIFIED", "OMODIFIED": self = .pending
    case "PARTTRADED", "PARTIALLYTRADED": self = .partTraded
    case "TRADED": self = .traded
    case "REJECTED": self = .rejected
    // A super order is closed when its entry and one exit are done: what did not fill by then never will.
    case "CANCELLED", "CANCELED", "OCANCELLED", "CLOSED": self = .cancelled
    case "EXPIRED": self = .expired
    case "TRIGGERED": self = .triggered
    default: self = .unknown
    }
  }

  /// The status that agrees with the quantities, which decide first: a partial fill may be called `Traded`, `Pending`
  /// or `Part-Traded` (§6.4).
  init(word: String, quantity: Quantity, filled: Quantity) {
    let stated = OrderStatus(word: word)
    if filled >= quantity, quantity > .zero {
      self = .traded
    } else if filled > .zero {
      switch stated {
      case .rejected, .cancelled, .expired: self = stated
      case .transit, .pending, .partTraded, .traded, .triggered, .unknown: self = .partTraded
      }
    } else {
      self = stated == .traded || stated == .partTraded ? .unknown : stated
    }
  }
}
