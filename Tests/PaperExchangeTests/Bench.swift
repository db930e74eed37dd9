import Domain
import Ports

@testable import PaperExchange

/// A small market for the tests: three contracts, a leader and a follower, no delay unless a test asks for one.
struct Bench {
  static let start = Timestamp("2026-11-25T04:00:00Z")!  // The literal is a time.
  static let leader: ClientID = "1000000001"
  static let asha: ClientID = "1000000002"

  static let nifty = instrument("47317", .nseFNO, "NIFTY", 24_000, .call, lot: 65, freeze: 1_755)
  static let bank = instrument("52110", .nseFNO, "BANKNIFTY", 52_000, .put, lot: 30, freeze: 600)
  static let sensex = instrument("874512", .bseFNO, "SENSEX", 80_000, .call, lot: 20, freeze: 1_000)
  static let instruments = [nifty, bank, sensex]

  static func instrument(
    _ id: SecurityID, _ segment: ExchangeSegment, _ underlying: Underlying, _ strike: Int64, _ type: OptionType,
    lot: Int64, freeze: Int64?, expiry: String = "2026-12-29"
  ) -> Instrument {
    let terms = OptionTerms(expiry: Day(expiry)!, strike: .rupees(strike), type: type)  // Written here as a day.
    return Instrument(
      contract: ContractID(segment: segment, securityID: id, option: terms), underlying: underlying,
      displayName: ShortText(stringLiteral: "\(underlying) \(strike) \(type.rawValue)"),
      lotSize: LotSize(lot)!,  // Positive, as written above.
      tickSize: Paise(5), freezeQuantity: freeze.map { Quantity($0) })
  }

  var exchange: PaperExchange
  var updates: [PaperUpdate] = []
  /// Microseconds after ``start``.
  var time = Microseconds(0)

  init(
    _ settings: PaperSettings = .immediate(), funds: Int64 = 10_000_000, positions: [BaselinePosition] = [],
    instruments: [Instrument] = Bench.instruments
  ) {
    exchange = PaperExchange(
      settings: settings, instruments: instruments,
      accounts: [
        PaperAccount(clientID: Bench.leader, startOfDay: .rupees(funds), positions: positions),
        PaperAccount(clientID: Bench.asha, startOfDay: .rupees(funds)),
      ])
  }

  var now: Timestamp { Bench.start + time }

  @discardableResult mutating func act(_ action: PaperAction) -> PaperReply {
    let reply = exchange.act(action, at: now)
    updates += exchange.advance(to: now)
    return reply
  }

  mutating func wait(_ span: Microseconds) {
    time = Microseconds(time.count + span.count)
    updates += exchange.advance(to: now)
  }

  mutating func quote(
    _ bid: Int64, _ ask: Int64, of instrument: Instrument = Bench.nifty, size: Int64 = 6_500, askSize: Int64? = nil
  ) {
    act(
      .quote(
        PaperQuote(
          contract: instrument.contract, bid: Paise(bid), ask: Paise(ask), bidSize: Quantity(size),
          askSize: Quantity(askSize ?? size))))
  }

  static func ticket(
    _ side: Side, _ units: Int64, at price: Int64, of instrument: Instrument = Bench.nifty,
    product: ProductType = .margin, type: OrderType = .limit, validity: Validity = .day, trigger: Int64 = 0,
    label: CorrelationID? = nil, name: String? = nil
  ) -> PaperTicket {
    PaperTicket(
      correlationID: label, key: PositionKey(contract: instrument.contract, product: product), side: side, type: type,
      validity: validity, quantity: Quantity(units), price: Paise(price), triggerPrice: Paise(trigger), name: name)
  }

  /// Places by hand and returns the order's number.
  @discardableResult mutating func place(_ ticket: PaperTicket, _ account: ClientID = Bench.leader) -> OrderID {
    guard case .accepted(let id) = act(.phone(.place(ticket), account: account)).outcome else { return "refused" }
    return id
  }

  func order(_ id: OrderID, _ account: ClientID = Bench.leader) -> BrokerOrder? { exchange.order(id, of: account) }

  func held(_ account: ClientID, _ instrument: Instrument = Bench.nifty, _ product: ProductType = .margin) -> Int64 {
    exchange.positions(of: account)
      .first { $0.key == PositionKey(contract: instrument.contract, product: product) }?.quantity.units ?? 0
  }

  /// How an order came to where it is, as its updates told.
  func course(of id: OrderID) -> [String] {
    updates.filter { $0.order.orderID == id }.map { "\($0.order.status.rawValue) \($0.order.filled)" }
  }
}
