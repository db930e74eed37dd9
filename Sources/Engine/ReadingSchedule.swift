import Domain
import Ports
import Projections

/// When an account is read (rule 39): its book every fifteen seconds, every second while something is in doubt, its stream is
/// silent or nothing whole was read since the start, at once while an exit waits for it; its funds once a minute; its baseline
/// until there is one, and anew every morning; what the leader holds while it is in question.
///
/// Two hundred readings may follow each other as fast as that; where the hurry goes on for minutes one in eight seconds keeps
/// within the four fifths of the broker's hour that readings may use. Without that an account whose stream is down would be
/// read for thirteen minutes, and then not at all for fifty.
public struct ReadingSchedule: Sendable {
  public static let ordinary = Microseconds.seconds(15)
  public static let hurried = Microseconds.seconds(1)
  /// While an exit waits for the book (rule 33), or an order of the leader's that looks like an opening.
  public static let awaited = Microseconds.milliseconds(200)
  /// How long it is waited for in such a hurry; a book that cannot be read then is asked for every second.
  public static let patience = Microseconds.seconds(3)
  /// How long the first picture of an order that was accepted may take: long enough for the reading to prove that the stream
  /// missed it, so that it is opened anew.
  public static let firstPicture = Microseconds.milliseconds(3_800)
  /// How long it takes until one more reading is allowed once ``inARow`` followed each other.
  public static let sustained = Microseconds.seconds(8)
  public static let inARow: Int64 = 200
  public static let funds = Microseconds.seconds(60)
  /// How far apart readings of holdings are that nobody believes, while the exchange is closed.
  public static let whileClosed = Microseconds.seconds(600)
  /// How long a stream that missed something counts as silent.
  public static let suspicion = Microseconds.seconds(30)

  /// How far apart two readings of one option chain are.
  public static let chain = Microseconds.milliseconds(3_100)

  private let account: AccountRole
  private var lastBook: Timestamp?
  /// Until when the readings so far are paid for, at one in ``sustained``.
  private var paidUntil = Timestamp.earliest
  /// Whether the book that is on its way was asked for too early.
  private var isBookStale = false
  private var lastFunds: Timestamp?
  var lastBaseline: Timestamp?
  /// Whether what the account holds was read this morning and not believed: it is read again every minute, or rarely while
  /// nothing can follow from it.
  public var isBaselineDoubted = false
  var lastPositions: Timestamp?
  /// The orders in question when the positions were last asked for: a reading says nothing of a later one.
  var questioned: Set<OrderID> = []
  private var suspectUntil = Timestamp.earliest
  /// Of which baskets, and how many units, the margin came back last, whatever came of it.
  var triedBaskets: [OrderID: (units: Int64, at: Timestamp)] = [:]
  /// When an option chain came back last, whatever came of it.
  var lastChains: [ChainSeries: Timestamp] = [:]
  /// Readings that were asked for and have not come back, so that a slow account is not asked twice.
  private var pending: Set<Reading> = []

  public init(_ account: AccountRole) { self.account = account }

  /// What has to be read at `now`. Each is noted as asked for until ``finished(_:at:)``.
  public mutating func due(at now: Timestamp, in state: State) -> [Reading] {
    take(moments(at: now, in: state), at: now, in: state)
  }

  private mutating func take(
    _ moments: [(reading: Reading, at: Timestamp)], at now: Timestamp, in state: State
  ) -> [Reading] {
    let due = moments.filter { $0.at <= now && !isPending($0.reading) }.map(\.reading)
    pending.formUnion(due)
    // Once a minute they are few; they are asked for in a hurry until they are known.
    let calls = due.reduce(Int64(0)) { $0 + ($1 == .funds && hasFunds(state) ? 0 : $1.calls) }
    if calls > 0 { paidUntil = max(paidUntil, now) + Microseconds(ReadingSchedule.sustained.count * calls) }
    if due.contains(.positions) { questioned = Set(state.leader.unsettled) }
    return due
  }

  /// Both ``due(at:in:)`` and ``next(at:in:)`` from one look at the state.
  public mutating func ask(at now: Timestamp, in state: State) -> (due: [Reading], next: Timestamp?) {
    let moments = moments(at: now, in: state)
    let due = take(moments, at: now, in: state)
    return (due, moments.lazy.filter { [self] in !isPending($0.reading) }.map(\.at).min())
  }

  /// When something has to be read next; `nil` while everything that could be is on its way.
  public func next(at now: Timestamp, in state: State) -> Timestamp? {
    moments(at: now, in: state).filter { !isPending($0.reading) }.map(\.at).min()
  }

  /// A book is on its way whichever of the two was asked for.
  private func isPending(_ reading: Reading) -> Bool {
    switch reading {
    case .book, .bookWithTrades: pending.contains(.book) || pending.contains(.bookWithTrades)
    default: pending.contains(reading)
    }
  }

