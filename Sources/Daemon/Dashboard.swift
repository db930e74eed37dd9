import Domain
import EventStore
import FlyingFox
import Foundation

/// A page and a JSON document that say where everybody stands, read from the log at each request. It changes nothing.
///
/// Listens on the loopback address only: the page names accounts and positions, and nobody has to log in to see it.
public struct Dashboard: Sendable {
  public static let defaultPort: UInt16 = 8787

  private let store: String
  private let port: UInt16

  public init(store: String, port: UInt16 = Dashboard.defaultPort) {
    self.store = store
    self.port = port
  }

  public var address: String { "http://127.0.0.1:\(port)/" }

  /// Serves until the task is cancelled.
  ///
  /// - Throws: ``DashboardFault`` when the port cannot be had.
  public func run() async throws {
    do {
      let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port))
      let store = store
      await server.appendRoute("GET /") { _ in
        Dashboard.answer("text/html; charset=utf-8") { try Dashboard.page(store) }
      }
      await server.appendRoute("GET /status") { _ in
        Dashboard.answer("application/json") { try Dashboard.status(store).json.indentedText }
      }
      try await server.run()
    } catch is CancellationError {
      return
    } catch {
      throw DashboardFault(description: "The dashboard cannot listen on 127.0.0.1:\(port). Free the port. (\(error))")
    }
  }

  static func status(_ store: String) throws -> StatusReport {
    try StatusReport.read(store: store, now: Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)))
  }

  /// The status as text on a page that loads itself again.
  static func page(_ store: String) throws -> String {
    let text = try status(store).text(.india)
    return """
      <!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
      <title>copytrade</title></head><body><pre>\(escaped(text))</pre><p><a href="/status">as JSON</a></p></body></html>
      """
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  private static func answer(_ type: String, _ body: () throws -> String) -> HTTPResponse {
    do {
      return HTTPResponse(statusCode: .ok, headers: [.contentType: type], body: Data(try body().utf8))
    } catch {
      return HTTPResponse(
        statusCode: .internalServerError, headers: [.contentType: "text/plain; charset=utf-8"],
        body: Data("\(error)\n".utf8))
    }
  }
}

/// Why the dashboard cannot be shown.
public struct DashboardFault: ExitStatusProviding, CustomStringConvertible {
  public let description: String
  public var exitStatus: ExitStatus { .unreachable }
}
