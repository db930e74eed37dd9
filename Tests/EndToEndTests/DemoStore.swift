import Daemon
import Domain
import Engine
import EventStore
import Foundation
import PaperExchange

/// The store of one session on the paper exchange: with a crash, doubt, rejections and two followers, and the same at each
/// run.
enum DemoStore {
  private static let bytes: Data = {
    do {
      let folder = try Folder()
      try play(folder.path + "/demo.db")
      // One file, without a write-ahead log.
      _ = try SQLiteEventReader(path: folder.path + "/demo.db").backup(to: folder.path + "/whole.db")
      return FileManager.default.contents(atPath: folder.path + "/whole.db") ?? Data()
    } catch {
      preconditionFailure("The session failed: \(error)")
    }
  }()

  private static func play(_ path: String) throws {
    func follower(_ name: FollowerName, _ client: ClientID) -> FollowerSettings {
      FollowerSettings(name: name, clientID: client, sizing: Sizing(strategy: .capitalProportional(.startOfDay)))
    }
    let session = PaperSession(
      exchange: PaperExchange(
        settings: PaperSettings(seed: 1), instruments: PaperDemo.instruments, accounts: PaperDemo.accounts),
      settings: CopySettings(
        leader: "1000000001", followers: [follower("asha", "1000000002"), follower("vikram", "1000000003")]),
      clock: SteppedClock(PaperDemo.start))
    var log = try SQLiteEventLog(path: path)
    try session.start(log, version: "test")
    for step in PaperScript.demo.steps {
      try session.advance(to: PaperDemo.start + step.at)
      switch step.kind {
      case .say: break
      case .act(let action): try session.act(action)
      case .crash:
        try session.advanceToOpenCall(before: session.clock.now() + .seconds(1))
        session.crash()
        log.discard()
        try session.advance(to: session.clock.now() + .milliseconds(400))
        log = try SQLiteEventLog(path: path)
        try session.start(log, version: "test")
      }
    }
    try session.advance(to: PaperDemo.start + PaperScript.demo.length + .seconds(10))
    try session.stop()
    try log.close()
  }

  /// Writes the store into `folder` and returns its path.
  static func make(in folder: Folder) throws -> String {
    let path = folder.path + "/log.db"
    try bytes.write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
  }

  /// Writes the log again through the real log, with the first event that `change` changes, so that its chain is valid.
  ///
  /// - Returns: the sequence of the changed event.
  static func rewrite(_ path: String, to copy: String, _ change: (Event) -> Event?) throws -> SequenceNumber? {
    let reader = try SQLiteEventReader(path: path)
    let log = try SQLiteEventLog(path: copy)
    defer { try? log.close() }
    var changed: SequenceNumber?
    for stored in try reader.events() {
      var draft = stored.draft
      let event = try draft.type.withBytes { type in
        try draft.payload.withUnsafeBytes {
          try LogFold.decode(type: type, version: draft.schemaVersion, payload: $0)
        }
      }
      if changed == nil, let other = change(event) {
        changed = stored.sequence
        draft.payload = other.payload
      }
      _ = try log.append([draft], expecting: [draft.stream: log.head(of: draft.stream)])
    }
    return changed
  }
}
