import Foundation
import Testing

@testable import Daemon

@Suite("Dashboard") struct DashboardTests {
  @Test("the page tells where everybody stands, from the log alone, and escapes what it shows") func page() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dashboard-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try DemoRun(folder: folder, pace: .fast) { _ in }.run(version: "test"))
    let store = folder.appendingPathComponent(DemoRun.storeName).path
    let page = try Dashboard.page(store)
    #expect(page.contains("vikram    in_sync"))
    #expect(page.hasPrefix("<!doctype html>"))
    #expect(Dashboard.escaped("<a & b>") == "&lt;a &amp; b&gt;")
    #expect(throws: (any Error).self) { try Dashboard.page(folder.path + "/none.db") }
  }
}
