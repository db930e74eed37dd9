import Domain

/// The detailed instrument file, in the columns of the live one (dhan-api-v2.md §9.3).
enum InstrumentFile {
  static let header =
    "EXCH_ID,SEGMENT,SECURITY_ID,ISIN,INSTRUMENT,UNDERLYING_SECURITY_ID,UNDERLYING_SYMBOL,SYMBOL_NAME,DISPLAY_NAME,"
    + "INSTRUMENT_TYPE,SERIES,LOT_SIZE,SM_EXPIRY_DATE,STRIKE_PRICE,OPTION_TYPE,TICK_SIZE,EXPIRY_FLAG,BRACKET_FLAG,"
    + "COVER_FLAG,ASM_GSM_FLAG,ASM_GSM_CATEGORY,BUY_SELL_INDICATOR,BUY_CO_MIN_MARGIN_PER,BUY_CO_SL_RANGE_MAX_PERC,"
    + "BUY_CO_SL_RANGE_MIN_PERC,BUY_BO_MIN_MARGIN_PER,BUY_BO_PROFIT_RANGE_MAX_PERC,BUY_BO_PROFIT_RANGE_MIN_PERC,"
    + "MTF_LEVERAGE,SM_UPPER_LIMIT,SM_LOWER_LIMIT,SM_FREEZE_QTY,"

  /// Rows of indices, which can be read and not traded.
  private static let indices = [
    "NSE,I,13,NA,INDEX,13,NIFTY,NIFTY,Nifty 50,INDEX,NA,1.0,0001-01-01,,XX,0.0500,N",
    "NSE,I,25,NA,INDEX,25,BANKNIFTY,BANKNIFTY,Nifty Bank,INDEX,NA,1.0,0001-01-01,,XX,0.0500,N",
    "BSE,I,51,NA,INDEX,51,SENSEX,SENSEX,BSE Sensex,INDEX,NA,1.0,0001-01-01,,XX,0.0500,N",
  ]
  private static let middle = "N,N,N,NA,A,0,0,0,0,0,0,0"

  static func text(of contracts: [Contract]) -> String {
    var lines = [header]
    lines += indices.map { "\($0),\(middle),0.0000,0.0000,0," }
    lines += contracts.map(row)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func row(_ contract: Contract) -> String {
    let (exchange, segment) = exchangeAndSegment(contract.id.segment)
    let instrument = contract.instrument
    let option = contract.id.option
    // As in the compact file: a contract that ends and has no strike says so with -0.01 (§9.2).
    let strike = option.map { "\($0.strike)000" } ?? (contract.expiry == nil ? "" : "-0.01000")
    // At BSE every option of an index has one symbol.
    let symbol = exchange == "BSE" && option != nil ? "BSXOPT" : contract.tradingSymbol
    let columns = [
      exchange, segment, contract.id.securityID.description, "NA", contract.kind, contract.underlyingSecurityID,
      instrument.underlying.description, symbol, instrument.displayName.string, type(contract, exchange),
      contract.expiry == nil ? "EQ" : "NA", "\(instrument.lotSize.units).0",
      contract.expiry?.description ?? IndianTime.noDay, strike, option?.type.rawValue ?? "XX",
      "\(instrument.tickSize.count).0000",
      contract.expiryFlag, middle, "0.0000", "0.0000", instrument.freezeQuantity?.description ?? "0", "",
    ]
    return columns.joined(separator: ",")
  }

  private static func type(_ contract: Contract, _ exchange: String) -> String {
    if contract.expiry == nil { return "ES" }
    return exchange == "BSE" ? contract.kind : group(contract)
  }

  /// `EQ`, `OP` or `FUT`.
  static func group(_ contract: Contract) -> String {
    contract.id.option != nil ? "OP" : contract.expiry == nil ? "EQ" : "FUT"
  }

  /// The two letters' worth that stream and file use in place of a segment (dhan-api-v2.md §6.3).
  static func exchangeAndSegment(_ segment: ExchangeSegment) -> (exchange: String, segment: String) {
    switch segment {
    case .nseFNO: ("NSE", "D")
    case .bseFNO: ("BSE", "D")
    case .nseEquity: ("NSE", "E")
    case .bseEquity: ("BSE", "E")
    case .nseCurrency: ("NSE", "C")
    case .bseCurrency: ("BSE", "C")
    case .mcxCommodity: ("MCX", "M")
    case .other: ("", "")
    }
  }
}
