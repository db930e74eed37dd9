import Domain

/// What happens when a request reaches the risk checks and the exchange.
extension PaperExchange {
  mutating func arrive(_ index: Int, rejection: String?) {
    guard case .transit = orders[index].phase else { return }
    var order = orders[index]
    order.arrivedAt = now
    let checked = rejection.map { .failure(PaperRejection($0)) } ?? check(order.terms, of: order)
    switch checked {
    case .failure(let why):
      orders[index].phase = .rejected(reason: "RMS:\(order.id):\(why.text)")
      emit(index)
    case .success(let terms):
      order.terms = terms
      order.phase = .waiting
      orders[index] = order
      accounts[order.account]?.working.append(index)
      enter(index)
    }
  }

  /// The order stays as it was unless the new terms pass every check. A final order stays final, and says nothing.
  mutating func modify(_ index: Int, _ change: PaperChange, rejection: String?) {
    let before = orders[index]
    if before.phase == .queued {
      orders[index].terms = before.terms.applying(change)
      emit(index)
      return
    }
    guard before.phase.isWorking else { return }
    let wanted = before.terms.applying(change)
    var checked = rejection.map { .failure(PaperRejection($0)) } ?? check(wanted, of: before)
    if wanted.quantity < before.filled {
      checked = .failure(PaperRejection("Quantity \(wanted.quantity) is below filled quantity \(before.filled)"))
    }
    switch checked {
    case .failure(let why):
      orders[index].note = "RMS:\(before.id):\(why.text)"
      emit(index)
    case .success(let terms):
      orders[index].terms = terms
      orders[index].note = ""
      if terms.quantity == before.filled {
        finish(index, .traded)
      } else if keepsPriority(before, terms) {
        emit(index)
      } else {
        books[before.key.contract]?.remove(index, before.side)
        orders[index].phase = .waiting
        enter(index)
      }
    }
  }

  mutating func cancel(_ index: Int, rejection: String?) {
    guard orders[index].phase.isWorking || orders[index].phase == .queued else { return }
    if let rejection {
      orders[index].note = "RMS:\(orders[index].id):\(rejection)"
      emit(index)
    } else {
      finish(index, .cancelled(reason: ""))
    }
  }

  /// Only a smaller quantity keeps an order's place in the queue. An order that becomes IOC leaves it altogether: it trades
  /// with what there is, and the rest is cancelled.
  private func keepsPriority(_ before: PaperOrder, _ terms: PaperTerms) -> Bool {
    terms.price == before.terms.price && terms.triggerPrice == before.terms.triggerPrice
      && terms.type == before.terms.type && terms.validity == before.terms.validity
      && terms.quantity <= before.terms.quantity
  }

  /// Into the book, or to the stop orders that wait for their trigger.
  private mutating func enter(_ index: Int) {
    let order = orders[index]
    let contract = order.key.contract
    guard order.terms.type == .stopLoss || order.terms.waitsForMarket, !order.isTriggered else {
      emit(index)
      release(index)
      return
    }
    books[contract, default: ContractBook()].waiting.append(index)
    emit(index)
    let reference = books[contract]?.reference(at: now, age: settings.referenceAge)
    runStops(contract, highest: reference, lowest: reference)
  }

  /// Lets an accepted order trade, and rest with what is left.
  private mutating func release(_ index: Int) {
    let order = orders[index]
    let rank = takeRank()
    orders[index].phase = .resting(rank: rank)
    match(index)
    guard orders[index].phase.isWorking else { return }
    if order.terms.validity == .immediateOrCancel {
      finish(index, .cancelled(reason: ""))
    } else {
      let resting = ContractBook.Resting(index: index, price: order.terms.price, rank: rank)
      books[order.key.contract, default: ContractBook()].add(resting, order.side)
    }
    runTradedStops(order.key.contract, since: rank)
  }

  /// Stop orders whose trigger lies within what the market has just shown. A trade of theirs may trigger the next.
  mutating func runStops(_ contract: ContractID, highest: Paise?, lowest: Paise?) {
    guard let waiting = books[contract]?.waiting else { return }
    for index in waiting {
      let order = orders[index]
      // An earlier one of this list may have triggered it already.
      guard case .waiting = order.phase, books[contract]?.waiting.contains(index) == true else { continue }
      let isReached =
        switch order.side {
        case .buy: highest.map { $0 >= order.terms.triggerPrice } ?? false
        case .sell: lowest.map { $0 <= order.terms.triggerPrice } ?? false
        }
      guard isReached else { continue }
      books[contract]?.waiting.removeAll { $0 == index }
      orders[index].isTriggered = true
      if order.terms.waitsForMarket, let tick = instruments[contract]?.tickSize {
        orders[index].terms.price = PaperExchange.protectedLimit(
          order.terms.triggerPrice, order.side, percent: 5, tick: tick)
      }
      release(index)
    }
  }

  private mutating func runTradedStops(_ contract: ContractID, since rank: Int64) {
    guard let book = books[contract], !book.waiting.isEmpty, let trade = book.lastTrade, trade.at == now else { return }
    runStops(contract, highest: trade.price, lowest: trade.price)
  }

  /// The exchange ends an order by itself, without anybody's call.
  mutating func end(_ reference: PaperOrderReference, _ verdict: PaperVerdict, of account: ClientID) -> PaperReply {
    guard accounts[account] != nil else { return unknown(account) }
    guard let index = find(reference, of: account), orders[index].phase.isWorking else {
      return .refused("The account has no such order at the exchange.")
    }
    switch verdict {
    case .cancel(let reason): finish(index, .cancelled(reason: reason))
    case .reject(let reason):
      guard orders[index].filled == .zero else { return .refused("An order that has filled cannot be rejected.") }
      finish(index, .rejected(reason: reason))
    }
    return .done
  }

  mutating func takeRank() -> Int64 {
    defer { nextRank += 1 }
    return nextRank
  }

  /// Ends an order that was accepted.
  mutating func finish(_ index: Int, _ phase: PaperOrder.Phase) {
    let order = orders[index]
    orders[index].phase = phase
    orders[index].note = ""
    books[order.key.contract]?.remove(index, order.side)
    accounts[order.account]?.working.removeAll { $0 == index }
    emit(index)
  }
}
