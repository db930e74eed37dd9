import Domain

extension ContractGreeks {
  /// The figures as a person reads them, with where they come from.
  var words: String {
    "delta \(decimal(deltaMillionths, 1_000_000, 3)), vega \(decimal(vegaPaisaHundredths, 10_000, 2)), IV \(decimal(volatilityMillionths, 10_000, 2)) %, "
      + "underlying \(underlying) (\(source == .chain ? "option chain" : "computed"))"
  }

  var json: JSONValue {
    .object([
      ("source", .string(source.rawValue)), ("underlying_price", .rupees(underlying)),
      ("implied_volatility", .raw(decimal(volatilityMillionths, 1_000_000, 6))),
      ("delta", .raw(decimal(deltaMillionths, 1_000_000, 6))),
      ("gamma", .raw(decimal(gammaBillionths, 1_000_000_000, 9))),
      ("theta", .raw(decimal(thetaPaisaHundredths, 10_000, 4))),
      ("vega", .raw(decimal(vegaPaisaHundredths, 10_000, 4))),
    ])
  }

  /// `value` ÷ `scale`, with so many decimals, the rest cut off.
  private func decimal(_ value: Int64, _ scale: Int64, _ places: Int) -> String {
    let whole = abs(value) / scale
    var fraction = String(abs(value) % scale)
    let digits = String(scale).count - 1
    fraction = String(String(repeating: "0", count: digits - fraction.count) + fraction).prefix(places).description
    return (value < 0 ? "-" : "") + "\(whole)" + (places > 0 ? "." + fraction : "")
  }
}
