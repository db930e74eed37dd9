import Domain
import Foundation
import PaperExchange

/// The journal of a paper exchange on disk, so that `run` finds after a restart the exchange that it left.
///
/// One JSON line for how the exchange began, then one an action, appended before the action is done. A last line that a
/// crash cut off is left out: its action was never done.
public final class PaperJournalFile {
  private struct Head: Codable {
    var started: Timestamp
    var settings: PaperSettings
    var instruments: [Instrument]
    var accounts: [PaperAccount]
  }

  /// When the session began; scripts count from here.
  public let started: Timestamp
  public let journal: PaperJournal
  private let handle: FileHandle

  /// Opens the journal at `path`, or begins one.
  ///
  /// - Throws: ``PaperFault`` when the file cannot be read, or belongs to other accounts.
  public init(path: String, now: Timestamp, beginning: PaperJournal) throws {
    if let data = FileManager.default.contents(atPath: path), !data.isEmpty {
      (started, journal) = try PaperJournalFile.read(data, path)
      guard Set(journal.accounts.map(\.clientID)) == Set(beginning.accounts.map(\.clientID)) else {
        throw PaperFault(
          "The paper exchange at \(path) has other accounts than the configuration. Move that file and the store away, "
            + "or take the accounts back.")
      }
    } else {
      (started, journal) = (now, beginning)
      let head = Head(
        started: now, settings: beginning.settings, instruments: beginning.instruments, accounts: beginning.accounts)
      let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
      guard
        FileManager.default.createFile(
          atPath: path, contents: try JSONEncoder().encode(head) + Data("\n".utf8), attributes: attributes)
      else { throw PaperFault("The paper exchange cannot be kept at \(path). Make its folder writable.") }
    }
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw PaperFault("The paper exchange at \(path) cannot be written. Make the file writable.")
    }
    try handle.seekToEnd()
    self.handle = handle
  }

  public func append(_ entry: PaperJournal.Entry) throws {
    try handle.write(contentsOf: try JSONEncoder().encode(entry) + Data("\n".utf8))
  }

  private static func read(_ data: Data, _ path: String) throws -> (Timestamp, PaperJournal) {
    var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    if data.last != UInt8(ascii: "\n") { lines.removeLast() }
    let decoder = JSONDecoder()
    guard let first = lines.first, let head = try? decoder.decode(Head.self, from: Data(first)) else {
      throw PaperFault("\(path) is not the journal of a paper exchange. Move it away.")
    }
    var journal = PaperJournal(settings: head.settings, instruments: head.instruments, accounts: head.accounts)
    for (number, line) in lines.dropFirst().enumerated() {
      guard let entry = try? decoder.decode(PaperJournal.Entry.self, from: Data(line)) else {
        throw PaperFault("Line \(number + 2) of \(path) cannot be read. Move the file and the store away.")
      }
      journal.entries.append(entry)
    }
    return (head.started, journal)
  }
}

/// Why the paper exchange cannot be used.
public struct PaperFault: ExitStatusProviding, Equatable, CustomStringConvertible {
  public let description: String
  public let exitStatus: ExitStatus

  init(_ description: String, _ exitStatus: ExitStatus = .configuration) {
    self.description = description
    self.exitStatus = exitStatus
  }
}
