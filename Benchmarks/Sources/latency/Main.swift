import Foundation

/// Measures the time from the leader's frame to each follower's request at the broker, of the real service.
///
///     latency [--rounds N] [--followers 1,20,100] [--orders N] [--gap MS] [--reply-delay MS] [--tls] [--isolation] [--json]
///       --service PROGRAM --commits PROGRAM --folder DIRECTORY --certificates DIRECTORY
@main
struct Main {
  static func main() throws {
    var words = Array(CommandLine.arguments.dropFirst())
    func flag(_ name: String) -> Bool {
      defer { words.removeAll { $0 == name } }
      return words.contains(name)
    }
    let isJSON = flag("--json")
    let isSecure = flag("--tls")
    let isIsolation = flag("--isolation")
    var options: [String: String] = [:]
    while words.count >= 2 {
      options[words[0]] = words[1]
      words.removeFirst(2)
    }
    func number(_ name: String, _ standard: Int) -> Int { options[name].flatMap { Int($0) } ?? standard }
    guard words.isEmpty, let service = options["--service"], let commits = options["--commits"],
      let folder = options["--folder"], let certificates = options["--certificates"]
    else {
      Console.note("Use scripts/benchmark-latency.")
      exit(64)
    }
    let base = RoundPlan(
      followers: 3, orders: number("--orders", 170), gap: Int64(number("--gap", 280)),
      replyDelay: Int64(number("--reply-delay", 0)), idleSeconds: 0, tls: isSecure ? certificates : nil)
    let plans = isIsolation ? isolation(base) : growth(base, options["--followers"] ?? "1,20,100")
    let programs = Programs(service: service, commits: commits)
    let rounds = number("--rounds", 3)
    var times = plans.map { _ in [RoundTimes]() }
    // Settings take turns, so that drift of the machine falls on all of them.
    for round in 1...rounds {
      for (index, (name, plan)) in plans.enumerated() {
        var plan = plan
        plan.idleSeconds = round == 1 && !isIsolation ? number("--idle", 30) : 0
        let result = try Round(plan: plan, programs: programs, folder: folder).run()
        times[index].append(result)
        Console.note(
          "round \(round), \(name): p50 \(Int(result.last.percentile(50))) µs, p99 \(Int(result.last.percentile(99))) µs"
        )
      }
    }
    let results = zip(plans, times).map { Result($0.name, $0.plan, $1) }
    print(isJSON ? try Report.json(results) : Report.text(results))
  }

  private static func growth(_ base: RoundPlan, _ counts: String) -> [(name: String, plan: RoundPlan)] {
    counts.split(separator: ",").compactMap { Int($0) }.map { count in
      var plan = base
      plan.followers = count
      return ("\(count) follower\(count == 1 ? "" : "s")\(base.tls == nil ? "" : ", TLS")", plan)
    }
  }

  private static func isolation(_ base: RoundPlan) -> [(name: String, plan: RoundPlan)] {
    [RoundPlan.Neighbours.none, .badFromStart, .turningBad].map { neighbours in
      var plan = base
      plan.neighbours = neighbours
      return ("3 healthy, neighbours: \(neighbours.rawValue)", plan)
    }
  }
}
