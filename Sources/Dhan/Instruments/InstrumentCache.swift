import Domain
import Foundation

/// The folder of fetched instrument files, one per day: `2026-11-23.csv`. Only files that could be read get such a name.
struct InstrumentCache: Sendable {
  let folder: String

  func path(of day: Day) -> String { "\(folder)/\(day).csv" }

  /// Where a file grows until it is complete.
  func part(of day: Day) -> String { path(of: day) + ".part" }

  func prepare() throws(InstrumentFault) {
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw .system(.inputOutput, "The folder \(folder) for instrument files cannot be made")
    }
  }

  /// The days that there are files of, the newest first.
  var days: [Day] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { $0.hasSuffix(".csv") ? Day($0.dropLast(4)) : nil }.sorted(by: >)
  }

  /// Gives the complete file of `day` its name, so that it survives a power cut whole or not at all.
  func adopt(_ day: Day) throws(InstrumentFault) {
    try InstrumentCache.synchronize(part(of: day))
    guard rename(part(of: day), path(of: day)) == 0 else {
      throw .system(.inputOutput, "\(part(of: day)) cannot be renamed")
    }
    try InstrumentCache.synchronize(folder)
  }

  /// Removes what is not needed any more: all files but the two newest, and what was begun on other days than `day`.
  func tidy(on day: Day) {
    for old in days.dropFirst(2) { unlink(path(of: old)) }
    let current = "\(day).csv.part"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.contains(".csv.part") && !name.hasPrefix(current) {
      unlink("\(folder)/\(name)")
    }
  }

  func remove(_ path: String) { unlink(path) }

  private static func synchronize(_ path: String) throws(InstrumentFault) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(.inputOutput, "\(path) cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system(.inputOutput, "\(path) cannot be made durable") }
  }
}
