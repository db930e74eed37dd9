import CSQLite
import Domain

/// Why the log could not do what it was asked: in words for a person, and as a code for machines.
///
/// The message says what happened, where, and what to do; it never holds a payload.
public struct EventStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it is. The set may grow; the texts never change.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// There is no store at the path.
    public static let notFound = Code(rawValue: "store.not_found")
    /// The file is not a store of ours.
    public static let notOurs = Code(rawValue: "store.not_ours")
    /// The store was written by a newer version of this program.
    public static let newer = Code(rawValue: "store.newer")
    /// The store does not hold what was written to it.
    public static let damaged = Code(rawValue: "store.damaged")
    /// Another writer has the store.
    public static let inUse = Code(rawValue: "store.in_use")
    /// Another program held a lock of the database for too long; trying again may help.
    public static let busy = Code(rawValue: "store.busy")
    /// Others may write to the file.
    public static let modesTooOpen = Code(rawValue: "store.modes_too_open")
    /// The system does not let us open or create the file.
    public static let cannotOpen = Code(rawValue: "store.cannot_open")
    /// The disk is full; nothing was appended.
    public static let full = Code(rawValue: "store.full")
    /// The system failed to read or write.
    public static let inputOutput = Code(rawValue: "store.input_output")
    /// The output exists, and is not overwritten.
    public static let outputExists = Code(rawValue: "store.output_exists")
    /// The stream does not stand where the append expected it.
    public static let versionConflict = Code(rawValue: "append.version_conflict")
    /// The event id exists with other content.
    public static let eventIDReused = Code(rawValue: "append.event_id_reused")
    /// The draft is not one the log may hold.
    public static let invalidDraft = Code(rawValue: "append.invalid_draft")
    /// An earlier failure left it unknown what is on disk; the log must be opened anew.
    public static let poisoned = Code(rawValue: "store.poisoned")
    /// The log was closed.
    public static let closed = Code(rawValue: "store.closed")
    /// A text that should name an anchor does not.
    public static let invalidAnchor = Code(rawValue: "anchor.invalid")
    /// A fault of our own.
    public static let internalFault = Code(rawValue: "store.internal")
  }

  public let code: Code
  public let message: String
  /// The event it is about: for damage, the first one known to be affected.
  public let sequence: SequenceNumber?
  /// SQLite's extended result code, when it was SQLite that failed.
  public let sqliteCode: Int32?

  public init(_ code: Code, _ message: String, sequence: SequenceNumber? = nil, sqliteCode: Int32? = nil) {
    self.code = code
    self.message = message
    self.sequence = sequence
    self.sqliteCode = sqliteCode
  }

  public var description: String { "\(message) [\(code.rawValue)]" }

  /// The exit code of a command that ends with this error.
  public var exitCode: Int32 {
    switch code {
    case .notFound, .invalidAnchor: 64
    case .notOurs, .newer, .damaged: 65
    case .cannotOpen, .full, .inputOutput, .outputExists: 73
    case .inUse, .busy: 75
    case .modesTooOpen: 77
    default: 70
    }
  }
}

extension EventStoreError {
  static func damaged(_ what: String, at sequence: SequenceNumber? = nil, sqliteCode: Int32? = nil) -> EventStoreError {
    EventStoreError(
      .damaged, "The store is damaged: \(what). Keep the file, and restore a backup or ask for help.",
      sequence: sequence, sqliteCode: sqliteCode)
  }

  static func hole(at sequence: Int64) -> EventStoreError {
    damaged("event \(sequence) is missing", at: SequenceNumber(sequence))
  }

  /// Events that were acknowledged lie behind damage in the write-ahead log.
  static func hidden(after sequence: SequenceNumber) -> EventStoreError {
    damaged(
      "its write-ahead log breaks off after event \(sequence), before others that were written", at: sequence.next)
  }

  static func closed(_ path: String) -> EventStoreError {
    EventStoreError(.closed, "The store \(path) was closed. Open it again.")
  }

  /// What SQLite's failure means to the caller.
  static func sqlite(_ code: Int32, _ text: String, path: String, near sequence: SequenceNumber? = nil)
    -> EventStoreError
  {
    let detail = "\(text) (SQLite \(code))"
    switch code & 0xFF {
    case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
      return damaged("\(path): \(detail)", at: sequence, sqliteCode: code)
    case SQLITE_FULL:
      return EventStoreError(
        .full, "Nothing was written to \(path): the disk is full. Free some space.", sequence: sequence,
        sqliteCode: code)
    case SQLITE_IOERR:
      return EventStoreError(
        .inputOutput, "Reading or writing \(path) failed: \(detail). Look at the disk.", sequence: sequence,
        sqliteCode: code)
    case SQLITE_BUSY, SQLITE_LOCKED:
      return EventStoreError(
        .busy, "Another program holds a lock on \(path). Close it, or try again.", sequence: sequence,
        sqliteCode: code)
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH, SQLITE_READONLY:
      return EventStoreError(
        .cannotOpen, "\(path) cannot be opened: \(detail). Look at the path and its permissions.", sequence: sequence,
        sqliteCode: code)
    default:
      return EventStoreError(
        .internalFault, "SQLite failed on \(path): \(detail).", sequence: sequence, sqliteCode: code)
    }
  }
}
