import Domain
import Ports

/// Reads the bodies of successful readings: whole or not at all (rule 28).
///
/// Ask ``ReplyClassifier/readingFault(status:body:)`` first. Rows that name another account than `account` fail.
enum BookReader {
  /// The order book, or one order by its number: array, object, or either of them inside `data`.
  static func orders(
    _ body: [UInt8], contracts: some ContractDirectory, of account: ClientID? = nil
  ) throws(WireFault) -> [BrokerOrder] { throw WireFault("not written yet") }

  static func trades(
    _ body: [UInt8], contracts: some ContractDirectory, of account: ClientID? = nil
  ) throws(WireFault) -> [BrokerTrade] { throw WireFault("not written yet") }

  static func positions(
    _ body: [UInt8], contracts: some ContractDirectory, of account: ClientID? = nil
  ) throws(WireFault) -> [BrokerPosition] { throw WireFault("not written yet") }

  /// How many holdings there are; the broker's error DH-1111 is an empty list, at whatever HTTP status it comes.
  static func holdings(_ body: [UInt8]) throws(WireFault) -> Int { throw WireFault("not written yet") }

  static func funds(_ body: [UInt8], of account: ClientID? = nil) throws(WireFault) -> Funds {
    throw WireFault("not written yet")
  }

  static func profile(_ body: [UInt8]) throws(WireFault) -> AccountProfile { throw WireFault("not written yet") }

  static func margin(_ body: [UInt8]) throws(WireFault) -> Paise { throw WireFault("not written yet") }
}
