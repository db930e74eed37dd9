import Domain
import Ports
import Projections
import Reactors

/// What a report changes of how its account is looked at.
extension EngineDesk {
  mutating func take(_ report: AccountReport, of account: AccountRole) -> [Observation] {
    let now = clock.now()
    if case .stream(isConnected: true, _) = report { plans[account]?.readBookNow() }
    if intake.isDoubtful(report, of: account, in: engine.state) {
      logger.notice(
        "the stream calls an accepted order rejected; the order book decides", metadata: ["account": "\(account)"])
      // A reading that is on its way may be older: it is read again each second.
      plans[account]?.readBookNow()
      plans[account]?.suspectStream(at: now)
    }
    if case .book(let book, let askedAt, _) = report, plans[account] != nil,
      intake.isMissed(book, askedAt: askedAt, of: account, in: engine.state)
    {
      logger.warning(
        "the stream missed what the order book shows; it is opened anew", metadata: ["account": "\(account)"])
      plans[account]?.suspectStream(at: now)
      outside.reconnect(account)
    }
    for (follower, reading) in intake.margins(for: report, of: account, in: engine.state) {
      outside.read(.follower(follower), reading)
    }
    var seen: [Observation] = []
    if account == .leader, case .book(_, let askedAt, _) = report {
      sight.bookRead(askedAt: askedAt)
      seen = lookAtLeader()
    }
    return seen + intake.observations(report, of: account, in: engine.state)
  }

  /// Whether what an account holds on a new morning has to be read again before it is believed.
  mutating func isDoubted(_ report: AccountReport, of account: AccountRole) -> Bool {
    guard case .baseline(let reading) = report, intake.isUpToDate(reading, of: account, engine.state) else {
      return false
    }
    let isDoubted = vanished.doubts(reading, of: account, at: clock.now(), in: engine.state)
    if isDoubted, plans[account]?.isBaselineDoubted == false {
      logger.warning(
        "positions are gone that the log knows, and no order tells who closed them; they are read again before that is believed",
        metadata: ["account": "\(account)"])
    }
    plans[account]?.isBaselineDoubted = isDoubted
    return isDoubted
  }

  /// Whether somebody sees him, before anything is told of what he did: then it counts by its age (rule 35).
  mutating func lookAtLeader() -> [Observation] {
    let now = clock.now()
    let isSuspected = plans[.leader]?.isSuspect(at: now) ?? false
    return sight.look(at: now, isSuspected: isSuspected, in: engine.state).map { [$0] } ?? []
  }

  /// The process had stopped and goes on: every stream counts as gone until it was opened anew, and every book is read.
  mutating func noticeGap() throws {
    let now = clock.now()
    guard let length = awakening.turn(at: now), stopsBy == nil else { return }
    let reason = "this process had stopped for \(length.count / 1_000_000) s"
    logger.warning("\(reason); streams are opened anew and every account is read")
    plans.startAnew(at: now)
    for account in plans.accounts { outside.reconnect(account) }
    try observe(plans.accounts.map { .stream($0, isConnected: false, reason: reason) })
  }
}
