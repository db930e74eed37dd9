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

/// SplitMix64: the same seed gives the same mutations on every machine.
struct WireGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, and without, `bound`, which is positive.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
