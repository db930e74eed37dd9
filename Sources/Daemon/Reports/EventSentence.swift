import Domain

/// Tells any event in one line, for people.
struct EventSentence {
  var names: ContractNames

  /// What happened, without when and to whom.
  func text(_ event: Event) -> String {
    switch event {
    case .serviceStarted(let it): "service started, version \(it.version), decisions of version \(it.decisionVersion)"
    case .serviceStopping: "the service stops and takes its resting entries back"
    case .serviceStopped(let it): "service stopped; \(count(it.restingOrders, "order")) left resting"
    case .configurationApplied(let it): configuration(it.settings)
    case .clockObserved(let it): "the clock was looked at (\(it.due))"
    case .instrumentSeen(let it): instrument(it.instrument)
    case .marginQuoted(let it): "one short lot of \(names.contract(it.contract)) needs a margin of \(it.perLot)"
    case .leaderBaseline(let it): "the leader held before: \(baseline(it.positions))"
    case .leaderFunds(let it): "the leader's funds: \(funds(it.funds))"
    case .leaderOrder(let it): order(it.picture)
    case .followerBaseline(let it): "the owner held before: \(baseline(it.positions))"
    case .followerFunds(let it): "funds: \(funds(it.funds))"
    case .followerOrder(let it): order(it.picture)
    case .followerBookRead(let it):
      "order book read whole, \(count(it.orders, "order"))\(it.lacksEnded ? "; orders that had ended are missing" : "")"
    default: access(event) ?? decision(event)
    }
  }

  private func access(_ event: Event) -> String? {
    switch event {
    case .streamChanged(let it):
      it.isConnected ? "stream of \(it.account) open" : "stream of \(it.account) gone: \(it.reason)"
    case .accountBlocked(let it): "\(it.account) is blocked, \(it.reason.words): \(it.text)"
    case .accountUnblocked(let it): "\(it.account) can be read again"
    case .brokerClock(let it): "our clock is \(it.ahead.count / 1_000_000) s ahead of the broker's"
    case .quoteSeen(let it): "quote of \(names.contract(it.contract)): \(it.price)"
    case .leaderPositions(let it): "the leader holds now: \(baseline(it.positions))"
    case .leaderBookRead(let it): "the leader's order book read whole, \(count(it.orders, "order"))"
    case .requestResolved(let it):
      "operator: \(it.orderID.map { "it is order \($0)" } ?? "it did not reach the broker") (rule 30) [\(it.requestID)]"
    case .productSettled(let it): "order \(it.orderID) counts under \(it.product.rawValue)"
    case .dayBegan(let it): dayBegan(it)
    case .accountRestated(let it): "\(it.account) holds on the morning of \(it.day): \(baseline(it.positions))"
    case .leaderSight(let it):
      it.blindSince.map {
        "ALERT: nobody sees what the leader does since \($0); resting entries are taken back (rule 35)"
      }
        ?? "alert over: what the leader does is seen again"
    case .readingWanted(let it): "\(names.key(it.key)): an exit waits for a fresh reading of the order book (rule 33)"
    case .diskLow(let it): "the disk is low, \(space(it.free)): exits only until there is room"
    case .diskRecovered(let it): "the disk has room again, \(space(it.free))"
    case .operatorCommanded(let it): "operator: \(it.mode.words) for \(it.follower.map { "\($0)" } ?? "all followers")"
    default: nil
    }
  }

  private func space(_ free: Int64?) -> String { free.map { "\($0 >> 20) MiB free" } ?? "a commit found no room" }

