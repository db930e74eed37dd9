import Domain
import Testing

@Suite("Days and times") struct TimeTests {
  @Test("every day of four hundred years is the day after the one before") func calendar() throws {
    var day = try #require(Day(year: 1_900, month: 1, day: 1))
    let end = try #require(Day(year: 2_300, month: 1, day: 1))
    while day < end {
      let (year, month, number) = day.civil
      #expect(Day(year: year, month: month, day: number) == day)
      #expect(Day(day.description) == day)
      day = Day(daysSinceEpoch: day.daysSinceEpoch + 1)
    }
  }

  @Test(
    "known days stand where they should",
    arguments: [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-24", 20_781), ("0001-01-01", -719_162),
      ("9999-12-31", 2_932_896),
    ] as [(String, Int32)])
  func known(text: String, number: Int32) {
    #expect(Day(text)?.daysSinceEpoch == number)
    #expect(Day(daysSinceEpoch: number).description == text)
  }

  @Test(
    "what is no day is none",
    arguments: [
      "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-04-31", "2026-01-00", "0000-01-01", "2026-1-1",
      "2026/01/01", "2026-01-01T", " 2026-01-01", "", "20260101", "-001-01-01",
    ])
  func noDay(text: String) { #expect(Day(text) == nil) }

  @Test(
    "times are read with their zones",
    arguments: [
      ("2026-11-23T03:45:00.123456Z", false, "2026-11-23T03:45:00.123456Z"),
      ("2026-11-23 09:15:00 IST", false, "2026-11-23T03:45:00.000000Z"),
      ("2026-11-23 09:15", true, "2026-11-23T03:45:00.000000Z"),
      ("2026-11-23 09:15", false, "2026-11-23T09:15:00.000000Z"),
      ("2026-11-23T09:15:00+05:30", false, "2026-11-23T03:45:00.000000Z"),
      ("2026-11-23T00:15:00-05:00", true, "2026-11-23T05:15:00.000000Z"),
      ("2026-11-23", true, "2026-11-22T18:30:00.000000Z"),
      ("2026-11-23T03:45:00.1Z", false, "2026-11-23T03:45:00.100000Z"),
      ("2026-11-23T03:45:00.1234569Z", false, "2026-11-23T03:45:00.123456Z"),
      ("1969-12-31T23:59:59.999999Z", false, "1969-12-31T23:59:59.999999Z"),
      ("9999-12-31T23:59:59.999999Z", false, "9999-12-31T23:59:59.999999Z"),
    ])
  func reads(text: String, india: Bool, printed: String) {
    #expect(Timestamp(text, defaultsToIndia: india)?.description == printed)
  }

  @Test(
    "what is no time is none; a zone may not lead out of the years that can be printed",
    arguments: [
      "", "2026-11-23T24:00:00Z", "2026-11-23T03:60:00Z", "2026-11-23T03:45:60Z", "2026-11-23T03:45:00.Z",
      "2026-11-23T03Z", "2026-11-23T03:45:00 EST", "2026-11-23T03:45:00+5:30", "2026-11-23T03:45:00ZZ",
      "0001-01-01 00:00:00 IST", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
  func noTime(text: String) { #expect(Timestamp(text) == nil) }

  @Test("every time that can be printed reads back") func roundTrip() {
    var random = RandomEvents(seed: 9)
    for _ in 0..<2_000 {
      let time = random.time()
      #expect(Timestamp(time.description) == time)
      #expect(time.description.utf8.count == 27)
    }
  }

  @Test("the trading day changes at midnight in India") func indianDay() {
    #expect(Timestamp("2026-11-22T18:29:59.999999Z")?.indianDay == Day("2026-11-22"))
    #expect(Timestamp("2026-11-22T18:30:00Z")?.indianDay == Day("2026-11-23"))
    #expect(Day("2026-11-23")?.startInIndia == Timestamp("2026-11-22T18:30:00Z"))
    #expect(Timestamp("2026-11-23T03:45:00.5Z")?.indianDescription == "2026-11-23 09:15:00.500000 IST")
  }
}
