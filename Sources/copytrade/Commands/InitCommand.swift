import ArgumentParser
import Daemon

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a commented copytrade.yaml to begin with.",
    discussion: """
      The file runs as it is, on the built-in paper exchange, and says how to go on to Dhan. Only you can read \
      it. A file that exists is never overwritten.
      """)

  @Option(
    name: .customLong("config"), help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
  var config = ConfigurationLocation.local

  func run() throws {
    try ConfigurationTemplate.write(to: config)
    print(ConfigurationTemplate.nextSteps(after: config))
  }
}
