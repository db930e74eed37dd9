import Dhan
import Foundation

/// Rows of the broker's instrument file, for tests to compose.
enum InstrumentText {
  /// dhan-api-v2.md §9.3, verbatim.
  static let header = """
    EXCH_ID,SEGMENT,SECURITY_ID,ISIN,INSTRUMENT,UNDERLYING_SECURITY_ID,UNDERLYING_SYMBOL,SYMBOL_NAME,DISPLAY_NAME,\
    INSTRUMENT_TYPE,SERIES,LOT_SIZE,SM_EXPIRY_DATE,STRIKE_PRICE,OPTION_TYPE,TICK_SIZE,EXPIRY_FLAG,BRACKET_FLAG,COVER_FLAG,\
    ASM_GSM_FLAG,ASM_GSM_CATEGORY,BUY_SELL_INDICATOR,BUY_CO_MIN_MARGIN_PER,BUY_CO_SL_RANGE_MAX_PERC,\
    BUY_CO_SL_RANGE_MIN_PERC,BUY_BO_MIN_MARGIN_PER,BUY_BO_PROFIT_RANGE_MAX_PERC,BUY_BO_PROFIT_RANGE_MIN_PERC,MTF_LEVERAGE,\
    SM_UPPER_LIMIT,SM_LOWER_LIMIT,SM_FREEZE_QTY,
    """
  /// dhan-api-v2.md §9.2, verbatim.
  static let compactHeader = """
    SEM_EXM_EXCH_ID,SEM_SEGMENT,SEM_SMST_SECURITY_ID,SEM_INSTRUMENT_NAME,SEM_EXPIRY_CODE,SEM_TRADING_SYMBOL,SEM_LOT_UNITS,\
    SEM_CUSTOM_SYMBOL,SEM_EXPIRY_DATE,SEM_STRIKE_PRICE,SEM_OPTION_TYPE,SEM_TICK_SIZE,SEM_EXPIRY_FLAG,\
    SEM_EXCH_INSTRUMENT_TYPE,SEM_SERIES,SM_SYMBOL_NAME
    """
  /// The row of 2026-08-26, verbatim.
  static let nifty = """
    NSE,D,35084,NA,OPTIDX,26000,NIFTY,NIFTY-Sep2026-29150-CE,NIFTY 29 SEP 29150 CALL,OP,NA,65.0,2026-09-29,29150.00000,CE,\
    5.0000,M,N,N,N,NA,A,0,0,0,0,0,0,0,20.1000,0.0500,1756,
    """
  /// The row of 2026-09-14, with the middle columns of the one above.
  static let sensex = """
    BSE,D,869699,NA,OPTIDX,1,SENSEX,BSXOPT,SENSEX 17 SEP 74300 CALL,OPTIDX,NA,20.0,2026-09-17,74300.00000,CE,5.0000,W,\
    N,N,N,NA,A,0,0,0,0,0,0,0,20.1000,0.0500,1000,
    """
  static let index = """
    NSE,I,13,NA,INDEX,13,NIFTY,NIFTY,Nifty 50,INDEX,NA,1.0,0001-01-01,,XX,0.0500,N,N,N,N,NA,A,0,0,0,0,0,0,0,0,0,0,
    """

  /// An option of NSE; every argument is a field as it stands in the file.
  static func row(
    exchange: String = "NSE", segment: String = "D", id: String = "1001", instrument: String = "OPTIDX",
    underlying: String = "NIFTY", name: String = "NIFTY 29 SEP 24000 CALL", lot: String = "65.0",
    expiry: String = "2026-09-29", strike: String = "24000.00000", type: String = "CE", tick: String = "5.0000",
    upper: String = "200.1000", lower: String = "0.0500", freeze: String = "1756"
  ) -> String {
    """
    \(exchange),\(segment),\(id),NA,\(instrument),26000,\(underlying),SYMBOL,\(name),OP,NA,\(lot),\(expiry),\(strike),\(type),\
    \(tick),M,N,N,N,NA,A,0,0,0,0,0,0,0,\(upper),\(lower),\(freeze),
    """
  }

  /// A file in the detailed layout.
  static func file(_ rows: [String], lineEnd: String = "\n") -> String {
    ([header] + rows).map { $0 + lineEnd }.joined()
  }

  /// A good file of `count` options, numbered from 1.
  static func options(_ count: Int, lot: String = "65.0") -> String {
    file((1...count).map { row(id: "\($0)", lot: lot) })
  }

  static func table(_ text: String, pieces: Int = .max) throws -> InstrumentTable {
    try table(Array(text.utf8), pieces: pieces)
  }

  /// Reads `bytes` in pieces of that many bytes.
  static func table(_ bytes: [UInt8], pieces: Int = .max) throws -> InstrumentTable {
    var reader = InstrumentFileReader()
    var offset = 0
    while offset < bytes.count {
      let end = pieces < bytes.count - offset ? offset + pieces : bytes.count
      let piece = Array(bytes[offset..<end])
      try piece.withUnsafeBytes { try reader.read($0) }
      offset = end
    }
    return try reader.finish()
  }
}
