import ArgumentParser
import Daemon
import Logging
import ServiceLifecycle

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Starts the service: copies the leader's orders until it is stopped.",
    discussion: """
      Stops in order on Ctrl-C or SIGTERM: nothing new is accepted, what is under way is recorded, resting orders stay \
      where they are, and the last lines say what rests and what is open. Ends with 75 when another process has the store. SIGHUP \
      reads limits, sizing and filters again; a file with mistakes changes nothing.

      With broker.kind: dhan it trades at Dhan; with broker.kind: paper on the built-in paper exchange.
      """)

  @OptionGroup var configuration: ConfigurationOptions

  @Flag(help: "Decide and record everything, send nothing.")
  var dryRun = false

  @Flag(help: "When stopping, cancel the entries that rest; exits stay.")
  var cancelEntries = false

  func run() async throws {
    let check = ConfigurationCheck(file: configuration.path, purpose: .run)
    var settings = try check.configuration()
    if dryRun { for index in settings.followers.indices { settings.followers[index].sends = false } }
    let room = EngineRoom()
    let lines = settings.log
    let logger = Logger(label: "copytrade") { _ in ServiceLog(lines) { room.lastSequence } }
    let reload = ConfigurationReload(file: configuration.path, logger: logger)
    let service: any Service =
      switch settings.broker.kind {
      case .dhan: DhanService(settings, cancelsEntries: cancelEntries, room: room, reload: reload, logger: logger)
      case .paper: PaperService(settings, cancelsEntries: cancelEntries, reload: reload, logger: logger)
      }
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: reload),
          .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
  }
}
