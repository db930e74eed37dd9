/// One thing that happened or was decided, as a value.
public enum Event: Equatable, Sendable {
  case serviceStarted(ServiceStarted)
  case serviceStopping(ServiceStopping)
  case serviceStopped(ServiceStopped)
  case configurationApplied(ConfigurationApplied)
  case clockObserved(ClockObserved)
  case instrumentSeen(InstrumentSeen)
  case marginQuoted(MarginQuoted)
  case leaderBaseline(LeaderBaseline)
  case leaderFunds(LeaderFunds)
  case leaderOrder(LeaderOrderSeen)
  case followerBaseline(FollowerBaseline)
  case followerFunds(FollowerFunds)
  case followerOrder(FollowerOrderSeen)
  case followerBookRead(FollowerBookRead)
  case requestAttempted(RequestAttempted)
  case requestAccepted(RequestAccepted)
  case requestRefused(RequestRefused)
  case requestDoubted(RequestDoubted)
  case requestWithdrawn(RequestWithdrawn)
  case placementRequested(PlacementRequested)
  case modificationRequested(ModificationRequested)
  case cancellationRequested(CancellationRequested)
  case episodeOpened(EpisodeOpened)
  case episodeClosed(EpisodeClosed)
  case entrySized(EntrySized)
  case entryForgone(EntryForgone)
  case linkEnded(LinkEnded)
  case alertRaised(AlertRaised)
  case alertCleared(AlertCleared)
  case streamChanged(StreamChanged)
  case accountBlocked(AccountBlocked)
  case accountUnblocked(AccountUnblocked)
  case operatorCommanded(OperatorCommanded)
  case brokerClock(BrokerClock)
  case quoteSeen(QuoteSeen)
  case leaderPositions(LeaderPositionsRead)
  case productSettled(ProductSettled)
  case readingWanted(ReadingWanted)
  case leaderBookRead(LeaderBookRead)
  case requestResolved(RequestResolved)
  case orderAdopted(OrderAdopted)
  case followerHalted(FollowerHalted)
  case dayBegan(DayBegan)
  case accountRestated(AccountRestated)
  case leaderSight(LeaderSightChanged)
  case diskLow(DiskLow)
  case diskRecovered(DiskRecovered)
  case basketMarginWanted(BasketMarginWanted)
  case basketMarginQuoted(BasketMarginQuoted)
  case basketSized(BasketSized)
  case basketBroken(BasketBroken)
  case greeksWanted(GreeksWanted)
  case greeksSeen(GreeksSeen)
}

extension Event {
  /// The payload's kind and form.
  public var type: EventType { content.eventType }

  /// The canonical bytes that the log stores.
  public var payload: [UInt8] { content.payload }

  private var content: any EventPayload {
    switch self {
    case .serviceStarted(let content): content
    case .serviceStopping(let content): content
    case .serviceStopped(let content): content
    case .configurationApplied(let content): content
    case .clockObserved(let content): content
    case .instrumentSeen(let content): content
    case .marginQuoted(let content): content
    case .leaderBaseline(let content): content
    case .leaderFunds(let content): content
    case .leaderOrder(let content): content
    case .followerBaseline(let content): content
    case .followerFunds(let content): content
    case .followerOrder(let content): content
    case .followerBookRead(let content): content
    case .requestAttempted(let content): content
    case .requestAccepted(let content): content
    case .requestRefused(let content): content
    case .requestDoubted(let content): content
    case .requestWithdrawn(let content): content
    case .placementRequested(let content): content
    case .modificationRequested(let content): content
    case .cancellationRequested(let content): content
    case .episodeOpened(let content): content
    case .episodeClosed(let content): content
    case .entrySized(let content): content
    case .entryForgone(let content): content
    case .linkEnded(let content): content
    case .alertRaised(let content): content
    case .alertCleared(let content): content
    case .streamChanged(let content): content
    case .accountBlocked(let content): content
    case .accountUnblocked(let content): content
    case .operatorCommanded(let content): content
    case .brokerClock(let content): content
    case .quoteSeen(let content): content
    case .leaderPositions(let content): content
    case .productSettled(let content): content
    case .readingWanted(let content): content
    case .leaderBookRead(let content): content
    case .requestResolved(let content): content
    case .orderAdopted(let content): content
    case .followerHalted(let content): content
    case .dayBegan(let content): content
    case .accountRestated(let content): content
    case .leaderSight(let content): content
    case .diskLow(let content): content
    case .diskRecovered(let content): content
    case .basketMarginWanted(let content): content
    case .basketMarginQuoted(let content): content
    case .basketSized(let content): content
    case .basketBroken(let content): content
    case .greeksWanted(let content): content
    case .greeksSeen(let content): content
    }
  }