  private func decision(_ event: Event) -> String {
    switch event {
    case .placementRequested(let it):
      "→ \(it.side.rawValue) \(names.quantity(it.terms.quantity, it.key)) \(names.key(it.key)) at \(it.terms.price), "
        + "\(it.purpose.rawValue); \(it.why.words(names))\(waits(it.leavesAtOnce)) [\(it.requestID)]"
    case .modificationRequested(let it):
      "→ modify to \(it.terms.quantity) units in all at \(it.terms.price); \(it.why.words(names))\(waits(it.leavesAtOnce)) "
        + "[\(it.requestID)]"
    case .cancellationRequested(let it):
      "→ cancel; \(it.why.words(names))\(waits(it.leavesAtOnce)) [\(it.requestID)]"
    case .requestAttempted(let it): "→ leaves now [\(it.requestID)]"
    case .requestAccepted(let it): "accepted as order \(it.orderID) [\(it.requestID)]"
    case .requestRefused(let it):
      "\(it.refusal.provesNothingPlaced ? "turned away, to be tried again" : "refused"): \(it.text) [\(it.requestID)]"
    case .requestDoubted(let it): "in doubt: \(it.text) [\(it.requestID)]"
    case .requestWithdrawn(let it): "withdrawn, \(it.reason.words) [\(it.requestID)]"
    case .entrySized(let it): "order \(it.origin): takes \(names.lots(it.lots))"
    case .basketMarginWanted(let it): "basket \(it.basket): what do \(count(it.units, "unit")) of it bind?"
    case .greeksWanted(let it): "Greeks wanted: \(it.contracts.map { names.contract($0) }.joined(separator: ", "))"
    case .greeksSeen(let it): "\(names.contract(it.contract)): \(it.greeks.words)"
    case .basketMarginQuoted(let it): "basket \(it.basket): \(count(it.units, "unit")) of it bind \(it.margin)"
    case .basketSized(let it):
      "basket \(it.basket): takes \(count(it.units, "unit")), "
        + it.legs.map { "\($0.side.rawValue) \(names.lots($0.lots)) \(names.key($0.key))" }.joined(separator: ", ")
    case .basketBroken(let it):
      "basket \(it.basket): order \(it.origin) is missing; what was entered is "
        + (it.policy == .hold ? "kept, and nothing more of it is entered" : "closed again")
    case .entryForgone(let it):
      "order \(it.origin): \(it.lots == .zero ? "takes nothing" : "gives up \(names.lots(it.lots))"), \(it.reason.explained)"
        + (it.shortfall.map { ": \($0.words)" } ?? "")
    case .linkEnded(let it): "order \(it.origin) is done: \(it.end.words(names))"
    case .episodeOpened(let it): "\(names.key(it.key)), \(it.side == .buy ? "long" : "short"): \(it.words)"
    case .orderAdopted(let it):
      it.isSurplus
        ? "order \(it.orderID) is a surplus: another order has its label \(it.correlationID) (rule 29)"
        : "order \(it.orderID) is ours by its label \(it.correlationID), though this log did not ask for it (rule 26)"
    case .followerHalted(let it):
      "HALTED: nobody here asked for order \(it.orderID), which carries our label \(it.correlationID) (rule 34)"
    case .episodeClosed(let it): "\(names.key(it.key)): episode \(it.number) is over"
    case .alertRaised(let it): "ALERT \(names.key(it.key)), \(names.lots(it.lots)): \(it.kind.words)"
    case .alertCleared(let it): "alert over, \(names.key(it.key)): \(it.kind.rawValue)"
    default: event.type.summary
    }
  }

  private func order(_ picture: OrderPicture) -> String { "order \(picture.order.orderID) \(terms(of: picture.order))" }

  /// What an order asks for and how far it is: `BUY 4 lots NIFTY … at 152.35: TRADED, 4 lots filled at 152.30`.
  func terms(of order: BrokerOrder) -> String {
    var text =
      "\(order.side.rawValue) \(names.quantity(order.quantity, order.key)) \(names.key(order.key)) "
      + "\(order.type.rawValue)\(order.price > .zero ? " at \(order.price)" : ""): \(order.status.rawValue)"
    if order.filled > .zero {
      text += ", \(names.quantity(order.filled, order.key)) filled at \(order.averagePrice)"
    }
    return order.reason.isEmpty ? text : "\(text) (\(order.reason))"
  }

  private func dayBegan(_ began: DayBegan) -> String {
    let gone = began.expired.map {
      "\(names.quantity($0.quantity + $0.owner, $0.key)) \(names.key($0.key)) of \($0.account)"
    }
    return "\(began.day) begins; " + (gone.isEmpty ? "nothing expired" : "expired: \(gone.joined(separator: ", "))")
  }

  private func configuration(_ settings: CopySettings) -> String {
    let names = settings.followers.map { $0.sends ? "\($0.name)" : "\($0.name) (sends nothing)" }
    return "configuration: \(settings.leader) is copied to \(names.joined(separator: ", "))"
  }

  private func instrument(_ instrument: Instrument) -> String {
    let freeze = instrument.freezeQuantity.map { ", at most \($0) units an order" } ?? ""
    return "\(names.contract(instrument.contract)): \(instrument.lotSize.units) units a lot, tick "
      + "\(instrument.tickSize)\(freeze)"
  }

  private func baseline(_ positions: [BaselinePosition]) -> String {
    if positions.isEmpty { return "nothing" }
    return positions.map { "\(names.quantity($0.quantity, $0.key)) \(names.key($0.key))" }.joined(separator: ", ")
  }

  private func funds(_ funds: Funds) -> String {
    "\(funds.available) available, \(funds.utilised) used, \(funds.startOfDay) at the start of the day"
  }

  private func waits(_ leavesAtOnce: Bool) -> String { leavesAtOnce ? "" : "; waits in the lane" }

  private func count(_ number: Int64, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}
