import Domain

extension ExplainReport {
  mutating func take(_ entry: LogEntry, only follower: FollowerName?) {
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
      add(entry, "forgone", "\(what): \(event.reason.words)", to: event.follower, only: follower)
    case .linkEnded(let event):
      add(entry, "end", event.end.words(names), to: event.follower, only: follower)
      if let index = followers.firstIndex(where: { $0.name == event.follower }) { followers[index].end = event.end }
    default: break
    }
  }

  private mutating func takeLeader(_ entry: LogEntry, _ picture: OrderPicture) {
    let order = picture.order
    key = order.key
    var text =
      "\(order.side.rawValue) \(names.quantity(order.quantity, order.key)) \(names.key(order.key)), "
      + "\(order.type.rawValue)\(order.price > .zero ? " at \(order.price)" : ""): \(order.status.rawValue)"
    if order.filled > leaderFilled {
      text += ", filled \(names.quantity(order.filled, order.key)) at \(order.averagePrice)"
    }
    leaderFilled = order.filled
    if !order.reason.isEmpty { text += " (\(order.reason))" }
    leaderSteps.append(
      Step(
        sequence: entry.sequence, at: entry.recordedAt, kind: "leader", text: text, brokerTime: picture.order.updatedAt)
    )
  }

  private mutating func add(
    _ entry: LogEntry, _ kind: String, _ text: String, to name: FollowerName, only follower: FollowerName?
  ) {
    guard follower == nil || follower == name else { return }
    let index = index(of: name)
    followers[index].steps.append(Step(sequence: entry.sequence, at: entry.recordedAt, kind: kind, text: text))
  }

  private mutating func index(of name: FollowerName) -> Int {
    if let known = followers.firstIndex(where: { $0.name == name }) { return known }
    followers.append(Follower(name: name))
    return followers.count - 1
  }

  /// Adds an order of ours: its requests with their arithmetic, what was said to them, and its fills.
  mutating func take(_ order: OrderRecord) {
    let index = index(of: order.follower)
    key = key ?? order.key
    followers[index].orders.append(order)
    addEpisode(of: order, to: index)
    for request in order.requests { followers[index].steps += steps(of: request, order) }
    for fill in order.fills {
      let text = "filled \(names.quantity(fill.quantity, order.key)), on average at \(fill.averagePrice)"
      followers[index].steps.append(Step(sequence: fill.sequence, at: fill.at, kind: "fill", text: text))
    }
  }

  /// The ratio of an entry was frozen when its episode opened, perhaps by an earlier order of the leader.
  private mutating func addEpisode(of order: OrderRecord, to index: Int) {
    let episode = episodes.last { $1.follower == order.follower && $1.key == order.key && $0.sequence < order.sequence }
    guard let (entry, opened) = episode, !followers[index].steps.contains(where: { $0.sequence == entry.sequence })
    else { return }
    followers[index].steps.append(
      Step(sequence: entry.sequence, at: entry.recordedAt, kind: "episode", text: opened.words))
  }

  private func steps(of request: RequestRecord, _ order: OrderRecord) -> [Step] {
    var steps = [
      Step(
        sequence: request.sequence, at: request.requestedAt, kind: "request",
        text: explanation(request, order) + " [\(request.id)]")
    ]
    if let at = request.outcomeAt, let sequence = request.outcomeSequence {
      steps.append(Step(sequence: sequence, at: at, kind: "outcome", text: outcome(request)))
    } else {
      let waits = request.text.isEmpty ? "waits" : "turned away, and waits to be tried again: \(request.text)"
      let word =
        request.isInDoubt ? "in doubt: \(request.text)" : request.attemptedAt == nil ? waits : "no outcome yet"
      let at = request.attemptedAt ?? request.requestedAt
      steps.append(Step(sequence: request.sequence, at: at, kind: request.isInDoubt ? "doubt" : "open", text: word))
    }
    return steps
  }

  private func outcome(_ request: RequestRecord) -> String {
    let words = request.text.isEmpty ? "" : ": \(request.text)"
    let again = request.attempts > 1 ? " at attempt \(request.attempts)" : ""
    switch request.outcome {
    case .accepted?: return "\(request.kind.words) accepted\(again)"
    case .refused?: return "\(request.kind.words) refused\(words)"
    case .withdrawn?: return "\(request.kind.words) withdrawn\(words)"
    case .settled?, nil: return "\(request.kind.words) settled: the broker shows the order without it"
    }
  }

  /// The decision in words: its arithmetic, and what it asks for.
  func explanation(_ request: RequestRecord, _ order: OrderRecord) -> String {
    let why = request.why.words(names, sized: sized[order.follower])
    let asked = names.quantity(request.quantity ?? .zero, order.key)
    let price = request.price.map { " at \($0)" } ?? ""
    switch request.kind {
    case .placement: return "\(why) → \(order.side.rawValue) \(asked)\(price)"
    case .modification: return "\(why) → modify to \(asked) in all\(price)"
    case .cancellation: return "\(why) → cancel what rests"
    }
  }
}
