import Domain
import Engine
import EventStore
import PaperExchange
import Projections

/// The stage: a ``World`` and everybody who acts in it, all from one seed. What happens is left to scripts.
public final class Stage {
  public let seed: UInt64
  let settings: StageSettings
  let world: World
  var random: SeededGenerator
  var market: StageMarket
  public internal(set) var checks = Checks()
  /// What was done, and when; told beside the log when a check fails.
  public private(set) var story: [(at: Timestamp, line: String)] = []
  /// How often the leader did something so far.
  private(set) var leaderActions = 0
  /// What went wrong on purpose, and how often.
  public internal(set) var troubles: [String: Int] = [:]
  private var nextName = 1
  var nextStranger: Int64 = 1
  /// The disk as it was when the log was last copied.
  var copy: DiskImage?

  /// - Parameter start: when the service starts for the first time, in a session.
  init(
    seed: UInt64, settings: StageSettings, random: SeededGenerator, start: Timestamp,
    market: StageMarket = StageMarket()
  ) {
    self.market = market
    self.seed = seed
    self.settings = settings
    self.random = random
    world = World(
      exchange: PaperExchange(
        settings: settings.exchange, instruments: market.instruments + market.others,
        accounts: settings.accounts), settings: settings.copy, start: start, seed: seed, asksQuotes: settings.asksQuotes
    )
    world.tellsReferences = settings.tellsReferences
    world.tellsLabels = settings.tellsLabels
    world.beforeCall = { [unowned self] in checks.leaves($0, log: world.log) }
    world.answersBook = { [unowned self] in checks.answers($0, askedAt: $1, $2) }
    world.afterTurn = { [unowned self] in try look() }
    world.afterDeath = { [unowned self] error in
      tell("the service ends: \(error)")
      troubles["the service ended by itself", default: 0] += 1
    }
    tell("exits \(settings.copy.exits.alternatives), unfilled \(settings.copy.unfilled), \(settings.copy.trueUp)")
    for follower in settings.copy.followers {
      tell("\(follower.name) \(follower.mode) \(follower.sizing) \(follower.limits) \(follower.filters)")
    }
  }

  var now: Timestamp { world.now }
  var exchange: PaperExchange { world.exchange }
  var state: State? { world.state }
  public var isSound: Bool { checks.findings.isEmpty }

  func tell(_ line: String) { story.append((now, line)) }

  func count(_ trouble: String) { troubles[trouble, default: 0] += 1 }

  func countLeaderAction() { leaderActions += 1 }

  func pass(_ time: Microseconds) throws { try world.advance(to: now + time) }

  /// Looks at what the engine decided in its newest turn.
  private func look() throws {
    guard let log = world.log else { return }
    do {
      try checks.follow(log)
    } catch is EventStoreError {
      // The disk's faults are drawn for the service. What it wrote is looked at on a disk that has none.
      let faults = world.disk.faults
      world.disk.faults = DiskFaults()
      defer { world.disk.faults = faults }
      try checks.follow(log)
    }
    checks.checkSides(exchange, leader: StageSettings.leader)
    if let state { checks.look(at: state) }
  }

  // MARK: - Acting

  /// Does something to the exchange and tells it.
  @discardableResult
  func act(_ action: PaperAction, _ line: String) throws -> PaperReply {
    let reply = world.act(action)
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
    try act(.phone(.place(ticket), account: StageSettings.leader), "leader \(name): \(ticket.words)")
    return name
  }

  var leaderOrders: [BrokerOrder] {
    exchange.orderBook(of: StageSettings.leader).filter { !$0.status.isFinal }
  }

  func held(_ account: ClientID, _ key: PositionKey) -> Quantity {
    exchange.positions(of: account).first { $0.key == key }?.quantity ?? .zero
  }

  func instrument(_ contract: ContractID) -> Instrument {
    guard
      let instrument = (market.instruments + market.others).first(where: { $0.contract == contract })
    else { preconditionFailure("The contract is of the stage.") }
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
