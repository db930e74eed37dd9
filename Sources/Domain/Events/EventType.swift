/// The catalogue of everything the log can say. The raw value is the storage format and never changes.
public enum EventType: String, CaseIterable, Sendable {
  case serviceStarted = "service.started"
  case serviceStopping = "service.stopping"
  case serviceStopped = "service.stopped"
  case configurationApplied = "configuration.applied"
  case clockObserved = "clock.observed"
  case instrumentSeen = "instrument.seen"
  case marginQuoted = "margin.quoted"
  case leaderBaseline = "leader.baseline"
  case leaderFunds = "leader.funds"
  case leaderOrder = "leader.order"
  case followerBaseline = "follower.baseline"
  case followerFunds = "follower.funds"
  case followerOrder = "follower.order"
  case followerBookRead = "follower.book_read"
  case requestAttempted = "request.attempted"
  case requestAccepted = "request.accepted"
  case requestRefused = "request.refused"
  case requestDoubted = "request.doubted"
  case requestWithdrawn = "request.withdrawn"
  case placementRequested = "placement.requested"
  case modificationRequested = "modification.requested"
  case cancellationRequested = "cancellation.requested"
  case episodeOpened = "episode.opened"
  case episodeClosed = "episode.closed"
  case entrySized = "entry.sized"
  case entryForgone = "entry.forgone"
  case linkEnded = "link.ended"
  case alertRaised = "alert.raised"
  case alertCleared = "alert.cleared"
  case streamChanged = "stream.changed"
  case accountBlocked = "account.blocked"
  case accountUnblocked = "account.unblocked"
  case operatorCommanded = "operator.commanded"
  case brokerClock = "broker.clock"
  case quoteSeen = "quote.seen"
  case leaderPositions = "leader.positions"
  case productSettled = "product.settled"
  case readingWanted = "reading.wanted"
  case leaderBookRead = "leader.book_read"
  case requestResolved = "request.resolved"
  case orderAdopted = "order.adopted"
  case followerHalted = "follower.halted"
  case dayBegan = "day.began"
  case accountRestated = "account.restated"
  case leaderSight = "leader.sight"
  case diskLow = "disk.low"
  case diskRecovered = "disk.recovered"
  case basketMarginWanted = "basket.margin_wanted"
  case basketMarginQuoted = "basket.margin_quoted"
  case basketSized = "basket.sized"
  case basketBroken = "basket.broken"
  case greeksWanted = "greeks.wanted"
  case greeksSeen = "greeks.seen"

  /// Whether the event records what was observed, or what a reactor decided because of it. A replay folds both, and
  /// `--verify` makes the decisions again.
  public var isDecision: Bool {
    switch self {
    case .requestWithdrawn, .requestAttempted, .placementRequested, .modificationRequested, .cancellationRequested,
      .episodeOpened, .episodeClosed, .entrySized, .entryForgone, .linkEnded, .alertRaised, .alertCleared,
      .productSettled, .readingWanted, .orderAdopted, .followerHalted, .basketMarginWanted, .basketSized, .basketBroken,
      .greeksWanted:
      true
    default: false
    }
  }

  /// The version that is written today; every earlier one stays readable.
  public var schemaVersion: Int { 1 }

  public var name: ShortText { EventType.names[index].name }

  private var index: Int { EventType.indices[self] ?? 0 }
  private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
  private static let names = allCases.map { (name: ShortText(stringLiteral: $0.rawValue), type: $0) }
  private static let byName = Dictionary(uniqueKeysWithValues: names.map { ($0.name, $0.type) })

  public init?(name: ShortText) {
    guard let type = EventType.byName[name] else { return nil }
    self = type
  }

