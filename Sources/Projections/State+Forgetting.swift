import Domain

/// What the state no longer needs, it forgets when a day begins in India: without that it would grow with the log.
extension State {
  /// How many whole days before the present one are remembered: a weekend and a holiday lie within.
  private static let daysRemembered: Int32 = 4

  /// Whether the order was over before the days that are remembered. Brokers show the orders of the day only; should one
  /// show such an order again after all, it is history, and its fills must not count a second time.
  public func hasForgotten(_ order: BrokerOrder) -> Bool {
    guard order.status.isFinal, let updatedAt = order.updatedAt else { return false }
    return updatedAt < remembered
  }

  /// To be called with every event; does something with the first one of a day.
  @inline(__always)
  mutating func beginDayIfNew() {
    if now >= dayEnd { beginDay() }
  }

  @inline(never)
  private mutating func beginDay() {
    let day = now.indianDay
    dayEnd = Day(daysSinceEpoch: day.daysSinceEpoch + 1).startInIndia
    let first = Day(daysSinceEpoch: day.daysSinceEpoch - State.daysRemembered)
    remembered = first.startInIndia
    forgetLinks()
    forgetOrders()
    forgetBaskets()
    forgetContracts(before: first)
  }

  /// Ended links of keys in which the leader is flat and nobody holds or works anything: what closing the last episode
  /// forgets too, here for links that ended later or never had an episode.
  private mutating func forgetLinks() {
    for (key, position) in leader.positions where position.net == .zero {
      if followers.contains(where: { $0.holds(key) }) { continue }
      for index in followers.indices { followers[index].forgetEndedLinks(key) }
      leader.settle(key)
    }
  }

  private mutating func forgetOrders() {
    var needed: Set<OrderID> = []
    for position in leader.positions.values { needed.formUnion(position.orders) }
    for account in followers {
      for ledger in account.ledgers.values { needed.formUnion(ledger.links.lazy.compactMap(\.leaderOrder)) }
    }
    for index in followers.indices {
      let account = followers[index]
      followers[index].childByLabel = account.childByLabel.filter { account.child($0.value) != nil }
    }
    leader.orders = leader.orders.filter { !hasForgotten($0.value.order) || needed.contains($0.key) }
    for index in followers.indices {
      followers[index].orders = followers[index].orders.filter { _, known in
        switch known.owner {
        case .ours, .undetermined, .unexplained: true
        case .owner, .retired: !hasForgotten(known.order)
        }
      }
    }
  }

  /// Options that have expired, where nothing is left of them. The same contract never comes back.
  private mutating func forgetContracts(before day: Day) {
    func isOver(_ contract: ContractID) -> Bool { contract.option.map { $0.expiry < day } ?? false }
    for index in followers.indices {
      followers[index].ledgers = followers[index].ledgers.filter { !isOver($0.key.contract) || !$0.value.isEmpty }
      followers[index].marginPerLot = followers[index].marginPerLot.filter { !isOver($0.key) }
    }
    leader.positions = leader.positions.filter {
      !isOver($0.key.contract) || $0.value.net != .zero || !$0.value.orders.isEmpty
    }
    let used = Set(leader.positions.keys.map(\.contract))
      .union(followers.lazy.flatMap { $0.ledgers.keys.map(\.contract) })
    quotes = quotes.filter { !isOver($0.key) }
    greeks = greeks.filter { !isOver($0.key) }
    greeksWanted = greeksWanted.filter { !isOver($0.key) }
    instruments = instruments.filter { !isOver($0.key) || used.contains($0.key) }
  }
}

extension KeyLedger {
  /// Whether nothing that could ever matter stands in it.
  var isEmpty: Bool {
    episode == nil && links.isEmpty && held == .zero && owner == .zero && closedByOthers == .zero && alerts.isEmpty
  }
}

extension FollowerAccount {
  /// Whether there is an episode or a lot of ours in a key.
  func holds(_ key: PositionKey) -> Bool {
    guard let place = ledgers.index(forKey: key) else { return false }
    return ledgers.values[place].episode != nil || ledgers.values[place].held != .zero
  }

  /// Forgets ended links with nothing open, their children and whose the orders of those were.
  mutating func forgetEndedLinks(_ key: PositionKey) {
    guard let place = ledgers.index(forKey: key) else { return }
    let (kept, gone) = ledgers.values[place].links.partitioned { link in
      link.end == nil || !link.isQuiet || overnight.contains { $0.key == key && $0.origin == link.origin }
    }
    guard !gone.isEmpty else { return }
    ledgers.values[place].links = kept
    for link in gone {
      // Labels are remembered for the day: an order that comes late is ours by its label alone.
      for child in link.children { if let order = child.orderID { retire(order) } }
    }
  }
}
