import Domain
import PaperExchange

/// How the leader's account and five followers are set up on the stage, drawn from the seed.
public struct StageSettings {
  static let leader: ClientID = "1000000001"
  static let family: [FollowerName] = ["asha", "vikram", "ravi", "meena", "kiran"]

  /// Those of the family who take part.
  let names: [FollowerName]
  var copy: CopySettings
  /// The follower who joins during the first day; `nil` where all are there from the beginning.
  var joiner: FollowerSettings?
  var accounts: [PaperAccount]
  var exchange: PaperSettings
  let asksQuotes: Bool
  let tellsReferences: Bool
  let tellsLabels: Bool

  /// Everybody who takes part, with the number of his account.
  var members: [(name: FollowerName, client: ClientID)] {
    names.compactMap { name in
      StageSettings.family.firstIndex(of: name).map { (name, StageSettings.client($0)) }
    }
  }

  static func client(_ index: Int) -> ClientID { ClientID(stringLiteral: "\(1_000_000_002 + index)") }

  /// - Parameters:
  ///   - members: which of the family take part, by their places.
  ///   - joins: whether one of them may come later.
  init(seed: UInt64, members: [Int] = Array(family.indices), joins: Bool = true, _ random: inout SeededGenerator) {
    names = members.map { StageSettings.family[$0] }
    var followers = members.map { StageSettings.follower($0, &random) }
    joiner = joins && random.chance(35) ? followers.remove(at: random.below(followers.count)) : nil
    copy = CopySettings(
      leader: StageSettings.leader, followers: followers,
      entries: EntrySettings(
        resting: random.pick([.skip, .copy]), afterMarket: random.pick([AfterMarketPolicy.wait, .copy])),
      trueUp: random.pick([TrueUpPolicy.trimShorts, .trim, .keep]),
      unfilled: UnfilledSettings(
        after: .seconds(Int64(1 + random.below(5))), action: random.pick(UnfilledSettings.Action.allCases)),
      exits: ExitSettings(alternatives: random.chance(30) ? .all : .stopOnly),
      squareOffFrom: TimeOfDay("15:15"), refusals: random.chance(85) ? StageSettings.refusals : [])
    accounts = StageSettings.accounts(&random)
    exchange = StageSettings.exchange(seed: seed, &random)
    asksQuotes = random.chance(60)
    tellsReferences = random.chance(75)
    var ofLabels = SeededGenerator(seed: seed ^ 0x1ABE1)
    tellsLabels = ofLabels.chance(67)
  }

  /// A rule for every meaning that has a consequence of its own.
  static let refusals = [
    RefusalRule(says: ["will result in margin shortfall"], meaning: .hedgeBreak, treatment: .retry),
    RefusalRule(says: ["ban period"], meaning: .banPeriod, treatment: .skip),
    RefusalRule(says: ["suspended"], meaning: .accountBlocked, treatment: .stopAccount),
    RefusalRule(says: ["freeze"], meaning: .freezeQuantity, treatment: .retry),
    RefusalRule(says: ["lpp"], meaning: .priceBand, treatment: .retry),
    RefusalRule(says: ["market is closed"], meaning: .marketClosed, treatment: .wait),
    RefusalRule(says: ["insufficient"], meaning: .insufficientMargin, treatment: .retry),
  ]

  /// What a broker or an exchange may say; some of it is in no table.
  static let refusalTexts = [
    "Insufficient Funds", "Squaring off this position will result in margin shortfall", "NIFTY is in Ban Period",
    "Client suspended", "Quantity above freeze limit", "LPP check failed", "Market is Closed!", "Blocked for review",
  ]

  private static func follower(_ index: Int, _ random: inout SeededGenerator) -> FollowerSettings {
    let strategy: SizingStrategy
    var mode = CopyMode.placement
    switch index {
    case 0, 1: strategy = .capitalProportional(random.pick([CapitalBasis.startOfDay, .equity, .available]))
    case 2:
      strategy = .fixedRatio(ratio(random.pick(["1/2", "7/3", "2", "3/10", "1"])))
      mode = random.chance(75) ? .fill : .placement
    case 3: strategy = .fixedLots(Lots(Int64(1 + random.below(6))))
    default: strategy = .riskBased(.startOfDay, share: ratio(random.pick(["1/20", "1/5", "1/2"])))
    }
    var limits = CopyLimits()
    if random.chance(25) { limits.maximumLotsPerOrder = Lots(Int64(1 + random.below(8))) }
    if random.chance(25) { limits.maximumLotsPerUnderlying = Lots(Int64(3 + random.below(15))) }
    if random.chance(25) { limits.maximumOpenLots = Lots(Int64(4 + random.below(25))) }
    var filters = CopyFilters()
    if random.chance(15) { filters.underlyings = ["NIFTY", "ITC"] }
    if random.chance(15) { filters.products = [random.pick([ProductType.margin, .intraday])] }
    return FollowerSettings(
      name: family[index], clientID: client(index), mode: mode,
      sizing: Sizing(
        strategy: strategy, belowOneLot: random.pick([BelowOneLotPolicy.skip, .oneLot]),
        exitRounding: random.pick([ExitRounding.byRisk, .lagging, .nearest, .leading]),
        onShortfall: random.pick([ShortfallPolicy.skip, .stepDown])),
      limits: limits, filters: filters)
  }

  private static func ratio(_ text: String) -> Ratio {
    guard let ratio = Ratio(text) else { preconditionFailure("\(text) is no ratio.") }
    return ratio
  }

  /// The leader with a crore; followers with 30 % and 150 % of it, and the last with little money.
  private static func accounts(_ random: inout SeededGenerator) -> [PaperAccount] {
    func carried(_ percent: Int) -> [BaselinePosition] {
      guard random.chance(percent) else { return [] }
      return StageMarket.instruments.filter { _ in random.chance(30) }.map { instrument in
        let lots = Int64(random.below(9) - 4)
        return BaselinePosition(
          key: PositionKey(contract: instrument.contract, product: .margin),
          quantity: Quantity(instrument.lotSize.units * lots))
      }.filter { $0.quantity != .zero }
    }
    let capitals: [Int64] = [3_000_000, 15_000_000, 8_000_000, 8_000_000, 600_000]
    return [PaperAccount(clientID: leader, startOfDay: .rupees(10_000_000), positions: carried(50))]
      + capitals.enumerated().map { index, capital in
        PaperAccount(clientID: client(index), startOfDay: .rupees(capital), positions: carried(20))
      }
  }

  private static func exchange(seed: UInt64, _ random: inout SeededGenerator) -> PaperSettings {
    var settings = PaperSettings(seed: seed)
    if random.chance(40) {
      settings.faults.updatesDuplicated = 40
      settings.faults.updatesReordered = 40
      settings.faults.updatesDropped = random.chance(60) ? 40 : 0
    }
    if random.chance(40) {
      settings.faults.repliesLost = 15
      settings.faults.requestsLost = 15
      settings.faults.serverErrorsTaken = 10
      settings.faults.serverErrorsNotTaken = 10
      if random.chance(25) { settings.faults.takenLate = 10 }
    }
    if random.chance(50) { settings.stopLossMarketOrders = .limitAtOnce }
    settings.showsConvertedOrdersAsLimit = random.chance(70)
    settings.showsAverageOfPartialFills = random.chance(80)
    settings.dayOrdersExpire = random.chance(80)
    return settings
  }
}
