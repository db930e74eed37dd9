import ArgumentParser
import Daemon

/// Which configuration a command works with.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "The configuration. (default: ./copytrade.yaml, then /etc/copytrade/copytrade.yaml)", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  /// The file that is meant: the one that was named, else the first of the two usual ones that exists.
  var path: String { config ?? ConfigurationLocation.existing }
}
