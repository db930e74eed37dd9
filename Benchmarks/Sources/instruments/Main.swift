import Dhan
import Domain
import Foundation

/// Times the reading of an instrument file of full size, and says what memory it takes.
///
///     instruments FILE [ROUNDS]
///
/// The file is made when it is not there. Its figures are for `docs/performance.md`.
@main
struct Main {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    guard let path = words.first else {
      FileHandle.standardError.write(Data("Use scripts/benchmark-instruments.\n".utf8))
      exit(64)
    }
    if !FileManager.default.fileExists(atPath: path) { try InstrumentFileMaker.make(path) }
    let rounds = words.dropFirst().first.flatMap { Int($0) } ?? 9
    let before = try Memory.kilobytes("VmRSS")
    var table = try InstrumentFileReader.table(ofFile: path)
    let once = try Memory.kilobytes("VmHWM")
    var times: [Duration] = []
    for _ in 0..<rounds {
      let clock = ContinuousClock()
      times.append(try clock.measure { table = try InstrumentFileReader.table(ofFile: path) })
    }
    let twice = try Memory.kilobytes("VmHWM")
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    times.sort()
    print("file                \(size / 1_000_000) MB, \(table.counts.rows) rows, \(table.count) options kept")
    print("load                median \(milliseconds(times[rounds / 2])), worst \(milliseconds(times[rounds - 1]))")
    print(
      "memory, first load  \((once - before) / 1_000) MB at the peak, \(InstrumentTable.bytesPerOption) bytes an option"
    )
    print("memory, reload      \((twice - before) / 1_000) MB at the peak, the old table beside the new one")
    print("lookup              \(lookup(table)) ns")
  }

  private static func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000) ms"
  }

  /// Nanoseconds of one lookup, over numbers all across the table.
  private static func lookup(_ table: InstrumentTable) -> Int64 {
    let numbers = stride(from: 1, to: InstrumentFileMaker.nseOptions, by: 7).compactMap {
      SecurityID(validating: "\(InstrumentFileMaker.firstNSE + $0 * 48_271 % InstrumentFileMaker.nseOptions)")
    }
    var found = 0
    let time = ContinuousClock().measure {
      for number in numbers where table.instrument(.nseFNO, number) != nil { found += 1 }
    }
    guard found > numbers.count / 2 else { return -1 }
    return time.components.attoseconds / 1_000_000_000 / Int64(numbers.count)
  }
}

enum Memory {
  struct NotKnown: Error {}

  /// A figure of this process from `/proc/self/status`.
  static func kilobytes(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    for line in status.split(separator: "\n") where line.hasPrefix(name + ":") {
      if let number = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) }) { return number }
    }
    throw NotKnown()
  }
}