  /// Reads an event from the bytes of its payload.
  ///
  /// - Throws: ``PayloadFault`` when the payload is not canonical or not of this type; ``UnknownEvent`` when this version of
  ///   the program does not know the type or its schema version.
  public init(type: EventType, version: Int, payload: UnsafeRawBufferPointer) throws {
    guard (1...type.schemaVersion).contains(version) else { throw UnknownEvent(type: type.name, version: version) }
    self = try PayloadReader.read(payload) { reader in
      switch type {
      case .serviceStarted: .serviceStarted(try ServiceStarted(reading: &reader, version: version))
      case .serviceStopping: .serviceStopping(try ServiceStopping(reading: &reader, version: version))
      case .serviceStopped: .serviceStopped(try ServiceStopped(reading: &reader, version: version))
      case .configurationApplied: .configurationApplied(try ConfigurationApplied(reading: &reader, version: version))
      case .clockObserved: .clockObserved(try ClockObserved(reading: &reader, version: version))
      case .instrumentSeen: .instrumentSeen(try InstrumentSeen(reading: &reader, version: version))
      case .marginQuoted: .marginQuoted(try MarginQuoted(reading: &reader, version: version))
      case .leaderBaseline: .leaderBaseline(try LeaderBaseline(reading: &reader, version: version))
      case .leaderFunds: .leaderFunds(try LeaderFunds(reading: &reader, version: version))
      case .leaderOrder: .leaderOrder(try LeaderOrderSeen(reading: &reader, version: version))
      case .followerBaseline: .followerBaseline(try FollowerBaseline(reading: &reader, version: version))
      case .followerFunds: .followerFunds(try FollowerFunds(reading: &reader, version: version))
      case .followerOrder: .followerOrder(try FollowerOrderSeen(reading: &reader, version: version))
      case .followerBookRead: .followerBookRead(try FollowerBookRead(reading: &reader, version: version))
      case .requestAttempted: .requestAttempted(try RequestAttempted(reading: &reader, version: version))
      case .requestAccepted: .requestAccepted(try RequestAccepted(reading: &reader, version: version))
      case .requestRefused: .requestRefused(try RequestRefused(reading: &reader, version: version))
      case .requestDoubted: .requestDoubted(try RequestDoubted(reading: &reader, version: version))
      case .requestWithdrawn: .requestWithdrawn(try RequestWithdrawn(reading: &reader, version: version))
      case .placementRequested: .placementRequested(try PlacementRequested(reading: &reader, version: version))
      case .modificationRequested: .modificationRequested(try ModificationRequested(reading: &reader, version: version))
      case .cancellationRequested: .cancellationRequested(try CancellationRequested(reading: &reader, version: version))
      case .episodeOpened: .episodeOpened(try EpisodeOpened(reading: &reader, version: version))
      case .episodeClosed: .episodeClosed(try EpisodeClosed(reading: &reader, version: version))
      case .entrySized: .entrySized(try EntrySized(reading: &reader, version: version))
      case .entryForgone: .entryForgone(try EntryForgone(reading: &reader, version: version))
      case .linkEnded: .linkEnded(try LinkEnded(reading: &reader, version: version))
      case .alertRaised: .alertRaised(try AlertRaised(reading: &reader, version: version))
      case .alertCleared: .alertCleared(try AlertCleared(reading: &reader, version: version))
      case .streamChanged: .streamChanged(try StreamChanged(reading: &reader, version: version))
      case .accountBlocked: .accountBlocked(try AccountBlocked(reading: &reader, version: version))
      case .accountUnblocked: .accountUnblocked(try AccountUnblocked(reading: &reader, version: version))
      case .operatorCommanded: .operatorCommanded(try OperatorCommanded(reading: &reader, version: version))
      case .brokerClock: .brokerClock(try BrokerClock(reading: &reader, version: version))
      case .quoteSeen: .quoteSeen(try QuoteSeen(reading: &reader, version: version))
      case .leaderPositions: .leaderPositions(try LeaderPositionsRead(reading: &reader, version: version))
      case .productSettled: .productSettled(try ProductSettled(reading: &reader, version: version))
      case .readingWanted: .readingWanted(try ReadingWanted(reading: &reader, version: version))
      case .leaderBookRead: .leaderBookRead(try LeaderBookRead(reading: &reader, version: version))
      case .requestResolved: .requestResolved(try RequestResolved(reading: &reader, version: version))
      case .orderAdopted: .orderAdopted(try OrderAdopted(reading: &reader, version: version))
      case .followerHalted: .followerHalted(try FollowerHalted(reading: &reader, version: version))
      case .dayBegan: .dayBegan(try DayBegan(reading: &reader, version: version))
      case .accountRestated: .accountRestated(try AccountRestated(reading: &reader, version: version))
      case .leaderSight: .leaderSight(try LeaderSightChanged(reading: &reader, version: version))
      case .diskLow: .diskLow(try DiskLow(reading: &reader, version: version))
      case .diskRecovered: .diskRecovered(try DiskRecovered(reading: &reader, version: version))
      case .basketMarginWanted: .basketMarginWanted(try BasketMarginWanted(reading: &reader, version: version))
      case .basketMarginQuoted: .basketMarginQuoted(try BasketMarginQuoted(reading: &reader, version: version))
      case .basketSized: .basketSized(try BasketSized(reading: &reader, version: version))
      case .basketBroken: .basketBroken(try BasketBroken(reading: &reader, version: version))
      case .greeksWanted: .greeksWanted(try GreeksWanted(reading: &reader, version: version))
      case .greeksSeen: .greeksSeen(try GreeksSeen(reading: &reader, version: version))
      }
    }
  }
}

extension EventPayload {
  fileprivate var eventType: EventType { Self.type }
}

/// An event of a type or version that this program does not know; a newer program wrote it.
public struct UnknownEvent: Error, Equatable, CustomStringConvertible {
  public let type: ShortText
  public let version: Int
  public init(type: ShortText, version: Int) {
    self.type = type
    self.version = version
  }
  public var description: String { "the event \(type), version \(version), is not known to this version of copytrade" }
}
