import Domain
import Ports

/// What one frame of the order stream holds, piece by piece in the order of arrival.
enum FrameItem: Hashable, Sendable {
  case update(OrderUpdate)
  /// A message of another kind, whose name is given.
  case ignored(type: String)
  /// What could not be read, described without its content.
  case unreadable(String)
}

/// Reads the frames of the order stream (dhan-api-v2.md §6.3–6.5).
enum OrderUpdateReader {
  static func read(_ frame: [UInt8], contracts: some ContractDirectory) -> [FrameItem] {
    [.unreadable("not written yet")]
  }
}
