import Domain

extension RandomEvents {
  mutating func settings() -> CopySettings {
    CopySettings(
      leader: name(), followers: (0..<Int.random(in: 0...4, using: &random)).map { _ in follower() },
      entries: EntrySettings(
        maximumAge: Microseconds(integer()), priceBand: ratio(), resting: random.pick(RestingPolicy.allCases),
        afterMarket: random.pick(AfterMarketPolicy.allCases)),
      trueUp: random.pick(TrueUpPolicy.allCases),
      unfilled: UnfilledSettings(
        after: Microseconds(integer()), action: random.pick(UnfilledSettings.Action.allCases)),
      exits: ExitSettings(
        alternatives: random.pick(ExitSettings.Alternatives.allCases), firstAfter: Microseconds(integer()),
        interval: Microseconds(integer()), stepTicks: integer(), band: ratio()),
      squareOffFrom: flag() ? TimeOfDay("15:15") : nil,
      blindAfter: Microseconds(integer()), calendar: flag() ? calendar() : nil, refusals: flag() ? refusals() : [])
  }

  private mutating func calendar() -> MarketCalendar? {
    guard let open = TimeOfDay("09:15"), let close = TimeOfDay("15:40") else { return nil }
    let session = TradingSession(open: open, close: close)
    if flag() { return MarketCalendar(everyWeekday: session) }
    return MarketCalendar(
      hours: (0..<Int.random(in: 1...3, using: &random)).map { _ in DatedSession(from: day(), session: session) },
      holidays: (0..<Int.random(in: 0...3, using: &random)).map { _ in day() },
      specialSessions: (0..<Int.random(in: 0...3, using: &random)).map { _ in
        SpecialSession(day: day(), session: session, copies: flag())
      },
      expiryCutoff: flag() ? Microseconds(integer()) : nil, physicalSettlementDays: flag() ? integer() : nil)
  }

  mutating func expired() -> [ExpiredPosition] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in
      ExpiredPosition(
        account: AccountRole(flag() ? name() : nil), key: key(), quantity: Quantity(integer()),
        owner: Quantity(flag() ? 65 : 0))
    }
  }

  private mutating func follower() -> FollowerSettings {
    FollowerSettings(
      name: name(), clientID: name(), mode: random.pick(CopyMode.allCases),
      sizing: Sizing(
        strategy: strategy(), belowOneLot: random.pick(BelowOneLotPolicy.allCases),
        exitRounding: random.pick(ExitRounding.allCases), onShortfall: random.pick(ShortfallPolicy.allCases),
        shortStress: flag() ? ShortStress(move: ratio(), volatilityPoints: integer()) : nil),
      limits: CopyLimits(
        maximumLotsPerOrder: flag() ? lots() : nil, maximumLotsPerUnderlying: flag() ? lots() : nil,
        maximumOpenLots: flag() ? lots() : nil, maximumPremium: flag() ? Ratio(1, 4) : nil,
        maximumRupeeDelta: flag() ? paise() : nil, maximumVega: flag() ? paise() : nil),
      filters: CopyFilters(
        underlyings: flag() ? (0..<Int.random(in: 0...3, using: &random)).map { _ in name() } : nil,
        products: flag() ? [random.pick(ProductType.allCases)] : nil),
      sends: flag())
  }

  private mutating func refusals() -> [RefusalRule] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in
      RefusalRule(
        says: random.pick([["margin shortfall"], ["intraday", "not allowed"]]),
        meaning: random.pick(RefusalMeaning.allCases), treatment: random.pick(RefusalTreatment.allCases))
    }
  }

  private mutating func strategy() -> SizingStrategy {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: .capitalProportional(basis())
    case 1: .fixedRatio(ratio())
    case 2: .fixedLots(lots())
    default: .riskBased(basis(), share: ratio())
    }
  }

  private mutating func basis() -> CapitalBasis {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: .startOfDay
    case 1: .equity
    case 2: .available
    default: .fixed(leader: paise(), follower: paise())
    }
  }
}
