import Foundation

/// The bare C program, kept running so that its transactions and ours take turns.
final class FloorProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest = Data()

  /// - Parameter program: where the script compiled `Floor/floor.c` to.
  init(program: String, store: String) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["serve", store]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  static func build(program: String, from source: String, to target: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["build", source, target]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkFailure("the floor's store could not be built") }
  }

  /// Reads the rows from one sequence through another of a store into the program's memory.
  func load(_ store: String, from: Int64, through: Int64) throws {
    let answer = try ask("load \(store) \(from) \(through)")
    guard Int64(answer) == through - from + 1 else { throw BenchmarkFailure("the floor loaded \(answer) rows") }
  }

  /// Appends the rows loaded in transactions of these sizes; returns the microseconds of each.
  func commit(_ sizes: [Int]) throws -> [Double] {
    let answer = try ask("commit " + sizes.map(String.init).joined(separator: " "))
    let times = answer.split(separator: " ").compactMap { Double($0).map { $0 / 1_000 } }
    guard times.count == sizes.count else { throw BenchmarkFailure("the floor made \(times.count) commits") }
    return times
  }

  func checkpoint() throws { _ = try ask("checkpoint") }

  private func ask(_ line: String) throws -> String {
    try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest = Data(rest[(end + 1)...]) }
        return String(decoding: rest[..<end], as: UTF8.self)
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw BenchmarkFailure("the floor ended") }
      rest.append(more)
    }
  }
}

struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
