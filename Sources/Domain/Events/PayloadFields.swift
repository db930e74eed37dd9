// How the values of the domain stand in a payload. Field names are storage formats: they never change their meaning.

extension PayloadWriter {
  mutating func name(_ key: StaticString, _ value: some ShortIdentifier) { text(key, value.text) }
  mutating func name(_ key: StaticString, _ value: (some ShortIdentifier)?) { text(key, value?.text) }

  mutating func time(_ key: StaticString, _ value: Timestamp?) {
    if let value { string(key, value.description) }
  }

  mutating func ratio(_ key: StaticString, _ value: Ratio?) {
    guard let value else { return }
    string(key, "\(value.numerator)/\(value.denominator)")
  }

  mutating func contract(_ value: ContractID) {
    object("contract") {
      if let option = value.option {
        $0.string("expiry", option.expiry.description)
        $0.choice("option_type", option.type)
      }
      $0.name("security_id", value.securityID)
      $0.choice("segment", value.segment)
      if let option = value.option { $0.int("strike", option.strike.count) }
    }
  }
}

extension PayloadReader {
  mutating func name<Name: ShortIdentifier>(_ key: StaticString, _ type: Name.Type = Name.self) throws -> Name {
    let text = try text(key)
    guard !text.isEmpty else { throw fault("a name that is not empty for \"\(key)\"") }
    return Name(text: text)
  }

  mutating func optionalName<Name: ShortIdentifier>(_ key: StaticString) throws -> Name? {
    try optionalText(key).map { Name(text: $0) }
  }

  mutating func optionalTime(_ key: StaticString) throws -> Timestamp? {
    guard let text = try optionalText(key) else { return nil }
    guard let time = text.withBytes({ Timestamp(canonical: $0) }) else { throw fault("a time for \"\(key)\"") }
    return time
  }

  mutating func optionalRatio(_ key: StaticString) throws -> Ratio? {
    guard let (numerator, denominator) = try optionalFraction(key) else { return nil }
    guard let ratio = Ratio(numerator, denominator), ratio.numerator == numerator
    else { throw fault("a ratio in lowest terms for \"\(key)\"") }
    return ratio
  }

  mutating func ratio(_ key: StaticString) throws -> Ratio {
    guard let ratio = try optionalRatio(key) else { throw fault("\"\(key)\"") }
    return ratio
  }

  mutating func contract() throws -> ContractID {
    try object("contract") { reader in
      var option: (expiry: Day, type: OptionType)?
      if let text = try reader.optionalText("expiry") {
        guard let expiry = text.withBytes({ Day(canonical: $0) }) else { throw reader.fault("a day for \"expiry\"") }
        option = (expiry, try reader.choice("option_type"))
      }
      let securityID: SecurityID = try reader.name("security_id")
      let segment: ExchangeSegment = try reader.choice("segment")
      let terms = try option.map {
        OptionTerms(expiry: $0.expiry, strike: Paise(try reader.int("strike")), type: $0.type)
      }
      return ContractID(segment: segment, securityID: securityID, option: terms)
    }
  }

  mutating func lots(_ key: StaticString) throws -> Lots { Lots(try int(key)) }
  mutating func quantity(_ key: StaticString) throws -> Quantity { Quantity(try int(key)) }
  mutating func paise(_ key: StaticString) throws -> Paise { Paise(try int(key)) }
}

extension Day {
  /// Exactly `YYYY-MM-DD`, as payloads hold it.
  init?(canonical bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = bytes.decimal(0, 4), let month = bytes.decimal(5, 2), let day = bytes.decimal(8, 2)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }
}

extension Timestamp {
  /// Exactly `YYYY-MM-DDTHH:MM:SS.ffffffZ`, as payloads hold it.
  init?(canonical bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 27, let day = Day(canonical: UnsafeRawBufferPointer(rebasing: bytes[0..<10])),
      bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      bytes[19] == UInt8(ascii: "."), bytes[26] == UInt8(ascii: "Z"),
      let hour = bytes.decimal(11, 2), hour < 24, let minute = bytes.decimal(14, 2), minute < 60,
      let second = bytes.decimal(17, 2), second < 60, let fraction = bytes.decimal(20, 6)
    else { return nil }
    let seconds = Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)
    self.init(microseconds: Int64(day.daysSinceEpoch) * 86_400_000_000 + seconds * 1_000_000 + Int64(fraction))
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func decimal(_ start: Int, _ count: Int) -> Int? {
    var value = 0
    for index in start..<(start + count) {
      let digit = self[index] &- 0x30
      guard digit <= 9 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }
}
