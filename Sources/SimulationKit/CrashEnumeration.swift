import Domain
import PaperExchange

/// One session in which everything happens that leaves a trace (orders above the freeze limit, a change, partial fills, a cancel, an
/// exit, for two followers), ended at every step of it, and again at the steps of its recovery.
public enum CrashEnumeration {
  /// How many steps of each kind the session has.
  public struct Steps: Hashable, Sendable {
    public let diskOperations: Int
    public let calls: Int
    public let replies: Int

    /// Every way to end it once.
    public var plans: [CrashPlan] {
      let disk = (1...max(1, diskOperations)).map { CrashPlan.Point.diskOperation($0) }
      let calls = (1...max(1, calls)).flatMap { [CrashPlan.Point.beforeCall($0), .afterCall($0)] }
      let replies = (1...max(1, replies)).map { CrashPlan.Point.beforeReply($0) }
      return (disk + calls + replies).flatMap { [CrashPlan($0, cutsPower: false), CrashPlan($0, cutsPower: true)] }
    }
  }

  /// Runs the session to its end without a crash.
  public static func steps() throws -> Steps {
    let stage = stage()
    try stage.playCrashSession()
    return Steps(
      diskOperations: stage.world.disk.operations, calls: stage.world.callCount, replies: stage.world.replyCount)
  }

  /// What happens in it, event by event, for a person.
  public static func story() throws -> String {
    let stage = stage()
    try stage.playCrashSession()
    return try stage.report()
  }

  /// Runs it with an end in it, and what comes after.
  public static func run(_ plan: CrashPlan?) throws -> SimulationOutcome {
    let stage = stage()
    stage.world.crashPlan = plan
    try stage.playCrashSession()
    if stage.isSound { try stage.converge() }
    return stage.outcome
  }

  /// Both follow with limits, at a half and at the leader's own size.
  private static func stage() -> Stage {
    var random = SeededGenerator(seed: 1)
    var settings = StageSettings(seed: 1, members: [0, 1], joins: false, &random)
    let ratios = [Ratio("1/2"), Ratio("1")].compactMap { $0 }
    settings.copy.followers = zip(settings.members, ratios).map { member, ratio in
      FollowerSettings(
        name: member.name, clientID: member.client, sizing: Sizing(strategy: .fixedRatio(ratio)))
    }
    settings.copy.exits = ExitSettings()
    settings.accounts = settings.accounts.map { PaperAccount(clientID: $0.clientID, startOfDay: .rupees(50_000_000)) }
    settings.exchange = PaperSettings(seed: 1)
    return Stage(seed: 1, settings: settings, random: random, start: TradingDays.firstDay)
  }
}

extension Stage {
  /// The leader acts at the same moments whether the service lives or not.
  fileprivate func playCrashSession() throws {
    let put = StageMarket.instruments[1]
    let call = StageMarket.instruments[0]
    let key = PositionKey(contract: put.contract, product: .margin)
    let other = PositionKey(contract: call.contract, product: .intraday)
    try showAllPrices()
    try world.start()
    try pass(.seconds(3))
    // Above the freeze limit of four lots: two children for the one who copies it whole.
    let first = try leaderPlaces(
      PaperTicket(
        key: key, side: .buy, quantity: put.lotSize.quantity(of: Lots(4)), price: market.away(-6, put)))
    let second = try leaderPlaces(
      PaperTicket(
        key: key, side: .buy, quantity: put.lotSize.quantity(of: Lots(4)), price: market.away(-6, put)))
    let resting = try leaderPlaces(
      PaperTicket(
        key: other, side: .buy, quantity: call.lotSize.quantity(of: Lots(6)), price: market.away(-20, call)))
    try pass(.milliseconds(400))
    // A better price, which a part of the market meets.
    for name in [first, second] {
      try act(
        .phone(.modify(.name(name), PaperChange(price: market.away(4, put))), account: StageSettings.leader),
        "leader modifies \(name)")
    }
    try show(market.quote(put, bidLots: 400, askLots: 9))
    try pass(.milliseconds(500))
    try show(market.quote(put, bidLots: 400, askLots: 400))
    try act(
      .phone(
        .modify(.name(resting), PaperChange(quantity: call.lotSize.quantity(of: Lots(10)))),
        account: StageSettings.leader), "leader raises \(resting)")
    try pass(.milliseconds(600))
    try act(.phone(.cancel(.name(resting)), account: StageSettings.leader), "leader cancels \(resting)")
    try pass(.milliseconds(300))
    for _ in 0..<2 {
      try leaderPlaces(
        PaperTicket(
          key: key, side: .sell, quantity: put.lotSize.quantity(of: Lots(4)), price: market.away(-4, put)))
      try pass(.milliseconds(200))
    }
    try pass(.seconds(2))
  }
}
