import NIOCore

/// What the bare broker says, in the shapes of dhan-api-v2.md §4.6, §6.3 and §7.
enum BrokerTexts {
  struct Order {
    let client: Int
    let number: Int
    let label: String
    let contract: Int
    let price: Int
  }

  /// The contracts that are traded have this number and the next ones.
  static let firstContract = 47_317
  static let contracts = 16
  static let expiry = Moment.indian("%Y-%m-%d", daysFromNow: 21)

  static let deadToken = """
    {"errorType":"Invalid_Authentication","errorCode":"DH-901","errorMessage":"Client ID or user generated access token is \
    invalid or expired."}
    """

  static func funds(_ client: Int) -> String {
    """
    {"dhanClientId":"\(client)","availabelBalance":900000000.0,"sodLimit":900000000.0,"collateralAmount":0.0,\
    "receiveableAmount":0.0,"utilizedAmount":0.0,"blockedPayoutAmount":0.0,"withdrawableBalance":900000000.0}
    """
  }

  static func profile(_ client: Int) -> String {
    """
    {"dhanClientId":"\(client)","tokenValidity":"30/12/2099 15:37","activeSegment":"E, D, C, M, ","ddpi":"Active",\
    "mtf":"Active","dataPlan":"Active","dataValidity":"2099-12-05 09:37:52.0"}
    """
  }

  /// A list of instruments with the ones that are traded.
  static var instruments: String {
    let rows = (0..<contracts).map { number in
      """
      NSE,D,\(firstContract + number),OPTIDX,0,NIFTY-Dec2026-\(24_000 + number * 50)-CE,65.0,NIFTY DEC \(24_000 + number * 50) CALL,\
      \(expiry) 14:30:00,\(24_000 + number * 50).00000,CE,5.0000,M,OP,,

      """
    }
    return """
      SEM_EXM_EXCH_ID,SEM_SEGMENT,SEM_SMST_SECURITY_ID,SEM_INSTRUMENT_NAME,SEM_EXPIRY_CODE,SEM_TRADING_SYMBOL,SEM_LOT_UNITS,\
      SEM_CUSTOM_SYMBOL,SEM_EXPIRY_DATE,SEM_STRIKE_PRICE,SEM_OPTION_TYPE,SEM_TICK_SIZE,SEM_EXPIRY_FLAG,\
      SEM_EXCH_INSTRUMENT_TYPE,SEM_SERIES,SM_SYMBOL_NAME
      \(rows.joined())
      """
  }

  /// The order as the stream tells that it rests.
  static func frame(_ order: Order) -> String {
    let time = Moment.indianTime()
    return frameStart
      + """
      "clientId":"\(order.client)","securityId":"\(order.contract)","exchOrderNo":"14\(order.number)","orderNo":"\(order.number)","price":\(rupees(order.price)),\
      "orderDateTime":"\(time)","exchOrderTime":"\(time)","lastUpdatedTime":"\(time)","correlationId":"\(order.label)"},\
      "Type":"order_alert"}
      """
  }

  private static let frameStart = """
    {"Data":{"exchange":"NSE","segment":"D","source":"P","product":"M","txnType":"B",\
    "orderType":"LMT","validity":"DAY","discQuantity":0,"discQtyRem":0,"remainingQuantity":65,"quantity":65,"tradedQty":0,\
    "triggerPrice":0,"tradedPrice":0,"avgTradedPrice":0,"algoOrdNo":null,"offMktFlag":"0","remarks":"NR","mktType":"NL",\
    "reasonDescription":"CONFIRMED","legNo":1,"instrument":"OPTIDX","symbol":"NIFTY-Dec2026-24000-CE","productName":"MARGIN",\
    "status":"Pending","lotSize":65,"strikePrice":24000,"expiryDate":"\(expiry)","optType":"CE",\
    "displayName":"NIFTY DEC 24000 CALL","isin":"NA","series":"NA","goodTillDaysDate":"\(expiry)","refLtp":100.0,\
    "tickSize":0.05,"algoId":"0","multiplier":1,
    """

  /// The order as the book shows it.
  static func addRow(_ order: Order, to book: inout ByteBuffer) {
    let time = Moment.indianTime()
    if book.readableBytes > 0 { book.writeStaticString(",") }
    book.writeString(rowStart)
    book.writeString(
      """
      "dhanClientId":"\(order.client)","securityId":"\(order.contract)","orderId":"\(order.number)","exchangeOrderId":"14\(order.number)",\
      "correlationId":"\(order.label)","price":\(rupees(order.price)),"createTime":"\(time)","updateTime":"\(time)",\
      "exchangeTime":"\(time)"}
      """)
  }

  private static let rowStart = """
    {"orderStatus":"PENDING","transactionType":"BUY","exchangeSegment":"NSE_FNO","productType":"MARGIN","orderType":"LIMIT",\
    "validity":"DAY","tradingSymbol":"NIFTY-Dec2026-24000-CE","quantity":65,"disclosedQuantity":0,"triggerPrice":0.0,"afterMarketOrder":false,"boProfitValue":0.0,"boStopLossValue":0.0,\
    "legName":"NA","drvExpiryDate":"\(expiry)","drvOptionType":"CALL","drvStrikePrice":24000.0,"omsErrorCode":"0",\
    "omsErrorDescription":"CONFIRMED","algoId":"0","remainingQuantity":65,"averageTradedPrice":0.0,"filledQty":0,
    """

  private static func rupees(_ paise: Int) -> String { "\(paise / 100).\(paise / 10 % 10)\(paise % 10)" }
}

extension UnsafeRawBufferPointer {
  /// Where the first `pattern` ends.
  func end(of pattern: StaticString, from start: Int = 0) -> Int? {
    let length = pattern.utf8CodeUnitCount
    guard count - start >= length else { return nil }
    let first = pattern.utf8Start[0]
    for place in start...(count - length) where self[place] == first {
      if (1..<length).allSatisfy({ self[place + $0] == pattern.utf8Start[$0] }) { return place + length }
    }
    return nil
  }

  /// The decimal number behind `pattern`, in hundredths.
  func paise(after pattern: StaticString) -> Int? {
    guard var place = end(of: pattern) else { return nil }
    var value = 0
    var decimals: Int?
    while place < count, decimals ?? 0 < 2 {
      let byte = self[place]
      if byte == UInt8(ascii: "."), decimals == nil {
        decimals = 0
      } else if (48...57).contains(byte) {
        value = value * 10 + Int(byte - 48)
        decimals = decimals.map { $0 + 1 }
      } else {
        break
      }
      place += 1
    }
    for _ in (decimals ?? 0)..<2 { value *= 10 }
    return value
  }

  /// What stands between `pattern` and the next quotation mark.
  func text(after pattern: StaticString) -> String? {
    guard let start = end(of: pattern), let end = self[start...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    return String(decoding: self[start..<end], as: UTF8.self)
  }

  /// The number that begins at `start`.
  func number(at start: Int) -> Int {
    var value = 0
    for byte in self[start...] {
      guard (48...57).contains(byte) else { break }
      value = value * 10 + Int(byte - 48)
    }
    return value
  }
}
