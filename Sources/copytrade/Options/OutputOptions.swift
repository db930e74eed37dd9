import ArgumentParser

/// How a command prints data.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON, for programs.")
  var json = false

  @Flag(help: "Print times as in India (IST) instead of UTC.")
  var local = false
}
