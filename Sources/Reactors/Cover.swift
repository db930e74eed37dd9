import Domain
import Projections

/// How far the short lots of a follower are covered within one group of legs (rule 22): options of one underlying, expiry and
/// type cover each other, whatever their strike and product.
///
/// Only longs that are filled and do not work to leave cover; shorts that work or are in doubt count as short. A pure function
/// of the state. It costs a walk over what leader and follower hold, and is asked for shorts and for exits of longs alone.
struct Cover {
  /// Lots of ours that are short, or may be any moment.
  private(set) var shorts = Lots.zero
  /// Lots of ours that cover them.
  private(set) var longs = Lots.zero
  /// The same of the leader: what he holds, and what rests of the orders that we follow with orders of our own.
  private(set) var leaderShorts = Lots.zero
  private(set) var leaderLongs = Lots.zero
  private var ratio: Ratio?

  /// - Parameter opening: the link that is about to sell; its leader order counts although nothing of ours works for it yet.
  init(_ state: State, _ view: KeyView, opening: LinkOrigin? = nil) {
    let own = view.ledger.episode?.ratio
    ratio = own
    let group = Group(view.key.contract, state)
    for (key, ledger) in state.followers[view.index].ledgers where group.holds(key.contract, state) {
      add(ledger, key: key, state, follower: view.index, opening: opening)
      // Lots that were found after a restore opened no episode: the shorts that they cover say what share is ours.
      if own == nil, let other = ledger.episode?.ratio { ratio = max(ratio ?? other, other) }
    }
    for (key, position) in state.leader.positions where group.holds(key.contract, state) {
      guard let lot = state.instruments[key.contract]?.lotSize else { continue }
      switch position.side {
      case .sell?: leaderShorts += lot.wholeLots(in: position.net.magnitude)
      case .buy?: leaderLongs += lot.wholeLots(in: position.net.magnitude)
      case nil: break
      }
    }
  }

  private mutating func add(
    _ ledger: KeyLedger, key: PositionKey, _ state: State, follower index: Int, opening: LinkOrigin?
  ) {
    guard let view = KeyView(state, key: key, follower: index) else { return }
    if ledger.side == .sell { shorts += view.lot.wholeLots(in: ledger.held.magnitude) }
    if ledger.side == .buy { longs += view.lot.wholeLots(in: max(.zero, ledger.held - ledger.open(.exit))) }
    for link in ledger.links {
      var (selling, sold) = (Quantity.zero, Quantity.zero)
      for child in link.children where child.side == .sell && child.purpose == .entry {
        selling += child.open
        sold += child.filled
      }
      shorts += view.lot.wholeLots(in: selling)
      // Where ours has filled his may not have been told of yet.
      guard selling + sold > .zero || link.origin == opening, let order = view.order(of: link),
        order.order.side == .sell
      else { continue }
      leaderShorts += view.lot.wholeLots(in: view.prospective(order.order).opens)
    }
  }

  /// What the leader has uncovered himself, in his lots.
  var leaderUncovered: Lots { max(.zero, leaderShorts - leaderLongs) }

  /// The uncovered lots that a follower may have who is short of so many: the same share of the leader's, rounded up. Where no
  /// ratio decides, the part that is uncovered of the leader's shorts.
  private func allowed(of shorts: Lots) -> Lots {
    guard leaderUncovered > .zero else { return .zero }
    if let ratio { return Lots(ratio.scaled(leaderUncovered.count, rounding: .up)) }
    return Lots(
      Rounding.up.quotient(
        Int128(shorts.count) * Int128(leaderUncovered.count), Int128(max(leaderShorts, .one).count)))
  }

  /// Lots that are uncovered although the leader's are not.
  var excess: Lots { max(.zero, shorts - longs - allowed(of: shorts)) }

  /// How many of `growth` may be sold to open.
  func openable(_ growth: Lots) -> Lots {
    var lots = growth
    while lots > .zero, shorts + lots - longs > allowed(of: shorts + lots) { lots -= .one }
    return max(.zero, lots)
  }

  /// How many of `wanted` lots may leave of what covers the shorts.
  func closable(_ wanted: Lots) -> Lots {
    guard shorts > .zero else { return wanted }
    return min(wanted, max(.zero, allowed(of: shorts) + longs - shorts))
  }

  /// How many of them may leave whatever the leader has uncovered.
  func spare(_ wanted: Lots) -> Lots { min(wanted, max(.zero, longs - shorts)) }

  /// What covers each other.
  struct Group: Hashable {
    let underlying: Underlying?
    let expiry: Day?
    let type: OptionType?

    init(_ contract: ContractID, _ state: State) {
      underlying = state.instruments[contract]?.underlying
      expiry = contract.option?.expiry
      type = contract.option?.type
    }

    func holds(_ contract: ContractID, _ state: State) -> Bool {
      contract.option?.expiry == expiry && contract.option?.type == type
        && state.instruments[contract]?.underlying == underlying
    }
  }
}

