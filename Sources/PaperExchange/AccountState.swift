import Domain

/// What one account holds, and the faults that wait for it.
struct AccountState: Hashable, Sendable {
  struct Position: Hashable, Sendable {
    var quantity: Quantity
    /// Received for the units that are short now; it cannot be spent until they are bought back.
    var blockedPremium: Paise
  }

  /// One side of a conversion, as if it had been traded.
  struct Move: Hashable, Sendable {
    let key: PositionKey
    let side: Side
    let quantity: Quantity
    let price: Paise
  }

  var startOfDay: Paise
  /// Start of day, less premium paid, plus premium received.
  var cash: Paise
  var positions: [PositionKey: Position]
  /// Orders that bind money, in the order of their acceptance.
  var working: [Int] = []
  /// All orders, in the order of their numbers.
  var orders: [Int] = []
  var trades: [PaperTrade] = []
  /// Positions that the day began with.
  var carried: [PositionKey: Quantity]
  /// What was converted today: out of one product and into another, at one price.
  var moves: [Move] = []
  var names: [String: OrderID] = [:]
  var callFaults: [PaperCallFault] = []
  var updateFaults: [PaperUpdateFault] = []
  var isSilent = false
  /// Undisturbed updates of an account keep their order.
  var lastVisible: Timestamp?

  init(_ account: PaperAccount) {
    self.carried = [:]
    self.startOfDay = account.startOfDay
    self.cash = account.startOfDay
    self.positions = [:]
    for held in account.positions {
      positions[held.key, default: Position(quantity: .zero, blockedPremium: .zero)].quantity += held.quantity
    }
    self.carried = positions.mapValues(\.quantity)
  }

  func held(_ key: PositionKey) -> Quantity { positions[key]?.quantity ?? .zero }

  /// Adds a fill: premium moves, and the premium of a short is blocked or released.
  mutating func book(_ key: PositionKey, _ side: Side, _ units: Quantity, at price: Paise) {
    cash += Paise(-side.sign * units.units * price.count)
    var position = positions[key] ?? Position(quantity: .zero, blockedPremium: .zero)
    switch side {
    case .buy: position.blockedPremium = position.blockedPremium - position.premium(ofClosing: units)
    case .sell:
      let opening = units - min(units, max(.zero, position.quantity))
      position.blockedPremium += price * opening
    }
    position.quantity += Quantity(side.sign * units.units)
    positions[key] = position.quantity == .zero ? nil : position
  }

  /// Moves units with their share of the blocked premium to another product.
  mutating func convert(_ conversion: PaperConversion, at price: Paise) {
    let from = PositionKey(contract: conversion.contract, product: conversion.from)
    let to = PositionKey(contract: conversion.contract, product: conversion.to)
    guard var source = positions[from] else { return }
    var target = positions[to] ?? Position(quantity: .zero, blockedPremium: .zero)
    let sign: Int64 = source.quantity > .zero ? 1 : -1
    let moved = Quantity(sign * conversion.quantity.units)
    let side: Side = sign > 0 ? .buy : .sell
    moves.append(Move(key: from, side: side.opposite, quantity: conversion.quantity, price: price))
    moves.append(Move(key: to, side: side, quantity: conversion.quantity, price: price))
    if sign < 0 {
      let premium = source.premium(ofClosing: conversion.quantity)
      source.blockedPremium = source.blockedPremium - premium
      target.blockedPremium += premium
    }
    source.quantity -= moved
    target.quantity += moved
    if target.quantity >= .zero { target.blockedPremium = .zero }
    positions[from] = source.quantity == .zero ? nil : source
    positions[to] = target.quantity == .zero ? nil : target
  }
}

extension AccountState.Position {
  /// The blocked premium that buying `units` back releases: in proportion, and the rest with the last unit.
  fileprivate func premium(ofClosing units: Quantity) -> Paise {
    guard quantity < .zero else { return .zero }
    let short = -quantity.units
    guard units.units < short else { return blockedPremium }
    return Paise(Int64(Int128(blockedPremium.count) * Int128(units.units) / Int128(short)))
  }
}
