import Domain
import Engine
import EventStore
import PaperExchange
import Projections
import Reactors

/// What must hold at every event and after every step, looked at from the log and from the state alone.
struct DayChecks {
  struct Place: Hashable {
    let client: ClientID
    let key: PositionKey
  }

  private(set) var violations: [String] = []
  /// Positions in which somebody besides us traded: the owner by hand, or the broker.
  var handTraded: Set<Place> = []
  /// The log, folded here a second time, event by event.
  private(set) var folded = State()
  /// Leader orders by when they were first seen, and the ends that were recorded of them.
  private(set) var leaderOrders: [OrderID: SequenceNumber] = [:]
  private(set) var ends: Set<End> = []
  /// How often an alert said why lots were still there.
  var excuses: [AlertKind: Int] = [:]

  struct End: Hashable {
    let follower: FollowerName
    let origin: LinkOrigin
  }

  mutating func fail(_ what: String) { if violations.count < 20 { violations.append(what) } }

  /// Follows the log: every event that is new is folded and looked at.
  mutating func take(_ log: any EventSource) throws {
    try log.read(from: folded.lastSequence.next, through: SequenceNumber(.max), limit: .max) { row in
      let event = try LogFold.decode(row)
      let before = heldBefore(event)
      folded.apply(
        event, sequence: SequenceNumber(row.sequence), recordedAt: Timestamp(microseconds: row.recordedAt))
      folded.forgetTouched()
      look(at: event, heldBefore: before)
    }
  }

  private func heldBefore(_ event: Event) -> Quantity? {
    guard case .followerOrder(let seen) = event else { return nil }
    return ledger(seen.follower, seen.picture.order.key)?.held
  }

  private func ledger(_ follower: FollowerName, _ key: PositionKey) -> KeyLedger? {
    folded.account(follower)?.ledgers[key]
  }

  private mutating func look(at event: Event, heldBefore: Quantity?) {
    switch event {
    case .leaderOrder(let seen):
      let id = seen.picture.order.orderID
      if leaderOrders[id] == nil { leaderOrders[id] = folded.lastSequence }
    case .linkEnded(let ended): ends.insert(End(follower: ended.follower, origin: ended.origin))
    case .placementRequested(let request):
      if request.purpose == .entry { checkTarget(request) }
      checkExits(request.child.follower, request.key, request.purpose, request.side)
      checkLimits(request.child.follower)
    case .modificationRequested(let request):
      checkLimits(request.child.follower)
    case .followerOrder(let seen):
      checkSign(seen.follower, seen.picture.order.key, before: heldBefore ?? .zero)
    default: break
    }
  }

  // MARK: - Events

  /// Rule 2: what is filled and works never passes the target that the decision states.
  private mutating func checkTarget(_ request: PlacementRequested) {
    guard let ledger = ledger(request.child.follower, request.key),
      let lot = folded.instruments[request.key.contract]?.lotSize
    else { return }
    let trimmed = lot.wholeLots(in: ledger.openings.reduce(into: .zero) { $0 += $1.trimmed })
    let why = request.why
    if why.filled + why.working > why.target + trimmed {
      fail("rule 2: event \(folded.lastSequence): an entry was asked for beyond the target: \(why)")
    }
  }

  /// Rule 10: exits never exceed what is held, and are on its other side.
  private mutating func checkExits(_ follower: FollowerName, _ key: PositionKey, _ purpose: ChildPurpose, _ side: Side)
  {
    guard let ledger = ledger(follower, key) else { return }
    switch purpose {
    case .entry where ledger.side == side.opposite:
      fail("promise 5: event \(folded.lastSequence): \(follower) holds \(ledger.held.units) and enters \(side)")
    case .exit where ledger.side != side.opposite:
      fail("rule 10: event \(folded.lastSequence): \(follower) holds \(ledger.held.units) and exits by \(side)")
    case .exit where folded.settings?.exits.alternatives == .stopOnly && ledger.open(.exit) > ledger.held.magnitude:
      fail(
        "rule 10: event \(folded.lastSequence): exits of \(ledger.open(.exit).units) work for \(follower), "
          + "who holds \(ledger.held.units)")
    case .entry, .exit: break
    }
  }

  /// Promise 5, rule 4: what we hold and have working stays within the limits.
  private mutating func checkLimits(_ follower: FollowerName) {
    guard let account = folded.account(follower) else { return }
    var used: [Underlying: Lots] = [:]
    for (key, ledger) in account.ledgers {
      guard let instrument = folded.instruments[key.contract] else { continue }
      let lots = instrument.lotSize.wholeLots(in: ledger.held.magnitude + ledger.open(.entry))
      used[instrument.underlying, default: .zero] += lots
      // Where an exit of ours meets a trade by hand it opens what nobody decided to enter.
      guard let most = account.settings.limits.maximumLotsPerOrder,
        !handTraded.contains(Place(client: account.settings.clientID, key: key))
      else { continue }
      for link in ledger.links where instrument.lotSize.wholeLots(in: link.opened + link.open(.entry)) > most {
        fail("promise 5: event \(folded.lastSequence): \(follower) passes \(most.count) lots in \(link.origin)")
      }
    }
    if let most = account.settings.limits.maximumLotsPerUnderlying, let over = used.first(where: { $0.value > most }) {
      fail("promise 5: event \(folded.lastSequence): \(follower) has \(over.value.count) lots of \(over.key)")
    }
    let all = used.values.reduce(into: Lots.zero) { $0 += $1 }
    if let most = account.settings.limits.maximumOpenLots, all > most {
      fail("promise 5: event \(folded.lastSequence): \(follower) has \(all.count) lots open, \(most.count) allowed")
    }
  }

  /// Promise 5: our lots change their sign only through flat. Where others close them under an exit of ours, and where
  /// alternatives both rest (rule 12), both may fill; what is too much is closed again.
  private mutating func checkSign(_ follower: FollowerName, _ key: PositionKey, before: Quantity) {
    guard let account = folded.account(follower), let held = account.ledgers[key]?.held else { return }
    let isShared = handTraded.contains(Place(client: account.settings.clientID, key: key))
    guard before.units.signum() * held.units.signum() < 0, !isShared, folded.settings?.exits.alternatives == .stopOnly
    else { return }
    fail("promise 5: event \(folded.lastSequence): \(follower) went from \(before.units) to \(held.units)")
  }

  // MARK: - Steps

  /// After a step: our own orders of one position do not meet each other (rule 11).
  mutating func look(at state: State) {
    for account in state.followers {
      for (key, ledger) in account.ledgers where !ledger.isQuiet {
        // A stop that waits is in nobody's way.
        let open = ledger.links.flatMap(\.children).filter { $0.open > .zero && $0.asked.price.trigger == nil }
        let buys = open.filter { $0.side == .buy }.map(\.asked.price.limit).max()
        let sells = open.filter { $0.side == .sell }.map(\.asked.price.limit).min()
        if let buys, let sells, buys >= sells {
          fail(
            "rule 11: event \(state.lastSequence): own orders of \(account.name) in \(key.contract.securityID) "
              + "\(key.product) cross: buy \(buys), sell \(sells)")
        }
      }
    }
  }
}
