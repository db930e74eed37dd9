import Foundation

/// Microseconds over the rounds: each a median of the rounds' figures, but for the greatest, which is the greatest of all.
struct Spread: Codable {
  var p50: Double
  var p95: Double
  var p99: Double
  var max: Double
  var p50OfRounds: [Double]

  init(_ rounds: [[Double]]) {
    func median(_ share: Double) -> Double { rounds.map { $0.percentile(share) }.percentile(50) }
    p50 = median(50)
    p95 = median(95)
    p99 = median(99)
    max = rounds.compactMap { $0.max() }.max() ?? 0
    p50OfRounds = rounds.map { $0.percentile(50) }
  }
}

/// What all rounds of one setting say.
struct Result: Codable {
  var name: String
  var followers: Int
  var isSecure: Bool
  var samples: Int
  var first: Spread
  var last: Spread
  var commit: Spread
  var requestThere: Spread
  var requestThereAndBack: Spread
  /// One durable commit and one request with its answer (the frame's way in and the request's way out are two ways).
  var floor: Spread
  /// Of the p50 of the last request to the floor's: the median of the rounds.
  var ratio: Double
  var memory: Int
  var peakMemory: Int
  var processorPerOrder: Double
  var idleProcessorPerMinute: Double?
  var others: Double

  init(_ name: String, _ plan: RoundPlan, _ rounds: [RoundTimes]) {
    self.name = name
    followers = plan.followers
    isSecure = plan.tls != nil
    samples = rounds.map(\.last.count).reduce(0, +)
    first = Spread(rounds.map(\.first))
    last = Spread(rounds.map(\.last))
    commit = Spread(rounds.map(\.commit))
    requestThere = Spread(rounds.map(\.there))
    requestThereAndBack = Spread(rounds.map(\.thereAndBack))
    let floors = rounds.map { zip($0.commit, $0.thereAndBack).map(+) }
    floor = Spread(floors)
    ratio = zip(rounds, floors).map { $0.last.percentile(50) / $1.percentile(50) }.percentile(50)
    memory = rounds.map(\.memory).max() ?? 0
    peakMemory = rounds.map(\.peakMemory).max() ?? 0
    processorPerOrder = rounds.map(\.processorPerOrder).percentile(50)
    idleProcessorPerMinute = rounds.compactMap(\.idleProcessorPerMinute).first
    others = rounds.map(\.others).percentile(50)
  }
}

enum Report {
  static func text(_ results: [Result]) -> String {
    var rows = [["", "p50 ms", "p95", "p99", "max", "× floor", "samples"]]
    for result in results {
      if result.followers > 1 { rows.append(row("\(result.name), first request", result.first)) }
      rows.append(
        row("\(result.name), \(result.followers > 1 ? "last request" : "request")", result.last)
          + [String(format: "%.2f", result.ratio), "\(result.samples)"])
      rows.append(row("  floor: commit + request", result.floor))
      rows.append(row("  one commit", result.commit))
      rows.append(row("  request there", result.requestThere))
      rows.append(row("  request there and back", result.requestThereAndBack))
    }
    var resources = [["", "memory MB", "peak MB", "CPU ms an order", "CPU ms an idle minute", "other programs"]]
    for result in results {
      resources.append([
        result.name, String(format: "%.1f", Double(result.memory) / 1_024),
        String(format: "%.1f", Double(result.peakMemory) / 1_024), String(format: "%.2f", result.processorPerOrder),
        result.idleProcessorPerMinute.map { String(format: "%.0f", $0) } ?? "",
        String(format: "%.0f %%", result.others * 100),
      ])
    }
    return table(rows) + "\n\n" + table(resources)
  }

  static func json(_ results: [Result]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(results), as: UTF8.self)
  }

  private static func row(_ name: String, _ spread: Spread) -> [String] {
    [name] + [spread.p50, spread.p95, spread.p99, spread.max].map { String(format: "%.2f", $0 / 1_000) }
  }

  private static func table(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
        .trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }
}

extension [Double] {
  func percentile(_ share: Double) -> Double {
    let sorted = self.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted[Swift.min(sorted.count - 1, Int(Double(sorted.count) * share / 100))]
  }
}
