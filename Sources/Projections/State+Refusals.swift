import Domain

extension State {
  /// The placement of a child was refused: what is lost of it, and what follows for the account, says the table of refusals
  /// (rule 5).
  mutating func takeRefusal(_ text: String, of reference: ChildReference, follower index: Int) {
    guard let rule = settings?.refusal(saying: text), let (place, link) = followers[index].linkPlace(reference),
      followers[index].ledgers.values[place].links[link].children.indices.contains(reference.index)
    else { return loseLots(of: reference, follower: index, reason: .refused) }
    followers[index].ledgers.values[place].links[link].children[reference.index].refusal = rule.meaning
    followers[index].ledgers.values[place].links[link].children[reference.index].refusalAlarms =
      rule.treatment == .alarm
    let child = followers[index].ledgers.values[place].links[link].children[reference.index]
    let contract = reference.key.contract
    stopOrBan(rule, saying: text, contract, follower: index)
    if rule.meaning == .freezeQuantity {
      let today = refusedSizes[contract].flatMap { $0.on == brokerNow.indianDay ? $0.quantity : nil }
      refusedSizes[contract] = RefusedSize(
        quantity: min(today ?? child.asked.quantity, child.asked.quantity), on: brokerNow.indianDay)
    }
    let spared = spared(rule, child, of: followers[index].ledgers.values[place].links[link], reference, follower: index)
    if spared > .zero, let lot = instruments[contract]?.lotSize {
      followers[index].ledgers.values[place].links[link].spared.append(
        SparedLots(purpose: child.purpose, quantity: lot.quantity(of: spared), attempts: child.attempts + 1))
    }
    if spared > .zero, rule.treatment == .wait || rule.meaning == .hedgeBreak {
      followers[index].ledgers.values[place].links[link].pausedUntil = now + Link.refusalPause
    }
    loseLots(of: reference, follower: index, reason: .refused, sparing: spared)
  }

  /// What a refusal says of the whole account, or of an underlying.
  private mutating func stopOrBan(_ rule: RefusalRule, saying text: String, _ contract: ContractID, follower index: Int)
  {
    if rule.treatment == .stopAccount, followers[index].stop == nil {
      followers[index].stop = text
      touched.everything = true
    }
    if rule.meaning == .banPeriod, let underlying = instruments[contract]?.underlying {
      bans[underlying] = brokerNow.indianDay
    }
  }

  /// A change of a child was refused. What it would have entered beyond what works is lost like what a refused order asked for,
  /// where the text says why: an order that is filled or gone cannot be changed either, and the book will tell of it.
  mutating func takeRefusalOfChange(
    _ text: String, to terms: OrderTerms, of reference: ChildReference, follower index: Int
  ) {
    guard let rule = settings?.refusal(saying: text) else { return }
    stopOrBan(rule, saying: text, reference.key.contract, follower: index)
    let saysWhy: Bool =
      switch rule.meaning {
      case .insufficientMargin, .banPeriod, .productCutoff, .accountBlocked: true
      default: false
      }
    guard saysWhy, let lot = instruments[reference.key.contract]?.lotSize,
      let (place, link) = followers[index].linkPlace(reference),
      let child = followers[index].child(reference), child.purpose == .entry
    else { return }
    let lost = lot.wholeLots(in: max(.zero, terms.quantity - child.asked.quantity))
    let isSteppedDown =
      rule.meaning == .insufficientMargin && followers[index].settings.sizing.onShortfall == .stepDown
    let spared = isSteppedDown ? Lots(lost.count / 2) : .zero
    guard lost > spared else { return }
    followers[index].ledgers.values[place].links[link].children[reference.index].refusedTerms = nil
    followers[index].ledgers.values[place].links[link].forgone += lost - spared
    followers[index].ledgers.values[place].links[link].lastReason = .refused
  }

  /// How many of the refused lots are asked for once more.
  private func spared(
    _ rule: RefusalRule, _ child: Child, of link: Link, _ reference: ChildReference, follower index: Int
  ) -> Lots {
    guard let lot = instruments[reference.key.contract]?.lotSize,
      rule.treatment == .retry || rule.treatment == .wait,
      // A link of our own asks once: what is asked for again would be another link, without end.
      link.leaderOrder != nil,
      child.attempts < Link.refusalLimit
    else { return .zero }
    let lost = lot.wholeLots(in: child.asked.quantity - child.filled)
    if rule.treatment == .wait { return lost }
    switch rule.meaning {
    case .insufficientMargin:
      // Half of them where that is wanted; an exit is not made smaller.
      let isSteppedDown = followers[index].settings.sizing.onShortfall == .stepDown && child.purpose == .entry
      return isSteppedDown ? Lots(lost.count / 2) : .zero
    case .priceBand:
      // A price of the leader's own is not ours to change.
      let order = link.leaderOrder.flatMap { leader.orders[$0] }
      let isOurs =
        order.map {
          $0.isMarket || followers[index].settings.mode == .fill || (child.purpose == .exit && $0.order.open == .zero)
        } ?? true
      return isOurs ? lost : .zero
    case .freezeQuantity: return lot.wholeLots(in: child.asked.quantity) > .one ? lost : .zero
    case .hedgeBreak: return lost
    default: return .zero
    }
  }

  /// The most units of one order of the contract: its freeze limit, and less where the exchange refused one as too large today.
  /// Whole lots, and at least one.
  public func largestOrder(of instrument: Instrument) -> Quantity? {
    let limit = instrument.maximumLotsPerChild.map { instrument.lotSize.quantity(of: $0) }
    guard !refusedSizes.isEmpty, let refused = refusedSizes[instrument.contract], refused.on == brokerNow.indianDay
    else { return limit }
    let half = instrument.lotSize.quantity(of: max(.one, instrument.lotSize.wholeLots(in: refused.quantity.half)))
    return limit.map { min($0, half) } ?? half
  }
}

extension Quantity {
  fileprivate var half: Quantity { Quantity(units / 2) }
}

extension Link {
  /// How often lots are asked for once more after refusals (rule 5).
  static let refusalLimit: Int64 = 3
  /// How long a refusal that passes is waited out.
  static let refusalPause = Microseconds.seconds(5)
}
