import ArgumentParser
import Daemon

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Ends halt and close-only.",
    discussion: """
      Exits are caught up; every entry from before the resume is too old and stays uncopied. It also lets an account try again whose address the broker had refused. Without --follower all followers resume.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var follower: FollowerOptions

  func run() throws { try OperatorOrder.give(.running, to: follower, store: store) }
}