extension DecisionPass {
  /// How long shorts that work, or hedges that are being sold, may leave us uncovered because the leader's legs filled before
  /// ours: fills come in any order.
  static let coverPatience = Microseconds.seconds(1)

  /// Lots of working shorts that have to be taken back: what covers them is gone, or never came.
  mutating func uncoveredShorts(_ view: KeyView) -> Lots {
    let excess = Cover(state, view).excess
    guard excess > .zero else { return .zero }
    let end = leaderFilledAt(Cover.Group(view.key.contract, state)) + DecisionPass.coverPatience
    if now < end {
      wake(at: end)
      return .zero
    }
    return excess
  }

  /// When the leader last traded in any leg of the group.
  func leaderFilledAt(_ group: Cover.Group) -> Timestamp {
    state.leader.positions.reduce(into: .earliest) { newest, entry in
      guard let at = entry.value.lastPrice?.at, group.holds(entry.key.contract, state) else { return }
      newest = max(newest, at)
    }
  }

  /// How many units of an exit may leave: what covers shorts waits until they are bought back (rule 22).
  ///
  /// - Parameter order: whose exit it copies. Where the leader's own shorts look uncovered by it, his book is read first: he
  ///   may have bought them back in the same moment.
  mutating func coverable(_ units: Quantity, _ view: KeyView, of order: LeaderOrder? = nil) -> Quantity {
    guard view.ledger.side == .buy, units > .zero else { return units }
    let wanted = view.lot.wholeLots(in: units)
    let cover = Cover(state, view)
    var free = cover.closable(wanted)
    if let order, cover.spare(wanted) < free,
      let end = state.leader.uncoveringWaits(order.order.orderID, at: now)
    {
      wake(at: end)
      free = cover.spare(wanted)
    }
    guard free < wanted else { return units }
    holdsHedge = true
    return view.lot.quantity(of: free)
  }

  /// Units of an exit that is out already and has to be taken back: the leader's shorts are covered again, or bought back, and
  /// ours are not (rule 22). What waits in its lane goes at once; what rests, when our own legs had a moment to fill.
  mutating func uncovering(_ link: Link, _ view: KeyView) -> Quantity {
    let open = link.open(.exit)
    guard view.ledger.side == .buy, open > .zero else { return .zero }
    let returning = view.ledger.links.reduce(into: Quantity.zero) { units, other in
      guard other.origin != link.origin else { return }
      for child in other.children where child.purpose == .exit && child.isCancelling { units += child.open }
    }
    let excess = Cover(state, view).excess - view.lot.wholeLots(in: returning)
    guard excess > .zero else { return .zero }
    holdsHedge = true
    let end = leaderFilledAt(Cover.Group(view.key.contract, state)) + DecisionPass.coverPatience
    guard now < end else { return min(view.lot.quantity(of: excess), open) }
    let queued = link.children.reduce(into: Quantity.zero) { if $1.purpose == .exit, $1.isQueued { $0 += $1.open } }
    if queued < open { wake(at: end) }
    return min(view.lot.quantity(of: excess), queued)
  }

  /// Looks at the other legs of the groups in which something moved: one that waits for cover may go, one that is not covered
  /// any more may not.
  ///
  /// What is looked at follows from the state alone, so that a replay decides the same.
  mutating func lookAtOtherLegs(after touched: Touched) {
    if touched.everything { return }
    for index in state.followers.indices {
      let moved = touched.leaderKeys + touched.followerKeys.filter { $0.follower == index }.map(\.key)
      if moved.isEmpty || state.followers[index].ledgers.count < 2 { continue }
      for key in otherLegs(of: moved, follower: index).sorted() { look(at: key, follower: index) }
    }
  }

  private func otherLegs(of moved: [PositionKey], follower index: Int) -> [PositionKey] {
    let groups = Set(moved.map { Cover.Group($0.contract, state) })
    let ledgers = state.followers[index].ledgers
    let baskets = state.settings?.baskets == nil ? [] : Set(moved.flatMap { ledgers[$0]?.baskets ?? [] })
    return ledgers.compactMap { key, ledger in
      // What costs least is asked first: most positions have nothing to do with what moved.
      guard !moved.contains(key),
        groups.contains(where: { $0.holds(key.contract, state) })
          || (!baskets.isEmpty && !baskets.isDisjoint(with: ledger.baskets)), isLeg(ledger)
      else { return nil }
      return key
    }
  }

  /// Whether anything about the position depends on other legs: it is held, or an order that sells has not come to its end.
  private func isLeg(_ ledger: KeyLedger) -> Bool {
    ledger.held != .zero
      || ledger.links.indices.contains { place in
        guard ledger.links[place].end == nil, let id = ledger.links[place].leaderOrder else { return false }
        return state.leader.orders[id]?.order.side == .sell
      }
  }
}
