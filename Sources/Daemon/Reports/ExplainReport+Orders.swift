import Domain

extension ExplainReport {
  /// Adds an order of ours: its requests with their arithmetic, what was said to them, what the broker called the order,
  /// and its fills beside the leader's.
  mutating func take(_ order: OrderRecord) {
    let index = index(of: order.follower)
    key = key ?? order.key
    followers[index].orders.append(order)
    addEpisode(of: order, to: index)
    if let adoption = order.adoption { followers[index].steps.append(step(adoption, order)) }
    for request in order.requests { followers[index].steps += steps(of: request, order) }
    followers[index].steps += order.statuses.compactMap { step($0, order) }
    followers[index].steps += fillSteps(order)
  }

  /// The ratio of an entry was frozen when its episode opened, perhaps by an earlier order of the leader.
  private mutating func addEpisode(of order: OrderRecord, to index: Int) {
    let episode = episodes.last { $1.follower == order.follower && $1.key == order.key && $0.sequence < order.sequence }
    guard let (entry, opened) = episode, !followers[index].steps.contains(where: { $0.sequence == entry.sequence })
    else { return }
    followers[index].steps.append(
      Step(
        sequence: entry.sequence, at: entry.recordedAt, kind: "episode", text: opened.words, cause: entry.causation))
  }

  private func steps(of request: RequestRecord, _ order: OrderRecord) -> [Step] {
    let waits = request.leftAtOnce ? "" : "; waits in the lane"
    var steps = [
      Step(
        sequence: request.sequence, at: request.requestedAt, kind: "request",
        text: "\(explanation(request, order))\(waits) [\(request.id)]", cause: request.causation)
    ]
    steps += request.steps.map { step in
      let text =
        switch step.kind {
        case .attempt:
          "leaves \((step.at - request.requestedAt).readable) after it was decided\(again(step, request)) [\(request.id)]"
        case .turnedAway: "turned away, and waits to be tried again: \(step.text)"
        case .doubt: "in doubt: \(step.text) (rule 27)"
        case .reading: "\(step.text) (rule 29)"
        case .resolved: "\(step.text) (rule 30)"
        }
      return Step(sequence: step.sequence, at: step.at, kind: step.kind.rawValue, text: text)
    }
    if let at = request.outcomeAt, let sequence = request.outcomeSequence {
      steps.append(Step(sequence: sequence, at: at, kind: "outcome", text: outcome(request, order)))
    } else if let last = steps.last {
      let word =
        request.isInDoubt
        ? "nobody knows yet whether it arrived; the readings of the order book will tell"
        : request.attemptedAt == nil ? "waits" : "no outcome yet"
      steps.append(Step(sequence: last.sequence, at: last.at, kind: "open", text: word))
    }
    return steps
  }

  /// Whether the attempt followed upon the proof that an earlier one had come to nothing.
  private func again(_ attempt: RequestRecord.Step, _ request: RequestRecord) -> String {
    let before = request.steps.prefix { $0.sequence < attempt.sequence }
    return before.contains { $0.kind == .doubt }
      ? ", again under its own label since the broker does not have it (rule 29)" : ""
  }

  private func step(_ adoption: OrderRecord.Adoption, _ order: OrderRecord) -> Step {
    let text =
      adoption.isSurplus
      ? "\(name(order)) is a surplus: another order has its label [\(adoption.label)]; it is cancelled, and what it fills "
        + "is closed unless the link wants it (rule 29)"
      : "\(name(order)) is ours by its label [\(adoption.label)], though this log did not ask for it (rule 26)"
    return Step(
      sequence: adoption.sequence, at: adoption.at, kind: adoption.isSurplus ? "surplus" : "adopted", text: text,
      cause: adoption.causation)
  }

  /// The fills tell the words of an order that trades.
  private func step(_ change: OrderRecord.StatusChange, _ order: OrderRecord) -> Step? {
    if change.status == .traded || change.status == .partTraded, change.reason.isEmpty { return nil }
    let reason = change.reason.isEmpty ? "" : ": \(change.reason)"
    return Step(
      sequence: change.sequence, at: change.at, kind: "order",
      text: "the broker shows \(name(order)) \(change.status.rawValue)\(reason)")
  }

  private func fillSteps(_ order: OrderRecord) -> [Step] {
    var filled = Quantity.zero
    return fills[order].map { copied in
      let fill = copied.fill
      filled += fill.quantity
      var text = "\(name(order)) filled \(names.quantity(fill.quantity, order.key)) \(copied.words)"
      if filled > fill.quantity {
        text += "; \(names.quantity(filled, order.key)) in all, on average at \(fill.averagePrice)"
      }
      return Step(sequence: fill.sequence, at: fill.at, kind: "fill", text: text)
    }
  }

  private func name(_ order: OrderRecord) -> String { order.orderID.map { "order \($0)" } ?? "it" }

  private func outcome(_ request: RequestRecord, _ order: OrderRecord) -> String {
    let words = request.text.isEmpty ? "" : ": \(request.text)"
    let again = request.attempts > 1 ? " at attempt \(request.attempts)" : ""
    switch request.outcome {
    case .accepted?:
      let number = request.kind == .placement ? " as \(name(order))" : ""
      return "\(request.kind.words) accepted\(number)\(again)"
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

  /// Says of every follower how the order ended or stands, also where nothing was decided.
  mutating func judge(_ history: OrderHistory, only follower: FollowerName?) {
    switch subject {
    case .leaderOrder:
      guard let leader = history.leader(OrderID(text: origin.text)) else { return }
      for account in history.state.followers where follower == nil || follower == account.name {
        guard account.isConfigured || followers.contains(where: { $0.name == account.name }) else { continue }
        followers[index(of: account.name)].verdict = CopyVerdict(history, leader, follower: account.name).text
      }
      let places = followers.map { history.state.index(of: $0.name) ?? .max }
      followers = zip(places, followers).sorted { $0.0 < $1.0 }.map(\.1)
    case .ownLink:
      for index in followers.indices {
        guard let key = followers[index].orders.first?.key else { continue }
        let id = OrderHistory.LinkID(follower: followers[index].name, origin: origin)
        followers[index].verdict = CopyVerdict(history, id, key, nil).text
      }
    case .foreignOrder(let name):
      let labels = history.unclaimed[OrderHistory.AccountOrder(follower: name, orderID: OrderID(text: origin.text))]
      let isLabelled = labels?.contains { $0.1.correlationID?.isOurs == true } ?? false
      followers[index(of: name)].verdict =
        isLabelled
        ? "carries a label like ours that this log can explain in no way: the follower halts, and the order counts as the "
          + "owner's (rule 34)"
        : "the account's owner or the broker placed it: it counts as the owner's and is never touched (rule 32)"
    }
  }
}
