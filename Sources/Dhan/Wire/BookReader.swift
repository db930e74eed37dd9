import Domain
import Ports

/// Reads the bodies of successful readings: whole or not at all (rule 28).
///
/// Ask ``ReplyClassifier/readingFault(status:body:)`` first. Rows that name another account than `account` fail. Words
/// that are not known become `other` and `unknown`; a field that is missing or not understood fails the reading.
enum BookReader {
  /// *No holdings available*, at HTTP 500 (dhan-api-v2.md §7.2).
  static let noHoldings = "DH-1111"

  /// The order book, or one order by its number: array, object, or either of them inside `data`. Forever orders that wait for
  /// their trigger are no part of it.
  static func orders(
    _ body: [UInt8], contracts: some ContractDirectory, of account: ClientID? = nil
  ) throws(WireFault) -> [BrokerOrder] {
    try read(body, "order", contracts, account) { row throws(WireFault) in row.isArmed ? nil : try row.order() }
  }

  static func trades(
    _ body: [UInt8], contracts: some ContractDirectory, of account: ClientID? = nil
  ) throws(WireFault) -> [BrokerTrade] {
    try read(body, "trade", contracts, account) { row throws(WireFault) in try row.trade() }
  }

  static func positions(
    _ body: [UInt8], contracts: some ContractDirectory, of account: ClientID? = nil
  ) throws(WireFault) -> [BrokerPosition] {
    try read(body, "position", contracts, account) { row throws(WireFault) in try row.position() }
  }

  private static func read<Row, Contracts: ContractDirectory>(
    _ body: [UInt8], _ name: String, _ contracts: Contracts, _ account: ClientID?,
    _ readRow: (RowReader<Contracts>) throws(WireFault) -> Row?
  ) throws(WireFault) -> [Row] {
    let content = try content(of: body)
    guard content.isArray || content.isObject else { throw WireFault("the body is no list") }
    let values = content.isArray ? content.children : [content]
    var rows: [Row] = []
    rows.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      do throws(WireFault) {
        let reader = try RowReader(value, contracts)
        if let account, let named = reader.clientID, named != account { throw WireFault("another account's number") }
        if let row = try readRow(reader) { rows.append(row) }
      } catch {
        throw WireFault("\(name) \(index + 1) of \(values.count) has \(error.text)")
      }
    }
    return rows
  }

  /// The body, or what is in its `data` (E3). An error under whatever status is a fault, not an empty reading.
  static func content(of body: [UInt8]) throws(WireFault) -> LenientJSON.Value {
    let root = try LenientJSON.body(body)
    if let error = BrokerError(root) { throw WireFault("the broker answered \(error)") }
    if root.telling("status")?.word == "SUCCESS", let data = root.field("data") { return data }
    return root
  }

  /// How many holdings there are; the broker's error DH-1111 is an empty list, at whatever HTTP status it comes.
  static func holdings(_ body: [UInt8]) throws(WireFault) -> Int {
    if BrokerError(body: body)?.code == noHoldings { return 0 }
    let content = try content(of: body)
    guard content.isArray else { throw WireFault("the holdings are no list") }
    let rows = content.children
    for row in rows where row.telling("securityId", "isin") == nil { throw WireFault("a holding without a number") }
    return rows.count
  }
}

extension BookReader {
  /// More than any account has, and far from the end of 64 bits.
  private static let largestAmount: Int64 = 1_000_000_000_000_000

  static func funds(_ body: [UInt8], of account: ClientID? = nil) throws(WireFault) -> Funds {
    let content = try content(of: body)
    if let account, let named: ClientID = content.telling("dhanClientId")?.identifier(), named != account {
      throw WireFault("the funds are another account's")
    }
    let whole = try amountIfTold(content.telling("sodLimit"), "sodLimit")
    let rest = try amountIfTold(content.telling("availabelBalance", "availableBalance"), "availabelBalance")
    let used = try amountIfTold(content.telling("utilizedAmount", "utilisedAmount"), "utilizedAmount")
    // One of the three follows from the others (dhan-api-v2.md §7.4); a broker who leaves it out blocks nobody.
    switch (whole, rest, used) {
    case (let whole?, let rest?, let used):
      return Funds(startOfDay: whole, available: rest, utilised: used ?? whole - rest)
    case (nil, let rest?, let used?): return Funds(startOfDay: rest + used, available: rest, utilised: used)
    case (let whole?, nil, let used?): return Funds(startOfDay: whole, available: whole - used, utilised: used)
    default: throw WireFault("the funds tell less than two of sodLimit, availabelBalance and utilizedAmount")
    }
  }

  private static func amountIfTold(_ value: LenientJSON.Value?, _ name: StaticString) throws(WireFault) -> Paise? {
    value == nil ? nil : try amount(value, name)
  }

  static func profile(_ body: [UInt8]) throws(WireFault) -> AccountProfile {
    let content = try content(of: body)
    guard let clientID: ClientID = content.telling("dhanClientId")?.identifier() else {
      throw WireFault("the profile names no account (dhanClientId)")
    }
    let segments = (content.telling("activeSegment")?.text ?? "").uppercased().split { ", ".contains($0) }
    return AccountProfile(
      clientID: clientID,
      tokenValidUntil: content.field("tokenValidity")?.moment,
      tradesDerivatives: segments.contains { $0 == "D" || $0.hasPrefix("DERIVATIVE") })
  }

  /// The total margin, of either calculator (dhan-api-v2.md §7.5, §7.6).
  static func margin(_ body: [UInt8]) throws(WireFault) -> Paise {
    try amount(try content(of: body).telling("totalMargin", "total_margin"), "totalMargin")
  }

  /// The prices of those of `contracts` that the reply of `POST /marketfeed/ltp` names (dhan-api-v2.md §8.2). A contract
  /// that is not there, or has no price, is no error: it never traded, or the broker does not know it.
  static func lastPrices(_ body: [UInt8], of contracts: [ContractID]) throws(WireFault) -> [ContractID: Paise] {
    let content = try content(of: body)
    guard content.isObject else { throw WireFault("the quotes are no object") }
    var prices: [ContractID: Paise] = [:]
    for segment in content.children where segment.isObject {
      for row in segment.children {
        guard let price = row.field("last_price")?.paise, price > .zero, price.count <= largestAmount,
          let contract = contracts.first(where: {
            $0.segment.rawValue == segment.key && $0.securityID.description == row.key
          })
        else { continue }
        prices[contract] = price
      }
    }
    return prices
  }

  private static func amount(_ field: LenientJSON.Value?, _ name: StaticString) throws(WireFault) -> Paise {
    guard let amount = field?.paise, amount.count.magnitude <= largestAmount.magnitude else {
      throw WireFault("no readable amount (\(name))")
    }
    return amount
  }
}
