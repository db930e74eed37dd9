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
        root.list("contracts").flatMap(SettingsReader.chain) + root.list("futures").compactMap(SettingsReader.future)
        + root.list("equities").compactMap(SettingsReader.equity)
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
}
