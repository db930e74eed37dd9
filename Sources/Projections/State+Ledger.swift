import Domain

extension State {
  mutating func applyLedger(_ event: Event) {
    switch event {
    case .episodeOpened(let opened):
      let (position, orders) = (leader.positions[opened.key] ?? LeaderPosition(), leader.orders)
      change(opened.follower, opened.key) { ledger in
        ledger.episodeCount = opened.number
        ledger.episode = Episode(number: opened.number, side: opened.side, ratio: opened.ratio, since: opened.since)
        // It takes over what is held, and what was opened and closed of that since the leader's segment began.
        guard ledger.held == .zero else { return }
        for index in ledger.links.indices { ledger.links[index].closedInEarlierEpisodes = ledger.links[index].closed }
        guard let segment = position.current, segment.side == opened.side else { return }
        ledger.start = EpisodeStart(segment: segment.number, closed: segment.closed)
        for index in ledger.links.indices {
          let order = ledger.links[index].leaderOrder.flatMap { orders[$0] }
          ledger.links[index].closedBefore = order?.closed(in: segment.number) ?? .zero
        }
      }
    case .episodeClosed(let closed): close(closed)
    case .entrySized(let sized): changeLink(sized.follower, sized.key, sized.origin) { $0.sizedLots = sized.lots }
    case .entryForgone(let forgone):
      changeLink(forgone.follower, forgone.key, forgone.origin) {
        $0.lastReason = forgone.reason
        if forgone.lots == .zero { $0.entryBlocked = forgone.reason } else { $0.forgone += forgone.lots }
      }
    case .linkEnded(let ended): changeLink(ended.follower, ended.key, ended.origin) { $0.end = ended.end }
    case .alertRaised(let alert):
      change(alert.follower, alert.key) {
        $0.alerts.insert(alert.kind)
        if alert.kind == .closedByOthers { $0.closedByOthers = .zero }
      }
    case .alertCleared(let alert): change(alert.follower, alert.key) { $0.alerts.remove(alert.kind) }
    default: break
    }
  }

  private mutating func change(_ follower: FollowerName, _ key: PositionKey, _ body: (inout KeyLedger) -> Void) {
    guard let index = index(of: follower) else { return }
    body(&followers[index].ledgers[key, default: KeyLedger()])
    touched.touch(follower: index, key)
  }

  mutating func changeLink(
    _ follower: FollowerName, _ key: PositionKey, _ origin: LinkOrigin, _ body: (inout Link) -> Void
  ) {
    change(follower, key) { ledger in
      guard let link = ledger.linkIndex(origin) else { return }
      body(&ledger.links[link])
    }
  }

  /// Ends the episode and forgets what cannot matter any more: ended links, their children and orders.
  private mutating func close(_ closed: EpisodeClosed) {
    guard let index = index(of: closed.follower) else { return }
    let key = closed.key
    guard let place = followers[index].ledgers.index(forKey: key) else { return }
    followers[index].ledgers.values[place].closeEpisode()
    touched.touch(follower: index, key)
    // Of what is held on the other side, every link counts that opened a part of it.
    guard followers[index].ledgers.values[place].held == .zero else { return }
    followers[index].forgetEndedLinks(key)
    if !isHeld(key, from: index) { leader.settle(key) }
  }

  /// Whether an account still has an episode or lots of ours in a key. Followers mostly leave in their order, so the one
  /// after `index` is asked first.
  private func isHeld(_ key: PositionKey, from index: Int) -> Bool {
    followers[(index + 1)...].contains { $0.holds(key) } || followers[...index].contains { $0.holds(key) }
  }
}

extension FollowerAccount {
  /// Keeps the picture of a finished order of ours so that a later reading of the book says nothing new, but without its
  /// child. Its fills are history: the picture can only repeat them.
  mutating func retire(_ orderID: OrderID) {
    orders[orderID]?.owner = .retired
  }
}

extension Array {
  func partitioned(_ belongsToFirst: (Element) -> Bool) -> ([Element], [Element]) {
    var first: [Element] = []
    var second: [Element] = []
    for element in self {
      if belongsToFirst(element) { first.append(element) } else { second.append(element) }
    }
    return (first, second)
  }
}