  /// One sentence for docs/events.md.
  public var summary: String {
    switch self {
    case .serviceStarted: "The service started, with the version of its decision code."
    case .serviceStopping: "The service is about to stop and takes its resting entries back first (rule 36)."
    case .serviceStopped: "The service stopped in order, and how many orders it left resting."
    case .configurationApplied: "The settings that decisions depend on, without secrets, at start and at each change."
    case .clockObserved: "The clock was looked at because something was due; now is the event's recorded_at."
    case .instrumentSeen: "The facts of a contract, at its first use and whenever they change."
    case .marginQuoted: "The broker's margin for one short lot, as used by a sizing."
    case .leaderBaseline: "What the leader held before anything was copied (rule 6)."
    case .leaderFunds: "A reading of the leader's funds."
    case .leaderOrder: "The merged picture of a leader order after it changed."
    case .followerBaseline: "What the follower's owner held before anything was copied (rules 6, 32)."
    case .followerFunds: "A reading of the follower's funds."
    case .followerOrder: "The merged picture of an order in a follower's account after it changed, ours or the owner's."
    case .followerBookRead:
      "A clean reading of a follower's order book while something waited to be settled by it (rule 28)."
    case .requestAttempted: "A request that had waited leaves the machine now (rule 31)."
    case .requestAccepted: "The broker took the request; what became of the order is told by stream and book."
    case .requestRefused: "The broker said no to the request, with proof."
    case .requestDoubted: "Nobody knows whether the broker took the request (rule 27)."
    case .requestWithdrawn: "A request that was never attempted is not wanted any more (rule 31)."
    case .placementRequested: "A durable decision to place a child."
    case .modificationRequested: "A durable decision to modify a child to a new total quantity and price (rule 25)."
    case .cancellationRequested: "A durable decision to cancel what is open of a child."
    case .episodeOpened: "An episode began in a key; its ratio is frozen (rule 3)."
    case .episodeClosed:
      "Leader and follower are flat in the key, with nothing working or in doubt, or both have gone to its other side."
    case .entrySized: "The lots of one entry, frozen, where they do not follow from a ratio."
    case .entryForgone: "Lots that are not entered, and why; forgone until the episode ends (rule 3)."
    case .linkEnded: "The recorded end of one leader order for one follower (promise 3)."
    case .alertRaised: "Something needs a person; open until cleared."
    case .alertCleared: "The cause of an alert is gone."
    case .streamChanged: "The order-update stream of an account was opened, or is gone."
    case .accountBlocked: "An account cannot trade or be read; nothing is sent for it until it can (rule 38)."
    case .accountUnblocked: "A reading of a blocked account succeeded again."
    case .brokerClock: "How far our clock is ahead of the broker's, where it matters for ages (rule 17)."
    case .quoteSeen: "What the market traded at, asked for because a price was needed (rule 19)."
    case .leaderPositions: "A reading of the leader's positions while a conversion was in question (rules 8, 39)."
    case .productSettled: "Under which product an order of the leader counts, where that was in question (rule 8)."
    case .readingWanted: "An exit waits for a fresh reading of the follower's book (rule 33)."
    case .leaderBookRead: "The leader's order book was read whole: first since a start, or awaited (rules 7, 28, 34)."
    case .requestResolved: "A person settled by hand a request that was in doubt (rule 30)."
    case .orderAdopted:
      "An order with a label of ours counts as ours: a surplus, or found again after a restore (rules 26, 29)."
    case .followerHalted: "An order with our prefix cannot be explained: the follower halts (rule 34)."
    case .dayBegan: "A new day in India, by the broker's clock: orders of earlier days and expired contracts are over."
    case .accountRestated: "What an account holds as a day begins; where the log differs, it is put right (rule 6)."
    case .leaderSight: "The leader was not seen for leader.blind_after, or is seen again (rule 35)."
    case .diskLow: "The disk of the log has little room left: exits only from now on (rule 37)."
    case .diskRecovered: "The disk of the log has room again; what the leader entered meanwhile is too old."
    case .basketMarginWanted:
      "The broker is asked what a whole basket would bind, before any of it is entered (rule 23)."
    case .basketMarginQuoted: "What the broker would block for a basket of so many units (rule 23)."
    case .basketSized: "The lots of every leg of a basket, frozen together in the leader's proportions (rule 23)."
    case .basketBroken:
      "A leg of a basket is missing: the rest is not entered, and what was is kept or closed (rule 23)."
    case .greeksWanted: "The Greeks of contracts are asked for, because a limit or a size depends on them."
    case .greeksSeen: "The Greeks of a contract, from the broker's option chain or computed."
    case .operatorCommanded: "A person said what may be sent from now on (rule 36)."
    }
  }
}
