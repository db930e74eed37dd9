import DhanSimulator
import Domain
import Foundation
import PaperExchange

/// The whole system over real processes and sockets: a simulated Dhan in this process, the service in one of its own, a
/// bundled session, and a SIGKILL on the way.
///
/// Prints what happens as it happens, read from the log beside the service, and at the end what the leader holds, what
/// each follower should hold, and what the simulator's own books say.
public struct DemoRun: Sendable {
  public enum Pace: Sendable {
    /// Four times as fast as the script is written; what is on its way takes as long as ever.
    case fast
    /// In the time of the script.
    case live

    var hurry: Int64 { self == .fast ? 4 : 1 }
  }

  let program: String
  let folder: DemoFolder
  let pace: Pace
  let out: @Sendable (String) -> Void

  /// - Parameters:
  ///   - program: the executable that is started with `run`.
  ///   - out: takes what is printed: a line, or lines, without an end.
  public init(program: String, folder: DemoFolder, pace: Pace, out: @escaping @Sendable (String) -> Void) {
    self.program = program
    self.folder = folder
    self.pace = pace
    self.out = out
  }

  /// Plays the session. The service has ended when this returns or throws.
  ///
  /// The folder stays; where the outcome is bad, it is said what the service said last.
  ///
  /// - Returns: whether everything is in sync at the end, the log is sound, and the service did what it was asked.
  /// - Throws: ``Interruption`` on SIGINT, SIGTERM or SIGHUP.
  public func run() async throws -> Bool {
    Interruption.listen()
    defer { Interruption.stopListening() }
    let settings = SimulatorSettings()
    let simulator = try await DhanSimulator.start(settings: settings)
    let tokens = Dictionary(uniqueKeysWithValues: settings.accounts.map { ($0.clientID, $0.token) })
    do {
      try folder.write(port: simulator.port, tokens: tokens)
      let stage = try DemoStage(self, simulator)
      defer { stage.service.discard() }
      let isGood = try await isGood(stage)
      await simulator.stop()
      return isGood
    } catch {
      await simulator.stop()
      throw error
    }
  }

  private func isGood(_ stage: DemoStage) async throws -> Bool {
    do {
      try await stage.play(PaperScript.demo)
      let verdict = try await stage.end()
      out("\n\(verdict.text)")
      if verdict.isGood { return true }
    } catch let failure as DemoFailure {
      out("\n\(failure)")
    }
    if let fault = stage.tail.fault { out("The log could not be read: \(fault)") }
    out("What the service said last:\n\(lastLines)\nEverything is kept in \(folder.path)")
    return false
  }

  private var lastLines: String {
    let text = String(decoding: FileManager.default.contents(atPath: folder.lines) ?? Data(), as: UTF8.self)
    return text.split(separator: "\n").suffix(25).map { "  \($0)" }.joined(separator: "\n")
  }
}

/// Why a demonstration cannot go on.
struct DemoFailure: Error, CustomStringConvertible {
  let description: String
}
