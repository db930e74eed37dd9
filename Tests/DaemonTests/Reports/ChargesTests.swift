import Domain
import Testing

@testable import Daemon

/// The vectors of the options domain sheet, section 7.
@Suite("Charges") struct ChargesTests {
  struct Vector: CustomTestStringConvertible {
    let name: String
    let note: ContractNote
    /// Brokerage, exchange, SEBI, STT, stamp, GST and total, in rupees.
    let expected: [String]
    var testDescription: String { name }
  }

  static let vectors = [
    Vector(
      name: "NSE, bought and sold",
      note: ContractNote(.nseFNO, bought: .rupees(13_000), sold: .rupees(14_300), orders: 2),
      expected: ["40.00", "9.70", "0.03", "21.00", "0.00", "8.95", "79.68"]),
    Vector(
      name: "NSE, six orders",
      note: ContractNote(.nseFNO, bought: .rupees(117_000), sold: .rupees(121_500), orders: 6),
      expected: ["120.00", "84.74", "0.24", "182.00", "4.00", "36.90", "427.87"]),
    Vector(
      name: "NSE, one sale", note: ContractNote(.nseFNO, sold: .rupees(39_000), orders: 1),
      expected: ["20.00", "13.86", "0.04", "59.00", "0.00", "6.10", "99.00"]),
    Vector(
      name: "BSE, bought and sold",
      note: ContractNote(.bseFNO, bought: .rupees(60_000), sold: .rupees(58_000), orders: 2),
      expected: ["40.00", "38.35", "0.12", "87.00", "2.00", "14.12", "181.59"]),
  ]

  @Test("each part is what a contract note says, and the sum is rounded once", arguments: vectors)
  func note(vector: Vector) throws {
    let day = try #require(Day(year: 2026, month: 11, day: 23))
    let rates = try #require(ChargeRates.inForce(on: day))
    let charges = try #require(vector.note.charges(rates))
    let parts = [
      charges.brokerage, charges.exchange, charges.sebi, charges.stt, charges.stamp, charges.gst, charges.total,
    ]
    #expect(parts.map(\.description) == vector.expected)
  }

  @Test(
    "rates are those of the day of the trade",
    arguments: [("2024-09-30", nil), ("2024-10-01", 10_000), ("2026-03-31", 10_000), ("2026-04-01", 15_000)])
  func dated(day: String, stt: Int64?) throws {
    let day = try #require(Day(day))
    #expect(ChargeRates.inForce(on: day)?.stt == stt)
  }

  @Test("a segment without rates has no estimate") func unknownSegment() throws {
    let rates = try #require(ChargeRates.known.last)
    #expect(ContractNote(.mcxCommodity, bought: .rupees(1), orders: 1).charges(rates) == nil)
  }
}
