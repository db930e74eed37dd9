import Domain
import TestSupport
import Testing

@Suite("Amounts") struct AmountTests {
  @Test(
    "rupees are read exactly and print with two decimals",
    arguments: [
      ("0", 0, "0.00"), ("152.35", 15_235, "152.35"), ("152.3", 15_230, "152.30"), ("0.05", 5, "0.05"),
      ("-0.05", -5, "-0.05"), ("-0", 0, "0.00"), ("007", 700, "7.00"), ("25000", 2_500_000, "25000.00"),
      ("999999999999999.99", 99_999_999_999_999_999, "999999999999999.99"),
    ] as [(String, Int64, String)])
  func rupees(text: String, paise: Int64, printed: String) {
    #expect(Paise(rupees: text) == Paise(paise))
    #expect(Paise(paise).description == printed)
  }

  @Test(
    "what is no amount is none",
    arguments: [
      "", "-", ".", ".5", "5.", "1.234", "1e3", "1,000", "NaN", "inf", "+5", "--5", "5 ", " 5", "0x10", "1.-5", "1.2.3",
      "1000000000000000", "٥", "₹5",
    ])
  func noAmount(text: String) { #expect(Paise(rupees: text) == nil) }

  @Test("the extremes print") func extremes() {
    #expect(Paise(.min).description == "-92233720368547758.08")
    #expect(Paise(.max).description == "92233720368547758.07")
  }

  @Test("every amount reads back as it prints") func roundTrip() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<2_000 {
      let paise = Paise(Int64.random(in: -99_999_999_999_999_999...99_999_999_999_999_999, using: &random))
      #expect(Paise(rupees: paise.description) == paise)
    }
  }

  @Test("whole lots are counted towards zero, and a lot has at least one unit") func lots() throws {
    let size = try #require(LotSize(65))
    #expect(size.wholeLots(in: Quantity(129)) == Lots(1))
    #expect(size.wholeLots(in: Quantity(-129)) == Lots(-1))
    #expect(size.wholeLots(in: Quantity(64)) == .zero)
    #expect(size.quantity(of: Lots(-3)) == Quantity(-195))
    #expect(LotSize(0) == nil)
    #expect(LotSize(-65) == nil)
  }

  @Test(
    "a child carries whole lots up to the freeze quantity",
    arguments: [
      ("V37", 60, 65, 1_800, 27, [1_755, 1_755, 390]), ("V38", 45, 30, 600, 20, [600, 600, 150]),
      ("V39", 45, 30, 900, 30, [900, 450]), ("V40", 51, 20, 1_000, 50, [1_000, 20]),
      ("V41", 31, 60, 1_800, 30, [1_800, 60]), ("V41", 31, 60, 1_200, 20, [1_200, 660]),
      ("V42", 24, 120, 2_800, 23, [2_760, 120]), ("V43", 24, 25, 600, 24, [600]), ("V43", 25, 25, 600, 24, [600, 25]),
      ("V44", 1, 700, 600, 0, []),
    ] as [(String, Int64, Int64, Int64, Int64, [Int64])])
  func freeze(vector: String, lots: Int64, lotSize: Int64, freeze: Int64, most: Int64, slices: [Int64]) throws {
    let size = try #require(LotSize(lotSize))
    let instrument = Instrument(
      contract: RepresentativeEvents.contract, underlying: "NIFTY", displayName: "NIFTY", lotSize: size,
      tickSize: Paise(5), freezeQuantity: Quantity(freeze))
    #expect(instrument.maximumLotsPerChild == Lots(most))
    guard most > 0 else { return }
    let sizes = stride(from: Int64(0), to: lots, by: Int(most)).map {
      size.quantity(of: Lots(min(most, lots - $0))).units
    }
    #expect(sizes == slices)
  }

  @Test("no freeze quantity is no limit") func noFreeze() throws {
    let instrument = Instrument(
      contract: RepresentativeEvents.contract, underlying: "NIFTY", displayName: "NIFTY",
      lotSize: try #require(LotSize(65)), tickSize: Paise(5), freezeQuantity: nil)
    #expect(instrument.maximumLotsPerChild == nil)
  }
}
