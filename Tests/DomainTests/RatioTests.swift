import Domain
import Testing

@Suite("Ratios") struct RatioTests {
  @Test("0.29 of 100 lots is 29 lots, not 28 (V4)") func exact() throws {
    let ratio = try #require(Ratio("0.29"))
    #expect(ratio.scaled(100) == 29)
    #expect(Ratio(290_000_00, 1_000_000_00)?.scaled(100) == 29)
  }

  @Test(
    "what people write is read exactly",
    arguments: [
      ("2", 2, 1), ("0.4", 2, 5), ("2/5", 2, 5), ("1/2", 1, 2), ("4/10", 2, 5), ("0.5/2", 1, 4), ("1.5/0.5", 3, 1),
      ("0.000000001", 1, 1_000_000_000), ("1_000", 1_000, 1), (" 1 / 3 ", 1, 3), ("9223372036854775807", .max, 1),
    ] as [(String, Int64, Int64)])
  func reads(text: String, numerator: Int64, denominator: Int64) throws {
    let ratio = try #require(Ratio(text))
    #expect(ratio.numerator == numerator)
    #expect(ratio.denominator == denominator)
  }

  @Test(
    "what is no positive ratio is none",
    arguments: [
      "", "0", "0.0", "0/5", "1/0", "-1", "-1/2", "1/-2", "+1", "1e3", "NaN", "inf", ".5", "5.", "1/2/3", "/", "1/",
      "/2", "a", "1,5", "9223372036854775808", "0.0000000001", "٣", "½", "1.2.3",
    ])
  func refuses(text: String) { #expect(Ratio(text) == nil) }

  @Test("an impossible pair has no ratio") func refusesPairs() {
    for (upper, lower) in [(0, 1), (1, 0), (-1, 2), (1, -2), (Int64.min, 1), (1, .min)] as [(Int64, Int64)] {
      #expect(Ratio(upper, lower) == nil)
    }
    #expect(Ratio(.max, .max) == .one)
  }

  @Test(
    "scaling rounds as asked, in 128 bits",
    arguments: [
      ("1/2", 7, 1, 3, 4, 4), ("2/5", 1, 1, 0, 1, 0), ("2.5", 3, 1, 7, 8, 8), ("1/3", 100, 7, 4, 5, 5),
      ("1/2", 5, 1, 2, 3, 3), ("1", 0, 1, 0, 0, 0), ("0.000000001", .max, 1_000, 9_223_372, 9_223_373, 9_223_372),
    ] as [(String, Int64, Int64, Int64, Int64, Int64)])
  func scales(text: String, value: Int64, divisor: Int64, down: Int64, up: Int64, half: Int64) throws {
    let ratio = try #require(Ratio(text))
    #expect(ratio.scaled(value, dividedBy: divisor, rounding: .down) == down)
    #expect(ratio.scaled(value, dividedBy: divisor, rounding: .up) == up)
    #expect(ratio.scaled(value, dividedBy: divisor, rounding: .halfUp) == half)
  }

  @Test("the floor of a sum of lots is never more than the ratio gives (V1, V2, V5)") func vectors() throws {
    #expect(Ratio(500_000, 1_000_000)?.scaled(10) == 5)
    #expect(Ratio(500_000, 1_000_000)?.scaled(7) == 3)
    #expect(Ratio(2_500_000, 1_000_000)?.scaled(3) == 7)
    #expect(Ratio(Int64.max, Int64.max - 1)?.scaled(Int64.max - 1) == .max)
  }

  @Test("equal ratios are one value and print in lowest terms") func equality() {
    #expect(Ratio("0.4") == Ratio("2/5"))
    #expect(Ratio("0.4")?.description == "2/5")
    #expect(Ratio("3/1")?.description == "3")
  }
}
