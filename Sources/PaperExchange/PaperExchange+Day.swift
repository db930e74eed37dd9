import Domain

extension PaperExchange {
  /// What is in transit comes back, what rests expires; quotes leave the book.
  mutating func endDay() {
    isOpen = false
    for index in orders.indices where !orders[index].phase.isFinal && orders[index].phase != .queued {
      if case .transit = orders[index].phase {
        orders[index].phase = .rejected(reason: "RMS:\(orders[index].id):Market is closed")
        emit(index)
      } else {
        finish(index, settings.dayOrdersExpire ? .expired : .cancelled(reason: ""))
      }
    }
    for contract in books.keys.sorted() {
      books[contract]?.marketBid = nil
      books[contract]?.marketAsk = nil
    }
  }

  /// Yesterday's orders and trades leave the books, as they do at the broker; positions are carried forward, but for
  /// those in contracts that expired, which the exchange has settled.
  mutating func startDay() -> PaperReply {
    guard !isOpen else { return .refused("The market is open: the day ends before the next one starts.") }
    isOpen = true
    for account in clientIDs {
      let left = accounts[account]?.positions.filter { !isExpired($0.key.contract) } ?? [:]
      accounts[account]?.positions = left
      guard let available = funds(of: account)?.available, let state = accounts[account] else { continue }
      let queued = state.orders.filter { orders[$0].phase == .queued }
      accounts[account]?.startOfDay = available
      accounts[account]?.carried = state.positions.mapValues(\.quantity)
      accounts[account]?.moves.removeAll()
      accounts[account]?.orders = queued
      accounts[account]?.trades.removeAll()
      accounts[account]?.names.removeAll()
      for index in queued { send(index) }
    }
    return .done
  }

  private func isExpired(_ contract: ContractID) -> Bool { contract.option.map { $0.expiry < now.indianDay } ?? false }

  /// An after-market order leaves for the exchange.
  private mutating func send(_ index: Int) {
    let arrival = now + settings.transitDelay.draw(from: &generator)
    orders[index].phase = .transit
    orders[index].lastArrival = arrival
    due.add(.placement(index, rejection: nil), due: arrival)
    emit(index)
  }

  mutating func convert(_ conversion: PaperConversion, _ account: ClientID) -> PaperReply {
    guard let state = accounts[account] else { return unknown(account) }
    guard conversion.from != conversion.to, conversion.to.carriesOptions, conversion.quantity > .zero else {
      return .refused("A position is converted between INTRADAY and MARGIN, by a positive quantity.")
    }
    let held = state.held(PositionKey(contract: conversion.contract, product: conversion.from)).magnitude
    guard conversion.quantity <= held else {
      return .refused("Only \(held) units are held under \(conversion.from.rawValue).")
    }
    let price = reference(conversion.contract) ?? .zero
    accounts[account]?.convert(conversion, at: price)
    return .done
  }

  /// Market orders in slices below the freeze quantity, for every position; as when a broker's risk desk closes an
  /// account.
  mutating func squareOff(_ account: ClientID) -> PaperReply {
    guard let state = accounts[account] else { return unknown(account) }
    guard isOpen else { return .refused("The market is closed.") }
    for index in state.working { finish(index, .cancelled(reason: "RMS:\(orders[index].id):Auto Square Off")) }
    for key in state.positions.keys.sorted() {
      guard let instrument = instruments[key.contract], let held = state.positions[key]?.quantity,
        let side = Side(holding: held)?.opposite
      else { continue }
      let largest = instrument.maximumLotsPerChild.map { instrument.lotSize.quantity(of: $0) } ?? held.magnitude
      var left = held.magnitude
      while left > .zero, largest > .zero {
        let slice = min(left, largest)
        let ticket = PaperTicket(key: key, side: side, type: .market, quantity: slice, price: .zero)
        _ = take(.place(ticket), for: account, byHand: true, rejection: nil)
        left -= slice
      }
    }
    return .done
  }
}
