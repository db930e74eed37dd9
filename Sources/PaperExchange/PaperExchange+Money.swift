import Domain

/// Money and margin.
///
/// * A bought unit costs its premium, at once and in full.
/// * A short unit binds `shortMarginPermille` of its strike (of its price, where a contract has no strike), and its
///   premium: what was received for a short cannot be spent until it is bought back. So a new short lowers what is
///   available by the strike's share alone.
/// * A working order binds the same for the units that would open, at its limit. Units that close bind nothing, and
///   nothing ever keeps an order from closing. Closing units are allotted to the working orders in the order of their
///   acceptance.
/// * Long and short positions of different contracts, or of different products, are not netted.
///
/// available = start of day − premium paid + premium received − bound. What a position would fetch now plays no part.
extension PaperExchange {
  /// The margin for selling one lot of a contract short at `price`: its premium plus the strike's share, or `nil` for a
  /// contract or an account that the exchange does not know.
  public func marginPerLot(_ account: ClientID, _ contract: ContractID, price: Paise) -> Paise? {
    guard accounts[account] != nil, let instrument = instruments[contract] else { return nil }
    return bound(instrument.lotSize.quantity(of: .one), of: contract, .sell, at: price)
  }

  /// What all of `legs` would bind together, or `nil` for a contract or an account that the exchange does not know. Nothing is netted.
  public func margin(_ account: ClientID, _ legs: [MarginLeg]) -> Paise? {
    guard accounts[account] != nil, legs.allSatisfy({ instruments[$0.key.contract] != nil }) else { return nil }
    return legs.reduce(into: .zero) { $0 += bound($1.quantity, of: $1.key.contract, $1.side, at: $1.price) }
  }

  /// What an account has, in the words of the broker's fund limit; `nil` for an account that the exchange does not
  /// know.
  ///
  /// `utilised` is start of day less available, and zero after gains.
  public func funds(of account: ClientID) -> Funds? {
    guard let state = accounts[account] else { return nil }
    let available = available(state)
    return Funds(
      startOfDay: state.startOfDay, available: available, utilised: max(.zero, state.startOfDay - available))
  }

  /// The money that the new terms need beyond what there is; `nil` when there is enough, or when they need no more than
  /// the old.
  func shortfall(ofChanging order: PaperOrder, to terms: PaperTerms) -> Paise? {
    guard let state = accounts[order.account] else { return nil }
    var candidate = order
    candidate.terms = terms
    let others = working(state).filter { $0.id != order.id }
    let place = working(state).firstIndex { $0.id == order.id } ?? others.endIndex
    var after = others
    after.insert(candidate, at: place)
    let need = bound(by: after, state) - bound(by: working(state), state)
    let free = available(state)
    return need > .zero && need > free ? need - free : nil
  }

  private func available(_ state: AccountState) -> Paise {
    var held = Paise.zero
    for key in state.positions.keys.sorted() {
      guard let position = state.positions[key], position.quantity < .zero else { continue }
      let units = position.quantity.magnitude
      let average = Paise(position.blockedPremium.count / units.units)
      held += shortMargin(units, of: key.contract, at: average) + position.blockedPremium
    }
    return state.cash - held - bound(by: working(state), state)
  }

  private func working(_ state: AccountState) -> [PaperOrder] { state.working.map { orders[$0] } }

  private func bound(by orders: [PaperOrder], _ state: AccountState) -> Paise {
    var total = Paise.zero
    var closable: [PositionKey: Quantity] = [:]
    for order in orders {
      let open = order.terms.quantity - order.filled
      let held = closable[order.key] ?? state.held(order.key)
      let closes = Side(holding: held) == order.side.opposite ? min(open, held.magnitude) : .zero
      closable[order.key] = held + Quantity(order.side.sign * closes.units)
      total += bound(open - closes, of: order.key.contract, order.side, at: order.terms.price)
    }
    return total
  }

  private func bound(_ units: Quantity, of contract: ContractID, _ side: Side, at price: Paise) -> Paise {
    side == .buy ? price * units : price * units + shortMargin(units, of: contract, at: price)
  }

  private func shortMargin(_ units: Quantity, of contract: ContractID, at price: Paise) -> Paise {
    let base = contract.option?.strike ?? price
    return Paise((base.count * settings.shortMarginPermille + 999) / 1_000) * units
  }
}
