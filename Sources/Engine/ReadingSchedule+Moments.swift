import Domain
import Ports
import Projections

/// When that is read of which more than the interval decides: what is held, option chains, margins of baskets.
extension ReadingSchedule {
  /// The chains of the contracts whose Greeks an entry waits for; each once in three seconds (dhan-api-v2.md §3).
  func chains(at now: Timestamp, _ state: State) -> [(reading: Reading, at: Timestamp)] {
    var asked: [ChainSeries: Timestamp] = [:]
    for (contract, at) in state.greeksWanted where now < at + SeenGreeks.patience {
      guard let series = contract.series(state) else { continue }
      asked[series] = min(asked[series] ?? at, at)
    }
    return asked.keys.sorted().compactMap { series in
      guard let at = asked[series] else { return nil }
      return (.optionChain(series), max(at, lastChains[series].map { $0 + ReadingSchedule.chain } ?? at))
    }
  }

  /// What a basket binds is asked at once, and again each second as long as its legs wait for it (rule 23).
  func basketMargins(
    _ wanted: [OrderID: BasketMargin], at now: Timestamp, _ retry: Microseconds
  ) -> [(reading: Reading, at: Timestamp)] {
    wanted.keys.sorted().compactMap { basket in
      guard let question = wanted[basket], question.margin == nil, now < question.askedAt + BasketMargin.patience else {
        return nil
      }
      let tried = triedBaskets[basket].flatMap { $0.units == question.units ? $0.at : nil }
      return (
        .basketMargin(basket, units: question.units, question.legs), tried.map { $0 + retry } ?? question.askedAt
      )
    }
  }

  /// What the account holds is read once every morning (rule 6).
  func restatementDue(at now: Timestamp, _ retry: Microseconds, _ state: State) -> Timestamp? {
    guard let due = state.restatementDueAt.map({ $0 + state.leader.clockAhead }) else { return nil }
    guard let lastBaseline else { return due }
    guard isBaselineDoubted else { return max(due, lastBaseline + retry) }
    let soon = lastBaseline + VanishedHoldings.patience
    guard !state.isOpenSoon(within: VanishedHoldings.patience), let calendar = state.settings?.calendar else {
      return soon
    }
    let opening = calendar.nextOpening(after: state.brokerNow) + state.leader.clockAhead
    return max(
      soon, min(lastBaseline + ReadingSchedule.whileClosed, opening + Microseconds(-VanishedHoldings.patience.count)))
  }

  /// What the leader holds is read while a product of his is in question, and while the log has him on both sides of a
  /// contract: often after he did something, else once a minute (rules 8, 39).
  func positionsDue(at now: Timestamp, _ retry: Microseconds, _ state: State) -> Timestamp? {
    if !state.leader.unsettled.isEmpty {
      let isNew = !questioned.isSuperset(of: state.leader.unsettled)
      return isNew ? .earliest : lastPositions.map { $0 + retry } ?? .earliest
    }
    guard state.leader.hasOpposedProducts else { return nil }
    let isRecent = state.leader.lastEventAt.map { now - $0 < ReadingSchedule.suspicion } ?? false
    let interval = isRecent || state.leader.suspectedPairs != nil ? LeaderBook.pairConfirmation : ReadingSchedule.funds
    return lastPositions.map { $0 + interval } ?? .earliest
  }
}
