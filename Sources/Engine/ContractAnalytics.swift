import Domain
import OptionPricing
import Ports
import Projections

/// What is known of an option's sensitivity: what the broker's chain told of late, else what its newest price says.
///
/// The forward is then read off a call and a put of one strike, since the log knows no price of the underlying; Greeks are those
/// of Black-76, for one unit of the underlying, with respect to the spot (options-domain.md §5).
public struct ContractAnalytics: Sendable {
  public struct Figures: Sendable {
    /// In rupees.
    public let forward: Double
    public let moneyness: Moneyness.Side
    /// A fraction per year: 0.12 is 12 %.
    public let volatility: Double
    public let greeks: Greeks
    public var source = ContractGreeks.Source.computed
  }

  /// Why there is no figure.
  public enum Absence: Error, Equatable, Sendable {
    case noForward
    case expired
    /// No volatility explains the price: it is stale, or next to its bounds.
    case noVolatility
  }

  public let price: Paise
  public let priceAt: Timestamp
  /// Until the close of the contract's last day.
  public let days: Double
  public let figures: Result<Figures, Absence>
}

extension ContractAnalytics {
  /// The rate at which premiums are discounted, per year: between the policy rate and what money costs overnight. With a
  /// forward off the market it hardly matters at weekly tenors (options-domain.md §5.1).
  static let rate = 0.065
  /// Prices of call and put that are further apart in time make no forward.
  static let patience = Microseconds.seconds(300)

  /// Analytics of those of `contracts` that are options with a known price.
  public static func all(of contracts: Set<ContractID>, _ state: State, now: Timestamp) -> [ContractID:
    ContractAnalytics]
  {
    let prices = NewestPrices(state)
    var forwards: [ChainSeries: Forward?] = [:]
    var result: [ContractID: ContractAnalytics] = [:]
    for contract in contracts {
      guard let option = contract.option, let series = contract.series(state), let newest = prices[contract] else {
        continue
      }
      if let seen = state.greeks[contract], seen.greeks.source == .chain, now - seen.at <= SeenGreeks.freshness,
        let figures = Figures(seen.greeks, of: option)
      {
        result[contract] = ContractAnalytics(option, newest, .success(figures), now: now)
        continue
      }
      let forward = forwards[series] ?? series.forward(prices, state)
      forwards[series] = .some(forward)
      result[contract] = ContractAnalytics(
        option, newest, computed(option, newest, forward: forward), now: now)
    }
    return result
  }

  private init(
    _ option: OptionTerms, _ newest: Projections.Quote, _ figures: Result<Figures, Absence>, now: Timestamp
  ) {
    price = newest.price
    priceAt = newest.at
    days = Double(TimeToExpiry.end(of: option.expiry).microseconds - now.microseconds) / 86_400e6
    self.figures = figures
  }

  private static func computed(
    _ option: OptionTerms, _ newest: Projections.Quote, forward: Forward?
  ) -> Result<Figures, Absence> {
    Result { () throws(Absence) in
      // As of the price: what it says of volatility it said then.
      guard let time = TimeToExpiry(until: option.expiry, at: newest.at), !time.hasExpired else { throw .expired }
      guard let forward else { throw .noForward }
      return try figures(option, price: newest.price.rupees, forward: forward.price, time: time)
    }
  }

  /// What a price says, with the forward of the same moment.
  static func figures(
    _ option: OptionTerms, price: Double, forward: Double, time: TimeToExpiry
  ) throws(Absence) -> Figures {
    let payoff: Payoff = option.type == .call ? .call : .put
    let strike = option.strike.rupees
    let volatility: Double
    do {
      volatility = try ImpliedVolatility.solve(
        payoff, price: price, forward: forward, strike: strike, rate: rate, time: time)
    } catch {
      throw .noVolatility
    }
    guard let model = Black76(forward: forward, strike: strike, rate: rate, time: time, volatility: volatility),
      let moneyness = Moneyness(payoff, strike: strike, underlying: forward)
    else { throw .noVolatility }
    return Figures(
      forward: forward, moneyness: moneyness.side, volatility: volatility, greeks: model.greeks(of: payoff))
  }
}

