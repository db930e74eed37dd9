import ArgumentParser
import Daemon

/// Which log a command reads: the one that the configuration names, or one given by its path.
struct StoreOptions: ParsableArguments {
  @OptionGroup var configuration: ConfigurationOptions

  @Option(help: ArgumentHelp("The log itself, where no configuration is at hand.", valueName: "path"))
  var store: String?

  func validate() throws {
    if store != nil, configuration.config != nil {
      throw ValidationError("Give --config or --store, not both.")
    }
    if store == "" { throw ValidationError("--store needs the path of a log.") }
  }

  /// The path of the log.
  func path() throws -> String { try found().path }

  /// The path of the log, and the configuration that named it; `nil` where the path was given.
  func found() throws -> (path: String, configuration: Configuration?) {
    if let store { return (store, nil) }
    let read = try ConfigurationCheck(file: configuration.path).configuration()
    return (read.store, read)
  }
}
