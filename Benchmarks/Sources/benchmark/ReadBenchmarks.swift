import Domain
import Engine
import EventStore
import Foundation
import Projections

/// What reads a whole log: replay, verify, export.
struct ReadBenchmarks {
  let fixtures: Fixtures
  let rounds: Int

  func replay() throws -> [Figure] {
    let path = fixtures.log
    let reading = try rate("read", goal: nil) {
      var bytes = 0
      let count = try SQLiteEventReader(path: path).read(from: .first) { bytes += $0.payload.count }
      return bytes > 0 ? count : 0
    }
    let decoding = try rate("read and decode", goal: nil) {
      var orders = 0
      let count = try SQLiteEventReader(path: path).read(from: .first) {
        if case .leaderOrder = try LogFold.decode($0) { orders += 1 }
      }
      return orders > 0 ? count : 0
    }
    let folding = try rate("replay: read, decode, fold", goal: 1_000_000) {
      Int(try LogFold.state(of: SQLiteEventReader(path: path)).lastSequence.value)
    }
    return [reading, decoding, folding]
  }

  func verify() throws -> [Figure] {
    [
      try rate("audit verify", goal: 1_000_000) {
        let report = try LogVerifier.verify(
          path: fixtures.log,
          decode: { type, version, payload in _ = try LogFold.decode(type: type, version: version, payload: payload) })
        guard report.isSound else { throw BenchmarkFailure("the log is damaged: \(report.damage)") }
        return Int(report.events)
      }
    ]
  }

  func export() throws -> [Figure] {
    guard let sink = FileHandle(forWritingAtPath: "/dev/null") else { throw BenchmarkFailure("no /dev/null") }
    return try [EventExporter.Format.jsonl, .csv].map { format in
      try rate("export \(format.rawValue)", goal: nil) {
        try EventExporter.export(SQLiteEventReader(path: fixtures.log), as: format) {
          _ = Glibc.write(sink.fileDescriptor, $0.baseAddress, $0.count)
        }
      }
    }
  }

  private func rate(_ name: String, goal: Double?, _ body: () throws -> Int) throws -> Figure {
    let clock = ContinuousClock()
    _ = try body()
    let rates = try (0..<rounds).map { _ in
      let start = clock.now
      let events = try body()
      return Double(events) / (clock.now - start).seconds
    }
    return Figure(
      name: name, value: rates.median, unit: "events/s", floor: nil, goal: goal.map { .atLeast($0) }, rounds: rates)
  }
}
