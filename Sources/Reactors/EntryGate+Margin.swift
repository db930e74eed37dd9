import Domain
import Projections

extension EntryGate {
  /// What was left of the limit that bound an entry, and what one lot takes of it.
  func arithmetic(of reason: SkipReason, side: Side, price: OrderPrice?) -> EntryForgone.Shortfall? {
    switch reason {
    case .insufficientMargin: return price.flatMap { shortfall(side: side, price: $0.limit) }
    case .rupeeDelta, .vega:
      return greeksRoom(side: side).map { EntryForgone.Shortfall(available: $0.available, perLot: $0.perUnit) }
    default: return nil
    }
  }

  /// What the account is known to have and what one lot takes: the premium of a long, the margin of a short where the broker
  /// told it. `nil` where either is not known, since then only the broker can say whether it is enough.
  ///
  /// What it has is known when it was read after everything that may have moved it, and when the reading explains itself:
  /// available and utilised are what the day began with (dhan-api-v2.md §7.4, options-domain.md §3.2). Collateral, a payment or
  /// the day's gains are not in these three numbers, and would make an account look poorer than it is.
  func shortfall(side: Side, price: Paise) -> EntryForgone.Shortfall? {
    let account = state.followers[view.index]
    guard let funds = account.funds, let readAt = account.fundsReadAt, account.movedAt.map({ $0 < readAt }) ?? true,
      funds.available + funds.utilised == funds.startOfDay
    else { return nil }
    let perLot = side == .buy ? price * view.lot.quantity(of: .one) : view.marginPerLot ?? .zero
    return perLot > .zero ? EntryForgone.Shortfall(available: funds.available, perLot: perLot) : nil
  }
}
