import Daemon
import Domain
import Engine

/// Gives an operator's order and says that it is durable.
enum OperatorOrder {
  static func give(_ mode: OperatorMode, to follower: FollowerOptions, store: StoreOptions) throws {
    let name = try follower.name()
    let sequence = try OperatorClient.give(OperatorCommand.mode(mode, name), store: store.path())
    try Output.line("\(mode.sentence) for \(name.map { "\($0)" } ?? "all followers"); the log is at event \(sequence)")
  }
}

extension OperatorMode {
  fileprivate var sentence: String {
    switch self {
    case .running: "resumed"
    case .closeOnly: "exits only"
    case .halted: "halted"
    }
  }
}
