import Domain
import Foundation
import Testing

@testable import DhanSimulator

/// A simulator whose clock is behind, so that a test can let a day pass.
@Suite("The simulator's clock") struct ClockTests {
  private func withSimulator(behind: Microseconds?, _ body: (DhanSimulator) throws -> Void) async throws {
    var settings = SimulatorSettings(seed: 1)
    settings.switches.clockBehind = behind
    let simulator = try await DhanSimulator.start(settings: settings)
    do {
      try body(simulator)
    } catch {
      await simulator.stop()
      throw error
    }
    await simulator.stop()
  }

  /// How far the time that a reply says is behind, in seconds; `nil` when it says none.
  private func told(_ simulator: DhanSimulator) throws -> Double? {
    let connection = try RawConnection(port: simulator.port)
    try connection.write(Array("GET /v2/orders HTTP/1.1\r\nhost: localhost\r\naccess-token: none\r\n\r\n".utf8))
    let line = try connection.head().split(separator: "\r\n").first { $0.hasPrefix("date: ") }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return line.map { format.date(from: String($0.dropFirst(6))).map { -$0.timeIntervalSinceNow } ?? .infinity }
  }

  @Test("a clock that is behind is told in every reply and dates what happens, and can be put forward and never back")
  func behind() async throws {
    try await withSimulator(behind: .seconds(86_400)) { simulator in
      let before = try #require(try told(simulator))
      #expect(before > 86_300 && before < 86_500)
      func shown() -> Substring { simulator.control("GET", "/simulator/state").body.prefix(20) }
      let yesterday = shown()
      #expect(simulator.control("POST", "/simulator/switches", #"{"clock_behind":"25h"}"#).status == 400)
      #expect(simulator.control("POST", "/simulator/switches", #"{"clock_behind":"1h"}"#).status == 200)
      #expect(simulator.control("POST", "/simulator/switches", #"{"clock_behind":"0"}"#).status == 200)
      #expect(simulator.control("POST", "/simulator/switches", #"{"server_ping":false}"#).status == 200)
      let after = try #require(try told(simulator))
      #expect(after > -100 && after < 100)
      #expect(shown() != yesterday)
    }
  }

  @Test("a simulator whose clock is the machine's says no time") func machine() async throws {
    try await withSimulator(behind: nil) { simulator in
      let time = try told(simulator)
      #expect(time == nil)
    }
  }
}
