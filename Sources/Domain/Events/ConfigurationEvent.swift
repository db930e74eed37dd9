public struct ConfigurationApplied: EventPayload {
  public static let type = EventType.configurationApplied
  public var settings: CopySettings

  public init(_ settings: CopySettings) { self.settings = settings }

  public init(reading reader: inout PayloadReader, version: Int) throws {
    let baskets = try reader.optionalObject("baskets") { try BasketSettings(reading: &$0) }
    let blind = try reader.optionalInt("blind_after")
    guard blind != CopySettings.blindAfter.count else { throw reader.fault("no default for \"blind_after\"") }
    let dated = try reader.optionalObject("calendar") { try MarketCalendar(reading: &$0) }
    let entries = try reader.object("entries") { try EntrySettings(reading: &$0) }
    let exits = try reader.optionalObject("exits") { try ExitSettings(reading: &$0) }
    let followers = try reader.list("followers") { try FollowerSettings(reading: &$0) }
    let leader: ClientID = try reader.name("leader")
    let refusals = try reader.optionalList("refusals") { try RefusalRule(reading: &$0) }
    guard refusals?.isEmpty != true else { throw reader.fault("no empty list of refusals") }
    let session = try reader.optionalObject("session") { try TradingSession(reading: &$0) }
    guard dated == nil || session == nil else { throw reader.fault("one calendar") }
    let squareOff = try reader.optionalInt("square_off_from")
    let time = squareOff.flatMap { TimeOfDay(minutes: $0) }
    guard (time == nil) == (squareOff == nil) else { throw reader.fault("minutes of a day") }
    let trueUp: TrueUpPolicy = try reader.choice("true_up")
    let unfilled = try reader.optionalObject("unfilled") { try UnfilledSettings(reading: &$0) }
    self.settings = CopySettings(
      leader: leader, followers: followers, entries: entries, trueUp: trueUp,
      unfilled: unfilled ?? UnfilledSettings(), exits: exits ?? ExitSettings(), squareOffFrom: time,
      blindAfter: blind.map { Microseconds($0) } ?? CopySettings.blindAfter,
      calendar: dated ?? session.map { MarketCalendar(everyWeekday: $0) }, refusals: refusals ?? [],
      baskets: baskets)
  }

  public func write(to writer: inout PayloadWriter) {
    if let baskets = settings.baskets { writer.object("baskets") { baskets.write(to: &$0) } }
    let isDefault = settings.blindAfter == CopySettings.blindAfter
    writer.int("blind_after", isDefault ? nil : settings.blindAfter.count)
    // The same hours on every weekday are written as they were before there were dates.
    let session = settings.calendar?.everyWeekday
    if session == nil, let calendar = settings.calendar { writer.object("calendar") { calendar.write(to: &$0) } }
    writer.object("entries") { settings.entries.write(to: &$0) }
    writer.object("exits") { settings.exits.write(to: &$0) }
    writer.list("followers", settings.followers) { $1.write(to: &$0) }
    writer.name("leader", settings.leader)
    if !settings.refusals.isEmpty { writer.list("refusals", settings.refusals) { $1.write(to: &$0) } }
    if let session { writer.object("session") { session.write(to: &$0) } }
    writer.int("square_off_from", settings.squareOffFrom.map { Int64($0.minutes) })
    writer.choice("true_up", settings.trueUp)
    writer.object("unfilled") { settings.unfilled.write(to: &$0) }
  }
}

extension BasketSettings {
  init(reading reader: inout PayloadReader) throws {
    let grouping: Grouping = try reader.choice("grouping")
    let policy: MissingLegPolicy = try reader.choice("missing_leg")
    self.init(grouping: grouping, within: Microseconds(try reader.int("within")), onMissingLeg: policy)
  }

  func write(to writer: inout PayloadWriter) {
    writer.choice("grouping", grouping)
    writer.choice("missing_leg", onMissingLeg)
    writer.int("within", within.count)
  }
}

extension FollowerSettings {
  init(reading reader: inout PayloadReader) throws {
    let below: BelowOneLotPolicy = try reader.choice("below_one_lot")
    let clientID: ClientID = try reader.name("client_id")
    let mode: CopyMode = try reader.choice("copy")
    let rounding: ExitRounding = try reader.choice("exit_rounding")
    let maximumOpen = try reader.optionalInt("maximum_open_lots")
    let perOrder = try reader.optionalInt("maximum_per_order")
    let perUnderlying = try reader.optionalInt("maximum_per_underlying")
    let premium = try reader.optionalRatio("maximum_premium")
    let rupeeDelta = try reader.optionalInt("maximum_rupee_delta")
    let vega = try reader.optionalInt("maximum_vega")
    let name: FollowerName = try reader.name("name")
    let shortfall: ShortfallPolicy? = try reader.optionalText("on_shortfall").map { word in
      guard word == "step_down" else { throw reader.fault("step_down") }
      return .stepDown
    }
    let products: [ProductType]? = try reader.optionalList("products") { try $0.choice("product") }
    let sends = try reader.flag("sends")
    let stress = try reader.optionalObject("short_stress") { try ShortStress(reading: &$0) }
    let strategy = try reader.object("strategy") { try SizingStrategy(reading: &$0) }
    let underlyings: [Underlying]? = try reader.optionalList("underlyings") { try $0.name("underlying") }
    self.init(
      name: name, clientID: clientID, mode: mode,
      sizing: Sizing(
        strategy: strategy, belowOneLot: below, exitRounding: rounding, onShortfall: shortfall ?? .skip,
        shortStress: stress),
      limits: CopyLimits(
        maximumLotsPerOrder: perOrder.map { Lots($0) }, maximumLotsPerUnderlying: perUnderlying.map { Lots($0) },
        maximumOpenLots: maximumOpen.map { Lots($0) }, maximumPremium: premium,
        maximumRupeeDelta: rupeeDelta.map { Paise($0) }, maximumVega: vega.map { Paise($0) }),
      filters: CopyFilters(underlyings: underlyings, products: products), sends: sends)
  }

