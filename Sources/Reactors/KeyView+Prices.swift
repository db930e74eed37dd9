import Domain
import Projections

/// A price, and what it was made of where it is not the leader's own.
struct Priced: Equatable {
  var price: OrderPrice
  var reference: PriceReference?
}

/// Where the prices of our orders come from (rules 5, 13, 19, 20).
extension KeyView {
  /// The price at which an order of the leader's is copied; `nil` while none is known.
  func price(for order: LeaderOrder) -> Priced? {
    let picture = order.order
    guard mode(for: picture) == .placement else {
      return reference(for: order).map { protected(picture.side, $0) }
    }
    if order.isMarket { return reference(for: order).map { protected(picture.side, $0) } }
    if order.waitsForTrigger { return stop(picture) }
    // A stop that has triggered is a LIMIT; one without a limit is bounded like any market order.
    if picture.price > .zero, order.givenType != .stopLossMarket || !order.hasTriggered {
      return Priced(price: .limit(picture.price))
    }
    return reference(for: order).map { protected(picture.side, $0) }
  }

  private func stop(_ picture: BrokerOrder) -> Priced {
    let trigger = picture.triggerPrice
    if picture.type == .stopLoss { return Priced(price: .stop(trigger: trigger, limit: picture.price)) }
    let limit = PriceGuard.clamped(
      PriceGuard.stopLimit(
        side: picture.side, trigger: trigger, band: settings.entries.priceBand, tick: instrument.tickSize),
      side: picture.side, reference: trigger, band: instrument.band, tick: instrument.tickSize)
    return Priced(
      price: .stop(trigger: trigger, limit: limit),
      reference: PriceReference(price: trigger, source: .leaderTrigger, age: Microseconds(0)))
  }

  /// What a protected limit for this order is made of: the leader's limit, his traded price, what the market traded at when
  /// his order was told, a fresh quote (rule 19).
  func reference(for order: LeaderOrder) -> PriceReference? {
    let picture = order.order
    if picture.type == .limit, !order.isMarket, !order.hasTriggered, picture.price > .zero {
      return PriceReference(price: picture.price, source: .leaderLimit, age: Microseconds(0))
    }
    if let traded = traded(order) { return traded }
    if picture.referencePrice > .zero {
      return PriceReference(price: picture.referencePrice, source: .frame, age: age(order.referencedAt))
    }
    if let quote, now - quote.at <= Quote.freshness {
      return PriceReference(price: quote.price, source: .quote, age: age(quote.at))
    }
    return nil
  }

  /// What the leader's order traded at.
  func traded(_ order: LeaderOrder) -> PriceReference? {
    guard order.order.averagePrice > .zero else { return nil }
    return PriceReference(price: order.order.averagePrice, source: .leaderTrade, age: age(order.filledAt))
  }

  /// What is left to an exit for which nobody tells a price: the leader's newest trade here, his newest limit, the price at
  /// which we ourselves entered.
  var lastResort: PriceReference? {
    if let last = position.lastPrice {
      return PriceReference(price: last.price, source: .leaderPosition, age: age(last.at))
    }
    for link in ledger.links.reversed() {
      if let order = order(of: link), order.order.price > .zero {
        return PriceReference(price: order.order.price, source: .leaderLimit, age: age(order.raisedAt))
      }
    }
    let entry = ledger.links.reversed().lazy.flatMap(\.children).first { $0.purpose == .entry }
    return entry.map { PriceReference(price: $0.asked.price.limit, source: .ownEntry, age: age($0.requestedAt)) }
  }

  func age(_ from: Timestamp?) -> Microseconds {
    from.map { max(Microseconds(0), now - $0) } ?? Microseconds(0)
  }

  func protected(_ side: Side, _ reference: PriceReference, band: Ratio? = nil) -> Priced {
    let limit = protectedBound(side, reference.price, band ?? settings.entries.priceBand)
    return Priced(price: .limit(limit), reference: reference)
  }

  /// A price nearer to the reference, after the exchange refused a protected one as outside of its band: half the distance for
  /// every refusal (rule 5, options-domain.md §3.4). `nil` where none was refused, or the price is the leader's own.
  func nearer(_ link: Link, _ purpose: ChildPurpose, _ order: LeaderOrder) -> Priced? {
    guard let refused = link.children.last(where: { $0.purpose == purpose && !$0.isSurplus }),
      refused.refusal == .priceBand,
      order.isMarket || mode(for: order.order) == .fill || (purpose == .exit && isOver(order)),
      let reference = reference(for: order) ?? ladderReference(order)
    else { return nil }
    let parts = Int64(1) << min(refused.attempts + 1, 5)
    let band = settings.entries.priceBand
    return protected(order.order.side, reference, band: Ratio(band.numerator, band.denominator * parts))
  }

