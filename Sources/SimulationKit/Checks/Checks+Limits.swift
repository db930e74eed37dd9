import Domain
import Projections

/// Promise 5, with the rules that it stands on: limits and targets hold at every decision, exits stay within what is held, and no sign
/// changes but through flat (rules 2, 4, 10, 11).
extension Checks {
  mutating func checkLimits(_ event: Event, heldBefore: Quantity?) {
    switch event {
    case .placementRequested(let request):
      if request.purpose == .entry { checkTarget(request) }
      checkCover(request)
      checkShare(request)
      checkFraction(request)
      checkGreeks(request)
      checkExits(request.child.follower, request.key, request.purpose, request.side)
      checkSums(request.child.follower)
    case .requestAttempted(let attempt): checkCover(attempt)
    case .modificationRequested(let request):
      checkSums(request.child.follower)
    case .followerOrder(let seen):
      checkSign(seen.follower, seen.picture.order.key, before: heldBefore ?? .zero)
    default: break
    }
  }

  /// Rule 2: what is filled and works never passes the target that the decision states.
  private mutating func checkTarget(_ request: PlacementRequested) {
    guard let ledger = ledger(request.child.follower, request.key),
      let lot = folded.instruments[request.key.contract]?.lotSize
    else { return }
    let trimmed = lot.wholeLots(in: ledger.openings.reduce(into: .zero) { $0 += $1.trimmed })
    let why = request.why
    if why.filled + why.working > why.target + trimmed {
      findings.fail("rule 2: event \(folded.lastSequence): an entry was asked for beyond the target: \(why)")
    }
  }

  /// Rule 10: exits never exceed what is held, and are on its other side.
  private mutating func checkExits(_ follower: FollowerName, _ key: PositionKey, _ purpose: ChildPurpose, _ side: Side)
  {
    guard let ledger = ledger(follower, key) else { return }
    switch purpose {
    case .entry where ledger.side == side.opposite:
      findings.fail(
        "promise 5: event \(folded.lastSequence): \(follower) holds \(ledger.held.units) and enters \(side)")
    case .exit where ledger.side != side.opposite:
      findings.fail(
        "rule 10: event \(folded.lastSequence): \(follower) holds \(ledger.held.units) and exits by \(side)")
    case .exit where folded.settings?.exits.alternatives == .stopOnly && ledger.open(.exit) > ledger.held.magnitude:
      findings.fail(
        "rule 10: event \(folded.lastSequence): exits of \(ledger.open(.exit).units) work for \(follower), "
          + "who holds \(ledger.held.units)")
    case .entry, .exit: break
    }
  }

  /// Promise 5, rule 4: what we hold and have working stays within the limits.
  private mutating func checkSums(_ follower: FollowerName) {
    guard let account = folded.account(follower) else { return }
    var used: [Underlying: Lots] = [:]
    // What the broker took twice is not our doing; it is closed again at once (rule 29). Nor did this log decide upon what an older
    // one has to find again.
    for (key, ledger) in account.ledgers where !ledger.hasSurplus && !ledger.hasFound {
      let place = Place(client: account.settings.clientID, key: key)
      // What was given up as never placed, and came all the same, is not our doing either.
      if late.contains(place) { continue }
      // Where an exit of ours meets a trade by hand, or an alternative that fills as well, it opens what nobody decided to enter.
      let meetsOthers = handTraded.contains(place) || folded.settings?.exits.alternatives == .all
      if meetsOthers, ledger.side != ledger.episode?.side || ledger.isOpenedByExits { continue }
      guard let instrument = folded.instruments[key.contract] else { continue }
      let lots = instrument.lotSize.wholeLots(in: ledger.held.magnitude + ledger.open(.entry))
      used[instrument.underlying, default: .zero] += lots
      guard let most = account.settings.limits.maximumLotsPerOrder, !handTraded.contains(place) else { continue }
      for link in ledger.links where instrument.lotSize.wholeLots(in: link.opened + link.open(.entry)) > most {
        findings.fail(
          "promise 5: event \(folded.lastSequence): \(follower) passes \(most.count) lots in \(link.origin)")
      }
    }
    if let most = account.settings.limits.maximumLotsPerUnderlying, let over = used.first(where: { $0.value > most }) {
      findings.fail("promise 5: event \(folded.lastSequence): \(follower) has \(over.value.count) lots of \(over.key)")
    }
    let all = used.values.reduce(into: Lots.zero) { $0 += $1 }
    if let most = account.settings.limits.maximumOpenLots, all > most {
      findings.fail(
        "promise 5: event \(folded.lastSequence): \(follower) has \(all.count) lots open, \(most.count) allowed")
    }
  }

  /// Promise 5: our lots change their sign only through flat. Where others close them under an exit of ours, and where
  /// alternatives both rest (rule 12) or the broker takes a call twice (rule 29), both may fill; what is too much is closed again.
  private mutating func checkSign(_ follower: FollowerName, _ key: PositionKey, before: Quantity) {
    guard let account = folded.account(follower), let held = account.ledgers[key]?.held else { return }
    let place = Place(client: account.settings.clientID, key: key)
    let isShared = handTraded.contains(place) || late.contains(place)
    guard before.units.signum() * held.units.signum() < 0, !isShared, folded.settings?.exits.alternatives == .stopOnly,
      account.ledgers[key]?.hasSurplus == false, account.ledgers[key]?.hasFound == false
    else { return }
    findings.fail("promise 5: event \(folded.lastSequence): \(follower) went from \(before.units) to \(held.units)")
  }

  /// After a step: our own orders of one position do not meet each other (rule 11).
  mutating func look(at state: State) {
    for account in state.followers {
      for (key, ledger) in account.ledgers where !ledger.isQuiet {
        // A stop that waits is in nobody's way, and when the broker takes a call that was given up is not in our hands.
        let open = ledger.links.flatMap(\.children).filter {
          $0.open > .zero && $0.asked.price.trigger == nil && !$0.wasPlacedInDoubt && !$0.isSurplus && !$0.isFound
        }
        let buys = open.filter { $0.side == .buy }.map(\.asked.price.limit).max()
        let sells = open.filter { $0.side == .sell }.map(\.asked.price.limit).min()
        if let buys, let sells, buys >= sells {
          findings.fail(
            "rule 11: event \(state.lastSequence): own orders of \(account.name) in \(key.contract.securityID) "
              + "\(key.product) cross: buy \(buys), sell \(sells)")
        }
      }
    }
  }
}

extension KeyLedger {
  /// Whether an exit filled more than there was to close.
  var isOpenedByExits: Bool {
    links.contains { link in
      link.children.reduce(into: Quantity.zero) { if $1.purpose == .exit { $0 += $1.filled } } > link.closed
    }
  }
  var hasFound: Bool { links.contains { $0.children.contains(where: \.isFound) } }

  /// Whether something that the broker took twice, or long after it was given up, works or is not closed again.
  var hasSurplus: Bool {
    links.contains {
      $0.surplus > .zero || $0.children.contains { ($0.isSurplus || $0.wasPlacedInDoubt) && $0.open > .zero }
    }
      || alerts.contains(.surplus)
  }
}
