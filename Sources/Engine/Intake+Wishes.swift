import Domain
import Ports
import Projections

/// What has to be asked for because of a report, beyond what is read by the clock.
extension Intake {
  /// The margins that the sizing of this report needs and nobody knows yet.
  public func margins(for report: AccountReport, of account: AccountRole, in state: State) -> [(FollowerName, Reading)]
  {
    guard account == .leader, case .order(let update) = report, update.order.side == .sell,
      let listed = contracts.instrument(
        update.order.key.contract.segment, update.order.key.contract.securityID)
    else { return [] }
    return settings.followers.compactMap { follower in
      guard case .riskBased = follower.sizing.strategy, follower.sizing.shortStress == nil,
        let known = state.account(follower.name),
        known.marginPerLot[update.order.key.contract] == nil
      else { return nil }
      return (follower.name, .margin(update.order.key, lot: listed.lotSize, price: update.order.price))
    }
  }

  /// The quotes without which an order of this report waits: it has no limit, and nobody said what the market trades at
  /// (rule 19).
  ///
  /// - Parameter state: as it is with the report in it.
  public func quotes(for report: AccountReport, of account: AccountRole, in state: State) -> [Reading] {
    guard asksQuotes, account == .leader else { return [] }
    let reported: [BrokerOrder]
    switch report {
    case .order(let update): reported = [update.order]
    case .book(let book, _, _): reported = book
    default: return []
    }
    var wanted: [Reading] = []
    for order in reported where order.open > .zero && order.filled == .zero {
      guard let known = state.leader.orders[order.orderID], known.lacksPrice else { continue }
      let contract = known.key.contract
      guard state.instruments[contract] != nil, state.wantsQuote(contract), !wanted.contains(.quote(contract)) else {
        continue
      }
      wanted.append(.quote(contract))
    }
    return wanted
  }
}

extension LeaderOrder {
  /// Whether it is open, has no limit of its own, waits for no trigger, and nobody told what the market trades at.
  fileprivate var lacksPrice: Bool {
    guard order.open > .zero, order.filled == .zero, order.referencePrice == .zero else { return false }
    return isMarket || (givenType == .stopLossMarket && !waitsForTrigger)
  }
}
