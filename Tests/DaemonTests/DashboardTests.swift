import EventStore
import Testing

@testable import Daemon

@Suite("Dashboard") struct DashboardTests {
  @Test("the page tells where everybody stands, from the log alone, and escapes what it shows") func page() throws {
    let folder = try TemporaryFolder()
    let store = folder.path + "/copytrade.db"
    try ReportSession.tradingDay(SQLiteEventLog(path: store)).stop()
    let page = try Dashboard.page(store)
    #expect(page.contains("asha      in_sync"), "\(page)")
    #expect(page.hasPrefix("<!doctype html>"))
    #expect(Dashboard.escaped("<a & b>") == "&lt;a &amp; b&gt;")
    #expect(throws: (any Error).self) { try Dashboard.page(folder.path + "/none.db") }
  }
}
