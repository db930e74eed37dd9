import ArgumentParser
import Daemon

struct CloseOnlyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close-only",
    abstract: "Sends exits only, until resumed.",
    discussion: """
      Resting entries are cancelled at once; what the leader opens is not copied, what it closes is. Works with the service up or down, and is recorded either way.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var follower: FollowerOptions

  func run() throws { try OperatorOrder.give(.closeOnly, to: follower, store: store) }
}
