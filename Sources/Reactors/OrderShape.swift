import Domain
import Projections

/// What the orders of a link look like, whatever their quantity is.
struct OrderShape: Equatable {
  var price: OrderPrice
  var validity = Validity.day
  /// The part of the leader's order that shows, where not all of it does.
  var disclosed: DisclosedPart?

  func terms(_ quantity: Quantity) -> OrderTerms {
    OrderTerms(
      quantity: quantity, price: price, validity: validity, disclosedQuantity: disclosed?.of(quantity) ?? .zero)
  }
}

/// The share of an order that the market sees at a time.
struct DisclosedPart: Equatable {
  /// Units of the leader's order, shown and in all.
  let shown: Quantity
  let whole: Quantity
  let lot: LotSize

  init?(_ order: BrokerOrder, lot: LotSize) {
    guard order.disclosedQuantity > .zero, order.disclosedQuantity < order.quantity else { return nil }
    self.shown = order.disclosedQuantity
    self.whole = order.quantity
    self.lot = lot
  }

  /// The same share of `quantity` in whole lots, more than the three tenths that the broker asks for (dhan-api-v2.md §4.2);
  /// zero where that would be all of it.
  func of(_ quantity: Quantity) -> Quantity {
    let lots = lot.wholeLots(in: quantity).count
    let part = Rounding.up.quotient(Int128(lots) * Int128(shown.units), Int128(whole.units))
    let showing = max(part, lots * 3 / 10 + 1)
    return showing < lots ? lot.quantity(of: Lots(showing)) : .zero
  }
}

extension KeyView {
  /// What the orders of `link` look like that copy `order`.
  func shape(_ price: OrderPrice, of link: Link, _ order: LeaderOrder, _ purpose: ChildPurpose) -> OrderShape {
    OrderShape(
      price: price, validity: validity(of: link, order, purpose), disclosed: DisclosedPart(order.order, lot: lot))
  }

  /// Immediate where the leader's is. An exit that found nobody immediately rests from then on, since exits finish; and what
  /// rests stays as it is when the leader's order is over.
  private func validity(of link: Link, _ order: LeaderOrder, _ purpose: ChildPurpose) -> Validity {
    let ours = link.children.filter { $0.purpose == purpose && $0.state != .withdrawn }
    if isOver(order), let open = ours.last(where: { $0.isOpen }) { return open.asked.validity }
    if ours.contains(where: { !$0.isOpen && $0.asked.validity == .immediateOrCancel }) { return .day }
    return order.order.validity.copied
  }

  /// Whether our copy of an immediate exit is over before his is told to be: what he has not filled by then is only gone, and an
  /// order in its place would close more than he does.
  func isSpent(_ link: Link, _ order: LeaderOrder) -> Bool {
    order.order.validity == .immediateOrCancel
      && link.children.contains {
        $0.purpose == .exit && $0.wasTakenAway && $0.asked.validity == .immediateOrCancel
      }
  }
}
