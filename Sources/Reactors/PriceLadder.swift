import Domain
import Projections

/// Re-prices a resting order whose leader has filled, a step at a time, up to a bound (rules 14 and 18). A value: what has
/// happened so far is told by the order itself.
struct PriceLadder: Equatable {
  enum Step: Equatable {
    /// Nothing is due before this moment.
    case wait(until: Timestamp)
    case move(OrderPrice)
    /// The order rests at the bound, or beyond it.
    case exhausted
  }

  let side: Side
  /// How far one step goes; at least a tick.
  let step: Paise
  /// The most aggressive price.
  let bound: Paise
  /// When the first step is due.
  let firstAt: Timestamp
  let interval: Microseconds
  /// A price that the first step reaches, however far it is.
  var toward: Paise?

  /// What is due at `now` for an order that rests at `price` and was last re-priced at `movedAt`.
  func next(_ price: OrderPrice, movedAt: Timestamp?, now: Timestamp) -> Step {
    // A stop that still waits although the leader is out becomes an order of the book, whatever its limit is.
    if price.trigger == nil, !isShort(of: bound, price.limit) { return .exhausted }
    let due = max(firstAt, movedAt.map { $0 + interval } ?? .earliest)
    if now < due { return .wait(until: due) }
    let moved: Paise =
      switch side {
      case .buy: min(bound, max(price.limit + step, toward ?? .zero))
      case .sell: max(bound, min(price.limit - step, toward ?? price.limit))
      }
    return .move(.limit(isShort(of: moved, price.limit) ? moved : price.limit))
  }

  /// Whether `price` is what a first step that goes to `leap` asks for, further than any other step.
  func leaps(from resting: OrderPrice, to price: OrderPrice, _ leap: Paise) -> Bool {
    let reached = side == .buy ? min(bound, leap) : max(bound, leap)
    return price == .limit(reached) && abs(reached.count - resting.limit.count) > step.count
  }

  /// Whether `price` is less aggressive than `bound`.
  private func isShort(of bound: Paise, _ price: Paise) -> Bool { side == .buy ? price < bound : price > bound }
}

extension Child {
  /// The price at which an exit goes on. One that is gone does not wait for its trigger again when the leader is out: it is asked
  /// for anew as far as its ladder had come (rule 14).
  func exitPrice(isOver: Bool) -> OrderPrice {
    isOver && !isOpen && asked.price.trigger != nil ? .limit(ladderPrice.limit) : asked.price
  }

  /// From where its ladder goes on. A step that the broker refused is not asked for again (rule 5); the one after it is, or the
  /// order would rest there for ever.
  var ladderPrice: OrderPrice {
    guard let refused = refusedTerms?.price, refused.trigger == nil else { return asked.price }
    let isFurther = side == .buy ? refused.limit > asked.price.limit : refused.limit < asked.price.limit
    return isFurther ? refused : asked.price
  }
}
