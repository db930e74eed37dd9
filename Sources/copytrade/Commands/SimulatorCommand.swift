import ArgumentParser
import Daemon
import DhanSimulator
import Foundation
import Logging
import ServiceLifecycle

struct SimulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulator",
    abstract: "Serves a simulated Dhan on this machine: REST, order stream, and what goes wrong.",
    discussion: """
      An exchange and a broker in memory behind Dhan's own shapes, for this program and for any other client. The first \
      line of output is the address. What accounts, contracts and faults there are stands in a file (--faults) or comes \
      through control calls; docs/simulator.md has both. Ends with 0 on Ctrl-C or SIGTERM, and forgets everything.
      """)

  @Option(help: "Address and port; port 0 takes a free one.")
  var listen = ListenAddress(host: "127.0.0.1", port: 9010)

  @Option(name: .customLong("faults"), help: "Settings and faults (YAML).", completion: .file())
  var settings: String?

  @Option(help: "Certificate chain (PEM), to serve https and wss.", completion: .file())
  var tlsCertificate: String?

  @Option(help: "The certificate's key (PEM).", completion: .file())
  var tlsKey: String?

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key go together.")
    }
  }

  func run() async throws {
    let loaded = try SimulatorFile.settings(settings)
    let files = tlsCertificate.flatMap { certificate in
      tlsKey.map { DhanSimulator.TLS(certificatePath: certificate, keyPath: $0) }
    }
    var logger = Logger(label: "copytrade") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    // The group listens to signals before the first line is written, so that whoever reads it may send one at once.
    let group = ServiceGroup(
      services: [SimulatorService(settings: loaded, listen: listen, tls: files)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}

/// `127.0.0.1:9010` or `[::1]:9010`.
struct ListenAddress: ExpressibleByArgument, CustomStringConvertible {
  var host: String
  var port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...]) else {
      return nil
    }
    let host = argument[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    guard !host.isEmpty else { return nil }
    self.init(host: host, port: Int(port))
  }

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
  var defaultValueDescription: String { description }
}

private enum SimulatorFile {
  static func settings(_ path: String?) throws -> SimulatorSettings {
    guard let path else { return SimulatorSettings() }
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ReportFault(.configuration, "\(path) cannot be read. Is it there, and is it text?")
    }
    do throws(SettingsMistakes) {
      return try SimulatorSettings(yaml: text)
    } catch {
      let lines = error.mistakes.map { "\(path):\($0)" }
      throw ReportFault(.configuration, lines.joined(separator: "\n"))
    }
  }
}

/// The simulator from its first line of output to the signal that ends it.
private struct SimulatorService: Service {
  let settings: SimulatorSettings
  let listen: ListenAddress
  let tls: DhanSimulator.TLS?

  func run() async throws {
    let simulator: DhanSimulator
    do {
      simulator = try await DhanSimulator.start(settings: settings, listen: (listen.host, listen.port), tls: tls)
    } catch {
      throw ReportFault(
        .cannotCreate, "The simulator cannot listen on \(listen): \(error). Choose another address with --listen.")
    }
    try Output.line("listening on \(simulator.address)")
    try await gracefulShutdown()
    await simulator.stop()
  }
}
