import Domain
import Foundation
import Testing

@testable import Dhan

@Suite struct InstrumentFetchTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  /// 09:30 in India.
  private let monday = time("2026-11-23T04:00:00Z")
  private let tuesday = time("2026-11-24T04:00:00Z")

  private func store(_ address: String, _ limits: InstrumentDownload.Limits = .init()) -> InstrumentStore {
    InstrumentStore(source: InstrumentSource(address), cacheFolder: folder.path + "/cache", limits: limits)
  }

  @Test("an address is fetched once a day, whichever process asks")
  func onceADay() async throws {
    try await FileServer.serving([.file(InstrumentText.options(3)), .file(InstrumentText.options(4))]) { server in
      let store = store(server.address())
      let report = try await store.load(now: monday)
      #expect(report.counts.options == 3)
      #expect(report.day == Day("2026-11-23"))
      #expect(!report.isStale)
      #expect(report.source == server.address())
      #expect(store.instrument(.nseFNO, "3") != nil)
      #expect(try await store.refreshIfDue(now: monday + .seconds(3_600)) == nil)
      let again = try await self.store(server.address()).load(now: monday + .seconds(7_200))
      #expect(again.counts.options == 3)
      #expect(server.requests == [.init(path: "/scrip.csv", range: nil, ifRange: nil)])
      #expect(try await store.refreshIfDue(now: tuesday)?.counts.options == 4)
      #expect(server.requests.count == 2)
      #expect(folder.names("cache") == ["2026-11-23.csv", "2026-11-24.csv"])
    }
  }

  @Test("the day of a file begins at 08:00 in India")
  func dayBegins() {
    #expect(InstrumentStore.fileDay(at: time("2026-11-23T02:29:59Z")) == Day("2026-11-22"))
    #expect(InstrumentStore.fileDay(at: time("2026-11-23T02:30:00Z")) == Day("2026-11-23"))
    #expect(InstrumentStore.fileDay(at: time("2026-11-23T18:31:00Z")) == Day("2026-11-23"))
  }

  @Test("a reply that is cut is continued from where it broke off")
  func resumes() async throws {
    let text = InstrumentText.options(400)
    try await FileServer.serving([
      .file(text, version: "\"a\"", cutAfter: 20_000), .file(text, version: "\"a\"", cutAfter: 10_000),
      .file(text, version: "\"a\""),
    ]) { server in
      let report = try await store(server.address()).load(now: monday)
      #expect(report.counts.options == 400)
      #expect(report.counts.damaged == 0)
      #expect(server.requests.map(\.range) == [nil, "bytes=20000-", "bytes=30000-"])
      #expect(server.requests.map(\.ifRange) == [nil, "\"a\"", "\"a\""])
    }
  }

  @Test("what an earlier try left is continued by a later one, also of another process")
  func resumesLater() async throws {
    let text = InstrumentText.options(400)
    let limits = InstrumentDownload.Limits(tries: 1)
    try await FileServer.serving([.file(text, version: "\"a\"", cutAfter: 20_000)]) { server in
      let fault = await #expect(throws: InstrumentFault.self) {
        try await store(server.address(), limits).load(now: monday)
      }
      #expect(fault?.reason == .unreachable)
      server.add(.file(text, version: "\"a\""))
      let report = try await store(server.address(), limits).load(now: monday)
      #expect(report.counts.options == 400)
      #expect(server.requests.last?.range == "bytes=20000-")
    }
  }

  @Test("bytes of which nobody knows whether they reached the disk are fetched again")
  func crashedPart() async throws {
    try folder.write("cache/2026-11-23.csv.part", String(repeating: "\0", count: 5_000))
    try await FileServer.serving([.file(InstrumentText.options(400), version: "\"a\"")]) { server in
      let report = try await store(server.address()).load(now: monday)
      #expect(report.counts.options == 400)
      #expect(server.requests.map(\.range) == [nil])
    }
  }

  @Test(
    "a server that ignores the range, has another version, or sends another part makes the file begin anew",
    arguments: [
      [FileServer.Reply.file(InstrumentText.options(400, lot: "75.0"), version: "\"a\"", continues: false)],
      [.file(InstrumentText.options(400, lot: "75.0"), version: "\"b\"")],
      [.wrongPart(InstrumentText.options(400), version: "\"a\""), .file(InstrumentText.options(400, lot: "75.0"))],
      [.status(416), .file(InstrumentText.options(400, lot: "75.0"))],
    ])
  func startsOver(replies: [FileServer.Reply]) async throws {
    let first = FileServer.Reply.file(InstrumentText.options(400), version: "\"a\"", cutAfter: 20_000)
    try await FileServer.serving([first] + replies) { server in
      let store = store(server.address())
      let report = try await store.load(now: monday)
      #expect(report.counts.options == 400)
      #expect(store.instrument(.nseFNO, "1")?.lotSize.units == 75)
      #expect(store.instrument(.nseFNO, "400")?.lotSize.units == 75)
      #expect(server.requests.count == 1 + replies.count)
    }
  }

  @Test("without a version that can be relied on nothing is continued", arguments: [nil, "W/\"a\""])
  func weakVersion(version: String?) async throws {
    let text = InstrumentText.options(400)
    try await FileServer.serving([.file(text, version: version, cutAfter: 20_000), .file(text, version: version)]) {
      server in
      let report = try await store(server.address()).load(now: monday)
      #expect(report.counts.options == 400)
      #expect(server.requests.map(\.range) == [nil, nil])
    }
  }

  @Test("a server that breaks off for ever is left alone after some tries")
  func breaksOff() async throws {
    let cut = FileServer.Reply.file(InstrumentText.options(400), version: "\"a\"", cutAfter: 100)
    try await FileServer.serving(Array(repeating: cut, count: 20)) { server in
      let fault = await #expect(throws: InstrumentFault.self) { try await store(server.address()).load(now: monday) }
      #expect(fault?.reason == .unreachable)
      #expect(server.requests.count == 5)
    }
  }

  @Test("a silent server is given up")
  func silence() async throws {
    try await FileServer.serving([.silence]) { server in
      let limits = InstrumentDownload.Limits(silence: .milliseconds(100))
      let fault = await #expect(throws: InstrumentFault.self) {
        try await store(server.address(), limits).load(now: monday)
      }
      #expect(fault?.reason == .unreachable)
    }
  }

  @Test("a file beyond the limit is not fetched")
  func tooLarge() async throws {
    try await FileServer.serving([.file(InstrumentText.options(400))]) { server in
      let limits = InstrumentDownload.Limits(bytes: 10_000)
      let fault = await #expect(throws: InstrumentFault.self) {
        try await store(server.address(), limits).load(now: monday)
      }
      #expect(fault?.text.contains("more than 10000 bytes") == true)
      #expect(folder.names("cache").isEmpty)
    }
  }

  @Test(
    "when today's file cannot be had, the newest earlier one serves and the report says so",
    arguments: [
      FileServer.Reply.status(500), .file("<html>Sorry</html>\n"), .file(InstrumentText.header + "\n"),
    ])
  func fallsBack(reply: FileServer.Reply) async throws {
    try folder.write("cache/2026-11-19.csv", InstrumentText.options(19))
    try folder.write("cache/2026-11-20.csv", InstrumentText.options(20))
    try await FileServer.serving([reply]) { server in
      let report = try await store(server.address()).load(now: monday)
      #expect(report.counts.options == 20)
      #expect(report.day == Day("2026-11-20"))
      #expect(report.isStale)
      #expect(report.problem != nil)
      #expect(folder.names("cache").filter { $0.hasSuffix(".csv") } == ["2026-11-19.csv", "2026-11-20.csv"])
    }
  }

  @Test("a file in use stays in use when the next one is damaged, which is tried again after a pause")
  func keepsCurrent() async throws {
    try await FileServer.serving([.file(InstrumentText.options(3)), .file("half a file")]) { server in
      let store = store(server.address())
      _ = try await store.load(now: monday)
      let report = try #require(try await store.refreshIfDue(now: tuesday))
      #expect(report.problem?.reason == .unreadable)
      #expect(report.day == Day("2026-11-23"))
      #expect(report.isStale)
      #expect(store.instrument(.nseFNO, "3") != nil)
      #expect(folder.names("cache") == ["2026-11-23.csv"])
      #expect(try await store.refreshIfDue(now: tuesday + .seconds(299)) == nil)
      server.add(.file(InstrumentText.options(5)))
      #expect(try await store.refreshIfDue(now: tuesday + .seconds(300))?.counts.options == 5)
      #expect(store.report?.isStale == false)
    }
  }

  @Test("a cached file of today that was damaged since is fetched again")
  func damagedCache() async throws {
    try folder.write("cache/2026-11-23.csv", "half a file")
    try await FileServer.serving([.file(InstrumentText.options(3))]) { server in
      let report = try await store(server.address()).load(now: monday)
      #expect(report.counts.options == 3)
    }
  }

  @Test("with no file and no cache there is a fault that says what the server answered")
  func nothing() async throws {
    try await FileServer.serving([.status(503)]) { server in
      let fault = await #expect(throws: InstrumentFault.self) { try await store(server.address()).load(now: monday) }
      #expect(fault?.reason == .unreachable)
      #expect(fault?.text.contains("503") == true)
    }
  }

  @Test("of fetched files the two newest are kept, and of begun ones none of other days")
  func tidies() async throws {
    for day in 17...20 { try folder.write("cache/2026-11-\(day).csv", InstrumentText.options(day)) }
    try folder.write("cache/2026-11-20.csv.part", "x")
    try folder.write("cache/notes.txt", "mine")
    try await FileServer.serving([.file(InstrumentText.options(3))]) { server in
      _ = try await store(server.address()).load(now: monday)
      #expect(folder.names("cache") == ["2026-11-20.csv", "2026-11-23.csv", "notes.txt"])
    }
  }

  @Test("three redirects are followed, a fourth is not")
  func redirects() async throws {
    try await FileServer.serving([
      .redirect("/b"), .redirect("c"), .redirect("/d"), .file(InstrumentText.options(3)),
    ]) { server in
      let report = try await store(server.address("/a/a")).load(now: monday)
      #expect(report.counts.options == 3)
      #expect(server.requests.map(\.path) == ["/a/a", "/b", "/c", "/d"])
      server.add(.redirect("/b"), .redirect("/c"), .redirect("/d"), .redirect("/e"), .file(InstrumentText.options(3)))
      let later = try await store(server.address("/a")).load(now: tuesday)
      #expect(later.problem?.text.contains("more than 3 times") == true)
    }
  }

  @Test("a redirect to a place that does not encrypt is not followed")
  func plainRedirect() async throws {
    try await FileServer.serving([.redirect("http://192.0.2.1/scrip.csv")]) { server in
      let fault = await #expect(throws: InstrumentFault.self) { try await store(server.address()).load(now: monday) }
      #expect(fault?.reason == .badSource)
      #expect(fault?.text.contains("does not encrypt") == true)
    }
    let encrypted = try InstrumentAddress("https://images.example/a.csv")
    #expect(throws: InstrumentFault.self) { try encrypted.redirected(to: "http://127.0.0.1/a.csv") }
    #expect(try encrypted.redirected(to: "//other.example/b.csv?key=1").description == "https://other.example/b.csv")
  }

  @Test(
    "only https, and http on this machine, are addresses of instruments",
    arguments: [
      ("https://images.dhan.co/api-data/api-scrip-master-detailed.csv", true), ("http://127.0.0.1:9/x", true),
      ("http://localhost/x", true), ("http://[::1]:9/x", true), ("http://images.dhan.co/x", false),
      ("http://127.0.0.1.example/x", false), ("ftp://images.dhan.co/x", false), ("https:///x", false),
      ("file:///etc", false),
    ])
  func addresses(text: String, isAllowed: Bool) {
    let address = try? InstrumentAddress(text)
    #expect((address != nil) == isAllowed)
    if let address { #expect(address.description == text) }
  }

  @Test("a part file that another fetch holds is not touched")
  func heldPart() async throws {
    try folder.write("cache/2026-11-20.csv", InstrumentText.options(20))
    try await FileServer.serving([.file(InstrumentText.options(3))]) { server in
      let held = try PartialFile(path: folder.path + "/cache/2026-11-23.csv.part")
      let report = try await store(server.address()).load(now: monday)
      #expect(report.problem?.reason == .busy)
      #expect(report.counts.options == 20)
      #expect(server.requests.isEmpty)
      #expect(held.length == 0)
    }
  }

  @Test("while one load is under way another is refused, a refresh does nothing, and cancelling ends the load")
  func oneAtATime() async throws {
    try await FileServer.serving([.silence, .file(InstrumentText.options(3))]) { server in
      let store = store(server.address())
      let now = monday
      let first = Task { try await store.load(now: now) }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
      let fault = await #expect(throws: InstrumentFault.self) { try await store.load(now: monday) }
      #expect(fault?.reason == .busy)
      let refreshed = try await store.refreshIfDue(now: monday)
      #expect(refreshed == nil)
      first.cancel()
      await #expect(throws: InstrumentFault.self) { try await first.value }
      let report = try await store.load(now: monday)
      #expect(report.counts.options == 3)
    }
  }
}
