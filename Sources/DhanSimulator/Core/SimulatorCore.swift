import Domain
import PaperExchange

/// The simulator without a socket: requests go in with the time, replies and what is to be done with streams come out.
///
/// Like the exchange inside it, it knows no clock: time never goes back, and nothing happens by itself. Whoever holds it
/// calls ``advance(to:)`` at ``nextDue``.
struct SimulatorCore {
  var exchange: PaperExchange
  var switches: Switches
  var limits: CallLimits
  var faults: [Fault]
  let contracts: [ContractID: Contract]
  let numbers: [ContractNumber: ContractID]
  let listed: [Contract]
  let startingQuotes: [SimulatedQuote]
  var accounts: [ClientID: AccountRecord]
  /// The account of every token that works.
  var tokens: [String: ClientID] = [:]
  var streams: [Int: StreamRecord] = [:]
  var nextStream = 1
  /// Of handshakes that were not admitted and are not answered yet, oldest first.
  var refusedHandshakes: [Fault] = []
  /// Updates that a fault holds back.
  var heldUpdates: [HeldUpdate] = []
  /// What is to be done with streams since ``takeEffects()``.
  var effects: [StreamEffect] = []
  var superOrders: [SuperOrder] = []
  var foreverOrders: [ForeverOrder] = []
  var conditionalOrders: [ConditionalOrder] = []
  var profitExits: [ClientID: ProfitExit] = [:]
  var legNames: [OrderID: OrderLeg] = [:]
  var chance: SplitMix64
  var mintedTokens: UInt64 = 0

  /// - Precondition: no two accounts have one client id or one token, and no two contracts one number in a segment.
  init(_ settings: SimulatorSettings, at now: Timestamp) {
    let listed = Contract.standard(on: now.indianDay) + settings.contracts
    self.listed = listed
    self.contracts = Dictionary(uniqueKeysWithValues: listed.map { ($0.id, $0) })
    self.numbers = Dictionary(
      uniqueKeysWithValues: listed.map { (ContractNumber(segment: $0.id.segment, securityID: $0.id.securityID), $0.id) }
    )
    self.switches = settings.switches
    self.limits = settings.limits
    self.faults = settings.faults
    self.startingQuotes = Contract.standardQuotes + settings.quotes
    self.chance = SplitMix64(seed: settings.paper.seed)
    let byNumber = Dictionary(listed.map { ($0.id.securityID, $0.id) }, uniquingKeysWith: { first, _ in first })
    self.exchange = PaperExchange(
      settings: settings.paper, instruments: listed.map(\.instrument),
      accounts: settings.accounts.map { account in
        PaperAccount(
          clientID: account.clientID, startOfDay: account.capital,
          positions: account.positions.compactMap { position in
            byNumber[position.securityID].map {
              BaselinePosition(key: PositionKey(contract: $0, product: position.product), quantity: position.quantity)
            }
          })
      })
    let validUntil = now + settings.switches.tokenValidity
    self.accounts = Dictionary(
      uniqueKeysWithValues: settings.accounts.map { ($0.clientID, AccountRecord($0, tokenValidUntil: validUntil)) })
    for account in settings.accounts { tokens[account.token] = account.clientID }
    if switches.marketHours == .closed { _ = exchange.act(.endOfDay, at: now) } else { showStartingQuotes(at: now) }
  }

  /// When ``advance(to:)`` has something to do.
  var nextDue: Timestamp? {
    let held = heldUpdates.map(\.due).min()
    guard let due = exchange.nextDue else { return held }
    return min(due, held ?? due)
  }

  /// Does what is due by `now`; effects wait for ``takeEffects()``.
  mutating func advance(to now: Timestamp) {
    for update in exchange.advance(to: now) {
      followSuperOrder(update, at: now)
      deliver(update, at: now)
    }
    deliverHeld(at: now)
    watchPrices(at: now)
  }

  mutating func takeEffects() -> [StreamEffect] {
    if effects.isEmpty { return [] }
    defer { effects = [] }
    return switches.streamFrames == .single ? effects : merged(effects)
  }

  mutating func showStartingQuotes(at now: Timestamp) {
    for quote in startingQuotes {
      guard let contract = contract(quote.segment, quote.securityID) else { continue }
      _ = exchange.act(
        .quote(
          PaperQuote(
            contract: contract, bid: quote.bid, ask: quote.ask, bidSize: quote.bidSize, askSize: quote.askSize)),
        at: now)
    }
  }

  /// The contract of a number; without a segment the first one that has it.
  func contract(_ segment: ExchangeSegment?, _ securityID: SecurityID) -> ContractID? {
    if let segment { return numbers[ContractNumber(segment: segment, securityID: securityID)] }
    return listed.first { $0.id.securityID == securityID }?.id
  }

  /// Whether something of a chance in thousandths happens now.
  mutating func happens(_ permille: Int64) -> Bool { permille >= 1_000 || chance.next(below: 1_000) < permille }
}

/// What names a contract on the wire.
struct ContractNumber: Hashable {
  let segment: ExchangeSegment
  let securityID: SecurityID

  // Looked up for every order: the number alone tells almost all apart.
  func hash(into hasher: inout Hasher) { hasher.combine(securityID) }
}
