import Domain
import Projections

/// Where the prices of our exits come from (rules 14, 16, 19).
extension KeyView {
  /// The price at which a link exits: the leader's, that of the child which rests, the next step of the ladder, or whatever
  /// protects (rule 16: an exit is not held back because no price is known).
  func exitPrice(of link: Link, _ order: LeaderOrder) -> Priced? {
    if case .move(let price)? = exitStep(of: link, order) {
      return Priced(price: price, reference: ladderReference(order))
    }
    if let nearer = nearer(link, .exit, order) { return nearer }
    let last = link.newest(.exit)
    let newer =
      isOver(order)
      ? order.filledAt.flatMap { filledAt in position.lastPrice.flatMap { $0.at > filledAt ? $0 : nil } } : nil
    // As it went out: measured against the old order's price it would be changed, and asked for anew at this one, in turn.
    if newer != nil, let last, last.isOpen { return Priced(price: last.asked.price) }
    if let last, last.lastAskedBy > order.givenTypeBy, last.isOpen || isOver(order) || !followsPrice(of: order),
      let kept = kept(last.exitPrice(isOver: isOver(order)), order)
    {
      return kept
    }
    // What is due through an order that was over long ago goes at what the leader trades at now.
    if let newer {
      return protected(
        order.order.side, PriceReference(price: newer.price, source: .leaderTrade, age: age(newer.at)))
    }
    return price(for: order) ?? fallbackExitPrice(side: order.order.side)
  }

  /// A protected limit for an exit that copies no resting order. Where nobody tells a price it goes to the edge of the band.
  func fallbackExitPrice(side: Side) -> Priced? {
    quoted(side) ?? lastResort.map { protected(side, $0, band: settings.exits.band) }
  }

  /// A protected limit for an exit of our own. What the leader traded or asked at a moment ago tells enough to begin with; the
  /// ladder may take it to the edge of the band.
  func ownExitPrice(side: Side) -> Priced? {
    guard let reference = lastResort, reference.source != .ownEntry, reference.age <= KeyView.knownFor else {
      return fallbackExitPrice(side: side)
    }
    return quoted(side) ?? protected(side, reference)
  }

  /// How long a price of the leader's tells what the market is worth.
  private static let knownFor = Microseconds.seconds(60)

  private func quoted(_ side: Side) -> Priced? {
    guard let quote, now - quote.at <= Quote.freshness else { return nil }
    return protected(side, PriceReference(price: quote.price, source: .quote, age: age(quote.at)))
  }

  /// What the ladder says of an exit that rests although the leader is out (rule 14); `nil` where it does not apply.
  func exitStep(of link: Link, _ order: LeaderOrder?) -> PriceLadder.Step? {
    guard let child = link.children.last(where: { $0.purpose == .exit && $0.rests && !$0.isSurplus }) else {
      return nil
    }
    let since: Timestamp
    if let order {
      guard isOver(order) else { return nil }
      // An exit that is owed stands on an order that never filled where nobody saw which one did.
      since = max(order.filledAt ?? .earliest, child.requestedAt)
    } else {
      since = child.requestedAt
    }
    guard let reference = ladderReference(order) else { return nil }
    let ladder = PriceLadder(
      side: child.side, step: Paise(settings.exits.stepTicks * instrument.tickSize.count),
      bound: protectedBound(child.side, reference.price, settings.exits.band),
      firstAt: since + settings.exits.firstAfter, interval: settings.exits.interval)
    return ladder.next(child.ladderPrice, movedAt: child.lastModifiedAt, now: now)
  }

  /// How far the ladder of an exit goes.
  func exitBound(_ order: LeaderOrder?, side: Side? = nil) -> Paise? {
    guard let side = side ?? order?.order.side, let reference = ladderReference(order) else { return nil }
    return protectedBound(side, reference.price, settings.exits.band)
  }

  /// What the ladder's bound is made of: what the leader got for his exit.
  func ladderReference(_ order: LeaderOrder?) -> PriceReference? {
    if let order, order.order.averagePrice > .zero {
      return PriceReference(price: order.order.averagePrice, source: .leaderTrade, age: age(order.filledAt))
    }
    return order.flatMap { reference(for: $0) } ?? lastResort
  }
}
