import Domain
import Projections
import Reactors

/// What a follower should hold in a key for what the leader holds there now: the rules' arithmetic over the leader's
/// fills, without looking at what was sent.
///
/// Orders enter in two places only, where a rule makes history part of what is right: lots count as forgone only as far
/// as they are neither filled nor working (rule 3), and between the fewest and the most lots that the leader's closings
/// demand, what was closed stays closed (rule 10). So a holding that differs from this one is a difference that somebody
/// has to explain, and in a settled key there is none.
struct ExpectedHolding {
  let ledger: KeyLedger
  let position: LeaderPosition
  let leader: LeaderBook
  let lot: LotSize
  let sizing: Sizing
  let trueUp: TrueUpPolicy
  let baselineAt: SequenceNumber

  /// `nil` when the log does not know the contract.
  init?(_ state: State, _ account: FollowerAccount, _ key: PositionKey) {
    guard let settings = state.settings, let lot = state.instruments[key.contract]?.lotSize else { return nil }
    self.ledger = account.ledgers[key] ?? KeyLedger()
    self.position = state.leader.positions[key] ?? LeaderPosition()
    self.leader = state.leader
    self.lot = lot
    self.sizing = account.settings.sizing
    self.trueUp = settings.trueUp
    self.baselineAt = account.baselineAt ?? .beforeFirst
  }

  /// Signed units. Nothing outside of an episode, and nothing for a segment that the leader has left.
  var quantity: Quantity {
    guard let episode = ledger.episode, let segment = position.current, segment.side == episode.side else {
      return .zero
    }
    var entered = entered(episode, segment)
    let byHand = closedByHand(segment)
    entered.lots = max(.zero, entered.lots - byHand)
    entered.followed = max(.zero, entered.followed - byHand)
    let kept = entered.lots - exits(of: entered, segment)
    return Quantity(lot.quantity(of: kept).units * segment.side.sign)
  }

  /// Whether an order of the leader in this key can still change.
  var leaderRests: Bool {
    ledger.links.contains { order(of: $0).map { !$0.order.status.isFinal } ?? false }
  }

  private func order(of link: Link) -> LeaderOrder? { link.leaderOrder.flatMap { leader.orders[$0] } }

  // MARK: - Entries (rules 3 and 18)

  private struct Entered {
    var lots: Lots
    /// Those of them for which the leader got his: what came ahead of him leaves with what he leaves later.
    var followed: Lots
    /// The most that our exits can have closed of them; `nil` where nothing tells.
    var mostExits: Lots?
    /// Lots that are not to be kept and that an exit may have closed as well.
    var beyond = Lots.zero
  }

  private func entered(_ episode: Episode, _ segment: LeaderSegment) -> Entered {
    var (units, shares, taken, forgone) = (Quantity.zero, Lots.zero, Lots.zero, Lots.zero)
    var ofBaskets = Lots.zero
    for link in ledger.links {
      guard let order = order(of: link), order.order.side == episode.side, order.firstSeen > baselineAt else {
        continue
      }
      let counts = link.entryBlocked == nil || link.opened > .zero
      let counted = counts ? order.opened(in: segment.number) : .zero
      let share = share(of: link, counted, episode)
      let has = lot.wholeLots(in: link.opened(in: segment.number)) + lot.wholeLots(in: link.open(.entry))
      if link.basket == nil { units += counted } else { ofBaskets += share }
      shares += share
      taken += has
      forgone += min(link.forgone, max(.zero, share - has))
    }
    let target = target(units, shares, ofBaskets: ofBaskets, episode)
    let opening = ledger.openings.first { $0.segment == segment.number && $0.side == segment.side }
    // Trimmed lots may be entered anew: they count on both sides.
    let trimmed = lot.wholeLots(in: opening?.trimmed ?? .zero)
    forgone = min(forgone, max(.zero, target + trimmed - taken))
    let held = lot.wholeLots(in: opening?.opened ?? .zero) - trimmed
    let lots = target - forgone
    if held > lots, keepsExcess(episode.side), !leaderRests { return Entered(lots: held, followed: lots) }
    return Entered(
      lots: lots, followed: lots, mostExits: episode.ratio.flatMap { held <= target ? mostExits($0, segment) : nil },
      beyond: max(.zero, held - lots))
  }

