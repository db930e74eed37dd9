import Domain
import Testing

/// One full event of each type, for the golden files: every optional field is there, so that each name is held.
enum RepresentativeEvents {
  static let all: [Event] = service + accounts + requests + links

  /// The event of `type`; a type without one fails its test.
  static func event(of type: EventType) throws -> Event {
    try #require(all.first { $0.type == type }, "Add an event of type \(type.rawValue) to RepresentativeEvents.")
  }

  static let contract = ContractID(
    segment: .nseFNO, securityID: "47317",
    option: OptionTerms(expiry: Day(daysSinceEpoch: 20_781), strike: .rupees(24_000), type: .call))
  static let key = PositionKey(contract: contract, product: .margin)
  static let equity = PositionKey(
    contract: ContractID(segment: .nseEquity, securityID: "1333", option: nil), product: .cnc)
  static let child = ChildID(follower: "asha", origin: "112111182198", number: 1, generation: 2)
  static let label = CorrelationID(leader: "1000000001", child: child)
  static let twoFifths = Ratio(2, 5) ?? .one
  static let moment = Timestamp(microseconds: 1_795_405_500_123_456)
  static let why = Arithmetic(
    rule: 3, leaderLots: Lots(10), leaderWhole: Lots(20), ratio: twoFifths, target: Lots(4), filled: Lots(1),
    working: Lots(2), forgone: Lots(1))
  static let funds = Funds(startOfDay: .rupees(400_000), available: Paise(31_234_505), utilised: Paise(-8_765_495))
  static let positions = [
    BaselinePosition(key: key, quantity: Quantity(-650)), BaselinePosition(key: equity, quantity: Quantity(7)),
  ]

  static func picture(of id: OrderID, source: OrderSource) -> OrderPicture {
    OrderPicture(
      order: BrokerOrder(
        orderID: id, correlationID: label, key: key, side: .sell, type: .stopLoss, validity: .day,
        quantity: Quantity(650), price: Paise(15_235), triggerPrice: Paise(15_200), filled: Quantity(65),
        averagePrice: Paise(15_240), status: .partTraded, afterMarket: true, updatedAt: moment,
        reason: "RMS: \"margin\" \\ short by ₹5\n"), revision: 3, source: source)
  }

  private static let settings = CopySettings(
    leader: "1000000001",
    followers: [
      FollowerSettings(
        name: "asha", clientID: "1000000002", mode: .fill,
        sizing: Sizing(
          strategy: .riskBased(.fixed(leader: .rupees(1_000_000), follower: .rupees(400_000)), share: twoFifths),
          belowOneLot: .oneLot, exitRounding: .leading),
        limits: CopyLimits(
          maximumLotsPerOrder: Lots(20), maximumLotsPerUnderlying: Lots(40), maximumOpenLots: Lots(100)),
        filters: CopyFilters(underlyings: ["NIFTY", "SENSEX"], products: [.intraday, .margin]), sends: true),
      FollowerSettings(
        name: "ravi", clientID: "1000000003", sizing: Sizing(strategy: .capitalProportional(.startOfDay)),
        sends: false),
      FollowerSettings(name: "mira", clientID: "1000000004", sizing: Sizing(strategy: .fixedRatio(twoFifths))),
      FollowerSettings(name: "dev", clientID: "1000000005", sizing: Sizing(strategy: .fixedLots(.one))),
    ], entries: EntrySettings(maximumAge: .seconds(10)), trueUp: .trimShorts)

  private static let service: [Event] = [
    .serviceStarted(ServiceStarted(version: "1.0.0", decisionVersion: 7)),
    .serviceStopping(ServiceStopping()),
    .streamChanged(StreamChanged(account: .leader, isConnected: false, reason: "closed by the broker")),
    .accountBlocked(
      AccountBlocked(account: .follower("asha"), reason: .deadToken, text: "DH-901 Client ID or token is invalid")),
    .brokerClock(BrokerClock(ahead: .seconds(-95))),
    .quoteSeen(QuoteSeen(contract: key.contract, price: Paise(15_210))),
    .leaderPositions(LeaderPositionsRead(positions: [BaselinePosition(key: key, quantity: Quantity(650))])),
    .productSettled(ProductSettled(orderID: "112111182198", product: .intraday)),
    .readingWanted(ReadingWanted(follower: "asha", key: key)),
    .dayBegan(
      DayBegan(
        day: Day(daysSinceEpoch: 20_782),
        expired: [
          ExpiredPosition(account: .leader, key: key, quantity: Quantity(650)),
          ExpiredPosition(account: .follower("asha"), key: key, quantity: Quantity(260), owner: Quantity(-65)),
        ])),
    .accountRestated(
      AccountRestated(account: .follower("asha"), day: Day(daysSinceEpoch: 20_782), positions: positions)),
    .leaderSight(LeaderSightChanged(blindSince: moment)),
    .accountUnblocked(AccountUnblocked(account: .follower("asha"))),
    .diskLow(DiskLow(free: 9_437_184)),
    .diskRecovered(DiskRecovered(free: 73_400_320)),
    .operatorCommanded(OperatorCommanded(follower: "asha", mode: .closeOnly)),
    .serviceStopped(ServiceStopped(restingOrders: 2)),
    .configurationApplied(ConfigurationApplied(settings)),
    .clockObserved(ClockObserved(due: "lane")),
    .instrumentSeen(
      InstrumentSeen(
        Instrument(
          contract: contract, underlying: "NIFTY", displayName: "NIFTY 24 NOV 24000 CALL",
          lotSize: LotSize(65) ?? oneUnit, tickSize: Paise(5), freezeQuantity: Quantity(1_800)))),
    .marginQuoted(MarginQuoted(follower: "asha", contract: contract, perLot: .rupees(148_000))),
  ]
  static let oneUnit: LotSize = {
    guard let size = LotSize(1) else { preconditionFailure("One unit is a lot.") }
    return size
  }()

