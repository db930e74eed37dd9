import Domain

extension RandomEvents {
  mutating func flag() -> Bool { Bool.random(using: &random) }

  mutating func integer() -> Int64 {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: 0
    case 1: random.pick([Int64.min, .max, -1, 1, .min + 1, .max - 1])
    case 2: Int64.random(in: .min ... .max, using: &random)
    default: Int64.random(in: -1_000_000...1_000_000, using: &random)
    }
  }

  mutating func positive() -> Int64 { max(1, abs(max(integer(), -.max))) }
  mutating func paise() -> Paise { Paise(integer()) }
  mutating func quantity() -> Quantity { Quantity(integer()) }
  mutating func lots() -> Lots { Lots(integer()) }
  mutating func side() -> Side { flag() ? .buy : .sell }

  mutating func ratio() -> Ratio {
    Ratio(positive(), positive()) ?? .one
  }

  /// Any character but NUL, the awkward ones often.
  private mutating func character() -> Character {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: random.pick("\"\\/\u{8}\t\n\u{C}\r\u{1}\u{1F}\u{7F}\u{85}\u{2028}\u{FEFF}\u{FFFD}\u{10FFFF}")
    case 1: random.pick("आशा₹é𝄞👩‍👩‍👧漢")
    default: Character(UnicodeScalar(UInt8.random(in: 0x20..<0x7F, using: &random)))
    }
  }

  mutating func shortText() -> ShortText {
    var text = ""
    for _ in 0..<Int.random(in: 0...31, using: &random) {
      let next = character()
      if text.utf8.count + String(next).utf8.count <= ShortText.capacity { text.append(next) }
    }
    return ShortText(validating: text) ?? .empty
  }

  mutating func name<Name: ShortIdentifier>() -> Name {
    let text = shortText()
    return Name(text: text.isEmpty ? "x" : text)
  }

  mutating func longText() -> String {
    let length = random.chance(5) ? 20_000 : Int.random(in: 0...60, using: &random)
    var text = String((0..<length).map { _ in character() })
    if random.chance(10) { text.append("\u{0}") }
    return text
  }

  mutating func day() -> Day {
    let year = random.chance(20) ? random.pick([1, 9_999]) : Int.random(in: 1...9_999, using: &random)
    let month = Int.random(in: 1...12, using: &random)
    let last = random.chance(10) ? 29 : 28
    return Day(year: year, month: month, day: Int.random(in: 1...last, using: &random)) ?? Day(daysSinceEpoch: 0)
  }

  mutating func time() -> Timestamp {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: .earliest
    case 1: .latest
    default:
      Timestamp(
        microseconds: Int64.random(in: Timestamp.earliest.microseconds...Timestamp.latest.microseconds, using: &random))
    }
  }

  mutating func contract() -> ContractID {
    let option = OptionTerms(expiry: day(), strike: paise(), type: flag() ? .call : .put)
    return ContractID(
      segment: random.pick(ExchangeSegment.allCases), securityID: name(), option: random.chance(80) ? option : nil)
  }

  mutating func key() -> PositionKey { PositionKey(contract: contract(), product: random.pick(ProductType.allCases)) }

  mutating func child() -> ChildID {
    ChildID(follower: name(), origin: name(), number: integer(), generation: integer())
  }

  mutating func positions() -> [BaselinePosition] {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in BaselinePosition(key: key(), quantity: quantity()) }
  }

  mutating func funds() -> Funds { Funds(startOfDay: paise(), available: paise(), utilised: paise()) }

  mutating func instrument() -> Instrument {
    Instrument(
      contract: contract(), underlying: name(), displayName: shortText(),
      lotSize: LotSize(positive()) ?? RepresentativeEvents.oneUnit, tickSize: Paise(positive()),
      freezeQuantity: flag() ? quantity() : nil, isStockOption: flag())
  }

  mutating func arithmetic() -> Arithmetic {
    Arithmetic(
      rule: integer(), leaderLots: lots(), leaderWhole: flag() ? lots() : nil, ratio: flag() ? ratio() : nil,
      target: lots(), filled: lots(), working: lots(), forgone: flag() ? lots() : .zero,
      reference: flag()
        ? PriceReference(
          price: paise(), source: random.pick(ReferenceSource.allCases), age: Microseconds(integer())) : nil,
      bound: flag() ? paise() : nil, greeks: flag() ? greeks() : nil)
  }

  mutating func greeks() -> ContractGreeks {
    ContractGreeks(
      source: random.pick(ContractGreeks.Source.allCases), underlying: paise(), volatilityMillionths: integer(),
      deltaMillionths: integer(), gammaBillionths: integer(), thetaPaisaHundredths: integer(),
      vegaPaisaHundredths: integer())
  }

  mutating func linkEnd() -> LinkEnd {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: .copied(lots())
    case 1: .skipped(random.pick(SkipReason.allCases))
    case 2: .tooOld
    default: .refused
    }
  }

  mutating func picture() -> OrderPicture {
    OrderPicture(
      order: BrokerOrder(
        orderID: name(), correlationID: flag() ? name() : nil, key: key(), side: side(),
        type: random.pick(OrderType.allCases), validity: random.pick(Validity.allCases), quantity: quantity(),
        price: paise(), triggerPrice: paise(), filled: quantity(), averagePrice: paise(),
        status: random.pick(OrderStatus.allCases), afterMarket: flag(), updatedAt: flag() ? time() : nil,
        referencePrice: flag() ? paise() : .zero, disclosedQuantity: flag() ? quantity() : .zero,
        isExitLeg: flag(), reason: longText()),
      revision: integer(),
      source: random.pick(OrderSource.allCases))
  }

  mutating func terms() -> OrderTerms {
    OrderTerms(
      quantity: quantity(), price: orderPrice(), validity: random.pick(Validity.allCases),
      disclosedQuantity: flag() ? quantity() : .zero)
  }

  mutating func orderPrice() -> OrderPrice {
    flag() ? .limit(paise()) : .stop(trigger: paise(), limit: paise())
  }
}
