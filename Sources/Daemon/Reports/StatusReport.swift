import Domain
import Engine
import EventStore
import Projections

/// Where the service and every follower stand, from the log alone: the same whether the service runs or not.
public struct StatusReport: Sendable {
  public enum Mode: String, Sendable {
    case running
    case closeOnly = "close_only"
    case halted
    case stopped

    init(_ mode: OperatorMode) {
      switch mode {
      case .running: self = .running
      case .closeOnly: self = .closeOnly
      case .halted: self = .halted
      }
    }
  }

  public struct Leader: Sendable {
    public let clientID: ClientID?
    public let isConnected: Bool
    /// Why the leader cannot be read, in words.
    public let blockage: String?
    public let lastEventAt: Timestamp?
    /// Since when nobody sees what he does (rule 35).
    public let blindSince: Timestamp?
  }

  public let lastSequence: SequenceNumber
  public let mode: Mode
  /// The disk of the log has little room left: exits only until it has more (rule 37).
  public let isDiskLow: Bool
  public let leader: Leader
  /// In the order of the configuration.
  public let followers: [FollowerStatus]
  /// Of every contract in which somebody holds something, as far as the log knows a price.
  let analytics: [ContractID: ContractAnalytics]
  /// What of the market's data is too old to be believed, as far as a configuration tells (docs/market-data.md).
  public var staleMarketData: [MarketData.Stale] = []

  /// - Parameters:
  ///   - now: the moment for which budgets are told.
  ///   - writerPresent: whether a process holds the store (``StoreWriter``); a service that was killed could not say that
  ///     it stopped. `nil` when that is not known, and the log's word counts.
  public init(state: State, now: Timestamp, writerPresent: Bool? = nil) {
    let runs = state.isRunning && writerPresent != false
    lastSequence = state.lastSequence
    mode = runs ? Mode(max(state.mode, state.isDiskLow ? .closeOnly : .running)) : .stopped
    isDiskLow = state.isDiskLow
    leader = Leader(
      clientID: state.settings?.leader, isConnected: runs && state.leader.access.isConnected,
      blockage: state.leader.access.blockage?.words, lastEventAt: state.leader.lastEventAt,
      blindSince: state.leader.blindSince)
    followers = state.followers.indices.compactMap { index in
      let status = FollowerStatus(state, follower: index, now: now, isRunning: runs)
      // A follower that was taken out of the configuration is of interest as long as anything of ours is left there.
      return state.followers[index].isConfigured || !status.isEmpty ? status : nil
    }
    analytics = ContractAnalytics.all(
      of: Set(followers.flatMap(\.positions).map(\.key.contract)), state, now: now)
  }

  /// Reads the store at `path` and asks whether somebody writes to it.
  public static func read(
    store path: String, now: Timestamp, progress: @escaping (Int) -> Void = { _ in }
  ) throws -> StatusReport {
    let reader = try SQLiteEventReader(path: path)
    defer { reader.close() }
    // Asked before the log is read: a service that starts in between is then told as stopped, never the reverse.
    let writerPresent = StoreWriter.isPresent(at: path)
    let state = try LogWalk.state(of: reader, progress: progress)
    return StatusReport(state: state, now: now, writerPresent: writerPresent)
  }

  /// Whether every follower holds what it should, and nothing is on its way or open.
  public var isInSync: Bool { followers.allSatisfy { $0.state == .inSync } }
}
