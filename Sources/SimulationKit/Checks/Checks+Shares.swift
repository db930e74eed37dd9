import Domain
import Projections

/// Rules 3 and 10: what an order of the leader's is worth to a follower, in and out.
extension Checks {
  /// A link enters no more than its own share: what another link gave up is forgone, not moved.
  mutating func checkShare(_ request: PlacementRequested) {
    guard request.purpose == .entry, let ledger = ledger(request.child.follower, request.key),
      let ratio = ledger.episode?.ratio, let lot = folded.instruments[request.key.contract]?.lotSize,
      let link = ledger.links.last(where: { $0.origin == request.child.origin }),
      let order = link.leaderOrder.flatMap({ folded.leader.orders[$0] })
    else { return }
    let trimmed = ledger.openings.reduce(into: Quantity.zero) { $0 += $1.trimmed }
    // What it opened in a segment that the leader has left is closed again, or about to be.
    let segment = (folded.leader.positions[request.key] ?? LeaderPosition()).upcomingSegment(for: request.side)
    let has = lot.wholeLots(in: link.opened(in: segment) - link.surplus(in: segment) + link.open(.entry))
    let share = Lots(ratio.scaled(order.order.quantity.units, dividedBy: lot.units, rounding: .up))
    guard has > share + lot.wholeLots(in: trimmed) else { return }
    findings.fail(
      "rule 3: event \(folded.lastSequence): \(request.child.follower) enters \(has.count) lots through \(link.origin), "
        + "whose share is \(share.count)")
  }

  /// Exits are the leader's fraction of what was opened, to the next whole lot, whatever ratio or size would say. Looked at
  /// where one segment of the leader's is all that counts.
  mutating func checkFraction(_ request: PlacementRequested) {
    guard request.purpose == .exit, let account = folded.account(request.child.follower),
      let ledger = account.ledgers[request.key], let position = folded.leader.positions[request.key],
      folded.settings?.exits.alternatives == .stopOnly,
      ledger.links.contains(where: { $0.origin == request.child.origin && $0.leaderOrder != nil }),
      !handTraded.contains(Place(client: account.settings.clientID, key: request.key)),
      let lot = folded.instruments[request.key.contract]?.lotSize,
      ledger.openings.count == 1, let opening = ledger.openings.first, opening.removed == .zero,
      let segment = position.segments.first(where: { $0.number == opening.segment && $0.side == opening.side }),
      ledger.links.allSatisfy({ $0.surplus == .zero && !$0.children.contains(where: \.isSurplus) })
    else { return }
    let before = ledger.start.flatMap { $0.segment == segment.number ? $0.closed : nil } ?? .zero
    let isCurrent = position.current?.number == segment.number
    var resting = Quantity.zero
    if isCurrent {
      for order in folded.leader.orders.values where order.key == request.key && order.order.side == request.side {
        resting += order.order.open
      }
    }
    let whole = segment.whole - before
    let left = isCurrent ? min(whole, segment.closed - before + min(resting, position.net.magnitude)) : whole
    guard whole > .zero else { return }
    // What is being trimmed was too much, and is no part of what the leader's fraction is taken of.
    let trimmed = ledger.links.reduce(into: Quantity.zero) { if $1.leaderOrder == nil { $0 += $1.open(.exit) } }
    let opened = lot.wholeLots(in: opening.opened - trimmed)
    let leaves = lot.wholeLots(in: opening.opened - ledger.held.magnitude + ledger.open(.exit) - trimmed)
    func most(_ opened: Lots, _ closed: Quantity) -> Int64 {
      unevenMost(of: opened, ledger, segment, whole: whole, start: before, closed: closed)
        ?? Rounding.up.quotient(Int128(opened.count) * Int128(closed.units), Int128(whole.units))
    }
    if leaves.count > most(opened, left) {
      findings.fail(
        "rule 10: event \(folded.lastSequence): \(request.child.follower) leaves \(leaves.count) of \(opened.count) lots, "
          + "the leader \(left.units) of \(whole.units) units")
    }
    // What does not rest with an order of his leaves for what he has left, however much of ours filled ahead of him.
    let leader = folded.leader
    func isOver(_ link: Link) -> Bool { link.leaderOrder.flatMap { leader.orders[$0] }?.order.status.isFinal ?? false }
    guard ledger.links.contains(where: { $0.origin == request.child.origin && isOver($0) }) else { return }
    let atOnce = ledger.links.reduce(into: Quantity.zero) { sum, link in
      guard isOver(link) else { return }
      for child in link.children where child.purpose == .exit && !child.isCancelling { sum += child.open }
    }
    let gone = lot.wholeLots(in: opening.opened - ledger.held.magnitude + atOnce)
    let hasLeft = isCurrent ? min(whole, segment.closed - before) : whole
    // A part of what is too much leaves with him, before the rest is trimmed.
    let all = lot.wholeLots(in: opening.opened)
    if gone.count > most(all, hasLeft) {
      findings.fail(
        "rule 10: event \(folded.lastSequence): \(request.child.follower) leaves \(gone.count) of \(all.count) lots at once, "
          + "the leader has left \(hasLeft.units) of \(whole.units) units")
    }
  }

  /// The most lots that may have left where something was forgone or sized otherwise: the leader's decreases one after the other,
  /// each a fraction of what was there then; `nil` where the follower has the same share of everything.
  private func unevenMost(
    of lots: Lots, _ ledger: KeyLedger, _ segment: LeaderSegment, whole: Quantity, start: Quantity, closed: Quantity
  ) -> Int64? {
    let entries = ledger.links.compactMap { link -> (after: Int64, leader: Int64, follower: Int64, isShort: Bool)? in
      guard let order = link.leaderOrder.flatMap({ folded.leader.orders[$0] }),
        let share = order.shares.first(where: { $0.segment == segment.number && $0.opened > .zero })
      else { return nil }
      return (
        max(0, (share.openedAfter - start).units), share.opened.units, link.opened(in: segment.number).units,
        link.forgone > .zero || link.entryBlocked != nil
      )
    }
    guard ledger.episode?.ratio == nil || entries.contains(where: \.isShort) else { return nil }
    // Millionths of a unit, never too few.
    var left: Int128 = 0
    var net = whole.units - entries.reduce(0) { $0 + $1.leader }
    var reached: Int64 = 0
    for entry in entries.sorted(by: { $0.after < $1.after }) {
      let rest = net - (entry.after - reached)
      left = net > 0 && rest > 0 ? left * Int128(rest) / Int128(net) : 0
      left += Int128(entry.follower) * 1_000_000
      net = rest + entry.leader
      reached = entry.after
    }
    let rest = net - (closed.units - reached)
    left = net > 0 && rest > 0 ? left * Int128(rest) / Int128(net) : 0
    let opened = Int128(entries.reduce(0) { $0 + $1.follower }) * 1_000_000
    return opened > 0 ? Rounding.up.quotient(Int128(lots.count) * (opened - left), opened) : nil
  }
}