  /// The reading came back, whatever came of it.
  public mutating func finished(_ reading: Reading, at now: Timestamp) {
    pending.remove(reading)
    switch reading {
    case .baseline: lastBaseline = now
    case .book, .bookWithTrades:
      // What was asked for before the stream was opened tells nothing of the gap.
      lastBook = isBookStale ? nil : now
      isBookStale = false
    case .funds: lastFunds = now
    case .positions: lastPositions = now
    case .basketMargin(let basket, let units, _): triedBaskets[basket] = (units, now)
    case .optionChain(let series): lastChains[series] = now
    case .margin, .profile, .quote: break
    }
  }

  /// The book is read at once: a stream was opened, and nothing is replayed (dhan-api-v2.md §6.6).
  public mutating func readBookNow() {
    lastBook = nil
    isBookStale = isPending(.book)
  }

  /// The process had stopped: the book is read at once, whatever is still on its way, and the stream is not trusted.
  public mutating func startAnew(at now: Timestamp) {
    pending = []
    isBookStale = false
    readBookNow()
    suspectStream(at: now)
  }

  /// The stream missed something: it counts as silent for a while.
  public mutating func suspectStream(at now: Timestamp) { suspectUntil = now + ReadingSchedule.suspicion }

  public func isSuspect(at now: Timestamp) -> Bool { now < suspectUntil }

  /// The first moment at which one more reading may be asked for in a hurry.
  private var affordableAt: Timestamp {
    paidUntil + Microseconds(-ReadingSchedule.sustained.count * ReadingSchedule.inARow)
  }

  private func moments(at now: Timestamp, in state: State) -> [(reading: Reading, at: Timestamp)] {
    let never = Timestamp.earliest
    let access = state.access(of: account)
    // A dead token does not come alive by being asked; a new one makes itself known.
    let retry = access?.blockage?.reason == .deadToken ? ReadingSchedule.ordinary : ReadingSchedule.hurried
    guard hasFunds(state) else { return [(.funds, max(affordableAt, lastFunds.map { $0 + retry } ?? never))] }
    guard state.hasBaseline(account) else {
      return [(.baseline, max(affordableAt, lastBaseline.map { $0 + retry } ?? never))]
    }
    let isSilent = access?.isConnected != true || isSuspect(at: now)
    // Until one is whole no entry goes out: a first one that failed is not waited out.
    let place = account.follower.flatMap { state.index(of: $0) }
    let isOpen =
      place.map { state.followers[$0].bookReadAt == nil || state.followers[$0].needsReading } ?? false
    let since =
      account == .leader
      ? state.leader.openingsInQuestion.values.map(\.at).max() : place.flatMap { state.followers[$0].wantsReadingSince }
    let isAwaited = since.map { now < $0 + ReadingSchedule.patience } ?? false
    let interval = isAwaited ? ReadingSchedule.awaited : isSilent || isOpen ? retry : ReadingSchedule.ordinary
    var bookDue = lastBook.map { $0 + interval } ?? never
    // The broker took an order and nobody has told of it since.
    if let lastBook, let unseen = place.flatMap({ state.followers[$0].unseenSince }) {
      bookDue = min(bookDue, max(unseen + ReadingSchedule.firstPicture, lastBook + retry))
    }
    bookDue = max(bookDue, affordableAt)
    var moments = [
      (place.map { state.followers[$0].doubtsExit } ?? false ? Reading.bookWithTrades : .book, bookDue),
      (.funds, lastFunds.map { $0 + ReadingSchedule.funds } ?? never),
    ]
    if state.lacksRestatement(account), let due = restatementDue(at: now, retry, state) {
      moments.append((.baseline, max(affordableAt, due)))
    }
    if account == .leader, let due = positionsDue(at: now, retry, state) { moments.append((.positions, due)) }
    if account == .leader, !state.greeksWanted.isEmpty { moments += chains(at: now, state) }
    if let place, !state.followers[place].basketMargins.isEmpty {
      moments += basketMargins(state.followers[place].basketMargins, at: now, retry)
    }
    return moments
  }

  /// Sizing needs capitals: an account whose money is not known is not ready to trade either.
  private func hasFunds(_ state: State) -> Bool {
    switch account {
    case .leader: state.leader.funds != nil
    case .follower(let name): state.index(of: name).map { state.followers[$0].funds != nil } ?? false
    }
  }
}

extension FollowerAccount {
  /// Absence of an exit is proven only where the trade book agrees (rule 29).
  fileprivate var doubtsExit: Bool {
    outbox.requests.contains { $0.isInDoubt && $0.kind == .placement && $0.purpose == .exit }
  }
}

extension Reading {
  /// How many calls of the order interface it makes (dhan-api-v2.md §3); none where it is rare.
  fileprivate var calls: Int64 {
    switch self {
    case .baseline: 4
    case .bookWithTrades: 2
    case .book, .funds: 1
    case .positions, .quote, .margin, .basketMargin, .optionChain, .profile: 0
    }
  }
}
