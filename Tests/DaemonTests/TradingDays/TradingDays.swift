import Domain
import Engine
import EventStore
import PaperExchange
import Projections
import TestSupport

@testable import Daemon

/// The stage: exchange, engine and everybody who acts, in virtual time, all from one seed.
final class TradingDays {
  let seed: UInt64
  let settings: DaySettings
  let session: PaperSession
  let log = MemoryEventLog()
  var random: SeededGenerator
  var market = DayMarket()
  var checks: DayChecks
  /// What was done, and when; told beside the log when a check fails.
  private(set) var story: [(at: Timestamp, line: String)] = []
  /// How often the leader did something so far.
  private(set) var leaderActions = 0
  private var nextName = 1

  /// Wednesday, 25 November 2026, 15:02 in India: late enough for the broker's square-off to come after a few minutes.
  static let firstDay = Timestamp(microseconds: 1_795_581_000_000_000 + 302 * 60_000_000)

  init(seed: UInt64) throws {
    self.seed = seed
    var random = SeededGenerator(seed: seed)
    settings = DaySettings(seed: seed, &random)
    self.random = random
    session = PaperSession(
      exchange: PaperExchange(
        settings: settings.exchange, instruments: DayMarket.instruments + DayMarket.others, accounts: settings.accounts),
      settings: settings.copy, clock: SteppedClock(TradingDays.firstDay), asksQuotes: settings.asksQuotes)
    session.tellsReferences = settings.tellsReferences
    checks = DayChecks()
    tell("exits \(settings.copy.exits.alternatives), unfilled \(settings.copy.unfilled), \(settings.copy.trueUp)")
    for follower in settings.copy.followers {
      tell("\(follower.name) \(follower.mode) \(follower.sizing) \(follower.limits) \(follower.filters)")
    }
  }

  var now: Timestamp { session.clock.now() }
  var exchange: PaperExchange { session.exchange }
  var state: State? { session.engine?.state }

  func countLeaderAction() { leaderActions += 1 }

  func tell(_ line: String) { story.append((now, line)) }

  /// Lets time pass, and looks at what the engine decided meanwhile.
  func pass(_ time: Microseconds) throws {
    try session.advance(to: now + time)
    try look()
  }

  func look() throws {
    try checks.take(log)
    if let state { checks.look(at: state) }
  }

  // MARK: - Acting

  /// Does something to the exchange and tells it.
  @discardableResult
  func act(_ action: PaperAction, _ line: String) throws -> PaperReply {
    let reply = try session.act(action)
    if case .call(.refused(_, let text), _) = reply {
      tell("\(line) – refused: \(text)")
    } else if case .refused(let text) = reply {
      tell("\(line) – refused: \(text)")
    } else {
      tell(line)
    }
    return reply
  }

  /// The leader hands in an order; its name finds it again.
  @discardableResult
  func leaderPlaces(_ ticket: PaperTicket) throws -> String {
    var ticket = ticket
    let name = "n\(nextName)"
    nextName += 1
    ticket.name = name
    try act(.phone(.place(ticket), account: DaySettings.leader), "leader \(name): \(ticket.words)")
    return name
  }

  var leaderOrders: [BrokerOrder] {
    exchange.orderBook(of: DaySettings.leader).filter { !$0.status.isFinal }
  }

  func held(_ account: ClientID, _ key: PositionKey) -> Quantity {
    exchange.positions(of: account).first { $0.key == key }?.quantity ?? .zero
  }

  func instrument(_ contract: ContractID) -> Instrument {
    guard
      let instrument = (DayMarket.instruments + DayMarket.others).first(where: { $0.contract == contract })
    else { preconditionFailure("The contract is of the two days.") }
    return instrument
  }

  func between(_ shortest: Int, _ longest: Int) -> Microseconds {
    .milliseconds(Int64(shortest + random.below(longest - shortest + 1)))
  }
}

extension PaperTicket {
  var words: String {
    let trigger = triggerPrice > .zero ? " trigger \(triggerPrice)" : ""
    return
      "\(side) \(quantity.units) of \(key.contract.securityID) \(key.product) \(type) \(price)\(trigger) \(validity)"
  }
}
