import Domain

/// The contracts of the fortnight: weekly and monthly options of both exchanges, in groups of four strikes, and a stock option.
enum FortnightMarket {
  struct Leg {
    let securityID: SecurityID
    /// Signed: positive is bought.
    let lots: Int64
  }

  /// Calls and puts of one underlying and expiry: the two at the money, and a wing on each side.
  struct Group {
    let underlying: Underlying
    let expiry: Day
    let call: SecurityID
    let callWing: SecurityID
    let put: SecurityID
    let putWing: SecurityID

    /// A bear call spread, a ratio spread, a straddle, or a condor.
    func legs(_ kind: Int, lots: Int64) -> [Leg] {
      switch kind {
      case 0: [Leg(securityID: callWing, lots: lots), Leg(securityID: call, lots: -lots)]
      case 1: [Leg(securityID: callWing, lots: lots), Leg(securityID: call, lots: -2 * lots)]
      case 2: [Leg(securityID: call, lots: -lots), Leg(securityID: put, lots: -lots)]
      default:
        [
          Leg(securityID: callWing, lots: lots), Leg(securityID: putWing, lots: lots),
          Leg(securityID: call, lots: -lots), Leg(securityID: put, lots: -lots),
        ]
      }
    }
  }

  /// NSE's expiry of Tuesday, 24 November, is on Monday: the 24th is a holiday (options-domain.md §1.3).
  static let groups = [
    group("NIFTY", 11, 23, first: 40_100), group("NIFTY", 12, 1, first: 40_200), group("NIFTY", 12, 29, first: 40_300),
    group("SENSEX", 11, 26, first: 40_400), group("SENSEX", 12, 3, first: 40_500),
  ]

  static func make() -> StageMarket {
    var instruments: [Instrument] = []
    var middles: [Int64] = []
    for group in groups {
      let isSensex = group.underlying == "SENSEX"
      let (_, month, day) = group.expiry.civil
      for (id, strike, type, middle) in [
        (group.call, Int64(24_000), OptionType.call, Int64(15_000)), (group.callWing, 24_500, .call, 6_200),
        (group.put, 24_000, .put, 13_800), (group.putWing, 23_500, .put, 5_900),
      ] {
        instruments.append(
          StageMarket.option(
            id, isSensex ? .bseFNO : .nseFNO, group.underlying, ShortText(stringLiteral: "\(group.underlying) \(id)"),
            month: Int(month), day: Int(day), strike: isSensex ? strike * 10 / 3 : strike, type,
            lot: isSensex ? 20 : 65, freeze: isSensex ? 1_000 : 1_756))
        middles.append(middle)
      }
    }
    instruments.append(
      StageMarket.option(
        "40600", .nseFNO, "ITC", "ITC 23 NOV 400 CALL", month: 11, day: 23, strike: 400, .call, lot: 1_600, freeze: nil,
        tick: 1, isStockOption: true))
    middles.append(1_250)
    return StageMarket(instruments, middles: middles)
  }

  private static func group(_ underlying: Underlying, _ month: Int, _ day: Int, first: Int) -> Group {
    func id(_ number: Int) -> SecurityID { SecurityID(stringLiteral: "\(first + number)") }
    return Group(
      underlying: underlying, expiry: Fortnight.day(month, day), call: id(0), callWing: id(1), put: id(2),
      putWing: id(3))
  }
}
