import ArgumentParser
import Daemon

struct HaltCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "halt",
    abstract: "Sends nothing but cancels, until resumed.",
    discussion: """
      Resting entries are cancelled at once; exits stay where they rest, and new ones wait. Works with the service up or down, and is recorded either way.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var follower: FollowerOptions

  func run() throws { try OperatorOrder.give(.halted, to: follower, store: store) }
}
