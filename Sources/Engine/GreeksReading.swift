import Domain
import OptionPricing
import Ports
import Projections
import Reactors

/// The Greeks of what was asked about: the broker's own where his chain has them, else computed from its prices, and without a
/// chain from the prices that the log knows (options-domain.md §5).
enum GreeksReading {
  /// How old a price of the log may be.
  private static let priceAge = ContractAnalytics.patience

  static func observations(_ chain: OptionChain?, of series: ChainSeries, in state: State) -> [Observation] {
    let wanted = state.greeksWanted.filter { state.now < $0.value + SeenGreeks.patience }.keys
      .filter { $0.series(state) == series }.sorted()
    let known = chain == nil ? ContractAnalytics.all(of: Set(wanted), state, now: state.now) : [:]
    return wanted.compactMap { contract in
      guard let option = contract.option else { return nil }
      if let chain { return chain.greeks(of: option, at: state.now).map { .greeks(contract, $0) } }
      guard let analytics = known[contract], state.now - analytics.priceAt <= priceAge,
        let figures = try? analytics.figures.get()
      else { return nil }
      return ContractGreeks(
        figures.source, figures.greeks, underlying: figures.forward, volatility: figures.volatility
      ).map { .greeks(contract, $0) }
    }
  }
}

extension OptionChain {
  func greeks(of option: OptionTerms, at now: Timestamp) -> ContractGreeks? {
    guard let row = rows.first(where: { $0.strike == option.strike && $0.type == option.type }) else { return nil }
    let payoff: Payoff = option.type == .call ? .call : .put
    if let spot, spot > .zero,
      let volatility = Greeks.volatility(chainPercent: row.volatilityPercent),
      let told = Greeks(chain: payoff, delta: row.delta, gamma: row.gamma, theta: row.theta, vega: row.vega),
      let greeks = ContractGreeks(.chain, told, underlying: spot.rupees, volatility: volatility)
    {
      return greeks
    }
    guard let price = row.quote.mid, let time = TimeToExpiry(until: option.expiry, at: now),
      let forward = forward(time) ?? spot?.rupees,
      let figures = try? ContractAnalytics.figures(option, price: price, forward: forward, time: time)
    else { return nil }
    return ContractGreeks(.computed, figures.greeks, underlying: figures.forward, volatility: figures.volatility)
  }

  private func forward(_ time: TimeToExpiry) -> Double? {
    let quotes = Set(rows.map(\.strike)).sorted().map { strike in
      func quote(_ type: OptionType) -> OptionPricing.Quote {
        rows.first { $0.strike == strike && $0.type == type }?.quote ?? .init(bid: nil, ask: nil)
      }
      return StrikeQuotes(strike: strike.rupees, call: quote(.call), put: quote(.put))
    }
    return Forward(quotes: quotes, rate: ContractAnalytics.rate, time: time)?.price
  }
}

extension OptionChain.Row {
  fileprivate var quote: OptionPricing.Quote { .init(bid: bid?.rupees, ask: ask?.rupees) }
}

extension ContractGreeks {
  /// Rounds what a model says; `nil` where a figure is no number that a position could have.
  init?(_ source: Source, _ greeks: Greeks, underlying: Double, volatility: Double) {
    func rounded(_ value: Double, _ scale: Double) -> Int64? {
      let scaled = (value * scale).rounded()
      return abs(scaled) < 1e15 ? Int64(scaled) : nil
    }
    guard let price = rounded(underlying, 100), price > 0, let volatility = rounded(volatility, 1e6),
      let delta = rounded(greeks.delta, 1e6), let gamma = rounded(greeks.gamma, 1e9),
      let theta = rounded(greeks.theta, 1e4), let vega = rounded(greeks.vega, 1e4)
    else { return nil }
    self.init(
      source: source, underlying: Paise(price), volatilityMillionths: volatility, deltaMillionths: delta,
      gammaBillionths: gamma, thetaPaisaHundredths: theta, vegaPaisaHundredths: vega)
  }
}
