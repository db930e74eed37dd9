import Domain

/// A reading of the leader's open positions, made while a conversion was in question.
public struct PositionsReading: Hashable, Sendable, Codable {
  public let sequence: SequenceNumber
  public let positions: [BaselinePosition]

  /// What was held under `key`: zero where it was not named.
  public func net(_ key: PositionKey) -> Quantity { positions.first { $0.key == key }?.quantity ?? .zero }
}

extension PositionKey {
  /// The same contract under the other product that carries options; `nil` where there is none.
  public var sibling: PositionKey? {
    switch product {
    case .intraday: PositionKey(contract: contract, product: .margin)
    case .margin: PositionKey(contract: contract, product: .intraday)
    default: nil
    }
  }
}

extension LeaderBook {
  /// Whether an order that is seen for the first time may close, or add to, what the leader holds under the other product: its
  /// own position is flat and the sibling is open. A conversion shows nowhere but in the positions (rule 8); what is added
  /// after one, and was taken for a position of its own, would make of the exit of both an exit and a short.
  func isInQuestion(_ order: BrokerOrder) -> Bool {
    guard hasBaseline, order.key.contract.option != nil, let sibling = order.key.sibling,
      positions[order.key].map({ $0.net == .zero }) ?? true, let held = positions[sibling]
    else { return false }
    return held.side != nil
  }

  /// Folds the product of an order that was in question; what it filled meanwhile counts now.
  mutating func settle(_ settled: ProductSettled, sequence: SequenceNumber, at now: Timestamp) -> LeaderOrder? {
    guard var order = orders[settled.orderID], order.isUnsettled else { return nil }
    order.isUnsettled = false
    order.product = settled.product
    if order.order.filled > .zero { order.filledAt = now }
    unsettled.removeAll { $0 == settled.orderID }
    orders[settled.orderID] = order
    positions[order.key, default: LeaderPosition()].orders.append(settled.orderID)
    let before = positions[order.key]?.net ?? .zero
    if order.order.filled > .zero { fill(order, by: order.order.filled, sequence: sequence, at: now) }
    question(order, isFirst: true, newlyFilled: order.order.filled, before: before, .stream, at: now)
    return orders[settled.orderID]
  }
}

/// Units that the log counts under both products of a contract, on opposite sides, and the leader does not hold: he converted
/// before a trade that looked like the opening of the other side.
public struct NettedPair: Hashable, Sendable, Codable {
  public let contract: ContractID
  public let units: Quantity
}

/// Pairs that a reading of the leader's positions showed, waiting for a second one.
public struct SuspectedPairs: Hashable, Sendable, Codable {
  public let pairs: [NettedPair]
  public let at: Timestamp
  public let sequence: SequenceNumber
}

extension LeaderBook {
  /// How far apart the two readings must be that take pairs away.
  public static let pairConfirmation = Microseconds.seconds(3)

  /// Whether the leader is long under one product and short under the other, as far as the log tells: rarely meant, and what
  /// a conversion that was not noticed looks like.
  public var hasOpposedProducts: Bool {
    positions.contains { key, position in
      guard key.product == .margin, let sibling = key.sibling, let other = positions[sibling] else { return false }
      return position.side != nil && other.side == position.side?.opposite
    }
  }

  /// The pairs that are not in a reading: both legs are smaller by the same, so that their sum is as the log has it. An empty
  /// or an old reading rarely looks like that.
  public func nettedPairs(_ reading: [BaselinePosition]) -> [NettedPair] {
    let read = PositionsReading(sequence: .beforeFirst, positions: reading)
    let pairs = positions.compactMap { key, position -> NettedPair? in
      guard key.product == .margin, let sibling = key.sibling, let other = positions[sibling],
        let side = position.side, other.side == side.opposite
      else { return nil }
      let (ours, theirs) = (read.net(key), read.net(sibling))
      let units = position.net.magnitude - ours.magnitude
      guard units > .zero, ours + theirs == position.net + other.net,
        Side(holding: ours) != side.opposite, Side(holding: theirs) != side
      else { return nil }
      return NettedPair(contract: key.contract, units: units)
    }
    return pairs.sorted { $0.contract < $1.contract }
  }

  /// Folds a reading; what two of them show, some seconds apart and without a trade between them, is gone.
  ///
  /// - Returns: the positions that became smaller.
  mutating func apply(_ reading: LeaderPositionsRead, sequence: SequenceNumber, at now: Timestamp) -> [PositionKey] {
    positionsRead = PositionsReading(sequence: sequence, positions: reading.positions)
    let pairs = nettedPairs(reading.positions)
    guard !pairs.isEmpty else {
      suspectedPairs = nil
      return []
    }
    guard let suspected = suspectedPairs, suspected.pairs == pairs, !isTradedSince(suspected, pairs) else {
      suspectedPairs = SuspectedPairs(pairs: pairs, at: now, sequence: sequence)
      return []
    }
    guard now - suspected.at >= LeaderBook.pairConfirmation else { return [] }
    suspectedPairs = nil
    var changed: [PositionKey] = []
    for pair in pairs {
      for product in [ProductType.intraday, .margin] {
        let key = PositionKey(contract: pair.contract, product: product)
        reduce(key, by: pair.units, sequence: sequence, at: now)
        changed.append(key)
      }
    }
    return changed
  }

  private func isTradedSince(_ suspected: SuspectedPairs, _ pairs: [NettedPair]) -> Bool {
    orders.values.contains { order in
      order.raisedBy > suspected.sequence && pairs.contains { $0.contract == order.order.key.contract }
    }
  }

  mutating func reduce(_ key: PositionKey, by units: Quantity, sequence: SequenceNumber, at now: Timestamp) {
    guard var position = positions[key], let side = position.side else { return }
    position.segments[position.segments.count - 1].closed += units
    position.segments[position.segments.count - 1].lastDecrease = sequence
    position.segments[position.segments.count - 1].lastDecreaseAt = now
    position.net += Quantity(-units.units * side.sign)
    positions[key] = position
  }
}