  func write(to writer: inout PayloadWriter) {
    writer.choice("below_one_lot", sizing.belowOneLot)
    writer.name("client_id", clientID)
    writer.choice("copy", mode)
    writer.choice("exit_rounding", sizing.exitRounding)
    writer.int("maximum_open_lots", limits.maximumOpenLots?.count)
    writer.int("maximum_per_order", limits.maximumLotsPerOrder?.count)
    writer.int("maximum_per_underlying", limits.maximumLotsPerUnderlying?.count)
    writer.ratio("maximum_premium", limits.maximumPremium)
    writer.int("maximum_rupee_delta", limits.maximumRupeeDelta?.count)
    writer.int("maximum_vega", limits.maximumVega?.count)
    writer.name("name", name)
    if sizing.onShortfall != .skip { writer.choice("on_shortfall", sizing.onShortfall) }
    if let products = filters.products { writer.list("products", products) { $0.choice("product", $1) } }
    writer.flag("sends", sends)
    if let stress = sizing.shortStress { writer.object("short_stress") { stress.write(to: &$0) } }
    writer.object("strategy") { sizing.strategy.write(to: &$0) }
    if let underlyings = filters.underlyings {
      writer.list("underlyings", underlyings) { $0.name("underlying", $1) }
    }
  }
}

extension ShortStress {
  init(reading reader: inout PayloadReader) throws {
    guard let move = try reader.optionalRatio("move") else { throw reader.fault("a move") }
    self.init(move: move, volatilityPoints: try reader.int("volatility_points"))
  }

  func write(to writer: inout PayloadWriter) {
    writer.ratio("move", move)
    writer.int("volatility_points", volatilityPoints)
  }
}

extension SizingStrategy {
  init(reading reader: inout PayloadReader) throws {
    let word = try reader.optionalText("basis")
    let fixedFollower = try reader.optionalInt("fixed_follower")
    let fixedLeader = try reader.optionalInt("fixed_leader")
    let lots = try reader.optionalInt("lots")
    let kind = try reader.text("name")
    let ratio = try reader.optionalRatio("ratio")
    let basis: CapitalBasis? =
      switch (word, fixedLeader, fixedFollower) {
      case ("start_of_day", nil, nil): .startOfDay
      case ("equity", nil, nil): .equity
      case ("available", nil, nil): .available
      case ("fixed", let leader?, let follower?): .fixed(leader: Paise(leader), follower: Paise(follower))
      case (nil, nil, nil): nil
      default: throw reader.fault("a capital basis with its numbers")
      }
    switch (kind, basis, ratio, lots) {
    case ("capital_proportional", let basis?, nil, nil): self = .capitalProportional(basis)
    case ("fixed_ratio", nil, let ratio?, nil): self = .fixedRatio(ratio)
    case ("fixed_lots", nil, nil, let lots?): self = .fixedLots(Lots(lots))
    case ("risk_based", let basis?, let share?, nil): self = .riskBased(basis, share: share)
    default: throw reader.fault("a sizing strategy with its numbers")
    }
  }

  func write(to writer: inout PayloadWriter) {
    switch self {
    case .capitalProportional(let basis):
      basis.write(to: &writer)
      writer.string("name", "capital_proportional")
    case .fixedRatio(let ratio):
      writer.string("name", "fixed_ratio")
      writer.ratio("ratio", ratio)
    case .fixedLots(let lots):
      writer.int("lots", lots.count)
      writer.string("name", "fixed_lots")
    case .riskBased(let basis, let share):
      basis.write(to: &writer)
      writer.string("name", "risk_based")
      writer.ratio("ratio", share)
    }
  }
}

extension CapitalBasis {
  fileprivate func write(to writer: inout PayloadWriter) {
    switch self {
    case .startOfDay: writer.string("basis", "start_of_day")
    case .equity: writer.string("basis", "equity")
    case .available: writer.string("basis", "available")
    case .fixed(let leader, let follower):
      writer.string("basis", "fixed")
      writer.int("fixed_follower", follower.count)
      writer.int("fixed_leader", leader.count)
    }
  }
}
