import Domain
import Engine
import EventStore
import PaperExchange
import Projections

/// The promises, looked at from the log event by event, from the state after every turn, and from the exchange's own ledger at the
/// end. Each promise stands in a file of its own.
public struct Checks {
  struct Place: Hashable {
    let client: ClientID
    let key: PositionKey
  }

  public internal(set) var findings = Findings()
  /// Positions in which somebody besides us traded: the owner by hand, or the broker.
  var handTraded: Set<Place> = []
  /// Orders for which a follower halted.
  private(set) var unexplained: Set<OrderID> = []
  /// Labels with our prefix that another instance gave.
  var strangers: Set<CorrelationID> = []
  /// The log, folded here a second time, event by event.
  private(set) var folded = State()
  private var durability = DurabilityCheck()
  private var attempts = AttemptCheck()
  private var readings = CleanReadingCheck()
  private var instances = InstanceCheck()
  var ends = EndsCheck()
  /// How often each kind of event was met.
  public private(set) var met: [EventType: Int] = [:]
  /// How often an alert said why lots were still there.
  public internal(set) var excuses: [AlertKind: Int] = [:]
  /// Orders that the broker took beside the one that was asked for, and that were found and closed.
  public internal(set) var surplus = 0
  private var arrivals = LateArrivals()
  /// Entries that were decided since they were last looked at beside the exchange's ledger.
  var newEntries: [NewEntry] = []
  /// Whether the log is an older copy that has not been read yet.
  private var isRestored = false
  /// Calls that left while no log could be read.
  private var unproven: [Dispatch] = []
  private weak var followed: AnyObject?

  public init() {}

  /// Attempts that were repeated after proof of absence.
  public var repeatedAttempts: Int { attempts.repeated }
  /// Positions in which a call was taken late (rule 29).
  var late: Set<Place> { arrivals.places }
  public var eventCount: Int { durability.count }
  public var lastHash: [UInt8] { durability.lastHash }

  /// Follows the log: every event that is new is folded and looked at. Another log than before is that of a process that started
  /// since: it holds what was acknowledged to the one before.
  mutating func follow(_ log: any EventSource) throws {
    if followed !== log {
      try durability.look(at: log, &findings)
      followed = log
    }
    try log.read(from: folded.lastSequence.next, through: SequenceNumber(.max), limit: .max) { row in
      let event = try LogFold.decode(row)
      let before = heldBefore(event)
      let recordedAt = Timestamp(microseconds: row.recordedAt)
      folded.apply(event, sequence: SequenceNumber(row.sequence), recordedAt: recordedAt)
      folded.forgetTouched()
      met[event.type, default: 0] += 1
      let checked = CheckedEvent(
        event: event, sequence: SequenceNumber(row.sequence), recordedAt: recordedAt, hash: Array(row.hash))
      durability.take(checked)
      attempts.take(checked, &findings)
      readings.take(checked, &findings)
      ends.take(checked)
      instances.take(checked, &findings)
      takeUnexplained(event)
      arrivals.take(event, in: folded)
      checkLimits(event, heldBefore: before)
      checkBaskets(event)
      checkHours(event)
      if case .placementRequested(let request) = event, request.purpose == .entry {
        newEntries.append(NewEntry(request, folded.leader))
      }
    }
    // What an older copy holds was decided long ago.
    if isRestored { newEntries = [] }
    isRestored = false
    for dispatch in unproven { durability.leaves(dispatch, &findings) }
    unproven = []
  }

  /// The log is another one from now on, an older copy: what it holds is what counts.
  mutating func startOver() {
    folded = State()
    isRestored = true
    durability = DurabilityCheck()
    attempts = AttemptCheck()
    ends = EndsCheck()
    instances = InstanceCheck()
    arrivals = LateArrivals()
    readings.startOver()
    met = [:]
    followed = nil
  }

  /// Lots of an order that nobody can explain count as the owner's, also where an older log has forgotten that it was ours (rule 34).
  private mutating func takeUnexplained(_ event: Event) {
    guard case .followerHalted(let halt) = event, let account = folded.account(halt.follower) else { return }
    handTraded.insert(Place(client: account.settings.clientID, key: halt.key))
    unexplained.insert(halt.orderID)
  }

  /// A call is about to leave the machine. Where the log was dropped in the turn that let it go, since a later commit of that turn
  /// failed, the one that is opened anew has to tell of it.
  mutating func leaves(_ dispatch: Dispatch, log: (any EventSource)?) {
    if log == nil { unproven.append(dispatch) } else { durability.leaves(dispatch, &findings) }
  }

  /// The broker answers a reading of a follower's book.
  mutating func answers(_ follower: FollowerName, askedAt: Timestamp, _ book: [BrokerOrder]) {
    readings.answers(follower, askedAt: askedAt, book)
  }

  private func heldBefore(_ event: Event) -> Quantity? {
    guard case .followerOrder(let seen) = event else { return nil }
    return ledger(seen.follower, seen.picture.order.key)?.held
  }

  func ledger(_ follower: FollowerName, _ key: PositionKey) -> KeyLedger? {
    folded.account(follower)?.ledgers[key]
  }
}
