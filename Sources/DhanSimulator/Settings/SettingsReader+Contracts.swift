import Domain
import PaperExchange

/// The contracts that a settings file adds to the standard ones.
extension SettingsReader {
  /// Calls and puts of every strike of a range, numbered from `first_security_id` on.
  static func chain(_ section: SettingsSection) -> [Contract] {
    let underlying = section.required("underlying", "a name such as NIFTY") { Underlying(validating: $0) }
    let segment: ExchangeSegment? = section.choice("segment")
    let expiry = section.required("expiry", "a day such as 2026-12-29") { Day($0) }
    let from = section.required("from_strike", SettingsSection.amount, SettingsSection.rupees)
    let to = section.required("to_strike", SettingsSection.amount, SettingsSection.rupees)
    let step = section.rupees("step")
    let lot = section.required("lot_size", "a positive number") { Int64($0).flatMap { LotSize($0) } }
    let freeze = section.integer("freeze_quantity", 1...10_000_000)
    let first = section.required("first_security_id", "a number") { Int64($0) }
    let flag = expiryFlag(section)
    let tick = tick(section)
    let kind = kind(section, ["OPTIDX", "OPTSTK", "OPTCUR", "OPTFUT"])
    let ofUnderlying = section.value("underlying_security_id", "a security id") { $0.isEmpty ? nil : $0 }
    _ = section.rupees("spot")
    section.finish()
    guard let underlying, let expiry, let from, let to, let lot, let first else { return [] }
    let width = max(1, (step ?? .rupees(50)).count)
    guard from <= to, (to.count - from.count) / width <= 5_000 else {
      section.mistake("to_strike", "The range of strikes is empty, or longer than 5000.")
      return []
    }
    var number = first
    return stride(from: from.count, through: to.count, by: Int(width)).flatMap { strike -> [Contract] in
      defer { number += 2 }
      return [(OptionType.call, number), (.put, number + 1)].compactMap { type, number in
        guard let securityID = SecurityID(validating: String(number)) else { return nil }
        return Contract.option(
          securityID, segment ?? .nseFNO, underlying, expiry: expiry, strike: Paise(strike), type, lotSize: lot,
          tickSize: tick, freezeQuantity: freeze.map { Quantity($0) },
          underlyingSecurityID: ofUnderlying ?? Contract.underlyingSecurityID(underlying), expiryFlag: flag, kind: kind)
      }
    }
  }

  static func equity(_ section: SettingsSection) -> Contract? {
    let securityID = section.required("security_id", "a security id") { SecurityID(validating: $0) }
    let symbol = section.required("symbol", "a name such as TCS") { Underlying(validating: $0) }
    let segment: ExchangeSegment? = section.choice("segment")
    let tick = tick(section)
    section.finish()
    guard let securityID, let symbol else { return nil }
    return Contract.equity(securityID, segment ?? .nseEquity, symbol, tickSize: tick)
  }

  /// A future of an index, a share, a currency or a commodity; what it is follows from its segment unless it is said.
  static func future(_ section: SettingsSection) -> Contract? {
    let securityID = section.required("security_id", "a security id") { SecurityID(validating: $0) }
    let underlying = section.required("underlying", "a name such as NIFTY") { Underlying(validating: $0) }
    let segment: ExchangeSegment? = section.choice("segment")
    let expiry = section.required("expiry", "a day such as 2026-12-29") { Day($0) }
    let lot = section.required("lot_size", "a positive number") { Int64($0).flatMap { LotSize($0) } }
    let freeze = section.integer("freeze_quantity", 1...10_000_000)
    let flag = expiryFlag(section)
    let tick = tick(section)
    let kind = kind(section, ["FUTIDX", "FUTSTK", "FUTCUR", "FUTCOM"])
    section.finish()
    guard let securityID, let underlying, let expiry, let lot else { return nil }
    return Contract.future(
      securityID, segment ?? .nseFNO, underlying, expiry: expiry, lotSize: lot, tickSize: tick,
      freezeQuantity: freeze.map { Quantity($0) }, kind: kind,
      underlyingSecurityID: Contract.underlyingSecurityID(underlying), expiryFlag: flag)
  }

  private static func expiryFlag(_ section: SettingsSection) -> String {
    section.value("expiry_flag", "M or W") { ["M", "W"].contains($0) ? $0 : nil } ?? "M"
  }

  private static func kind(_ section: SettingsSection, _ kinds: [String]) -> String? {
    section.value("kind", "one of \(kinds.joined(separator: ", "))") { kinds.contains($0) ? $0 : nil }
  }

  /// A whole number of paise: currency ticks of a quarter paisa cannot be had here.
  private static func tick(_ section: SettingsSection) -> Paise {
    section.value("tick_size", "rupees, at least 0.01") { text in
      SettingsSection.rupees(text).flatMap { $0 > .zero ? $0 : nil }
    } ?? Paise(5)
  }

  /// Where a chain names its `spot`, its options are offered around their intrinsic value plus a hundred rupees.
  static func chainQuotes(_ root: SettingsSection, _ contracts: [Contract]) -> [SimulatedQuote] {
    var spots: [Underlying: Paise] = [:]
    for section in root.list("contracts") {
      if let name = section.value("underlying", "", { Underlying(validating: $0) }), let spot = section.rupees("spot") {
        spots[name] = spot
      }
    }
    return contracts.compactMap { contract in
      guard let option = contract.id.option, let spot = spots[contract.instrument.underlying] else { return nil }
      let distance = option.type == .call ? spot.count - option.strike.count : option.strike.count - spot.count
      let tick = contract.instrument.tickSize.count
      let bid = Paise((max(0, distance) + 10_000) / tick * tick)
      return SimulatedQuote(
        securityID: contract.id.securityID, segment: contract.id.segment, bid: bid, ask: bid + Paise(8 * tick))
    }
  }
}
