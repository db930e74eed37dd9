import Glibc

/// The best buyer and seller of one option, in rupees per unit.
public struct Quote: Hashable, Sendable {
  public let bid: Double?
  public let ask: Double?

  public init(bid: Double?, ask: Double?) {
    self.bid = bid
    self.ask = ask
  }

  /// Half-way between bid and ask. `nil` where either is absent, zero (which is how Dhan tells that there is none),
  /// or no price at all, and where the bid is above the ask.
  public var mid: Double? {
    guard let bid, let ask, Black76.prices.contains(bid), Black76.prices.contains(ask), bid <= ask else { return nil }
    return bid + (ask - bid) / 2
  }
}

/// The quotes of call and put at one strike of one expiry.
public struct StrikeQuotes: Hashable, Sendable {
  public let strike: Double
  public let call: Quote
  public let put: Quote

  public init(strike: Double, call: Quote, put: Quote) {
    self.strike = strike
    self.call = call
    self.put = put
  }
}

/// The price at which the market agrees today to trade the underlying at an option's expiry, and where that was read.
public struct Forward: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// The future that expires with the option.
    case future
    /// Call and put at this strike, by parity.
    case parity(strike: Double)
  }

  /// In rupees; within ``Black76/prices``.
  public let price: Double
  public let source: Source

  /// The forward from the future of the same expiry, else by put-call parity at the strike at the money
  /// (options-domain.md §5.1): `strike + e^(rate × years) × (call − put)`, where call and put differ least.
  ///
  /// The order of the quotes does not matter; of two strikes that serve as well the lower serves. A future that is
  /// absent, zero, or no price counts as not given, and so does a strike unless its call and its put both have a
  /// ``Quote/mid``.
  ///
  /// `nil` where neither is left, and after expiry. By parity also where the rate or the result is out of range, and
  /// where call − put does not fall from the chosen strike's lower neighbour over it to the upper one: it always falls
  /// in a market without arbitrage, so a pair that breaks this is stale, or a strike is listed twice.
  public init?(future: Double? = nil, quotes: [StrikeQuotes] = [], rate: Double, time: TimeToExpiry) {
    guard !time.hasExpired else { return nil }
    if let future, Black76.prices.contains(future) {
      price = future
      source = .future
      return
    }
    guard Black76.rates.contains(rate), let (strike, difference) = Forward.atTheMoney(quotes) else { return nil }
    let price = strike + exp(rate * time.years) * difference
    guard Black76.prices.contains(price) else { return nil }
    self.price = price
    source = .parity(strike: strike)
  }

  /// The strike where call and put differ least, and call − put there.
  private static func atTheMoney(_ quotes: [StrikeQuotes]) -> (strike: Double, difference: Double)? {
    let pairs = quotes.compactMap { quote -> (strike: Double, difference: Double)? in
      guard Black76.prices.contains(quote.strike), let call = quote.call.mid, let put = quote.put.mid else {
        return nil
      }
      return (quote.strike, call - put)
    }
    .sorted { $0.strike < $1.strike }
    guard let best = pairs.indices.min(by: { abs(pairs[$0].difference) < abs(pairs[$1].difference) }) else {
      return nil
    }
    let neighbourhood = pairs[max(best - 1, 0)...min(best + 1, pairs.count - 1)]
    let falls = zip(neighbourhood, neighbourhood.dropFirst()).allSatisfy {
      $0.strike < $1.strike && $0.difference > $1.difference
    }
    return falls ? pairs[best] : nil
  }
}
