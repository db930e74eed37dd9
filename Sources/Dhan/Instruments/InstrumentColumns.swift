/// Where the columns that we need stand in a file, by the names of its header (dhan-api-v2.md §9.2, §9.3).
struct InstrumentColumns: Hashable {
  var exchange = 0
  var segment = 0
  var securityID = 0
  var instrument = 0
  var lotSize = 0
  var expiry = 0
  var strike = 0
  var optionType = 0
  var tickSize = 0
  /// What an option is written on: a column of its own in the detailed file.
  var underlying: Int?
  /// `NIFTY-Sep2026-29150-CE`, which begins with the underlying: all that the compact file says of it.
  var tradingSymbol: Int?
  /// For the reader; a contract without one is named by its terms.
  var displayName: Int?
  var upperLimit: Int?
  var lowerLimit: Int?
  var freezeQuantity: Int?
  /// How many columns the header has, and how many of them have a name: the detailed header ends with a comma.
  let count: Int
  let named: Int

  init(header: [String]) throws(InstrumentFault) {
    count = header.count
    named = header.last == "" ? header.count - 1 : header.count
    func place(_ name: String) throws(InstrumentFault) -> Int {
      guard let first = header.firstIndex(of: name) else {
        let begin = header.prefix(4).joined(separator: ",").prefix(80)
        throw InstrumentFault(
          .unreadable,
          """
          The instrument file has no column \(name); it begins with "\(begin)". Use the broker's detailed file \
          (api-scrip-master-detailed.csv).
          """)
      }
      guard header.lastIndex(of: name) == first else {
        throw InstrumentFault(.unreadable, "The instrument file has two columns \(name). Fetch it again.")
      }
      return first
    }
    func placeIfAny(_ name: String) throws(InstrumentFault) -> Int? { header.contains(name) ? try place(name) : nil }
    if header.contains("SEM_SMST_SECURITY_ID") {
      exchange = try place("SEM_EXM_EXCH_ID")
      segment = try place("SEM_SEGMENT")
      securityID = try place("SEM_SMST_SECURITY_ID")
      instrument = try place("SEM_INSTRUMENT_NAME")
      displayName = try placeIfAny("SEM_CUSTOM_SYMBOL")
      lotSize = try place("SEM_LOT_UNITS")
      expiry = try place("SEM_EXPIRY_DATE")
      strike = try place("SEM_STRIKE_PRICE")
      optionType = try place("SEM_OPTION_TYPE")
      tickSize = try place("SEM_TICK_SIZE")
      tradingSymbol = try place("SEM_TRADING_SYMBOL")
    } else {
      exchange = try place("EXCH_ID")
      segment = try place("SEGMENT")
      securityID = try place("SECURITY_ID")
      instrument = try place("INSTRUMENT")
      displayName = try placeIfAny("DISPLAY_NAME")
      lotSize = try place("LOT_SIZE")
      expiry = try place("SM_EXPIRY_DATE")
      strike = try place("STRIKE_PRICE")
      optionType = try place("OPTION_TYPE")
      tickSize = try place("TICK_SIZE")
      underlying = try place("UNDERLYING_SYMBOL")
      upperLimit = try placeIfAny("SM_UPPER_LIMIT")
      lowerLimit = try placeIfAny("SM_LOWER_LIMIT")
      freezeQuantity = try placeIfAny("SM_FREEZE_QTY")
    }
  }

  /// Whether a row of `fields` fields can be one of this file. One without a line end may have been cut, so it has to be
  /// complete to the last comma.
  func fits(_ fields: Int, isTerminated: Bool) -> Bool {
    isTerminated ? fields == named || fields == named + 1 : fields == count
  }
}
