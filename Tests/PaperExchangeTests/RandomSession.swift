import Domain

@testable import PaperExchange

/// A session of random actions, some of them nonsense, from one seed.
struct RandomSession {
  var generator: SplitMix64
  let instruments = Bench.instruments
  let accounts: [ClientID] = [Bench.leader, Bench.asha, "1000000003"]
  /// Faults of updates are left out where the order of updates is to be checked.
  var disturbsUpdates = true
  /// How many orders have been asked for; the guesses at order numbers range over them.
  var placed: Int64 = 0

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  static func settings(seed: UInt64) -> PaperSettings {
    var settings = PaperSettings(seed: seed)
    settings.faults.repliesLost = 30
    settings.faults.requestsLost = 30
    settings.faults.takenLate = 30
    return settings
  }

  func accountStates() -> [PaperAccount] {
    accounts.enumerated().map { index, id in
      PaperAccount(
        clientID: id, startOfDay: .rupees(1_000_000 * Int64(index + 1)),
        positions: [
          BaselinePosition(
            key: PositionKey(contract: Bench.nifty.contract, product: .margin),
            quantity: Quantity(65 * Int64(1 - index)))
        ])
    }
  }

  private mutating func roll(_ bound: Int64) -> Int64 { generator.next(below: bound) }

  mutating func pause() -> Microseconds { Microseconds(roll(3) == 0 ? 0 : roll(120_000)) }

  mutating func action() -> PaperAction {
    let account = accounts[Int(roll(3))]
    switch roll(100) {
    case 0..<30: return .quote(quote())
    case 30..<33: return .convert(conversion(), account: account)
    case 33: return .squareOff(account: account)
    case 34..<37: return .failCalls(callFault(), times: 2, account: account)
    case 37..<40: return disturbsUpdates ? .failUpdates(updateFault(), times: 2, account: account) : .quote(quote())
    case 40: return disturbsUpdates ? .silenceUpdates(roll(2) == 0, account: account) : .quote(quote())
    case 41:
      switch roll(7) {
      case 0: return .endOfDay
      case 1: return .configure(otherSettings())
      default: return .startOfDay
      }
    case 42..<70: return .call(request(), account: account)
    default: return .phone(request(), account: account)
    }
  }

  private mutating func instrument() -> Instrument { instruments[Int(roll(3))] }
  private mutating func price() -> Paise { Paise(10_000 + 5 * roll(400) + (roll(40) == 0 ? 3 : 0)) }

  private mutating func quote() -> PaperQuote {
    let bid = price()
    return PaperQuote(
      contract: instrument().contract, bid: roll(15) == 0 ? .zero : bid, ask: bid + Paise(5 * roll(20)),
      bidSize: Quantity(roll(600)), askSize: Quantity(roll(600)))
  }

  private mutating func request() -> PaperRequest {
    switch roll(10) {
    case 0..<5:
      placed += 1
      return .place(ticket())
    case 5..<8:
      let change = PaperChange(
        quantity: roll(2) == 0 ? Quantity(65 * roll(8)) : nil, price: roll(2) == 0 ? price() : nil,
        type: roll(12) == 0 ? .market : nil)
      return .modify(reference(), change)
    default: return .cancel(reference())
    }
  }

  private mutating func reference() -> PaperOrderReference {
    if roll(3) == 0 { return .name("n\(roll(5))") }
    return .id(OrderID(stringLiteral: "\(261_125_00000000 + max(1, placed - roll(12)))"))
  }

  private mutating func ticket() -> PaperTicket {
    let instrument = instrument()
    let side: Side = roll(2) == 0 ? .buy : .sell
    let limit = price()
    let types: [OrderType] = [.limit, .limit, .limit, .limit, .market, .stopLoss]
    let gap = Paise(5 * roll(20))
    return PaperTicket(
      key: PositionKey(contract: instrument.contract, product: roll(3) == 0 ? .intraday : .margin), side: side,
      type: types[Int(roll(6))], validity: roll(8) == 0 ? .immediateOrCancel : .day,
      quantity: Quantity(instrument.lotSize.units * roll(12) + (roll(40) == 0 ? 1 : 0)), price: limit,
      triggerPrice: side == .buy ? limit - gap : limit + gap,
      afterMarket: roll(4) == 0 ? true : nil, name: "n\(roll(5))")
  }

  private mutating func otherSettings() -> PaperSettings {
    var settings = RandomSession.settings(seed: 1)
    settings.transitDelay = .exactly(.milliseconds(roll(100)))
    settings.modificationCap = roll(5)
    return settings
  }

  private mutating func conversion() -> PaperConversion {
    PaperConversion(contract: instrument().contract, from: .intraday, to: .margin, quantity: Quantity(65 * roll(4)))
  }

  private mutating func callFault() -> PaperCallFault {
    let faults: [PaperCallFault] = [
      .loseReply, .loseRequest, .takeLate(.milliseconds(700)), .serverError(taken: true), .rejectLate(text: "no"),
      .none,
    ]
    return faults[Int(roll(6))]
  }

  private mutating func updateFault() -> PaperUpdateFault {
    let faults: [PaperUpdateFault] = [.drop, .duplicate, .delay(.milliseconds(300)), .reorder]
    return faults[Int(roll(4))]
  }
}
