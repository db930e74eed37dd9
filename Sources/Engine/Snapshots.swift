import Domain
import EventStore
import Projections

/// Folded states kept beside the log. They speed up starting and can be deleted at any time.
public enum Snapshots {
  public static let kind: ShortText = "state"
  /// Raised whenever ``State`` changes its form or a fold its meaning; older snapshots are then left alone.
  public static let format = 22

  static func save(_ state: State, in log: any EventLog) throws {
    let bytes: [UInt8]
    do {
      bytes = try SnapshotEncoder.encode(state)
    } catch {
      throw EventStoreError(.internalFault, "The state cannot be written as a snapshot: \(error)")
    }
    try log.saveSnapshot(kind: kind, format: format, state: bytes)
  }

  /// The newest snapshot folded forward to the end of the log; the whole log where no snapshot can be read.
  static func restoredState(of source: any EventSource) throws -> State {
    guard let snapshot = try source.latestSnapshot(kind: kind, format: format),
      let state = try? SnapshotDecoder.decode(State.self, from: snapshot.state),
      state.lastSequence == snapshot.sequence
    else { return try LogFold.state(of: source) }
    return try LogFold.state(of: source, startingAt: state)
  }
}
