import Domain
import Foundation
import Ports
import Testing

@testable import Dhan

@Suite struct InstrumentPathTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  private let now = time("2026-11-23T04:00:00Z")

  private func store(_ path: String) -> InstrumentStore {
    InstrumentStore(source: InstrumentSource(path), cacheFolder: folder.path + "/cache")
  }

  @Test("a path is used as it is, and the report says of what day it is")
  func path() async throws {
    let path = try folder.write("scrip.csv", InstrumentText.options(3), modified: date("2026-11-22T23:00:00Z"))
    let store = store(path)
    #expect(store.instrument(.nseFNO, "1") == nil)
    let report = try await store.load(now: now)
    #expect(report.counts.options == 3)
    #expect(report.source == path)
    #expect(report.day == Day("2026-11-23"))
    #expect(!report.isStale)
    #expect(report.problem == nil)
    #expect(store.instrument(.nseFNO, "1")?.lotSize.units == 65)
    let contract = store.contract(.nseFNO, "1", stated: nil)
    #expect(contract.option?.strike == .rupees(24_000))
    #expect(
      store.instrument(contract.segment, contract.securityID)?.band == PriceBand(lower: Paise(5), upper: Paise(20_010)))
    #expect(folder.names("cache").isEmpty)
  }

  @Test("a path of an earlier day is in use and called old")
  func oldPath() async throws {
    let path = try folder.write("scrip.csv", InstrumentText.options(3), modified: date("2026-11-20T04:00:00Z"))
    let report = try await store(path).load(now: now)
    #expect(report.day == Day("2026-11-20"))
    #expect(report.isStale)
    #expect(report.description.contains("this file is old"))
  }

  @Test("a path is read again when it has changed, and only then")
  func changedPath() async throws {
    let path = try folder.write("scrip.csv", InstrumentText.options(3), modified: date("2026-11-23T03:00:00Z"))
    let store = store(path)
    _ = try await store.load(now: now)
    #expect(try await store.refreshIfDue(now: now) == nil)
    try folder.write("scrip.csv", InstrumentText.options(3, lot: "75.0"), modified: date("2026-11-23T03:30:00Z"))
    #expect(try await store.refreshIfDue(now: now)?.counts.options == 3)
    #expect(store.instrument(.nseFNO, "1")?.lotSize.units == 75)
    #expect(try await store.refreshIfDue(now: now) == nil)
  }

  @Test("a path that was damaged or removed leaves the old contracts in use, and is reported once")
  func damagedPath() async throws {
    let path = try folder.write("scrip.csv", InstrumentText.options(3), modified: date("2026-11-23T03:00:00Z"))
    let store = store(path)
    _ = try await store.load(now: now)
    try folder.write("scrip.csv", "half a file", modified: date("2026-11-23T03:30:00Z"))
    let report = try #require(try await store.refreshIfDue(now: now))
    #expect(report.problem?.reason == .unreadable)
    #expect(report.counts.options == 3)
    #expect(store.report == report)
    #expect(store.instrument(.nseFNO, "1") != nil)
    #expect(try await store.refreshIfDue(now: now) == nil)
    try FileManager.default.removeItem(atPath: path)
    #expect(try await store.refreshIfDue(now: now)?.problem?.reason == .unreachable)
    #expect(try await store.refreshIfDue(now: now) == nil)
  }

  @Test("without any file there is a fault that names the path")
  func noFile() async throws {
    let path = folder.path + "/none.csv"
    let fault = await #expect(throws: InstrumentFault.self) { try await store(path).load(now: now) }
    #expect(fault?.reason == .unreachable)
    #expect(fault?.text.contains(path) == true)
    let damaged = try folder.write("scrip.csv", "half a file")
    let other = await #expect(throws: InstrumentFault.self) { try await store(damaged).load(now: now) }
    #expect(other?.reason == .unreadable)
    #expect(other?.text.contains(damaged) == true)
  }
}

/// A moment that the test's author wrote down.
func time(_ text: String) -> Timestamp {
  guard let time = Timestamp(text) else { preconditionFailure("\(text) is no time") }
  return time
}

func date(_ text: String) -> Date { Date(timeIntervalSince1970: TimeInterval(time(text).microseconds / 1_000_000)) }
