import Domain

/// What a new day changes of what the log says of the leader.
extension LeaderBook {
  mutating func endOrders(before day: Day, _ calendar: MarketCalendar?) {
    for (id, order) in orders where order.order.isOver(before: day, calendar) { orders[id]?.order.status = .expired }
  }

  mutating func expire(_ key: PositionKey, sequence: SequenceNumber, at now: Timestamp) {
    if let held = positions[key]?.net.magnitude { reduce(key, by: held, sequence: sequence, at: now) }
  }

  /// What a reading holds less than the log, and no order explains: it was closed while nobody looked (rule 6).
  public func closedUnseen(_ positions: [BaselinePosition]) -> [BaselinePosition] {
    let read = PositionsReading(sequence: .beforeFirst, positions: positions)
    return self.positions.keys.sorted().compactMap { key in
      guard let position = self.positions[key], let side = position.side, !isConverted(key, read) else { return nil }
      let left = Side(holding: read.net(key)) == side ? read.net(key).magnitude : .zero
      let closed = position.net.magnitude - left
      return closed > .zero ? BaselinePosition(key: key, quantity: Quantity(-closed.units * side.sign)) : nil
    }
  }

  /// What went from one product to the other is left to the rule of conversions (rule 8).
  private func isConverted(_ key: PositionKey, _ read: PositionsReading) -> Bool {
    guard let sibling = key.sibling else { return false }
    let difference = read.net(key) - (positions[key]?.net ?? .zero)
    return difference != .zero && difference + read.net(sibling) == positions[sibling]?.net ?? .zero
  }

  /// Takes over what is held. What is more than the log knows is inherited: nobody owes entries for it (rule 6).
  mutating func restate(_ held: [BaselinePosition], on day: Day, sequence: SequenceNumber, at now: Timestamp) {
    restatedOn = day
    let read = PositionsReading(sequence: sequence, positions: held)
    for closed in closedUnseen(held) { reduce(closed.key, by: closed.quantity.magnitude, sequence: sequence, at: now) }
    let converted = Set(held.map(\.key).filter { isConverted($0, read) })
    for position in held where !converted.contains(position.key) {
      var entry = positions[position.key] ?? LeaderPosition()
      guard let side = Side(holding: position.quantity), position.quantity != entry.net else { continue }
      let grown = position.quantity.magnitude - entry.net.magnitude
      if entry.net == .zero {
        entry.lastSegment += 1
        entry.segments.append(LeaderSegment(number: entry.lastSegment, side: side, whole: grown, closed: .zero))
      } else {
        entry.segments[entry.segments.count - 1].whole += grown
      }
      entry.net = position.quantity
      positions[position.key] = entry
    }
  }
}
