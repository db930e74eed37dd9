import Domain
import Engine
import EventStore
import PaperExchange
import Projections

/// One short session on a bad day, from a seed: first everything goes wrong that the seed draws, and only what must never happen is
/// looked for; then everything heals, and all accounts have to come to agree.
///
/// The same seed gives the same run, event by event.
public struct Simulation {
  public let seed: UInt64
  public let stage: Stage
  /// How many things the leader does before everything heals.
  private let actions: Int
  /// Whether the log is put back from an older copy, and another instance trades: in every tenth session, since a follower that halts
  /// shows little else.
  private var meetsLogTrouble: Bool { seed.isMultiple(of: 10) }

  public init(seed: UInt64) {
    self.seed = seed
    var random = SeededGenerator(seed: seed)
    let members = [[0, 1], [0, 2], [1, 3], [0, 4], [2, 4], [0, 1, 2]]
    var settings = StageSettings(seed: seed, members: random.pick(members), joins: false, &random)
    settings.copy.baskets = Simulation.baskets(seed)
    Simulation.limitGreeks(&settings.copy, seed)
    settings.exchange.faults = Simulation.exchangeFaults(&random)
    settings.exchange.positionsLag = random.chance(30) ? .milliseconds(Int64(random.below(2_000))) : Microseconds(0)
    actions = 8 + random.below(18)
    let faults = Simulation.worldFaults(&random)
    // Sometimes so late that the broker's square-off comes meanwhile.
    let start = TradingDays.firstDay + .seconds(Int64(random.chance(10) ? 12 * 60 : random.below(600)))
    let hours = DrawnHours.draw(seed, start: start)
    settings.copy.calendar = hours?.calendar
    stage = Stage(seed: seed, settings: settings, random: random, start: hours?.start ?? start)
    stage.world.faults = faults
  }

  /// In every tenth session legs that belong together are entered together.
  private static func baskets(_ seed: UInt64) -> BasketSettings? {
    guard seed % 10 == 9 else { return nil }
    var random = SeededGenerator(seed: seed ^ 0xBA5)
    return BasketSettings(
      grouping: .window, within: .milliseconds(Int64(300 + random.below(2_700))),
      onMissingLeg: random.pick(MissingLegPolicy.allCases))
  }

  /// In every tenth session entries are bound by Greeks, and shorts that are sized by risk by what they may lose.
  private static func limitGreeks(_ settings: inout CopySettings, _ seed: UInt64) {
    guard seed % 10 == 7, let move = Ratio(2, 100) else { return }
    var random = SeededGenerator(seed: seed ^ 0x67EE)
    for index in settings.followers.indices {
      if random.chance(70) {
        settings.followers[index].limits.maximumRupeeDelta = .rupees(Int64(500_000 + random.below(6_000_000)))
      }
      if random.chance(50) { settings.followers[index].limits.maximumVega = .rupees(Int64(500 + random.below(6_000))) }
      if case .riskBased = settings.followers[index].sizing.strategy {
        settings.followers[index].sizing.shortStress = ShortStress(move: move, volatilityPoints: 3)
      }
    }
  }

  private static func exchangeFaults(_ random: inout SeededGenerator) -> PaperFaultPlan {
    var faults = PaperFaultPlan.none
    func rate(_ most: Int) -> Int64 { random.chance(50) ? Int64(random.below(most)) : 0 }
    faults.requestsLost = rate(60)
    faults.repliesLost = rate(60)
    faults.serverErrorsTaken = rate(40)
    faults.serverErrorsNotTaken = rate(40)
    faults.takenLate = rate(40)
    faults.lateness = PaperDelay(from: .milliseconds(200), to: .seconds(9))
    faults.updatesDropped = rate(80)
    faults.updatesDuplicated = rate(80)
    faults.updatesReordered = rate(80)
    return faults
  }