  /// The most that one link may enter for what the leader has filled through its order.
  private func share(of link: Link, _ counted: Quantity, _ episode: Episode) -> Lots {
    if let part = link.basket { return part.lots(for: counted, lot) }
    guard let ratio = episode.ratio else { return counted > .zero ? link.sizedLots ?? .zero : .zero }
    return Lots(ratio.scaled(counted.units, dividedBy: lot.units, rounding: .up))
  }

  private func target(_ units: Quantity, _ shares: Lots, ofBaskets: Lots, _ episode: Episode) -> Lots {
    guard let ratio = episode.ratio else { return shares }
    let floor = Lots(ratio.scaled(units.units, dividedBy: lot.units)) + ofBaskets
    let isRaised = floor == .zero && lot.wholeLots(in: units) > .zero && sizing.belowOneLot == .oneLot
    return isRaised ? .one : floor
  }

  private func keepsExcess(_ side: Side) -> Bool {
    switch trueUp {
    case .trim: false
    case .trimShorts: side == .buy
    case .keep: true
    }
  }

  /// Lots that the follower's owner or the broker closed are forgone (rules 3 and 32).
  private func closedByHand(_ segment: LeaderSegment) -> Lots {
    guard let opening = ledger.openings.first(where: { $0.segment == segment.number && $0.side == segment.side }) else {
      return .zero
    }
    return lot.wholeLots(in: opening.removed - opening.trimmed)
  }

  // MARK: - Exits (rule 10)

  /// The lots to be closed: the leader's fraction at the least. The leader's later entries make that fraction smaller, and
  /// nothing closed is entered again; but more than the most no order of events can have closed.
  private func exits(of entered: Entered, _ segment: LeaderSegment) -> Lots {
    let before = ledger.start.flatMap { $0.segment == segment.number ? $0.closed : nil } ?? .zero
    let (closed, whole) = (segment.closed - before, segment.whole - before)
    guard whole > .zero else { return .zero }
    let fraction = ExitCurve(in: segment, whole: whole, start: before, ledger, leader).fraction(closed: closed)
    func due(_ lots: Lots) -> Lots {
      rounded(Int128(lots.count) * fraction.part, fraction.whole, owed: lots)
    }
    let most = entered.mostExits ?? (entered.followed < entered.lots ? due(entered.lots) : entered.lots)
    let copied = max(.zero, closedByCopying(segment) - entered.beyond)
    return min(entered.lots, max(due(entered.followed), min(copied, most)))
  }

  /// The ratio's own share of what the leader closed: no fraction of what the ratio ever allotted is larger.
  private func mostExits(_ ratio: Ratio, _ segment: LeaderSegment) -> Lots {
    let before = ledger.start.flatMap { $0.segment == segment.number ? $0.closed : nil } ?? .zero
    return Lots(ratio.scaled((segment.closed - before).units, dividedBy: lot.units, rounding: .up))
  }

  private func rounded(_ part: Int128, _ divisor: Int128, owed: Lots) -> Lots {
    switch (sizing.exitRounding, position.side) {
    case (.lagging, _), (.byRisk, .buy?): Lots(Rounding.down.quotient(part, divisor))
    case (.nearest, _):
      owed - Lots(Rounding.halfUp.quotient(Int128(owed.count) * divisor - part, divisor))
    case (.leading, _), (.byRisk, _): Lots(Rounding.up.quotient(part, divisor))
    }
  }

  /// What our exits closed of the segment; older segments were closed first.
  private func closedByCopying(_ segment: LeaderSegment) -> Lots {
    var (remaining, older) = (Quantity.zero, Quantity.zero)
    for opening in ledger.openings where opening.side == segment.side {
      remaining += opening.remaining
      if opening.segment != segment.number { older += opening.remaining }
    }
    return lot.wholeLots(in: max(.zero, remaining - ledger.held.magnitude - older))
  }
}
