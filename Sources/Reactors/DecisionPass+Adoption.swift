import Domain
import Projections

/// Whose an order is that carries a label of ours and that no open request explains (rules 26, 29 and 34).
extension DecisionPass {
  /// How many children of a link are looked for by their label: of a link that copies an order, which is cancelled and placed
  /// anew at times, and of one that closes a surplus.
  private static let childrenLookedFor: Int64 = 48
  private static let closingsLookedFor: Int64 = 8

  /// Decides about every such order, the oldest first: entries are then counted before the exits that close them.
  mutating func explainOrders() {
    for index in state.followers.indices where !state.followers[index].unexplained.isEmpty {
      let account = state.followers[index]
      guard account.hasBaseline, state.leader.hasBaseline else { continue }
      let waiting = account.unexplained.compactMap { account.orders[$0]?.order }.sorted {
        $0.orderID.isOlder(than: $1.orderID)
      }
      // A label can come of any order of the leader's, so that his book has to be known first.
      let derived = state.leader.hasReadBook ? childrenByLabel(of: waiting, index) : [:]
      for order in waiting { explain(order, derived, follower: index) }
    }
  }

  private mutating func explain(_ order: BrokerOrder, _ derived: [CorrelationID: ChildID], follower index: Int) {
    let account = state.followers[index]
    guard let label = order.correlationID else { return }
    let known = account.childByLabel[label]
    let misplaced = known.flatMap { $0.key != order.key ? account.child($0) : nil }.flatMap {
      $0.hasNeverLeft ? $0 : nil
    }
    if let known, misplaced == nil {
      adoptSurplus(order, label, known, account)
    } else if let child = known.flatMap({ misplaced?.id(follower: account.name, origin: $0.origin) }) ?? derived[label],
      account.orders[order.orderID]?.owner == .unexplained
    {
      // Where the order counts that it copies is in question: until that is told its lots would look as if nobody held them.
      if state.leader.unsettled.contains(OrderID(text: child.origin.text)) { return }
      // The label was given to this order, in the other position, before the log was restored.
      if case .placing(let request, .queued)? = misplaced?.state {
        emit(.requestWithdrawn(RequestWithdrawn(follower: account.name, requestID: request, reason: .desiredChanged)))
      }
      emit(
        .orderAdopted(
          OrderAdopted(
            child: child, correlationID: label, key: order.key, orderID: order.orderID,
            purpose: purpose(of: order, child, index), isSurplus: false)))
    } else if account.bookReadAt != nil, state.leader.hasReadBook {
      emit(
        .followerHalted(
          FollowerHalted(follower: account.name, correlationID: label, key: order.key, orderID: order.orderID)))
      emit(
        .alertRaised(AlertRaised(kind: .anotherInstance, follower: account.name, key: order.key, lots: lots(of: order)))
      )
    }
  }

  /// A second order under the label of a child, or one under the label of a child that is over and forgotten (rule 29).
  private mutating func adoptSurplus(
    _ order: BrokerOrder, _ label: CorrelationID, _ known: ChildReference, _ account: FollowerAccount
  ) {
    let children = account.ledgers[known.key]?.links.last { $0.origin == known.origin }?.children ?? []
    let labelled = account.child(known)
    // A forgotten child was the one that its place in the link says.
    let number = labelled?.number ?? Int64(known.index) + 1
    let generation = (children.filter { $0.number == number }.map(\.generation).max() ?? 0) + 1
    let held = account.ledgers[known.key]?.side
    let purpose = labelled?.purpose ?? (held == order.side.opposite ? .exit : .entry)
    emit(
      .orderAdopted(
        OrderAdopted(
          child: ChildID(
            follower: account.name, origin: known.origin, number: number,
            generation: freeGeneration(generation, number, known.origin, account)),
          correlationID: label, key: known.key, orderID: order.orderID, purpose: purpose, isSurplus: true)))
  }

  /// The first generation from `generation` on whose label nobody bears, also of what is forgotten.
  private func freeGeneration(
    _ generation: Int64, _ number: Int64, _ origin: LinkOrigin, _ account: FollowerAccount
  ) -> Int64 {
    guard let settings = state.settings else { return generation }
    var free = generation
    while account.knows(
      CorrelationID(
        leader: settings.leader,
        child: ChildID(follower: account.name, origin: origin, number: number, generation: free)))
    { free += 1 }
    return free
  }

  /// The labels that children have which copy an order of the leader's, or close what a surplus of such a child filled: labels
  /// are derived, so that a log restored from a backup meets its own orders again (rule 26). Those of repairs and true-ups
  /// depend on their place in the log and are not found.
  private func childrenByLabel(of orders: [BrokerOrder], _ index: Int) -> [CorrelationID: ChildID] {
    guard let settings = state.settings, let baseline = state.followers[index].baselineAt else { return [:] }
    let account = state.followers[index]
    let unknown = orders.filter { $0.correlationID.map { !account.knows($0) } ?? false }
    let contracts = Set(unknown.map(\.key.contract))
    var children: [CorrelationID: ChildID] = [:]
    for order in state.leader.orders.values where contracts.contains(order.key.contract) && order.firstSeen > baseline {
      let copying = LinkOrigin(order.order.orderID)
      for (origin, count) in [
        (copying, DecisionPass.childrenLookedFor),
        (LinkOrigin(closingSurplusOf: copying), DecisionPass.closingsLookedFor),
      ] {
        for number in 1...count {
          let child = ChildID(follower: account.name, origin: origin, number: number)
          children[CorrelationID(leader: settings.leader, child: child)] = child
        }
      }
    }
    return children
  }

  private func purpose(of order: BrokerOrder, _ child: ChildID, _ index: Int) -> ChildPurpose {
    if child.origin.ownPurpose != nil { return .exit }
    if state.followers[index].ledgers[order.key]?.side == order.side.opposite { return .exit }
    let shares = state.leader.orders[OrderID(text: child.origin.text)]?.shares ?? []
    return !shares.isEmpty && shares.allSatisfy { $0.opened == .zero } ? .exit : .entry
  }

  private func lots(of order: BrokerOrder) -> Lots {
    state.instruments[order.key.contract]?.lotSize.wholeLots(in: order.quantity) ?? .zero
  }
}
