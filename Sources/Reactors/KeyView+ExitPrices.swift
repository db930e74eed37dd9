import Domain
import Projections

/// Where the prices of our exits come from (rules 14, 16, 19).
extension KeyView {
  /// The price at which a link exits: the leader's, that of the child which rests, the next step of the ladder, or whatever
  /// protects (rule 16: an exit is not held back because no price is known).
  func exitPrice(of link: Link, _ order: LeaderOrder) -> Priced? {
    if case .move(let price)? = exitStep(of: link, order) {
      return Priced(price: price, reference: newerTrade(than: order) ?? ladderReference(order))
    }
    if let nearer = nearer(link, .exit, order) { return nearer }
    let last = link.newest(.exit)
    let newer = isDone(order) && order.filledAt != nil ? newerTrade(than: order) : nil
    // As it went out: measured against the old order's price it would be changed, and asked for anew at this one, in turn.
    if newer != nil, let last, last.isOpen { return Priced(price: last.asked.price) }
    if let last, last.lastAskedBy > order.givenTypeBy, last.isOpen || isDone(order) || !followsPrice(of: order),
      let kept = kept(last.exitPrice(isOver: isDone(order)), order)
    {
      return kept
    }
    // What is due through an order that was over long ago goes at what the leader trades at now.
    if let newer { return protected(order.order.side, newer) }
    return price(for: order) ?? fallbackExitPrice(side: order.order.side)
  }

  /// A protected limit for an exit that copies no resting order. Where nobody tells a price it goes to the edge of the band.
  func fallbackExitPrice(side: Side) -> Priced? {
    quoted(side) ?? lastResort.map { protected(side, $0, band: settings.exits.band) }
  }

  /// A protected limit for an exit of our own. What the leader traded or asked at a moment ago tells enough to begin with; the
  /// ladder may take it to the edge of the band.
  ///
  /// One that was taken back before the cap of modifications bites goes on from where it had come.
  func ownExitPrice(side: Side) -> Priced? {
    guard let first = firstOwnExitPrice(side: side), first.price.trigger == nil,
      let last = ledger.links.last(where: { $0.leaderOrder == nil })?.newest(.exit), last.side == side,
      last.wasTakenBack, last.modifications >= ChildPlan.modificationLimit, now - last.lastAskedAt <= KeyView.knownFor
    else { return firstOwnExitPrice(side: side) }
    let reached = last.ladderPrice.limit
    let isFurther = side == .buy ? reached > first.price.limit : reached < first.price.limit
    return isFurther ? Priced(price: .limit(reached), reference: first.reference) : first
  }

  private func firstOwnExitPrice(side: Side) -> Priced? {
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
      guard isDone(order) else { return nil }
      // An exit that is owed stands on an order that never filled where nobody saw which one did.
      let outAt = isOver(order) ? order.filledAt : position.segments.last?.lastDecreaseAt
      since = max(outAt ?? .earliest, child.requestedAt)
    } else {
      since = child.requestedAt
    }
    guard let bound = exitBound(order, side: child.side) else { return nil }
    var ladder = PriceLadder(
      side: child.side, step: Paise(settings.exits.stepTicks * instrument.tickSize.count), bound: bound,
      firstAt: since + settings.exits.firstAfter, interval: settings.exits.interval)
    guard let gotOut = gotOut(order) else {
      return ladder.next(child.ladderPrice, movedAt: child.lastModifiedAt, now: now)
    }
    if child.lastModifiedAt ?? child.requestedAt <= gotOut.at { ladder.toward = gotOut.price }
    // The market has come back, and the exchange takes no price so far from it: on from where the order rests.
    let isTooFar = child.refusedTerms.map { ladder.leaps(from: child.asked.price, to: $0.price, gotOut.price) } ?? false
    return ladder.next(isTooFar ? child.asked.price : child.ladderPrice, movedAt: child.lastModifiedAt, now: now)
  }

  /// How far the ladder of an exit goes: to the band around what the leader got for his, or has traded at since.
  func exitBound(_ order: LeaderOrder?, side: Side? = nil) -> Paise? {
    guard let side = side ?? order?.order.side, let reference = ladderReference(order) else { return nil }
    let bounds = [reference.price, newerTrade(than: order)?.price ?? reference.price].map {
      protectedBound(side, $0, settings.exits.band)
    }
    return side == .buy ? bounds.max() : bounds.min()
  }

  /// What the ladder of an exit is made of: what the leader got for his.
  func ladderReference(_ order: LeaderOrder?) -> PriceReference? {
    if let order, order.order.averagePrice > .zero {
      return PriceReference(price: order.order.averagePrice, source: .leaderTrade, age: age(order.filledAt))
    }
    return order.flatMap { reference(for: $0) } ?? lastResort
  }

  /// What the leader traded at here after his order had filled; `nil` where he did not.
  func newerTrade(than order: LeaderOrder?) -> PriceReference? {
    guard let last = position.lastPrice, last.at > order?.filledAt ?? .earliest else { return nil }
    return PriceReference(price: last.price, source: .leaderTrade, age: age(last.at))
  }

  /// The price at which the leader has found somebody, which the first step of a ladder goes to: the market may have left the
  /// one at which an exit rests.
  private func gotOut(_ order: LeaderOrder?) -> Quote? {
    if newerTrade(than: order) != nil { return position.lastPrice }
    guard let order, order.order.averagePrice > .zero, let filledAt = order.filledAt else { return nil }
    return Quote(price: order.order.averagePrice, at: filledAt)
  }
}
