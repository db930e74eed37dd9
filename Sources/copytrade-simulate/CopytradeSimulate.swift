import ArgumentParser
import SimulationKit

/// Runs seeded simulations of the engine and repeats the ones that failed.
@main
struct CopytradeSimulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copytrade-simulate", abstract: "Runs the engine in virtual time against faults drawn from a seed.")

  @Option(help: "The first seed.") var seed: UInt64 = 1

  func run() throws {
    var random = SeededGenerator(seed: seed)
    print(random.next())
  }
}