  /// Whether a resting child follows the price of the leader's order. It does not where the leader's has none of its own,
  /// nor once his stop has triggered: the broker rewrites such orders (rules 5 and 13).
  func followsPrice(of order: LeaderOrder) -> Bool {
    mode(for: order.order) == .placement && !order.isMarket && !order.hasTriggered
  }

  /// Whether nothing of the leader's order rests any more that a resting child of ours could wait with.
  func isOver(_ order: LeaderOrder) -> Bool { order.order.open == .zero || mode(for: order.order) == .fill }

  /// Whether nothing is left that an exit of ours could wait with: the leader's order is over, or he is out of what we hold.
  func isDone(_ order: LeaderOrder) -> Bool {
    isOver(order) || (ledger.side == order.order.side.opposite && position.side != ledger.side)
  }

  /// The price of a link's entry: the leader's, that of the child which rests, or the next step towards what he paid.
  func entryPrice(of link: Link, _ order: LeaderOrder) -> Priced? {
    let last = link.newest(.entry)
    if case .move(let price)? = entryStep(of: link, order) {
      return shortOfOwnExits(Priced(price: price, reference: reference(for: order)), order)
    }
    guard let last, last.isOpen, last.lastAskedBy > order.givenTypeBy else {
      return (nearer(link, .entry, order) ?? price(for: order)).map { shortOfOwnExits($0, order) }
    }
    return kept(last.asked.price, order)
  }

  /// The price of an order of ours that is out already. Where the leader's has no price to follow it keeps its own; where his
  /// is over it never goes back behind his.
  func kept(_ price: OrderPrice, _ order: LeaderOrder) -> Priced? {
    guard followsPrice(of: order), let own = self.price(for: order) else { return Priced(price: price) }
    guard isDone(order), price.trigger == nil else { return own }
    // A stop of his that waits no more is behind any limit: ours would be made one again after each step of its ladder.
    if own.price.trigger != nil { return Priced(price: price) }
    let isAhead =
      order.order.side == .buy ? price.limit >= own.price.limit : price.limit <= own.price.limit
    return isAhead ? Priced(price: price) : own
  }

  /// What the ladder says of an entry that rests although the leader's filled (rule 18); `nil` where it does not apply.
  func entryStep(of link: Link, _ order: LeaderOrder) -> PriceLadder.Step? {
    guard settings.unfilled.action == .reprice, let since = unfilledSince(link, order),
      let child = link.children.last(where: { $0.purpose == .entry && $0.rests && !$0.isSurplus })
    else { return nil }
    guard let bound = entryBound(order) else { return nil }
    let reference = order.order.averagePrice
    // Three steps lead to the bound.
    let third = (abs(bound.count - reference.count) + 2) / 3
    let ladder = PriceLadder(
      side: order.order.side, step: onTick(third), bound: bound,
      firstAt: max(since, child.requestedAt) + settings.unfilled.after, interval: settings.exits.interval)
    return ladder.next(child.ladderPrice, movedAt: child.lastModifiedAt, now: now)
  }

  /// The most that is paid for an entry that the leader has, or the least that is taken.
  func entryBound(_ order: LeaderOrder) -> Paise? {
    guard order.order.averagePrice > .zero else { return nil }
    return protectedBound(order.order.side, order.order.averagePrice, settings.entries.priceBand)
  }

  /// Since when the leader's order is filled, with nothing of it left to fill, while ours rests.
  func unfilledSince(_ link: Link, _ order: LeaderOrder) -> Timestamp? {
    guard isOver(order), let filledAt = order.filledAt, link.open(.entry) > .zero else { return nil }
    return filledAt
  }

  func protectedBound(_ side: Side, _ reference: Paise, _ band: Ratio) -> Paise {
    PriceGuard.clamped(
      PriceGuard.protectedLimit(side: side, reference: reference, band: band, tick: instrument.tickSize), side: side,
      reference: reference, band: instrument.band, tick: instrument.tickSize)
  }

  private func onTick(_ paise: Int64) -> Paise {
    let tick = instrument.tickSize.count
    return Paise(max(tick, (paise + tick - 1) / tick * tick))
  }
}

extension Link {
  /// The order of ours that tells what was last asked for: the newest that is out, else the one that was asked for last. Of two
  /// that went out together the ladder may have moved the first one on after the other had filled (rule 14).
  func newest(_ purpose: ChildPurpose) -> Child? {
    children.last { $0.purpose == purpose && $0.isOpen && !$0.isSurplus }
      ?? children.filter { $0.purpose == purpose && $0.state != .withdrawn && !$0.isSurplus }
      .max { $0.lastAskedBy < $1.lastAskedBy }
  }
}
