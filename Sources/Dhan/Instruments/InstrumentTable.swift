import Domain

/// The options of one instrument file.
///
/// An option takes ``bytesPerOption`` in a hash table that is at least three eighths full: 90,000 of them took 24 MB at the
/// peak of loading, and rows of other kinds take nothing. A lookup took 0.3 µs (`scripts/benchmark-instruments`).
public struct InstrumentTable: Sendable {
  public static let bytesPerOption = MemoryLayout<SecurityID>.stride + MemoryLayout<InstrumentRow>.stride

  private var nse: [SecurityID: InstrumentRow] = [:]
  private var bse: [SecurityID: InstrumentRow] = [:]
  private var underlyings: [Underlying] = []
  private var placeOfUnderlying: [Underlying: Int32] = [:]
  private var contradicted: Set<ContractNumber> = []
  public internal(set) var counts = InstrumentCounts()

  init() {}

  /// How many options can be looked up.
  public var count: Int { nse.count + bse.count }

  /// `nil` for a number that is no option of the file, or whose rows contradict each other.
  public func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? {
    guard let row = row(segment, securityID) else { return nil }
    guard let lotSize = LotSize(Int64(row.lotSize)) else { return nil }
    return Instrument(
      contract: ContractID(
        segment: segment, securityID: securityID,
        option: OptionTerms(expiry: row.expiry, strike: row.strike, type: row.type)),
      underlying: underlyings[Int(row.underlying)], displayName: row.displayName, lotSize: lotSize,
      tickSize: Paise(Int64(row.tickSize)),
      freezeQuantity: row.freezeQuantity > 0 ? Quantity(Int64(row.freezeQuantity)) : nil,
      isStockOption: row.isStockOption, band: band(segment, securityID))
  }

  /// `nil` where the file knows none.
  public func band(_ segment: ExchangeSegment, _ securityID: SecurityID) -> PriceBand? {
    guard let row = row(segment, securityID), row.upperLimit > .zero else { return nil }
    return PriceBand(lower: row.lowerLimit, upper: row.upperLimit)
  }

  private func row(_ segment: ExchangeSegment, _ securityID: SecurityID) -> InstrumentRow? {
    switch segment {
    case .nseFNO: nse[securityID]
    case .bseFNO: bse[securityID]
    default: nil
    }
  }
}

extension InstrumentTable {
  /// Takes in a row. The same facts twice are fine; different facts under one number are refused, never chosen between.
  mutating func insert(_ row: InstrumentRow, isNSE: Bool, _ securityID: SecurityID) {
    let earlier = isNSE ? nse[securityID] : bse[securityID]
    if let earlier, earlier == row { return }
    let number = ContractNumber(segment: isNSE ? .nseFNO : .bseFNO, securityID: securityID)
    if earlier != nil {
      contradicted.insert(number)
      if isNSE { nse[securityID] = nil } else { bse[securityID] = nil }
      return
    }
    if !contradicted.isEmpty, contradicted.contains(number) { return }
    if isNSE { nse[securityID] = row } else { bse[securityID] = row }
  }

  /// The place of an underlying in the table: rows share its name.
  mutating func place(of underlying: Underlying) -> Int32 {
    if let place = placeOfUnderlying[underlying] { return place }
    let place = Int32(underlyings.count)
    underlyings.append(underlying)
    placeOfUnderlying[underlying] = place
    return place
  }

  mutating func finish(_ counts: InstrumentCounts) {
    self.counts = counts
    self.counts.options = count
    self.counts.contradicted = contradicted.sorted {
      ($0.segment.rawValue, $0.securityID) < ($1.segment.rawValue, $1.securityID)
    }
    contradicted = []
    placeOfUnderlying = [:]
  }
}
