import Domain

extension Harness {
  /// What happened, a line an event, in lots: printed by a failing property.
  var story: String {
    let position = state.leader.positions[key]
    let openings = ledger.openings.map { "\($0.segment): \($0.opened) - \($0.removed)" }
    let segments = position?.segments.map { "\($0.number) \($0.side) \($0.closed)/\($0.whole)" } ?? []
    let links = ledger.links.map { link in
      "\(link.origin) closed \(link.closed) refused at \(link.refusedExit.map { "\($0.lots) of \($0.total)" } ?? "-") "
        + "open \(link.open(.entry)) \(link.open(.exit)) \(link.end.map { "\($0)" } ?? "")"
    }
    return log.compactMap(line).joined(separator: "\n")
      + "\nheld \(ledger.held), openings \(openings), leader \(position?.net.units ?? 0) segments \(segments)\n"
      + links.joined(separator: "\n")
  }

  private func line(_ event: Event) -> String? {
    func lots(_ quantity: Quantity) -> Int64 { quantity.units / lotSize.units }
    switch event {
    case .leaderOrder(let seen):
      let order = seen.picture.order
      return
        "leader \(order.orderID) \(order.side) \(lots(order.filled))/\(lots(order.quantity)) at \(order.price) \(order.status)"
    case .followerOrder(let seen):
      let order = seen.picture.order
      return "  follower \(order.orderID) \(order.side) \(lots(order.filled))/\(lots(order.quantity)) \(order.status)"
    case .placementRequested(let request):
      return """
          place \(request.child.origin).\(request.child.number) \(request.purpose) \(request.side) \(lots(request.terms.quantity)) \
        at \(request.terms.price), at once \(request.leavesAtOnce), rule \(request.why.rule) target \(request.why.target)
        """
    case .modificationRequested(let request):
      return
        "  modify \(request.child.origin).\(request.child.number) to \(lots(request.terms.quantity)) at \(request.terms.price)"
    case .cancellationRequested(let request):
      return "  cancel \(request.child.origin).\(request.child.number), rule \(request.why.rule)"
    case .requestWithdrawn(let request): return "  withdraw \(request.requestID)"
    case .requestAttempted(let request): return "  attempt \(request.requestID)"
    case .entryForgone(let forgone): return "  forgo \(forgone.lots) of \(forgone.origin): \(forgone.reason)"
    case .linkEnded(let ended): return "  end \(ended.origin): \(ended.end)"
    case .episodeOpened(let opened): return "  open episode \(opened.number) \(opened.side)"
    case .episodeClosed(let closed): return "  close episode \(closed.number)"
    case .alertRaised(let alert): return "  ALERT \(alert.kind) \(alert.lots)"
    default: return nil
    }
  }
}
