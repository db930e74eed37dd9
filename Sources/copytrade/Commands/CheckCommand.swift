import ArgumentParser
import Daemon

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Tells every mistake in the configuration, with its line and what to do.",
    discussion: """
      Nothing is started and nobody is called. Ends with 0 when the service would start with the file, \
      78 when there are mistakes, and 77 when all that is wrong is who may read or write the files.
      """)

  @OptionGroup var configuration: ConfigurationOptions

  @Flag(help: "Print JSON, for programs.")
  var json = false

  func run() throws {
    let check = ConfigurationCheck(file: configuration.path)
    print(json ? try check.json() : check.text)
    try check.exitStatus.leave()
  }
}
