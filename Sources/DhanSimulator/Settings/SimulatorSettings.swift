import Domain
import PaperExchange

/// Everything the simulator starts with.
public struct SimulatorSettings: Sendable {
  public var paper: PaperSettings
  public var switches = Switches()
  public var limits = CallLimits()
  public var accounts: [SimulatedAccount]
  /// Beyond the standard contracts.
  public var contracts: [Contract] = []
  public var quotes: [SimulatedQuote] = []
  public var faults: [Fault] = []

  /// The accounts of the demonstration, its contracts with quotes, and no faults.
  public init(seed: UInt64 = 1) {
    self.paper = PaperSettings(seed: seed)
    self.accounts = PaperDemo.accounts.map { SimulatedAccount(clientID: $0.clientID, capital: $0.startOfDay) }
  }
}

/// One account as it stands at the start.
public struct SimulatedAccount: Hashable, Sendable {
  public var clientID: ClientID
  public var capital: Paise
  /// The access token that works at the start; by default `simulator-<client id>`.
  public var token: String
  /// Addresses that order calls may come from; with none, any may.
  public var addresses: [String]
  public var pin: String?
  /// Base32, as the user gets it when TOTP is enabled.
  public var totpSecret: String?
  public var positions: [CarriedPosition] = []

  public init(
    clientID: ClientID, capital: Paise, token: String? = nil, addresses: [String] = [], pin: String? = nil,
    totpSecret: String? = nil
  ) {
    self.clientID = clientID
    self.capital = capital
    self.token = token ?? "simulator-\(clientID)"
    self.addresses = addresses
    self.pin = pin
    self.totpSecret = totpSecret
  }
}

/// A position that was carried forward into the first day.
public struct CarriedPosition: Hashable, Sendable {
  public var securityID: SecurityID
  public var product: ProductType
  public var quantity: Quantity

  public init(securityID: SecurityID, product: ProductType, quantity: Quantity) {
    self.securityID = securityID
    self.product = product
    self.quantity = quantity
  }
}

/// What the rest of the market offers. Sizes are endless unless they are given.
public struct SimulatedQuote: Hashable, Sendable {
  /// Too large to be used up by any run.
  public static let endless = Quantity(1_000_000_000_000)

  public var securityID: SecurityID
  /// Needed only where a number stands in two segments.
  public var segment: ExchangeSegment?
  public var bid: Paise
  public var ask: Paise
  public var bidSize: Quantity
  public var askSize: Quantity

  public init(
    securityID: SecurityID, segment: ExchangeSegment? = nil, bid: Paise, ask: Paise,
    bidSize: Quantity = SimulatedQuote.endless, askSize: Quantity = SimulatedQuote.endless
  ) {
    self.securityID = securityID
    self.segment = segment
    self.bid = bid
    self.ask = ask
    self.bidSize = bidSize
    self.askSize = askSize
  }
}
