import Domain
import OptionPricing
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
    var forwards: [Series: Forward?] = [:]
    var result: [ContractID: ContractAnalytics] = [:]
    for contract in contracts {
      guard let series = Series(contract, state) else { continue }
      if let told = ContractAnalytics(chain: contract, state, series: series, now: now) {
        result[contract] = told
        continue
      }
      guard let newest = prices[contract] else { continue }
      let forward = forwards[series] ?? series.forward(prices, state)
      forwards[series] = .some(forward)
      result[contract] = ContractAnalytics(contract, newest, forward: forward, series: series, now: now)
    }
    return result
  }

  private init?(_ contract: ContractID, _ newest: Projections.Quote, forward: Forward?, series: Series, now: Timestamp)
  {
    guard let option = contract.option else { return nil }
    price = newest.price
    priceAt = newest.at
    days = Double(series.end.microseconds - now.microseconds) / 86_400e6
    do throws(Absence) {
      // As of the price: what it says of volatility it said then.
      guard let time = series.time(at: newest.at), !time.hasExpired else { throw .expired }
      guard let forward else { throw .noForward }
      figures = .success(
        try ContractAnalytics.figures(option, price: newest.price.rupees, forward: forward.price, time: time))
    } catch {
      figures = .failure(error)
    }
  }

  /// What the broker's chain told of the contract less than half a minute ago.
  private init?(chain contract: ContractID, _ state: State, series: Series, now: Timestamp) {
    guard let option = contract.option, let seen = state.greeks[contract], seen.greeks.source == .chain,
      now - seen.at <= SeenGreeks.freshness, let newest = NewestPrices(state)[contract],
      let greeks = Greeks(
        delta: Double(seen.greeks.delta) / 1e6, gamma: Double(seen.greeks.gamma) / 1e9,
        theta: Double(seen.greeks.theta) / 1e4, vega: Double(seen.greeks.vega) / 1e4),
      let moneyness = Moneyness(
        option.type == .call ? .call : .put, strike: option.strike.rupees, underlying: seen.greeks.underlying.rupees)
    else { return nil }
    price = newest.price
    priceAt = newest.at
    days = Double(series.end.microseconds - now.microseconds) / 86_400e6
    figures = .success(
      Figures(
        forward: seen.greeks.underlying.rupees, moneyness: moneyness.side,
        volatility: Double(seen.greeks.volatility) / 1e6, greeks: greeks, source: .chain))
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

  /// Options of one underlying and expiry.
  private struct Series: Hashable {
    let underlying: Underlying
    let expiry: Day

    init?(_ contract: ContractID, _ state: State) {
      guard let option = contract.option, let instrument = state.instruments[contract] else { return nil }
      underlying = instrument.underlying
      expiry = option.expiry
    }

    var end: Timestamp { TimeToExpiry.end(of: expiry) }

    func time(at moment: Timestamp) -> TimeToExpiry? { TimeToExpiry(until: expiry, at: moment) }

    func forward(_ prices: NewestPrices, _ state: State) -> Forward? {
      var strikes: [Paise: (call: Projections.Quote?, put: Projections.Quote?)] = [:]
      for (contract, price) in prices.byContract where Series(contract, state) == self {
        guard let option = contract.option else { continue }
        if option.type == .call { strikes[option.strike, default: (nil, nil)].call = price }
        if option.type == .put { strikes[option.strike, default: (nil, nil)].put = price }
      }
      var newest = Timestamp.earliest
      let pairs = strikes.compactMap { strike, pair -> StrikeQuotes? in
        guard let call = pair.call, let put = pair.put, abs((call.at - put.at).count) <= patience.count else {
          return nil
        }
        newest = max(newest, call.at, put.at)
        func quote(_ price: Paise) -> OptionPricing.Quote { .init(bid: price.rupees, ask: price.rupees) }
        return StrikeQuotes(strike: strike.rupees, call: quote(call.price), put: quote(put.price))
      }
      return time(at: newest).flatMap { Forward(quotes: pairs, rate: rate, time: $0) }
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
