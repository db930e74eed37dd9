import Domain
import PaperExchange

/// The market, the leader's phone, faults and the books without a socket, for whoever runs the simulator within its own
/// process.
extension DhanSimulator {
  /// Does something to the exchange now.
  ///
  /// A contract is meant by its segment and number alone: those of the demonstration expire, and the simulator's come back
  /// with another expiry.
  ///
  /// - Returns: what the exchange says to it. The delay of a reply is for information; nobody waits for it here.
  @discardableResult
  public func act(_ action: PaperAction) -> PaperReply {
    server.with { core, now in
      core.advance(to: now)
      return core.exchange.act(core.ofThisDay(action), at: now)
    }
  }

  /// What an account holds now, in the order of the keys, and nothing that is flat.
  public func positions(of account: ClientID) -> [BaselinePosition] {
    server.with { core, now in
      core.advance(to: now)
      return core.exchange.positions(of: account)
    }
  }

  /// Every order of an account as it is now, oldest first.
  public func orderBook(of account: ClientID) -> [BrokerOrder] {
    server.with { core, now in
      core.advance(to: now)
      return core.exchange.orderBook(of: account)
    }
  }

  /// How many calls of an account that place, modify or cancel have arrived, whatever became of them.
  public func orderCalls(of account: ClientID) -> Int64 {
    server.with { core, _ in core.accounts[account]?.tally.orderCalls ?? 0 }
  }
}

extension SimulatorCore {
  /// The action with the contracts that this simulator lists under the same numbers.
  func ofThisDay(_ action: PaperAction) -> PaperAction {
    switch action {
    case .call(let request, let account): return .call(ofThisDay(request), account: account)
    case .phone(let request, let account): return .phone(ofThisDay(request), account: account)
    case .quote(var quote):
      quote.contract = ofThisDay(quote.contract)
      return .quote(quote)
    case .convert(var conversion, let account):
      conversion.contract = ofThisDay(conversion.contract)
      return .convert(conversion, account: account)
    case .squareOff, .end, .failCalls, .failUpdates, .forgetFaults, .silenceUpdates, .endOfDay, .startOfDay, .configure:
      return action
    }
  }

  private func ofThisDay(_ request: PaperRequest) -> PaperRequest {
    guard case .place(var ticket) = request else { return request }
    ticket.key = PositionKey(contract: ofThisDay(ticket.key.contract), product: ticket.key.product)
    return .place(ticket)
  }

  private func ofThisDay(_ contract: ContractID) -> ContractID {
    self.contract(contract.segment, contract.securityID) ?? contract
  }
}
