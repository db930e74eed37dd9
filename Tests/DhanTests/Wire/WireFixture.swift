import Domain
import Foundation
import Ports

/// A message of the broker's under `Tests/DhanTests/Fixtures`.
enum WireFixture {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

  static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: path))) }
  static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

  /// The option of the fixtures, as its instrument file has it.
  static let nifty = ContractID(
    segment: .nseFNO, securityID: "47317",
    option: OptionTerms(expiry: Day("2026-09-15")!, strike: .rupees(23_950), type: .call))  // Written here, a real day.

  static let niftyMargin = PositionKey(contract: nifty, product: .margin)

  /// A directory that holds that one option only.
  struct Contracts: ContractDirectory {
    func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? {
      guard segment == .nseFNO, securityID == "47317" else { return nil }
      return Instrument(
        contract: nifty, underlying: "NIFTY", displayName: "NIFTY 15 SEP 23950 CALL",
        lotSize: LotSize(65)!, tickSize: Paise(5), freezeQuantity: Quantity(1_755))  // 65 is positive.
    }
  }
}