extension ContractID {
  /// The options that it expires with; `nil` for what is no option, or not known to the log.
  func series(_ state: State) -> ChainSeries? {
    guard let option, let instrument = state.instruments[self] else { return nil }
    return ChainSeries(underlying: instrument.underlying, expiry: option.expiry)
  }
}

extension ChainSeries {
  /// The forward that the newest prices of a call and a put of one strike imply.
  fileprivate func forward(_ prices: NewestPrices, _ state: State) -> Forward? {
    var strikes: [Paise: (call: Projections.Quote?, put: Projections.Quote?)] = [:]
    for (contract, price) in prices.byContract where contract.series(state) == self {
      guard let option = contract.option else { continue }
      if option.type == .call { strikes[option.strike, default: (nil, nil)].call = price }
      if option.type == .put { strikes[option.strike, default: (nil, nil)].put = price }
    }
    var newest = Timestamp.earliest
    let pairs = strikes.compactMap { strike, pair -> StrikeQuotes? in
      guard let call = pair.call, let put = pair.put,
        abs((call.at - put.at).count) <= ContractAnalytics.patience.count
      else { return nil }
      newest = max(newest, call.at, put.at)
      func quote(_ price: Paise) -> OptionPricing.Quote { .init(bid: price.rupees, ask: price.rupees) }
      return StrikeQuotes(strike: strike.rupees, call: quote(call.price), put: quote(put.price))
    }
    return TimeToExpiry(until: expiry, at: newest).flatMap {
      Forward(quotes: pairs, rate: ContractAnalytics.rate, time: $0)
    }
  }
}

/// The newest price of every contract that the state knows: what the leader traded at, what the market traded at beside an order
/// of his, what the broker quoted.
struct NewestPrices {
  private(set) var byContract: [ContractID: Projections.Quote]

  init(_ state: State) {
    byContract = state.quotes
    for (key, position) in state.leader.positions { note(position.lastPrice, key.contract) }
    for order in state.leader.orders.values {
      guard order.order.referencePrice > .zero else { continue }
      note(Projections.Quote(price: order.order.referencePrice, at: order.referencedAt), order.order.key.contract)
    }
  }

  subscript(contract: ContractID) -> Projections.Quote? { byContract[contract] }

  private mutating func note(_ price: Projections.Quote?, _ contract: ContractID) {
    guard let price, price.at > byContract[contract]?.at ?? .earliest else { return }
    byContract[contract] = price
  }
}

extension ContractAnalytics.Figures {
  /// What the broker's chain told.
  fileprivate init?(_ told: ContractGreeks, of option: OptionTerms) {
    guard
      let greeks = Greeks(
        delta: Double(told.deltaMillionths) / 1e6, gamma: Double(told.gammaBillionths) / 1e9,
        theta: Double(told.thetaPaisaHundredths) / 1e4, vega: Double(told.vegaPaisaHundredths) / 1e4),
      let moneyness = Moneyness(
        option.type == .call ? .call : .put, strike: option.strike.rupees, underlying: told.underlying.rupees)
    else { return nil }
    self.init(
      forward: told.underlying.rupees, moneyness: moneyness.side, volatility: Double(told.volatilityMillionths) / 1e6,
      greeks: greeks, source: told.source)
  }
}

extension TimeToExpiry {
  /// 15:40 in India on the last day (options-domain.md §5.1).
  static func end(of expiry: Day) -> Timestamp { expiry.startInIndia + .seconds((15 * 60 + 40) * 60) }

  init?(until expiry: Day, at moment: Timestamp) {
    self.init(seconds: Double(TimeToExpiry.end(of: expiry).microseconds - moment.microseconds) / 1e6)
  }
}

extension Paise {
  /// For models alone: no money is counted with it.
  var rupees: Double { Double(count) / 100 }
}
