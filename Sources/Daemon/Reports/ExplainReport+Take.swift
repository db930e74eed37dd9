import Domain

extension ExplainReport {
  mutating func take(_ entry: LogEntry, only follower: FollowerName?) {
    if entry.sequence == origin.cause {
      leaderSteps.append(
        Step(
          sequence: entry.sequence, at: entry.recordedAt, kind: "cause",
          text: EventSentence(names: names).text(entry.event)))
      return
    }
    switch entry.event {
    case .leaderOrder(let seen): takeLeader(entry, seen.picture)
    case .episodeOpened(let opened):
      episodes.append((entry, opened))
      // An episode that this order opened, whether or not it then came to an order of ours.
      guard leaderSteps.contains(where: { $0.sequence == entry.causation }), opened.key == key else { return }
      add(entry, "episode", opened.words, to: opened.follower, only: follower)
    case .entrySized(let event):
      sized[event.follower] = event
      let reason =
        event.budget.map { "\($0) may be at risk, a lot costs \(event.perLot ?? .zero)" } ?? "as configured"
      add(entry, "sized", "takes \(names.lots(event.lots)): \(reason)", to: event.follower, only: follower)
    case .entryForgone(let event):
      let what = event.lots == .zero ? "takes nothing of it" : "gives up \(names.lots(event.lots))"
      let arithmetic = event.shortfall.map { ": \($0.words)" } ?? ""
      add(entry, "forgone", "\(what): \(event.reason.explained)\(arithmetic)", to: event.follower, only: follower)
    case .linkEnded(let event):
      add(entry, "end", event.end.words(names), to: event.follower, only: follower)
      if let index = followers.firstIndex(where: { $0.name == event.follower }) { followers[index].end = event.end }
    case .productSettled(let settled):
      key = key.map { PositionKey(contract: $0.contract, product: settled.product) }
      leaderSteps.append(
        Step(
          sequence: entry.sequence, at: entry.recordedAt, kind: "product",
          text: "it counts under \(settled.product.rawValue) (rule 8)", cause: entry.causation))
    case .followerOrder(let seen):
      key = seen.picture.order.key
      add(
        entry, "owner", EventSentence(names: names).terms(of: seen.picture.order), to: seen.follower, only: follower)
    default: break
    }
  }

  private mutating func takeLeader(_ entry: LogEntry, _ picture: OrderPicture) {
    let order = picture.order
    // A settled product stays.
    key = key ?? order.key
    leaderSteps.append(
      Step(
        sequence: entry.sequence, at: entry.recordedAt, kind: "leader",
        text: EventSentence(names: names).terms(of: order), brokerTime: order.updatedAt))
  }

  /// Alerts and readings asked for in this position of a follower, where something told here was the cause.
  mutating func takeBesides(_ entries: [LogEntry]) {
    for entry in entries {
      let told: (name: FollowerName, key: PositionKey, kind: String, text: String)? =
        switch entry.event {
        case .alertRaised(let it): (it.follower, it.key, "alert", "ALERT: \(it.kind.words)")
        case .alertCleared(let it): (it.follower, it.key, "alert", "alert over: \(it.kind.rawValue)")
        case .readingWanted(let it):
          (it.follower, it.key, "reading", "an exit waits for a fresh reading of the order book (rule 33)")
        default: nil
        }
      guard let (name, key, kind, text) = told, key == self.key,
        let index = followers.firstIndex(where: { $0.name == name }),
        (leaderSteps + followers[index].steps).contains(where: { $0.sequence == entry.causation })
      else { continue }
      add(entry, kind, text, to: name, only: nil)
    }
  }

  private mutating func add(
    _ entry: LogEntry, _ kind: String, _ text: String, to name: FollowerName, only follower: FollowerName?
  ) {
    guard follower == nil || follower == name else { return }
    let index = index(of: name)
    followers[index].steps.append(
      Step(sequence: entry.sequence, at: entry.recordedAt, kind: kind, text: text, cause: entry.causation))
  }

  mutating func index(of name: FollowerName) -> Int {
    if let known = followers.firstIndex(where: { $0.name == name }) { return known }
    followers.append(Follower(name: name))
    return followers.count - 1
  }
}
