import Domain
import Ports

extension BookReader {
  /// The reply of `POST /optionchain` (dhan-api-v2.md §8.1). Strikes are keys of an object; a strike may lack either option, and an
  /// option any of its figures: what is missing, or no number, stays missing.
  static func optionChain(_ body: [UInt8]) throws(WireFault) -> OptionChain {
    let content = try content(of: body)
    guard let strikes = content.field("oc"), strikes.isObject else {
      throw WireFault("an option chain without strikes (oc)")
    }
    var rows: [OptionChain.Row] = []
    for entry in strikes.children where entry.isObject {
      guard let strike = Array(entry.key.utf8).withUnsafeBytes({ DecimalText($0)?.paise }), strike > 0 else {
        throw WireFault("a strike that is no price")
      }
      for (name, type) in [("ce", OptionType.call), ("pe", .put)] as [(StaticString, OptionType)] {
        guard let option = entry.field(name), option.isObject else { continue }
        rows.append(row(option, Paise(strike), type))
      }
    }
    return OptionChain(spot: content.field("last_price")?.paise, rows: rows)
  }

  private static func row(_ option: LenientJSON.Value, _ strike: Paise, _ type: OptionType) -> OptionChain.Row {
    var row = OptionChain.Row(strike: strike, type: type)
    row.bid = option.field("top_bid_price")?.paise
    row.ask = option.field("top_ask_price")?.paise
    row.volatilityPercent = option.field("implied_volatility")?.real
    guard let greeks = option.field("greeks") else { return row }
    row.delta = greeks.field("delta")?.real
    row.gamma = greeks.field("gamma")?.real
    row.theta = greeks.field("theta")?.real
    row.vega = greeks.field("vega")?.real
    return row
  }
}

extension LenientJSON.Value {
  /// A number that is measured and not counted: no money.
  fileprivate var real: Double? { text.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }
}