  private static func worldFaults(_ random: inout SeededGenerator) -> WorldFaults {
    var faults = WorldFaults()
    func rate(_ most: Int) -> Int { random.chance(40) ? random.below(most) : 0 }
    faults.callsHang = rate(40)
    faults.callsNotWritten = rate(60)
    faults.callsRateLimited = rate(60)
    faults.readingsHang = rate(60)
    faults.readingsUnreadable = rate(100)
    faults.readingsRateLimited = rate(60)
    faults.readingsLag = rate(200)
    faults.booksIncomplete = rate(60)
    faults.booksEmpty = rate(100)
    faults.framesLate = rate(60)
    return faults
  }

  /// - Throws: what the simulation itself cannot go on with; findings are no errors.
  public func run() throws -> SimulationOutcome {
    try stage.runBadDay(actions: actions, meetsLogTrouble: meetsLogTrouble)
    return stage.outcome
  }
}

extension Stage {
  var outcome: SimulationOutcome {
    SimulationOutcome(
      seed: seed, violations: checks.findings.violations, troubles: troubles, met: checks.met, excuses: checks.excuses,
      events: checks.eventCount, lastHash: checks.lastHash, repeatedAttempts: checks.repeatedAttempts,
      surplus: checks.surplus)
  }

  fileprivate func runBadDay(actions: Int, meetsLogTrouble: Bool) throws {
    try showAllPrices()
    try world.start()
    try pass(.seconds(3))
    while isSound, leaderActions < actions {
      if meetsLogTrouble, random.chance(12) { try logMeetsTrouble() }
      switch random.below(100) {
      case 0..<45: try leaderActs()
      case 45..<70: try marketMoves()
      case 70..<74: try ownerTrades()
      case 74..<76: try ownerCancels()
      case 76..<79: try exchangeEndsAnOrder()
      case 79..<94: try troubleComes()
      default: troublesPass()
      }
      try pass(random.chance(35) ? between(0, 120) : between(200, 3_000))
    }
    guard isSound else { return }
    heal()
    try converge()
  }

  /// With everything well, the leader leaves; all followers have to be out, and log and exchange to agree.
  func converge() throws {
    try pass(.seconds(45))
    if !world.isRunning { try world.start() }
    try pass(.seconds(2))
    world.say(.running, to: nil)
    for name in settings.names { world.say(.running, to: name) }
    try pass(.seconds(35))
    if let calendar = settings.copy.calendar, !calendar.isOpen(at: now) {
      try pass(calendar.nextOpening(after: now) + .seconds(5) - now)
    }
    try leaderLeaves(market.instruments + market.others)
    guard isSound else { return }
    try pass(.seconds(90))
    try letLaddersEnd()
    guard let state, let log = world.log else {
      return checks.findings.fail("the service does not run, and nothing is wrong")
    }
    let contracts = market.instruments.map(\.contract)
    checks.expectFlat(contracts, state)
    checks.expectAgreement(contracts, state, exchange)
    checks.expectEnds(state, exchange)
    checks.expectOwnersUntouched(state, carried: carried)
    checks.expectOneOrderALabel(exchange)
    checks.expectStrangersLeftAlone(exchange)
    try checks.expectReplay(log, state)
    try world.stop()
    let report = try LogVerifier.verify(
      path: World.storePath, vfs: world.disk.vfsName,
      decode: { type, version, payload in
        _ = try LogFold.decode(type: type, version: version, payload: payload)
      })
    if !report.isSound { checks.findings.fail("promise 10: the log does not verify: \(report)") }
  }

  /// Where the market has gone far from what the leader got, an exit needs more than a minute for its way there, four ticks at a
  /// time (rule 14).
  private func letLaddersEnd() throws {
    for _ in 0..<40 {
      let isClimbing = state?.followers.contains { $0.ledgers.values.contains { $0.open(.exit) > .zero } } ?? false
      guard isClimbing, isSound else { return }
      try pass(.seconds(30))
    }
  }
}
