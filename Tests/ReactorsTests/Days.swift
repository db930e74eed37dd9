import Domain
import Projections
import Reactors
import Testing

/// Friday, 15 January 2027, 13:30 in India, and the days after it.
enum Days {
  static let friday = Day("2027-01-15")!
  static let monday = Day("2027-01-18")!
  static let session = TradingSession(open: TimeOfDay("09:15")!, close: TimeOfDay("15:40")!)

  /// A harness in a contract of that month, on a Friday on which both accounts were read.
  static func stage(_ ratio: String = "1", expiry: Day = Day("2027-01-26")!) -> Harness {
    var harness = Harness(ratio: ratio)
    harness.contract = ContractID(
      segment: .nseFNO, securityID: "58001", option: OptionTerms(expiry: expiry, strike: .rupees(24_000), type: .call))
    harness.observe(
      .instrument(
        Instrument(
          contract: harness.contract, underlying: "NIFTY", displayName: "NIFTY 26 JAN 24000 CALL",
          lotSize: LotSize(Harness.lot)!, tickSize: Paise(5), freezeQuantity: nil)))
    harness.observe(.tradingDay(friday))
    harness.observe(.restated(.leader, []))
    harness.observe(.restated(.follower("asha"), []))
    return harness
  }
}

extension Harness {
  /// Begins a day at `hour`, by an account that was read then.
  mutating func begin(_ day: Day, _ time: String = "09:30") {
    self.time = day.inIndia(at: TimeOfDay(time)!)
    // The exchange ends what it has, and nobody is told.
    for label in broker.keys where broker[label]?.status.isFinal == false && broker[label]?.afterMarket == false {
      broker[label]?.status = .expired
    }
    observe(.tradingDay(day))
  }

  func position(lots: Int64, of key: PositionKey? = nil) -> [BaselinePosition] {
    lots == 0 ? [] : [BaselinePosition(key: key ?? self.key, quantity: Quantity(lots * Harness.lot))]
  }

  /// What both accounts hold this morning, in lots; what the leader closed unseen is told first, as the intake does.
  mutating func restate(leader: Int64, asha: Int64) {
    restateLeader(leader)
    observe(.restated(.follower("asha"), position(lots: asha)))
  }

  mutating func restateLeader(_ lots: Int64) {
    for closed in state.leader.closedUnseen(position(lots: lots)) {
      observe(
        .leaderOrder(
          BrokerOrder(
            orderID: "unseen@1", correlationID: nil, key: closed.key, side: closed.quantity < .zero ? .sell : .buy,
            type: .market, validity: .day, quantity: closed.quantity.magnitude, price: .zero,
            filled: closed.quantity.magnitude, status: .traded,
            updatedAt: Timestamp(microseconds: state.tradingDay!.startInIndia.microseconds - 1)), .positions))
    }
    observe(.restated(.leader, position(lots: lots)))
  }

  mutating func open(_ calendar: MarketCalendar?) {
    guard var settings = state.settings else { return }
    settings.calendar = calendar
    observe(.configuration(settings))
  }

  func count(_ isMeant: (Event) -> Bool) -> Int { log.count(where: isMeant) }
}
