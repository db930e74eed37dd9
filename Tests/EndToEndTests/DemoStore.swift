import Daemon
import Domain
import Engine
import EventStore
import Foundation

/// The store of one demonstration: a session with a crash, doubt, rejections and two followers.
enum DemoStore {
  private static let bytes: Data = {
    do {
      let folder = try Folder()
      let demo = DemoRun(folder: URL(fileURLWithPath: folder.path), pace: .fast) { _ in }
      _ = try demo.run(version: "test")
      // One file, without a write-ahead log.
      _ = try SQLiteEventReader(path: folder.path + "/demo.db").backup(to: folder.path + "/whole.db")
      return FileManager.default.contents(atPath: folder.path + "/whole.db") ?? Data()
    } catch {
      preconditionFailure("The demonstration failed: \(error)")
    }
  }()

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
