import Domain
import PaperExchange

extension SimulatorSettings {
  /// Reads a settings file; what it does not mention stays as in ``init(seed:)``.
  ///
  /// - Throws: every mistake with its line, column and key.
  public init(yaml text: String) throws(SettingsMistakes) {
    self = try SettingsReader.read(text) { root in
      var settings = SimulatorSettings(seed: root.integer("seed", 0...Int64.max).map { UInt64($0) } ?? 1)
      if let section = root.section("switches") {
        SettingsReader.switches(section, &settings.switches, &settings.paper)
      }
      if let section = root.section("limits") { SettingsReader.limits(section, &settings.limits) }
      if root.has("accounts") {
        settings.accounts = root.list("accounts").compactMap(SettingsReader.account)
        SettingsReader.reportRepetitions(settings.accounts, root)
      }
      settings.contracts =
        root.list("contracts").flatMap(SettingsReader.chain) + root.list("equities").compactMap(SettingsReader.equity)
      settings.quotes = settings.contracts.isEmpty ? [] : SettingsReader.chainQuotes(root, settings.contracts)
      settings.quotes += SettingsReader.quotes(root, "market")
      settings.faults = SettingsReader.faults(root)
      SettingsReader.reportRepetitions(settings.contracts, root)
      return settings
    }
  }
}

extension SettingsReader {
  static func account(_ section: SettingsSection) -> SimulatedAccount? {
    let clientID = section.required("client_id", SettingsSection.clientWords, SettingsSection.client)
    let capital = section.required("capital", SettingsSection.amount, SettingsSection.rupees)
    let token = section.value("token", "a token") { $0.isEmpty ? nil : $0 }
    let addresses = section.texts("allowed_addresses")
    let pin = section.value("pin", "six digits") { $0.utf8.count == 6 && Int64($0) != nil ? $0 : nil }
    let secret = section.value("totp_secret", "base32") { SimulatorCore.base32($0) == nil ? nil : $0 }
    let positions = section.list("positions").compactMap { position -> CarriedPosition? in
      let securityID = position.required("security_id", "a security id") { SecurityID(validating: $0) }
      let product: ProductType? = position.choice("product")
      let quantity = position.integer("quantity", -10_000_000...10_000_000)
      position.finish()
      guard let securityID, let quantity else { return nil }
      return CarriedPosition(securityID: securityID, product: product ?? .margin, quantity: Quantity(quantity))
    }
    section.finish()
    guard let clientID, let capital else { return nil }
    var account = SimulatedAccount(
      clientID: clientID, capital: capital, token: token, addresses: addresses, pin: pin, totpSecret: secret)
    account.positions = positions
    return account
  }

  static func reportRepetitions(_ accounts: [SimulatedAccount], _ root: SettingsSection) {
    if Set(accounts.map(\.clientID)).count < accounts.count {
      root.mistake("accounts", "A client id stands twice.")
    }
    if Set(accounts.map(\.token)).count < accounts.count { root.mistake("accounts", "A token stands twice.") }
  }

  static func reportRepetitions(_ contracts: [Contract], _ root: SettingsSection) {
    let standard = Contract.standard(on: Day(daysSinceEpoch: 0))
    let numbers = (standard + contracts).map {
      ContractNumber(segment: $0.id.segment, securityID: $0.id.securityID)
    }
    if Set(numbers).count < numbers.count {
      root.mistake("contracts", "A security id stands twice in a segment; the standard contracts count as well.")
    }
  }

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
    let flag = section.value("expiry_flag", "M or W") { ["M", "W"].contains($0) ? $0 : nil }
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
          freezeQuantity: freeze.map { Quantity($0) },
          underlyingSecurityID: Contract.underlyingSecurityID(underlying), expiryFlag: flag ?? "M")
      }
    }
  }

  static func equity(_ section: SettingsSection) -> Contract? {
    let securityID = section.required("security_id", "a security id") { SecurityID(validating: $0) }
    let symbol = section.required("symbol", "a name such as TCS") { Underlying(validating: $0) }
    let segment: ExchangeSegment? = section.choice("segment")
    section.finish()
    guard let securityID, let symbol else { return nil }
    return Contract.equity(securityID, segment ?? .nseEquity, symbol)
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
      let bid = Paise((max(0, distance) + 10_000) / 5 * 5)
      return SimulatedQuote(
        securityID: contract.id.securityID, segment: contract.id.segment, bid: bid, ask: bid + Paise(40))
    }
  }
}
