import Foundation

/// Makes an instrument file of the size and mixture of the broker's (dhan-api-v2.md §9.3): 200,000 rows, of which 90,000 are
/// options that the reader keeps. The same bytes each time.
enum InstrumentFileMaker {
  static let firstNSE = 35_000
  static let nseOptions = 80_000
  private static let bseOptions = 10_000

  private static let header =
    "EXCH_ID,SEGMENT,SECURITY_ID,ISIN,INSTRUMENT,UNDERLYING_SECURITY_ID,UNDERLYING_SYMBOL,SYMBOL_NAME,DISPLAY_NAME,"
    + "INSTRUMENT_TYPE,SERIES,LOT_SIZE,SM_EXPIRY_DATE,STRIKE_PRICE,OPTION_TYPE,TICK_SIZE,EXPIRY_FLAG,BRACKET_FLAG,COVER_FLAG,"
    + "ASM_GSM_FLAG,ASM_GSM_CATEGORY,BUY_SELL_INDICATOR,BUY_CO_MIN_MARGIN_PER,BUY_CO_SL_RANGE_MAX_PERC,"
    + "BUY_CO_SL_RANGE_MIN_PERC,BUY_BO_MIN_MARGIN_PER,BUY_BO_PROFIT_RANGE_MAX_PERC,BUY_BO_PROFIT_RANGE_MIN_PERC,MTF_LEVERAGE,"
    + "SM_UPPER_LIMIT,SM_LOWER_LIMIT,SM_FREEZE_QTY,\n"
  private static let tail = "N,N,N,NA,A,0.0000,0.0000,0.0000,0.0000,0.0000,0.0000,0.0000"

  static func make(_ path: String) throws {
    let unfinished = path + ".unfinished"
    try Data(header.utf8).write(to: URL(fileURLWithPath: unfinished))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: unfinished))
    try file.seekToEnd()
    var text = ""
    for number in 0..<200_000 {
      text += row(number)
      if text.utf8.count > 1_000_000 {
        try file.write(contentsOf: Data(text.utf8))
        text = ""
      }
    }
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
    try FileManager.default.moveItem(atPath: unfinished, toPath: path)
  }

  private static func row(_ number: Int) -> String {
    switch number {
    case ..<nseOptions:
      option("NSE", firstNSE + number, ["NIFTY", "BANKNIFTY", "RELIANCE", "BAJAJ-AUTO"][number % 4], number)
    case ..<(nseOptions + bseOptions): option("BSE", 800_000 + number, "SENSEX", number)
    case ..<92_000:
      "NSE,D,\(number),NA,FUTSTK,2885,RELIANCE,RELIANCE-Sep2026-FUT,RELIANCE SEP FUT,FUT,NA,500.0,2026-09-29,-0.01000,XX,10.0000,"
        + "M,\(tail),1500.1000,1200.0500,40000,\n"
    case ..<110_000:
      "MCX,M,\(number),NA,OPTFUT,114,CRUDEOIL,CRUDEOIL-17Sep2026-\(number)-CE,CRUDEOIL 17 SEP \(number) CALL,OPTFUT,NA,1.0,"
        + "2026-09-17,\(number).00000,CE,10.0000,M,\(tail),400.1000,0.1000,10000,\n"
    default:
      "\(number % 3 == 0 ? "NSE" : "BSE"),E,\(number),INE\(number)A01018,EQUITY,NA,SHARE\(number),SHARE NUMBER \(number) LIMITED,"
        + "Share Number \(number),ES,EQ,1.0,0001-01-01,,,5.0000,NA,\(tail),2200.0000,1800.0000,0,\n"
    }
  }

  private static func option(_ exchange: String, _ id: Int, _ name: String, _ number: Int) -> String {
    let strike = 10_000 + number / 8 % 400 * 50
    let isCall = number % 2 == 0
    let day = number % 28 + 1
    let type = isCall ? "CE" : "PE"
    return "\(exchange),D,\(id),NA,OPTIDX,26000,\(name),\(name)-Sep2026-\(strike)-\(type),"
      + "\(name) \(day) SEP \(strike) \(isCall ? "CALL" : "PUT"),OP,NA,65.0,2026-09-\(day < 10 ? "0" : "")\(day),\(strike).00000,\(type),"
      + "5.0000,W,\(tail),\(strike / 40).1000,0.0500,1756,\n"
  }
}
