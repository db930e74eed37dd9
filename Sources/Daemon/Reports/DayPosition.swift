import Domain

/// Our own lots of one follower in one position: what they came to on the day, and what is open at its end.
public struct DayPosition: Sendable {
  public let key: PositionKey
  /// Signed units at the end of the day.
  public let held: Quantity
  /// What they cost (long) or brought in (short) on average; `nil` when that is not known.
  public let average: UnitPrice?
  /// The newest price of the contract in the log; `nil` when there is none.
  public let mark: LastPrice?
  /// At the mark, since the position was opened; `nil` without a price or a cost.
  public let open: Paise?
  let realised: AverageCost.Realised

  /// The result of what was closed on the day, at average cost from flat to flat.
  public var realisedResult: Paise { realised.result }
  /// Units closed on the day of which a price is not known.
  public var realisedUnknown: Quantity { realised.unknown }

  static func all(of name: FollowerName, _ basis: DayBasis) -> [DayPosition] {
    let own = basis.movements.filter { $0.account.follower == name }
    let byKey = Dictionary(grouping: own) { $0.account.key }
    return byKey.keys.sorted().compactMap { DayPosition($0, byKey[$0] ?? [], basis) }
  }

  /// `nil` when nothing is held and nothing was closed on the day.
  private init?(_ key: PositionKey, _ movements: [LotMovements.Movement], _ basis: DayBasis) {
    var cost = AverageCost()
    var (result, unknown, moved) = (Paise.zero, Quantity.zero, false)
    for movement in movements {
      let realised: AverageCost.Realised
      switch movement.cause {
      case .fill(let place, let fill):
        let order = basis.history.orders[place]
        realised = cost.take(
          order.side, order.fills[fill].quantity, value: basis.copies[order][fill].price?.value)
      case .others(let side, let quantity, let price):
        realised = cost.take(side, quantity, value: price?.value(of: quantity))
      }
      guard basis.isToday(movement.at) else { continue }
      moved = true
      result += realised.result
      unknown += realised.unknown
    }
    guard moved || cost.held != .zero else { return nil }
    self.key = key
    held = cost.held
    average = cost.average
    mark = basis.prices[key.contract]
    open = cost.held == .zero ? .zero : mark.flatMap { cost.open(at: $0.price) }
    realised = AverageCost.Realised(result: result, unknown: unknown)
  }
}
