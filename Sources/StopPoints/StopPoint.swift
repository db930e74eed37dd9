/// A place at which the service can be told to die as by `kill -9`: a testing aid, and in debug builds only.
///
/// `COPYTRADE_STOP_AT=before_commit:3 copytrade run` ends the process with SIGKILL when it passes that place for the third
/// time. A program that trades savings is built for release, and cannot be told: there ``pass()`` is empty, and nothing
/// reads the environment.
public enum StopPoint: String, CaseIterable, Sendable {
  // MARK: In the log

  /// The tables of a new store are made, and not committed.
  case creatingStore = "creating_store"
  /// Everything of an append is written, and not committed.
  case beforeCommit = "before_commit"
  /// An append is durable, and nobody knows it yet.
  case afterCommit = "after_commit"
  /// A moment into emptying the write-ahead log into the database.
  case checkpointing
  /// A snapshot is written, and not committed.
  case savingSnapshot = "saving_snapshot"
  /// The store is about to be closed in order: emptied, and not sealed.
  case sealing

  // MARK: In the engine's thread

  /// The log is folded; nothing of this start is recorded, and nothing was asked of the broker.
  case folded
  /// The start is recorded, and nothing was asked of the broker.
  case started
  /// A call was decided and is durable, and has not left.
  case beforeCall = "before_call"
  /// Of several calls of one commit the first has been handed out and the next has not.
  case betweenCalls = "between_calls"
  /// The reply to a call is known, and not recorded.
  case beforeReplyIsRecorded = "before_reply_is_recorded"
  /// A reading of the order book is known, and not recorded.
  case beforeBookIsRecorded = "before_book_is_recorded"
  /// The stop is recorded, and the store is open.
  case stopped

  // MARK: Beside it

  /// A moment after a call was handed to the network: it has left, and its reply has not come.
  case callUnderWay = "call_under_way"
  /// The reply has come, and the engine's thread has not heard of it.
  case replied
  /// Between two rounds of the readings that a baseline is made of.
  case baseline

  /// The variable of the environment that names a point and how often it is passed.
  public static let variable = "COPYTRADE_STOP_AT"

  /// Dies here, if this is the time.
  #if DEBUG
    public func pass() {
      guard let order = StopOrder.given, order.isMet(by: self) else { return }
      StopOrder.die()
    }
  #else
    @inlinable @inline(__always) public func pass() {}
  #endif

  /// Dies in the middle of what follows, if this is the time.
  #if DEBUG
    public func passAndGoOn() {
      guard let order = StopOrder.given, order.isMet(by: self) else { return }
      StopOrder.dieSoon()
    }
  #else
    @inlinable @inline(__always) public func passAndGoOn() {}
  #endif
}
