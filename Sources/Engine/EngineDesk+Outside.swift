import Domain
import Projections
import Reactors

/// What is said to the desk, and what it asks for.
extension EngineDesk {
  public enum Message: Sendable {
    case report(AccountRole, AccountReport)
    /// A reading has come back, after its report.
    case finished(AccountRole, Reading)
    case settings(CopySettings)
    case command(OperatorCommand, reply: @Sendable (CommandReply) -> Void)
    /// Nothing new is accepted; the work ends when what is in flight has its outcome.
    case stop(takesEntriesBack: Bool)
  }

  /// What the outside does for the engine. Neither may block.
  public struct Outside: Sendable {
    /// Makes a call; its outcome has to be reported, exactly once.
    public var perform: @Sendable (Dispatch) -> Void
    public var read: @Sendable (AccountRole, Reading) -> Void
    /// The account's stream is open and dead.
    public var reconnect: @Sendable (AccountRole) -> Void
    /// Called at least once a second while the thread is well.
    public var beat: @Sendable () -> Void

    public init(
      perform: @escaping @Sendable (Dispatch) -> Void,
      read: @escaping @Sendable (AccountRole, Reading) -> Void,
      reconnect: @escaping @Sendable (AccountRole) -> Void = { _ in }, beat: @escaping @Sendable () -> Void = {}
    ) {
      self.perform = perform
      self.read = read
      self.reconnect = reconnect
      self.beat = beat
    }
  }

  /// What stays behind when the service stops.
  public struct Rest: Sendable {
    public let restingOrders: Int
    public let openPositions: Int
    public let unansweredCalls: Int
  }
}

extension EngineDesk.Message {
  /// Whether it shows an account as it was when that was asked for.
  var isWholeReading: Bool {
    switch self {
    case .report(_, .baseline), .report(_, .book): true
    default: false
    }
  }
}
