import Foundation

/// The bare C program of `Floor/commits.c`, kept running so that it commits in the same pace as the service.
final class FloorCommits {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(program: String, store: String) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [store]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  /// Appends rows in one transaction; returns its nanoseconds.
  func commit(rows: Int) throws -> Int64 {
    try input.fileHandleForWriting.write(contentsOf: Data("\(rows)\n".utf8))
    let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let time = Int64(answer.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw BenchmarkFailure("the floor made no commit")
    }
    return time
  }

  func stop() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
