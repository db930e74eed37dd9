import ArgumentParser
import Domain

/// Which follower is meant.
struct FollowerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only this follower.", valueName: "name"))
  var follower: String?

  func validate() throws { _ = try name() }

  func name() throws -> FollowerName? {
    guard let follower else { return nil }
    guard let name = FollowerName(validating: follower) else {
      throw ValidationError("--follower \(follower) is no name of a follower.")
    }
    return name
  }
}
