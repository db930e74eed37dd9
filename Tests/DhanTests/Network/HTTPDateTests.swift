import Domain
import Testing

@testable import Dhan

@Suite("The broker's clock") struct HTTPDateTests {
  @Test(
    "the date of a reply is read to the second",
    arguments: [
      ("Mon, 23 Nov 2026 03:45:00 GMT", "2026-11-23T03:45:00.000000Z"),
      ("Thu, 29 Feb 2024 23:59:60 GMT", "2024-03-01T00:00:00.000000Z"),
    ])
  func reads(text: String, time: String) { #expect(HTTPDate.timestamp(text)?.description == time) }

  @Test(
    "anything else is no date",
    arguments: [
      "", "now", "Mon, 23 Nov 2026 03:45 GMT", "Mon, 31 Nov 2026 03:45:00 GMT", "Mon, 23 Foo 2026 03:45:00 GMT",
      "Mon, 23 Nov 2026 25:45:00 GMT", "Mon, 23 Nov 2026 03:45:00 IST",
    ])
  func refuses(text: String) { #expect(HTTPDate.timestamp(text) == nil) }
}
