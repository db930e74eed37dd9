import Domain

/// One follower's day.
public struct FollowerDay: Sendable {
  public let name: FollowerName
  /// The leader's orders and our own links of the day, in the order in which they were first seen.
  public let lines: [DayLine]
  /// Positions of ours that were open, or had a result, on the day.
  public let positions: [DayPosition]
  /// What was traded, by exchange segment.
  public let notes: [ContractNote]
  /// Units filled of which the broker told no price: they are in no note.
  public let unpricedUnits: Quantity
  /// The estimate for all notes; `nil` where no rates are known.
  public let charges: Paise?

  init(_ name: FollowerName, _ basis: DayBasis) {
    self.name = name
    let leading = basis.leaderOrders.map { DayLine($0, follower: name, basis) }
    let own = basis.orders.filter { id, orders in
      id.follower == name && id.origin.ownPurpose != nil && orders.contains { basis.isToday($0.requestedAt) }
    }
    lines = (leading + own.map { DayLine(own: $0.key, $0.value, basis) }).sorted {
      ($0.at, $0.origin) < ($1.at, $1.origin)
    }
    positions = DayPosition.all(of: name, basis)
    (notes, unpricedUnits) = FollowerDay.notes(name, basis)
    charges = FollowerDay.charges(notes, on: basis.day)
  }

  var isEmpty: Bool { lines.allSatisfy { $0.verdict.kind == .apart } && positions.isEmpty && notes.isEmpty }

  /// The leader's orders of the day without our own links.
  public var leaderOrders: [DayLine] { lines.filter { $0.leader != nil } }

  public func count(_ kind: CopyVerdict.Kind) -> Int { leaderOrders.count { $0.verdict.kind == kind } }

  /// Why lots were not copied, with the number of leader orders for each reason.
  public var reasons: [(reason: SkipReason, count: Int)] {
    SkipReason.allCases.compactMap { reason in
      let count = leaderOrders.count { $0.verdict.reasons.contains(reason) }
      return count == 0 ? nil : (reason, count)
    }
  }

  public var fills: [CopiedFill] { lines.flatMap(\.fills) }
  public var slippage: Slippage? { fills.slippage }
  public var latency: CopyLatency { CopyLatency(fills) }
  /// The result of what our orders, or others, closed of our lots on the day.
  public var realised: Paise { positions.reduce(.zero) { $0 + $1.realised.result } }
  public var realisedUnknown: Quantity { positions.reduce(.zero) { $0 + $1.realised.unknown } }
  /// The result that is open at the last prices known; positions without a price are not in it.
  public var open: Paise { positions.reduce(.zero) { $0 + ($1.open ?? .zero) } }
  public var unpricedPositions: Int { positions.count { $0.held != .zero && $0.open == nil } }

  private static func notes(_ name: FollowerName, _ basis: DayBasis) -> ([ContractNote], Quantity) {
    var notes: [ExchangeSegment: ContractNote] = [:]
    var unpriced = Quantity.zero
    for order in basis.history.orders where order.follower == name {
      let segment = order.key.contract.segment
      let fills = basis.copies[order].filter { basis.isToday($0.fill.at) }
      guard !fills.isEmpty else { continue }
      var note = notes[segment] ?? ContractNote(segment)
      note.orders += 1
      for fill in fills {
        guard let value = fill.price?.value else {
          unpriced += fill.fill.quantity
          continue
        }
        if order.side == .buy { note.bought += value } else { note.sold += value }
      }
      notes[segment] = note
    }
    return (ExchangeSegment.allCases.compactMap { notes[$0] }, unpriced)
  }

  private static func charges(_ notes: [ContractNote], on day: Day) -> Paise? {
    guard let rates = ChargeRates.inForce(on: day) else { return nil }
    return notes.reduce(Paise.zero) { sum, note in sum.flatMap { sum in note.charges(rates).map { sum + $0.total } } }
  }
}
