import Domain
import TestSupport

/// Events with any values that their types allow: extremes, control characters, every script, texts of all lengths.
struct RandomEvents {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func event(of type: EventType) -> Event {
    switch type {
    case .serviceStarted: .serviceStarted(ServiceStarted(version: shortText(), decisionVersion: integer()))
    case .serviceStopping: .serviceStopping(ServiceStopping())
    case .streamChanged:
      .streamChanged(
        StreamChanged(account: AccountRole(flag() ? name() : nil), isConnected: flag(), reason: longText()))
    case .accountBlocked:
      .accountBlocked(
        AccountBlocked(
          account: AccountRole(flag() ? name() : nil), reason: random.pick(BlockReason.allCases), text: longText()))
    case .quoteSeen: .quoteSeen(QuoteSeen(contract: contract(), price: paise()))
    case .leaderPositions: .leaderPositions(LeaderPositionsRead(positions: positions()))
    case .productSettled:
      .productSettled(ProductSettled(orderID: name(), product: random.pick(ProductType.allCases)))
    case .readingWanted: .readingWanted(ReadingWanted(follower: name(), key: key()))
    case .dayBegan:
      .dayBegan(DayBegan(day: contract().option?.expiry ?? Day(daysSinceEpoch: 20_000), expired: expired()))
    case .accountRestated:
      .accountRestated(
        AccountRestated(
          account: AccountRole(flag() ? name() : nil), day: Day(daysSinceEpoch: 20_783), positions: positions()))
    case .leaderSight:
      .leaderSight(
        LeaderSightChanged(blindSince: flag() ? Timestamp(microseconds: 1_795_405_500_123_456) : nil))
    case .diskLow: .diskLow(DiskLow(free: flag() ? integer() : nil))
    case .diskRecovered: .diskRecovered(DiskRecovered(free: flag() ? integer() : nil))
    case .brokerClock: .brokerClock(BrokerClock(ahead: Microseconds(integer())))
    case .accountUnblocked: .accountUnblocked(AccountUnblocked(account: AccountRole(flag() ? name() : nil)))
    case .operatorCommanded:
      .operatorCommanded(
        OperatorCommanded(follower: flag() ? name() : nil, mode: random.pick(OperatorMode.allCases)))
    case .serviceStopped: .serviceStopped(ServiceStopped(restingOrders: integer()))
    case .configurationApplied: .configurationApplied(ConfigurationApplied(settings()))
    case .clockObserved: .clockObserved(ClockObserved(due: shortText()))
    case .instrumentSeen: .instrumentSeen(InstrumentSeen(instrument()))
    case .marginQuoted: .marginQuoted(MarginQuoted(follower: name(), contract: contract(), perLot: paise()))
    case .leaderBaseline: .leaderBaseline(LeaderBaseline(positions: positions()))
    case .leaderFunds: .leaderFunds(LeaderFunds(funds()))
    case .leaderOrder: .leaderOrder(LeaderOrderSeen(picture()))
    case .followerBaseline: .followerBaseline(FollowerBaseline(follower: name(), positions: positions()))
    case .followerFunds: .followerFunds(FollowerFunds(follower: name(), funds: funds()))
    case .followerOrder: .followerOrder(FollowerOrderSeen(follower: name(), picture()))
    case .followerBookRead:
      .followerBookRead(
        FollowerBookRead(
          follower: name(), orders: integer(), askedAt: flag() ? time() : nil, tradesAgree: flag(),
          lacksEnded: flag()))
    case .leaderBookRead: .leaderBookRead(LeaderBookRead(orders: integer(), askedAt: flag() ? time() : nil))
    case .requestResolved:
      .requestResolved(RequestResolved(follower: name(), orderID: flag() ? name() : nil, requestID: name()))
    case .orderAdopted:
      .orderAdopted(
        OrderAdopted(
          child: child(), correlationID: name(), key: key(), orderID: name(), purpose: random.pick([.entry, .exit]),
          isSurplus: flag()))
    case .followerHalted:
      .followerHalted(FollowerHalted(follower: name(), correlationID: name(), key: key(), orderID: name()))
    case .requestAttempted: .requestAttempted(RequestAttempted(follower: name(), requestID: name()))
    case .requestAccepted: .requestAccepted(RequestAccepted(follower: name(), orderID: name(), requestID: name()))
    case .requestRefused:
      .requestRefused(
        RequestRefused(
          follower: name(), requestID: name(), refusal: random.pick(RefusalClass.allCases), text: longText()))
    case .requestDoubted: .requestDoubted(RequestDoubted(follower: name(), requestID: name(), text: longText()))
    case .requestWithdrawn:
      .requestWithdrawn(
        RequestWithdrawn(follower: name(), requestID: name(), reason: random.pick(WithdrawalReason.allCases)))
    case .placementRequested:
      .placementRequested(
        PlacementRequested(
          child: child(), correlationID: name(), requestID: name(), key: key(), side: side(),
          purpose: random.pick([.entry, .exit]), terms: terms(), afterMarket: flag(), leavesAtOnce: flag(),
          why: arithmetic()))
    case .modificationRequested:
      .modificationRequested(
        ModificationRequested(
          child: child(), requestID: name(), terms: terms(), leavesAtOnce: flag(),
          why: arithmetic()))
    case .cancellationRequested:
      .cancellationRequested(
        CancellationRequested(child: child(), requestID: name(), leavesAtOnce: flag(), why: arithmetic()))
    case .episodeOpened:
      .episodeOpened(
        EpisodeOpened(
          follower: name(), key: key(), side: side(), number: integer(), ratio: flag() ? ratio() : nil,
          since: SequenceNumber(integer()), leaderCapital: flag() ? paise() : nil,
          followerCapital: flag() ? paise() : nil))
    case .episodeClosed: .episodeClosed(EpisodeClosed(follower: name(), key: key(), number: integer()))
    case .entrySized:
      .entrySized(
        EntrySized(
          follower: name(), key: key(), origin: name(), lots: lots(), budget: flag() ? paise() : nil,
          perLot: flag() ? paise() : nil, greeks: flag() ? greeks() : nil))
    case .greeksWanted: .greeksWanted(GreeksWanted(contracts: [contract()], follower: name()))
    case .greeksSeen: .greeksSeen(GreeksSeen(contract: contract(), greeks: greeks()))
    case .basketMarginWanted:
      .basketMarginWanted(
        BasketMarginWanted(
          basket: name(), follower: name(),
          legs: [MarginLeg(key: key(), side: side(), quantity: Quantity(integer()), price: paise())], units: integer()))
    case .basketMarginQuoted:
      .basketMarginQuoted(BasketMarginQuoted(basket: name(), follower: name(), margin: paise(), units: integer()))
    case .basketSized:
      .basketSized(
        BasketSized(
          basket: name(), follower: name(),
          legs: [BasketLeg(origin: name(), key: key(), side: side(), lots: lots(), leaderLots: lots())],
          units: integer(), margin: flag() ? paise() : nil, available: flag() ? paise() : nil))
    case .basketBroken:
      .basketBroken(
        BasketBroken(
          basket: name(), follower: name(), origin: name(), policy: random.pick(MissingLegPolicy.allCases)))
    case .entryForgone:
      .entryForgone(
        EntryForgone(
          follower: name(), key: key(), origin: name(), lots: lots(), reason: random.pick(SkipReason.allCases),
          shortfall: flag() ? EntryForgone.Shortfall(available: paise(), perLot: paise()) : nil,
          greeks: flag() ? greeks() : nil))
    case .linkEnded: .linkEnded(LinkEnded(follower: name(), key: key(), origin: name(), end: linkEnd()))
    case .alertRaised:
      .alertRaised(
        AlertRaised(kind: random.pick(AlertKind.allCases), follower: name(), key: key(), lots: lots()))
    case .alertCleared:
      .alertCleared(AlertCleared(kind: random.pick(AlertKind.allCases), follower: name(), key: key()))
    }
  }
}
