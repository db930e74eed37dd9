import Domain
import Engine
import EventStore
import Foundation

/// The files that measurements read: made once, kept in a directory that git does not know.
struct Fixtures {
  let directory: String
  let events: Int
  let followers: Int

  /// Raised when the session below makes another log.
  private static let version = 2

  var log: String { "\(directory)/log-\(events)-\(followers)-v\(Fixtures.version).db" }
  var floor: String { "\(directory)/floor-\(events)-\(followers)-v\(Fixtures.version).db" }

  /// Makes the log where it is not there yet: days of sixty leader orders, copied by every follower.
  func prepare() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    guard !FileManager.default.fileExists(atPath: log) else { return }
    let unfinished = log + ".unfinished"
    Fixtures.remove(unfinished)
    let store = try SQLiteEventLog(path: unfinished)
    let relay = RelayLog(before: store, flushesAt: 5_000)
    let session = try TradingSession(log: relay, followers: followers, seed: 1)
    var day = Day(daysSinceEpoch: 20_605)
    while relay.lastSequence.value < events {
      if (1...5).contains((day.daysSinceEpoch + 4) % 7) {
        try session.openDay(day, contracts: 12)
        let evening = session.leaderOrders + 60
        while session.leaderOrders < evening, relay.lastSequence.value < events { try session.roundTrip() }
        if relay.lastSequence.value < events { try session.closeDay() }
        Console.note("made \(relay.lastSequence) events by \(day)")
      }
      day = Day(daysSinceEpoch: day.daysSinceEpoch + 1)
    }
    try relay.close()
    try FileManager.default.moveItem(atPath: unfinished, toPath: log)
    Fixtures.remove(unfinished)
  }

  /// A store's copy to write to; removed with its side files by ``remove(_:)``.
  func copy(_ source: String, as name: String) throws -> String {
    let path = "\(directory)/\(name)"
    Fixtures.remove(path)
    try FileManager.default.copyItem(atPath: source, toPath: path)
    return path
  }

  static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm", "-journal", ".lock"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}

enum Console {
  /// A line about progress, on standard error.
  static func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
