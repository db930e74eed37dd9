import Domain
import Engine
import EventStore
import Foundation

/// How long a start takes and how much memory the state holds; each start is a process of its own.
struct StartBenchmark {
  let fixtures: Fixtures
  let rounds: Int

  func run() throws -> [Figure] {
    let without = try samples(fixtures.log)
    let path = try fixtures.copy(fixtures.log, as: "start.db")
    defer { Fixtures.remove(path) }
    let bytes = try addSnapshot(path)
    let with = try samples(path)
    return [
      figure("start without snapshot", without.map(\.milliseconds), "ms", 2_000),
      figure("start with a snapshot 10 000 events old", with.map(\.milliseconds), "ms", 300),
      Figure(name: "size of the snapshot", value: Double(bytes) / 1e6, unit: "MB", rounds: []),
      figure("memory at its peak, whole log folded", without.map(\.megabytes), "MB", 150),
      figure("memory at its peak, snapshot read", with.map(\.megabytes), "MB", 150),
    ]
  }

  private func figure(_ name: String, _ values: [Double], _ unit: String, _ goal: Double) -> Figure {
    Figure(name: name, value: values.median, unit: unit, floor: nil, goal: .atMost(goal), rounds: values)
  }

  /// Saves a snapshot and appends ten thousand events after it.
  private func addSnapshot(_ path: String) throws -> Int {
    let log = try SQLiteEventLog(path: path)
    try Engine(log: log, clock: SessionClock()).saveSnapshot()
    let relay = RelayLog(before: log, flushesAt: 5_000)
    let session = try TradingSession(log: relay, followers: fixtures.followers, seed: 3)
    let last = relay.lastSequence.value
    try session.openDay(Day(daysSinceEpoch: session.engine.state.now.indianDay.daysSinceEpoch + 1), contracts: 12)
    while relay.lastSequence.value < last + 10_000 { try session.roundTrip() }
    try relay.close()
    let reader = try SQLiteEventReader(path: path)
    return try reader.latestSnapshot(kind: Snapshots.kind, format: Snapshots.format)?.state.count ?? 0
  }

  private struct Sample {
    let milliseconds: Double
    let megabytes: Double
  }

  private func samples(_ path: String) throws -> [Sample] {
    _ = try sample(path)
    return try (0..<rounds).map { _ in try sample(path) }
  }

  private func sample(_ path: String) throws -> Sample {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["start", path]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard process.terminationStatus == 0, numbers.count == 2 else { throw BenchmarkFailure("a start failed: \(text)") }
    return Sample(milliseconds: numbers[0], megabytes: numbers[1])
  }

  /// The other side: opens the store, makes the first decision, and tells milliseconds and peak memory.
  static func start(_ path: String) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let log = try SQLiteEventLog(path: path)
    let engine = try Engine(log: RelayLog(before: log, flushesAt: .max), clock: SessionClock())
    _ = try engine.observe([.clock(due: "look")])
    let time = clock.now - start
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }?.split(whereSeparator: \.isWhitespace)
    let kilobytes = peak.flatMap { $0.count > 1 ? Double($0[1]) : nil } ?? 0
    print(time.seconds * 1_000, kilobytes / 1_000)
    log.discard()
  }
}