  private static let accounts: [Event] = [
    .leaderBaseline(LeaderBaseline(positions: positions)),
    .leaderFunds(LeaderFunds(funds)),
    .leaderOrder(LeaderOrderSeen(picture(of: "112111182198", source: .stream))),
    .followerBaseline(FollowerBaseline(follower: "asha", positions: positions)),
    .followerFunds(FollowerFunds(follower: "asha", funds: funds)),
    .followerOrder(FollowerOrderSeen(follower: "asha", picture(of: "112111182199", source: .book))),
    .followerBookRead(
      FollowerBookRead(follower: "asha", orders: 12, askedAt: moment, tradesAgree: true, lacksEnded: true)),
    .leaderBookRead(LeaderBookRead(orders: 7, askedAt: moment)),
    .orderAdopted(
      OrderAdopted(
        child: child, correlationID: label, key: key, orderID: "112111182200", purpose: .entry, isSurplus: true)),
    .followerHalted(
      FollowerHalted(follower: "asha", correlationID: label, key: key, orderID: "112111182201")),
  ]

  private static let requests: [Event] = [
    .requestAttempted(RequestAttempted(follower: "asha", requestID: RequestID(label, .placement, 1))),
    .requestAccepted(
      RequestAccepted(follower: "asha", orderID: "112111182199", requestID: RequestID(label, .placement, 1))),
    .requestRefused(
      RequestRefused(
        follower: "asha", requestID: RequestID(label, .modification, 2), refusal: .belowFilled,
        text: "DH-906: quantity\tbelow filled")),
    .requestDoubted(
      RequestDoubted(
        follower: "asha", requestID: RequestID(label, .cancellation, 1), text: "no reply within 5 s")),
    .requestResolved(
      RequestResolved(
        follower: "asha", orderID: "112111182199", requestID: RequestID(label, .placement, 1))),
    .requestWithdrawn(
      RequestWithdrawn(follower: "asha", requestID: RequestID(label, .placement, 1), reason: .desiredChanged)),
    .placementRequested(
      PlacementRequested(
        child: child, correlationID: label, requestID: RequestID(label, .placement, 1), key: key, side: .buy,
        purpose: .entry, terms: OrderTerms(quantity: Quantity(260), price: .limit(Paise(15_990))), leavesAtOnce: true,
        why: why)),
    .modificationRequested(
      ModificationRequested(
        child: child, requestID: RequestID(label, .modification, 1),
        terms: OrderTerms(quantity: Quantity(195), price: .limit(Paise(15_995))),
        leavesAtOnce: true, why: why)),
    .cancellationRequested(
      CancellationRequested(
        child: child, requestID: RequestID(label, .cancellation, 1), leavesAtOnce: true, why: why)),
  ]

  private static let links: [Event] = [
    .episodeOpened(
      EpisodeOpened(
        follower: "asha", key: key, side: .sell, number: 4, ratio: twoFifths, since: SequenceNumber(1_234),
        leaderCapital: .rupees(1_000_000), followerCapital: .rupees(400_000))),
    .episodeClosed(EpisodeClosed(follower: "asha", key: key, number: 4)),
    .entrySized(
      EntrySized(
        follower: "asha", key: key, origin: "112111182198", lots: Lots(2), budget: .rupees(20_000),
        perLot: .rupees(7_800))),
    .greeksWanted(GreeksWanted(contracts: [contract], follower: "asha")),
    .greeksSeen(
      GreeksSeen(
        contract: contract,
        greeks: ContractGreeks(
          source: .chain, underlying: .rupees(24_000), volatilityMillionths: 120_000, deltaMillionths: -466_798,
          gammaBillionths: 957_000,
          thetaPaisaHundredths: -96_927, vegaPaisaHundredths: 137_640))),
    .basketMarginWanted(
      BasketMarginWanted(
        basket: "112111182198", follower: "asha",
        legs: [MarginLeg(key: key, side: .sell, quantity: Quantity(130), price: Paise(15_235))], units: 2)),
    .basketMarginQuoted(
      BasketMarginQuoted(basket: "112111182198", follower: "asha", margin: .rupees(92_000), units: 2)),
    .basketSized(
      BasketSized(
        basket: "112111182198", follower: "asha",
        legs: [BasketLeg(origin: "112111182198", key: key, side: .sell, lots: Lots(2), leaderLots: Lots(7))], units: 2,
        margin: .rupees(92_000), available: .rupees(120_000))),
    .basketBroken(
      BasketBroken(basket: "112111182198", follower: "asha", origin: "112111182199", policy: .hold)),
    .entryForgone(
      EntryForgone(follower: "asha", key: key, origin: "112111182198", lots: Lots(3), reason: .lotsPerOrder)),
    .linkEnded(LinkEnded(follower: "asha", key: key, origin: "112111182198", end: .copied(Lots(4)))),
    .alertRaised(AlertRaised(kind: .exitRefused, follower: "asha", key: key, lots: Lots(4))),
    .alertCleared(AlertCleared(kind: .exitRefused, follower: "asha", key: key)),
  ]
}
