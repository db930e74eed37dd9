import Domain
import Engine
import EventStore
import PaperExchange
import Projections

@testable import Daemon

/// A leader and one follower who copies him one for one, over days and nights: Wednesday, 25 November 2026, and after.
final class PaperDays {
  static let wednesday = day(25)
  static let thursday = day(26)
  /// Expires on Wednesday.
  static let near = option("61001", day(25), 24_000)
  static let far = option("47317", Day(daysSinceEpoch: day(25).daysSinceEpoch + 34), 24_500)
  static let (leader, asha): (ClientID, ClientID) = ("1000000001", "1000000002")

  let session: PaperSession
  let log = MemoryEventLog()

  static func day(_ number: Int) -> Day { Day(year: 2026, month: 11, day: number) ?? Day(daysSinceEpoch: 0) }

  private static func option(_ id: SecurityID, _ expiry: Day, _ strike: Int64) -> Instrument {
    guard let lot = LotSize(65) else { preconditionFailure("A lot has units.") }
    return Instrument(
      contract: ContractID(
        segment: .nseFNO, securityID: id, option: OptionTerms(expiry: expiry, strike: .rupees(strike), type: .call)),
      underlying: "NIFTY", displayName: ShortText(stringLiteral: "NIFTY \(strike) CALL"), lotSize: lot,
      tickSize: Paise(5), freezeQuantity: nil)
  }

  init(
    entries: EntrySettings = EntrySettings(), blindAfter: Microseconds = .seconds(60),
    calendar: MarketCalendar? = nil
  ) throws {
    let accounts = [PaperDays.leader, PaperDays.asha].map {
      PaperAccount(clientID: $0, startOfDay: .rupees(10_000_000))
    }
    let settings = CopySettings(
      leader: PaperDays.leader,
      followers: [
        FollowerSettings(name: "asha", clientID: PaperDays.asha, sizing: Sizing(strategy: .fixedRatio(.one)))
      ], entries: entries, blindAfter: blindAfter, calendar: calendar)
    let start = PaperDays.wednesday.startInIndia + .seconds(10 * 3_600)
    session = PaperSession(
      exchange: PaperExchange(
        settings: PaperSettings(seed: 1), instruments: [PaperDays.near, PaperDays.far], accounts: accounts),
      settings: settings, clock: SteppedClock(start))
    try quote()
    try session.start(log, version: "test")
  }

  var state: State? { session.engine?.state }

  func quote(size: Int64 = 65_000) throws {
    for instrument in [PaperDays.near, PaperDays.far] {
      try session.act(
        .quote(
          PaperQuote(
            contract: instrument.contract, bid: Paise(9_990), ask: Paise(10_010), bidSize: Quantity(size),
            askSize: Quantity(size))))
    }
  }

  func pass(_ seconds: Int64) throws { try session.advance(to: session.clock.now() + .seconds(seconds)) }

  func until(_ day: Day, _ time: String) throws {
    guard let time = TimeOfDay(time) else { return }
    try session.advance(to: day.inIndia(at: time))
  }

  /// By hand, and what follows from it within two seconds.
  func trades(
    _ side: Side, _ lots: Int64, of instrument: Instrument = PaperDays.far,
    at price: Int64? = nil, by account: ClientID = PaperDays.leader,
    afterMarket: Bool? = nil
  ) throws {
    let ticket = PaperTicket(
      key: key(instrument), side: side, quantity: Quantity(lots * 65),
      price: Paise(price ?? (side == .buy ? 10_050 : 9_950)), afterMarket: afterMarket)
    try session.act(.phone(.place(ticket), account: account))
    try pass(2)
  }

  func key(_ instrument: Instrument) -> PositionKey { PositionKey(contract: instrument.contract, product: .margin) }

  /// Signed lots at the exchange.
  func held(_ account: ClientID, _ instrument: Instrument = PaperDays.far) -> Int64 {
    (session.exchange.positions(of: account).first { $0.key == key(instrument) }?.quantity.units ?? 0) / 65
  }

  /// Signed lots of ours, as the log has them.
  func ours(_ instrument: Instrument = PaperDays.far) -> Int64 {
    (state?.followers[0].ledgers[key(instrument)]?.held.units ?? 0) / 65
  }

  var resting: [BrokerOrder] { session.exchange.orderBook(of: PaperDays.asha).filter { !$0.status.isFinal } }

  /// The market closes on Wednesday and opens on Thursday; the engine may be stopped by then.
  func night() throws {
    try until(PaperDays.wednesday, "15:40")
    try session.act(.endOfDay)
    try until(PaperDays.thursday, "09:00")
    try session.act(.startOfDay)
    try quote()
  }

  func count(_ type: EventType) throws -> Int { try log.events().count { $0.draft.type == type.name } }

  /// What the log says by itself is what the engine believes, and its decisions come out again (promise 8).
  func replays() throws -> Bool {
    var verifier = ReplayVerifier()
    for event in try log.events() {
      let decoded = try event.draft.payload.withUnsafeBytes { bytes in
        try event.draft.type.withBytes {
          try LogFold.decode(type: $0, version: event.draft.schemaVersion, payload: bytes)
        }
      }
      verifier.take(
        decoded, sequence: event.sequence, recordedAt: event.draft.recordedAt, causation: event.draft.causation)
    }
    verifier.finish()
    return verifier.failure == nil
  }
}
