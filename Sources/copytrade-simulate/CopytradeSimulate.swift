import ArgumentParser
import Dispatch
import Foundation
import SimulationKit
import Synchronization

/// Runs seeded simulations of the engine, and tells the story of one that failed.
@main
struct CopytradeSimulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copytrade-simulate",
    abstract: "Runs the engine in virtual time against faults that are drawn from a seed.",
    discussion: """
      One run is a short session on a bad day: a leader trades, and everything fails that the seed draws; then everything heals, and \
      all accounts have to agree. Ends with 1 where a promise did not hold, and says with which seed to see it again.
      """)

  @Option(help: "The first seed.") var seed: UInt64 = 1
  @Option(help: "How many seeds, one after the other.") var runs: UInt64 = 1
  @Option(help: "How many runs at a time; as many as there are processors where it is not given.") var jobs: Int?
  @Flag(help: "Two whole trading days with five followers instead of a short session.") var days = false
  @Flag(help: "The fortnight from 20 November to 4 December 2026, with its holiday and its expiries, instead.")
  var fortnight = false
  @Flag(help: "The one session that is ended at every step, instead: by a kill and by a power cut.") var crashes = false
  @Flag(help: "Tells what happened, event by event.") var story = false

  func run() throws {
    if crashes { return try enumerateCrashes() }
    let started = Date()
    let results = Mutex((tally: SimulationTally(), next: seed, problem: nil as String?))
    let workers = max(1, min(jobs ?? ProcessInfo.processInfo.activeProcessorCount, Int(runs)))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let seed = results.withLock { results -> UInt64? in
          guard results.next < self.seed + runs, results.problem == nil else { return nil }
          defer { results.next += 1 }
          return results.next
        }
        guard let seed else { return }
        do {
          let outcome = try simulate(seed)
          let runs = results.withLock { results in
            results.tally.add(outcome)
            return results.tally.runs
          }
          tell(outcome)
          if runs.isMultiple(of: days || fortnight ? 10 : 10_000) {
            say(["\(runs) runs, \(Int(Date().timeIntervalSince(started))) s"])
          }
        } catch {
          results.withLock { $0.problem = "seed \(seed): \(error)" }
        }
      }
    }
    let (tally, _, problem) = results.withLock { $0 }
    let seconds = Date().timeIntervalSince(started)
    tally.lines.forEach { print($0) }
    let rate = Double(tally.runs) / max(seconds, 0.001)
    print(
      "\(tally.runs) runs, \(tally.events) events, \(Int(seconds)) s, \(Int(rate * 10)) runs in ten seconds, "
        + "\(tally.failures.count) with violations")
    print("digest of all logs: \(String(tally.digest, radix: 16))")
    if let problem {
      print("the simulation itself cannot go on: \(problem)")
      throw ExitCode(70)
    }
    if !tally.failures.isEmpty { throw ExitCode(1) }
  }

  private func enumerateCrashes() throws {
    if story { print(try CrashEnumeration.story()) }
    let steps = try CrashEnumeration.steps()
    print("\(steps.diskOperations) operations of the disk, \(steps.calls) calls, \(steps.replies) replies")
    var failed = 0
    for plan in steps.plans {
      let outcome = try CrashEnumeration.run(plan)
      guard !outcome.isSound else { continue }
      failed += 1
      print("\(plan): \(outcome.violations.prefix(2))")
    }
    print("\(steps.plans.count) ends, \(failed) with violations")
    if failed > 0 { throw ExitCode(1) }
  }

  private func simulate(_ seed: UInt64) throws -> SimulationOutcome {
    if days {
      let days = TradingDays(seed: seed)
      try days.run()
      if story { print(try days.stage.report()) }
      return days.outcome
    }
    if fortnight {
      let fortnight = Fortnight(seed: seed)
      try fortnight.run()
      if story { print(try fortnight.stage.report()) }
      return fortnight.outcome
    }
    let simulation = Simulation(seed: seed)
    let outcome = try simulation.run()
    if story { print(try simulation.stage.report()) }
    return outcome
  }

  private func tell(_ outcome: SimulationOutcome) {
    guard !outcome.isSound else { return }
    let repeats =
      "copytrade-simulate --seed \(outcome.seed)\(days ? " --days" : fortnight ? " --fortnight" : "") --story"
    say(outcome.violations.prefix(3) + ["  \(repeats)"])
  }

  /// At once: a long run that is stopped shall not keep what it found to itself.
  private func say(_ lines: [String]) {
    FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
  }
}
