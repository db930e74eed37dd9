import Domain

/// The facts of one option, packed: a file holds about ninety thousand of them.
struct InstrumentRow: Hashable, Sendable {
  var displayName = ShortText.empty
  var strike = Paise.zero
  /// Zero where the file knows no band.
  var upperLimit = Paise.zero
  var lowerLimit = Paise.zero
  var expiry = Day(daysSinceEpoch: 0)
  var lotSize: Int32 = 0
  /// In paise.
  var tickSize: Int32 = 0
  /// Zero where the file knows no limit.
  var freezeQuantity: Int32 = 0
  /// A place in the table's list.
  var underlying: Int32 = 0
  var type = OptionType.call
  var isStockOption = false
}

/// What a line of the file turned out to be.
enum LineKind {
  case option
  /// Readable, and none of the options that are kept: equity, futures, commodities, currency.
  case other
  case damaged
}

extension InstrumentTable {
  /// Reads one line of fields into the table.
  mutating func take(_ fields: CSVLine, of line: UnsafeRawBufferPointer, _ columns: InstrumentColumns) -> LineKind {
    let exchange = fields.field(columns.exchange, of: line)
    let isNSE = exchange.isWord("NSE")
    guard isNSE || exchange.isWord("BSE"), fields.field(columns.segment, of: line).isWord("D") else { return .other }
    let instrument = fields.field(columns.instrument, of: line)
    let isStockOption = instrument.isWord("OPTSTK")
    guard isStockOption || instrument.isWord("OPTIDX") else { return .other }
    var row = InstrumentRow()
    row.isStockOption = isStockOption
    let type = fields.field(columns.optionType, of: line)
    if type.isWord("CE") { row.type = .call } else if type.isWord("PE") { row.type = .put } else { return .damaged }
    guard let securityID = fields.field(columns.securityID, of: line).identifier(SecurityID.self),
      let underlying = underlying(fields, of: line, columns),
      let displayName = displayName(fields, of: line, columns),
      let lotSize = fields.field(columns.lotSize, of: line).positive(places: 0),
      // The file states ticks in paise and strikes in rupees (dhan-api-v2.md §9.4).
      let tickSize = fields.field(columns.tickSize, of: line).positive(places: 0),
      let strike = fields.field(columns.strike, of: line).decimal(places: 2), strike.isExact, strike.value > 0,
      let expiry = fields.field(columns.expiry, of: line).day, expiry > InstrumentTable.noExpiry,
      let freezeQuantity = freezeQuantity(fields, of: line, columns)
    else { return .damaged }
    row.displayName = displayName
    row.strike = Paise(strike.value)
    row.expiry = expiry
    row.lotSize = lotSize
    row.tickSize = tickSize
    row.freezeQuantity = freezeQuantity
    row.underlying = place(of: underlying)
    readBand(fields, of: line, columns, into: &row)
    insert(row, isNSE: isNSE, securityID)
    return .option
  }

  /// The broker writes `0001-01-01` for none; no contract of an exchange ended before 2000.
  private static let noExpiry = Day(daysSinceEpoch: 10_957)

  private func displayName(
    _ fields: CSVLine, of line: UnsafeRawBufferPointer, _ columns: InstrumentColumns
  ) -> ShortText? {
    guard let column = columns.displayName else { return .empty }
    return fields.field(column, of: line).shortened
  }

  private func underlying(
    _ fields: CSVLine, of line: UnsafeRawBufferPointer, _ columns: InstrumentColumns
  ) -> Underlying? {
    if let column = columns.underlying { return fields.field(column, of: line).identifier(Underlying.self) }
    guard let column = columns.tradingSymbol else { return nil }
    // UNDERLYING-Month-Strike-Type; the underlying may itself hold a hyphen, as BAJAJ-AUTO does.
    var end = fields.field(column, of: line).bytes
    for _ in 0..<3 {
      guard let hyphen = end.lastIndex(of: UInt8(ascii: "-")) else { return nil }
      end = UnsafeRawBufferPointer(rebasing: end[..<hyphen])
    }
    return CSVField(bytes: end).identifier(Underlying.self)
  }

  /// Zero for none; `nil` for something that is no number.
  private func freezeQuantity(
    _ fields: CSVLine, of line: UnsafeRawBufferPointer, _ columns: InstrumentColumns
  ) -> Int32? {
    guard let column = columns.freezeQuantity else { return 0 }
    let field = fields.field(column, of: line)
    if field.isAbsent { return 0 }
    guard let (value, _) = field.decimal(places: 0) else { return nil }
    return Int32(clamping: max(0, value))
  }

  /// A band that is missing or makes no sense is no band: it bounds prices, and is no fact of the contract.
  private func readBand(
    _ fields: CSVLine, of line: UnsafeRawBufferPointer, _ columns: InstrumentColumns, into row: inout InstrumentRow
  ) {
    guard let lowerColumn = columns.lowerLimit, let upperColumn = columns.upperLimit,
      let lower = fields.field(lowerColumn, of: line).decimal(places: 2),
      let upper = fields.field(upperColumn, of: line).decimal(places: 2),
      upper.value > 0, lower.value >= 0
    else { return }
    // Fractions of a paisa are cut towards the inside of the band.
    let lowest = lower.isExact ? lower.value : lower.value + 1
    guard lowest <= upper.value else { return }
    row.lowerLimit = Paise(lowest)
    row.upperLimit = Paise(upper.value)
  }
}

extension CSVField {
  /// A name that fits whole; a name that was cut would be another one.
  fileprivate func identifier<Identifier: ShortIdentifier>(_: Identifier.Type) -> Identifier? {
    guard !isAbsent, let text = ShortText(utf8: bytes) else { return nil }
    return Identifier(text: text)
  }
}
