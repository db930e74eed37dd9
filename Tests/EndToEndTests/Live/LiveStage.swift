import Foundation
import Testing

/// A simulated Dhan and the service beside it, both processes of their own in a folder of their own, and gone with it.
final class LiveStage {
  static let leader = "1000000001"
  static let asha = "1000000002"
  static let vikram = "1000000003"
  /// How long anything may take before it counts as never happening: far more than it needs, since machines are busy.
  static let patience = Duration.seconds(90)

  let folder: Folder
  /// Where the store lies, seen from the folder.
  var store = "copytrade.db"
  let simulator: BackgroundProcess
  private(set) var service: BackgroundProcess?
  /// Where the simulator answers, such as `http://127.0.0.1:40123`.
  let address: String
  /// The authority that vouches for the simulator's certificate, where it speaks TLS.
  let authority: String?
  private let place: Place

  private init(
    folder: Folder, simulator: BackgroundProcess, address: String, authority: String?, place: Place
  ) {
    self.place = place
    self.folder = folder
    self.simulator = simulator
    self.address = address
    self.authority = authority
  }

  /// Starts a simulator, when there is a place for it.
  ///
  /// - Parameter settings: its settings file (docs/simulator.md).
  static func open(settings: String = "", certificate: TestAuthority? = nil) async throws -> LiveStage {
    let place = await Place.taken()
    let folder = try certificate?.folder ?? Folder()
    try settings.write(toFile: folder.path + "/simulator.yaml", atomically: true, encoding: .utf8)
    var arguments = ["simulator", "--listen", "127.0.0.1:0", "--faults", "simulator.yaml"]
    if certificate != nil { arguments += ["--tls-certificate", "certificate.pem", "--tls-key", "key.pem"] }
    let simulator = try BackgroundProcess(Program.path, arguments, name: "simulator", in: folder.path)
    var address: Substring?
    try await wait(for: "the simulator's first line", tails: { simulator.output + simulator.diagnostics }) {
      address = simulator.output.split(separator: "\n").first?.split(separator: " ").last
      return address != nil
    }
    return LiveStage(
      folder: folder, simulator: simulator, address: String(try #require(address)),
      authority: certificate.map { _ in folder.path + "/authority.pem" }, place: place)
  }

  // MARK: - The service

  /// Starts the service; the configuration has been written.
  func start(_ arguments: String..., environment: [String: String] = [:]) throws {
    service = try BackgroundProcess(
      Program.path, ["run"] + arguments, name: "service", in: folder.path, environment: environment)
  }

  /// Starts the service and waits until every follower can trade.
  func startAndWait(_ arguments: String...) async throws {
    service = try BackgroundProcess(Program.path, ["run"] + arguments, name: "service", in: folder.path)
    try await untilReady()
  }

  /// Waits until every follower can trade.
  func untilReady() async throws {
    try await untilStatus("every account is ready") { status in
      status.mode != "stopped" && status.leader.stream == "connected"
        && status.followers.allSatisfy { $0.stream == "connected" && !$0.holds("blocked") }
    }
  }

  /// Ends the service by `signal`; returns its exit status.
  @discardableResult
  func stop(_ signal: Int32 = SIGTERM) async throws -> Int32 {
    let service = try #require(service)
    // A kill hides a crash, and one in the middle of its last words leaves a process that nobody ends.
    if service.diagnostics.contains("*** Signal ") {
      for _ in 0..<400 where service.isRunning { try await Task.sleep(for: .milliseconds(100)) }
      Issue.record("The service has crashed:\n\(service.diagnostics.suffix(6_000))")
    }
    service.signal(signal)
    return try await service.end()
  }

  /// Runs a command of the program in the stage's folder.
  func command(_ arguments: String...) async throws -> Program.Outcome {
    try await run(Program.path, arguments)
  }

  func run(
    _ program: String, _ arguments: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin"]
  ) async throws -> Program.Outcome {
    let name = ".command-\(UUID().uuidString)"
    let process = try BackgroundProcess(
      program, arguments, name: name, in: folder.path, environment: environment)
    let status = try await process.end()
    defer {
      for end in ["out", "err"] { try? FileManager.default.removeItem(atPath: "\(folder.path)/\(name).\(end)") }
    }
    return Program.Outcome(status: status, output: process.output, diagnostics: process.diagnostics)
  }

  // MARK: - Waiting

  /// Asks until it holds. What never holds fails the test, with the ends of both logs.
  func until(_ what: String, _ holds: () async throws -> Bool) async throws {
    try await LiveStage.wait(for: what, tails: { tails }, holds)
  }

  private static func wait(
    for what: String, tails: () -> String, _ holds: () async throws -> Bool
  ) async throws {
    let end = ContinuousClock.now + patience
    while true {
      if try await holds() { return }
      guard ContinuousClock.now < end else { break }
      try await Task.sleep(for: .milliseconds(150))
    }
    throw NeverHappened(description: "It never happened: \(what).\n\(tails())")
  }

  private var tails: String {
    func tail(_ text: String) -> String { text.split(separator: "\n").suffix(25).joined(separator: "\n") }
    return "simulator:\n\(tail(simulator.diagnostics))\nservice:\n\(tail(log))"
  }

  /// Every line that the service wrote, of all its runs.
  var log: String { service?.diagnostics ?? "" }
}

struct NeverHappened: Error, CustomStringConvertible {
  let description: String
}
