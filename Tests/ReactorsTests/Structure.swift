import Domain
import Projections
import Reactors
import Testing

/// Legs of the leader's that belong together, and one follower.
struct Structure {
  /// Calls at 24,000, 24,500, …, in the order of the legs.
  static func call(_ place: Int) -> ContractID {
    guard place > 0 else { return Harness.nifty }
    return ContractID(
      segment: .nseFNO, securityID: SecurityID(stringLiteral: "\(50_000 + place)"),
      option: OptionTerms(expiry: Day("2026-12-29")!, strike: .rupees(24_000 + Int64(place) * 500), type: .call))
  }

  var harness: Harness
  private var next = 1

  init(
    _ ratio: String, _ baskets: BasketSettings = BasketSettings(grouping: .window), limits: CopyLimits = CopyLimits(),
    strategy: SizingStrategy? = nil, onShortfall: ShortfallPolicy = .skip, available: Int64? = nil
  ) {
    harness = Harness(
      Sizing(
        strategy: strategy ?? .fixedRatio(Ratio(ratio)!), exitRounding: .lagging, onShortfall: onShortfall),
      limits: limits, trueUp: .keep, baskets: baskets)
    for place in 1...3 {
      harness.observe(
        .instrument(
          Instrument(
            contract: Structure.call(place), underlying: "NIFTY", displayName: "NIFTY", lotSize: LotSize(65)!,
            tickSize: Paise(5), freezeQuantity: nil)))
    }
    if let available {
      let money = Paise.rupees(available)
      harness.observe(.followerFunds("asha", Funds(startOfDay: money, available: money, utilised: .zero)))
    }
  }

  /// The leader's order in one leg: signed lots, filled at once or resting.
  @discardableResult
  mutating func leader(
    _ place: Int, _ lots: Int64, filled: Bool = true, id: OrderID? = nil, status: OrderStatus? = nil,
    label: CorrelationID? = nil, age: Microseconds = Microseconds(0)
  ) -> OrderID {
    harness.contract = Structure.call(place)
    let order = id ?? OrderID(stringLiteral: "1\(100_000_000_000 + next)")
    next += 1
    harness.leader(
      order, lots > 0 ? .buy : .sell, lots: abs(lots), filled: filled ? abs(lots) : 0, status: status, age: age,
      label: label)
    return order
  }

  /// All legs at once, and then the time that is waited for more of them.
  mutating func build(_ legs: [Int64]) {
    for (place, lots) in legs.enumerated() { leader(place, lots) }
    wait()
  }

  mutating func wait(_ seconds: Int64 = 4) { harness.run(for: .seconds(seconds)) }

  func held(_ place: Int) -> Int64 {
    (harness.account.ledgers[PositionKey(contract: Structure.call(place), product: .margin)]?.held.units ?? 0) / 65
  }
  func alerts(_ place: Int) -> Set<AlertKind> {
    harness.account.ledgers[PositionKey(contract: Structure.call(place), product: .margin)]?.alerts ?? []
  }
  func held(_ legs: [Int64]) -> [Int64] { legs.indices.map { held($0) } }
  var sized: [BasketSized] { harness.log.compactMap { if case .basketSized(let sized) = $0 { sized } else { nil } } }
  var broken: Int { harness.log.count { if case .basketBroken = $0 { true } else { false } } }
  /// What we asked for, in its order: the leg and signed lots.
  var asked: [String] {
    harness.log.compactMap { event in
      guard case .placementRequested(let request) = event,
        let place = (0...3).first(where: { Structure.call($0) == request.key.contract })
      else { return nil }
      return "\(place): \(request.side.sign * request.terms.quantity.units / 65)"
    }
  }
}
