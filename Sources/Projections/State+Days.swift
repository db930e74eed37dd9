import Domain

/// What a new day changes: orders live for a day, expired contracts are gone, and what an account holds is put right once
/// every morning (rule 6).
extension State {
  /// *Now* by the broker's clock, as far as the log knows how ours stands against it: days and hours of trading are his.
  public var brokerNow: Timestamp { Timestamp(microseconds: now.microseconds - leader.clockAhead.count) }

  /// When positions are read anew: at eight where the market has hours, since a broker's night is for his own accounts.
  public var restatementDueAt: Timestamp? {
    guard let tradingDay else { return nil }
    return settings?.calendar == nil ? tradingDay.startInIndia : tradingDay.startInIndia + .seconds(8 * 3_600)
  }

  /// Whether what the account holds has not been read since the day began.
  public func lacksRestatement(_ account: AccountRole) -> Bool {
    guard let tradingDay else { return false }
    switch account {
    case .leader: return leader.hasBaseline && leader.restatedOn.map { $0 < tradingDay } ?? true
    case .follower(let name):
      guard let index = index(of: name), followers[index].hasBaseline else { return false }
      return followers[index].restatedOn.map { $0 < tradingDay } ?? true
    }
  }

  /// What stands in contracts that expired before `day`, the leader's first.
  public func expired(before day: Day) -> [ExpiredPosition] {
    func isOver(_ key: PositionKey) -> Bool { key.contract.option.map { $0.expiry < day } ?? false }
    var expired: [ExpiredPosition] = []
    for (key, position) in leader.positions where isOver(key) && position.net != .zero {
      expired.append(ExpiredPosition(account: .leader, key: key, quantity: position.net))
    }
    expired.sort { $0.key < $1.key }
    for account in followers {
      for key in account.ledgers.keys.sorted() where isOver(key) {
        guard let ledger = account.ledgers[key], ledger.held != .zero || ledger.owner != .zero else { continue }
        expired.append(
          ExpiredPosition(account: .follower(account.name), key: key, quantity: ledger.held, owner: ledger.owner))
      }
    }
    return expired
  }

  /// Whether an account holds less, by positions of a new day, than the log says, and no order explains it. What lives for a day
  /// alone was squared off.
  public func hasVanished(from positions: [BaselinePosition], of account: AccountRole) -> Bool {
    guard let tradingDay else { return false }
    func canLast(_ key: PositionKey) -> Bool {
      key.product != .intraday && key.contract.option.map { $0.expiry >= tradingDay } ?? true
    }
    switch account {
    case .leader: return leader.closedUnseen(positions).contains { canLast($0.key) }
    case .follower(let name):
      guard let follower = index(of: name).map({ followers[$0] }) else { return false }
      let read = PositionsReading(sequence: lastSequence, positions: positions)
      return follower.ledgers.contains { key, ledger in
        canLast(key) && follower.unexplained(by: read.net(key) - ledger.held - ledger.owner, key, ledger) > .zero
      }
    }
  }

  mutating func apply(_ began: DayBegan) {
    tradingDay = began.day
    for position in began.expired {
      switch position.account {
      case .leader: leader.expire(position.key, sequence: lastSequence, at: now)
      case .follower(let name):
        if let index = index(of: name) { followers[index].ledgers[position.key]?.expire() }
      }
    }
    let calendar = settings?.calendar
    leader.endOrders(before: began.day, calendar)
    leader.openingsInQuestion = [:]
    let clockAhead = leader.clockAhead
    for index in followers.indices { followers[index].endOrders(before: began.day, calendar, clockAhead: clockAhead) }
    touched.everything = true
  }

  mutating func apply(_ restated: AccountRestated) {
    let held = restated.positions.filter { $0.key.contract.option.map { $0.expiry >= restated.day } ?? true }
    switch restated.account {
    case .leader: leader.restate(held, on: restated.day, sequence: lastSequence, at: now)
    case .follower(let name):
      guard let index = index(of: name) else { return }
      restate(follower: index, held)
      followers[index].restatedOn = restated.day
    }
    touched.everything = true
  }

  /// A difference that an order of ours can explain, which nobody saw the end of, is ours; the rest is somebody else's trade
  /// (rule 32).
  private mutating func restate(follower index: Int, _ positions: [BaselinePosition]) {
    let read = PositionsReading(sequence: lastSequence, positions: positions)
    let keys = Set(followers[index].ledgers.keys).union(positions.map(\.key)).sorted()
    for key in keys where key.contract.option.map({ $0.expiry >= (tradingDay ?? $0.expiry) }) ?? true {
      let known = followers[index].ledgers[key].map { $0.held + $0.owner } ?? .zero
      let difference = read.net(key) - known
      guard let side = Side(holding: difference) else { continue }
      var rest = difference.magnitude
      for reference in followers[index].overnight where reference.key == key && rest > .zero {
        rest -= fillOvernight(reference, follower: index, side: side, upTo: rest)
      }
      if rest > .zero {
        followers[index].ledgers[key, default: KeyLedger()].ownerTrade(side: side, quantity: rest, at: nil)
      }
    }
    followers[index].overnight = []
  }

