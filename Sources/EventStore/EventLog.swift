import Domain

/// The append-only log, behind which SQLite and memory are interchangeable.
public protocol EventLog: AnyObject {}
