import Domain
import Ports

/// The broker's option chains: Greeks that stay what they are, so that a limit which they keep is kept for good. Of every
/// seventh few seconds nothing is told, as of strikes that hardly trade.
extension World {
  func chain(of series: ChainSeries) -> OptionChain {
    let isSilent = (now.microseconds / 3_000_000).isMultiple(of: 7)
    let rows = exchange.listed.compactMap { instrument -> OptionChain.Row? in
      guard !isSilent, instrument.underlying == series.underlying, let option = instrument.contract.option,
        option.expiry == series.expiry
      else { return nil }
      var row = OptionChain.Row(strike: option.strike, type: option.type)
      row.delta = option.type == .call ? 0.55 : -0.45
      (row.gamma, row.theta, row.vega, row.volatilityPercent) = (0.001, -10, 12.5, 13)
      return row
    }
    return OptionChain(spot: .rupees(24_000), rows: rows)
  }
}