  /// - Returns: the units that the child explains.
  private mutating func fillOvernight(
    _ reference: ChildReference, follower index: Int, side: Side, upTo most: Quantity
  ) -> Quantity {
    guard let (place, link) = followers[index].linkPlace(reference), let child = followers[index].child(reference),
      child.side == side
    else { return .zero }
    let units = min(most, max(.zero, child.asked.quantity - child.filled))
    guard units > .zero else { return .zero }
    let order = followers[index].ledgers.values[place].links[link].leaderOrder
    let segment = openingSegment(order, side: side, reference.key)
    followers[index].change(reference) { $0.filled += units }
    followers[index].ledgers.values[place].fill(link: link, child: child, by: units, openingSegment: segment, at: now)
    return units
  }
}

extension FollowerAccount {
  /// Units of ours that a difference of positions took away, beyond what the owner's lots and orders of ours whose end nobody
  /// saw can explain.
  fileprivate func unexplained(by difference: Quantity, _ key: PositionKey, _ ledger: KeyLedger) -> Quantity {
    guard let side = Side(holding: difference), ledger.side == side.opposite else { return .zero }
    var rest = difference.magnitude
    if Side(holding: ledger.owner) == side.opposite { rest -= ledger.owner.magnitude }
    for reference in overnight where reference.key == key {
      if let child = child(reference), child.side == side { rest -= max(.zero, child.asked.quantity - child.filled) }
    }
    return max(.zero, rest)
  }
}

extension BrokerOrder {
  /// Whether the order ended with a day before `day`, whatever was last seen of it: an order lives for the session of its
  /// day, one that waits for a session until that is over.
  public func isOver(before day: Day, _ calendar: MarketCalendar?) -> Bool {
    guard !status.isFinal, let updatedAt, updatedAt < day.startInIndia else { return false }
    guard afterMarket else { return true }
    var session = updatedAt.indianDay.next
    while session < day {
      if calendar?.isTradingDay(session) ?? session.isWeekday { return true }
      session = session.next
    }
    return false
  }
}

extension KeyLedger {
  /// What expired is settled by the exchange; nobody traded it.
  mutating func expire() {
    for index in openings.indices { openings[index].removed += openings[index].remaining }
    held = .zero
    owner = .zero
  }
}

extension FollowerAccount {
  /// Ends what ended with an earlier day. What of it nobody saw the end of is remembered until positions tell.
  mutating func endOrders(before day: Day, _ calendar: MarketCalendar?, clockAhead: Microseconds) {
    for (id, known) in orders where known.order.isOver(before: day, calendar) { orders[id]?.order.status = .expired }
    let start = day.startInIndia + clockAhead
    for key in ledgers.keys.sorted() {
      guard let place = ledgers.index(forKey: key) else { continue }
      for link in ledgers.values[place].links.indices {
        // Another day, another answer: an exit that was refused is asked for once more.
        ledgers.values[place].links[link].refusedExit = nil
        for child in ledgers.values[place].links[link].children.indices {
          let reference = ChildReference(key: key, origin: ledgers.values[place].links[link].origin, index: child)
          guard let ended = ended(ledgers.values[place].links[link].children[child], before: start) else { continue }
          ledgers.values[place].links[link].children[child].state = ended
          overnight.append(reference)
        }
      }
    }
  }

  /// The child's state where its day is over, with its request out of the way; `nil` where nothing of it was open, or it goes on.
  private mutating func ended(_ child: Child, before start: Timestamp) -> ChildState? {
    switch child.state {
    case .placing(let request, let phase):
      // What never left is taken back by a decision; one that waits for a session is found in the book of its day.
      guard phase != .queued, !child.afterMarket, child.lastAskedAt < start else { return nil }
      _ = outbox.take(request)
      return .lapsed
    case .working(let id, _, let pending):
      let isOver = orders[id].map { $0.order.status.isFinal } ?? (!child.afterMarket && child.lastAskedAt < start)
      guard isOver else { return nil }
      if let pending { _ = outbox.take(pending.requestID) }
      return .ended(id, .expired)
    case .ended, .refused, .withdrawn, .lapsed: return nil
    }
  }
}
