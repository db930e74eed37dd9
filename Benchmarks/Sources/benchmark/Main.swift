import Foundation

/// Measures what `docs/performance.md` reports.
///
///     benchmark [--json] [--rounds N] [--events N] [--only append,replay,verify,export,start]
///       --cache DIRECTORY --floor PROGRAM
@main
struct Main {
  static func main() throws {
    var words = Array(CommandLine.arguments.dropFirst())
    if words.first == "start", words.count == 2 { return try StartBenchmark.start(words[1]) }
    let isJSON = words.contains("--json")
    words.removeAll { $0 == "--json" }
    var options: [String: String] = [:]
    while words.count >= 2 {
      options[words[0]] = words[1]
      words.removeFirst(2)
    }
    guard words.isEmpty, let cache = options["--cache"], let floor = options["--floor"] else {
      Console.note("Use scripts/benchmark.")
      exit(64)
    }
    let rounds = options["--rounds"].flatMap { Int($0) } ?? 5
    let fixtures = Fixtures(
      directory: cache, events: options["--events"].flatMap { Int($0) } ?? 1_000_000, followers: 100)
    try fixtures.prepare()
    let figures = try measure(fixtures, floor: floor, rounds: rounds, only: options["--only"])
    print(isJSON ? try Report.json(figures) : Report.text(figures))
  }

  private static func measure(_ fixtures: Fixtures, floor: String, rounds: Int, only: String?) throws -> [Figure] {
    let wanted = only.map { Set($0.split(separator: ",").map(String.init)) }
    func wants(_ name: String) -> Bool { wanted?.contains(name) ?? true }
    let reading = ReadBenchmarks(fixtures: fixtures, rounds: rounds)
    var figures: [Figure] = []
    if wants("append") {
      if !FileManager.default.fileExists(atPath: fixtures.floor) {
        try FloorProcess.build(program: floor, from: fixtures.log, to: fixtures.floor)
      }
      figures += try AppendBenchmark(fixtures: fixtures, floorProgram: floor, rounds: rounds).run()
    }
    if wants("replay") { figures += try reading.replay() }
    if wants("verify") { figures += try reading.verify() }
    if wants("export") { figures += try reading.export() }
    if wants("start") { figures += try StartBenchmark(fixtures: fixtures, rounds: rounds).run() }
    return figures
  }
}
