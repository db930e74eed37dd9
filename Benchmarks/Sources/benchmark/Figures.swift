import Foundation

/// One line of the table.
struct Figure: Codable {
  /// How a figure is compared with its goal.
  enum Goal: Codable {
    case atMost(Double)
    case atLeast(Double)
  }

  var name: String
  var value: Double
  var unit: String
  /// The same measured of the floor, in this run.
  var floor: Double?
  /// What the goal is about: the ratio where there is a floor, else the value.
  var goal: Goal?
  /// The figure of every round, in its order.
  var rounds: [Double]

  var ratio: Double? { floor.map { value / $0 } }
  var isReached: Bool? {
    switch goal {
    case .atMost(let limit)?: (ratio ?? value) <= limit
    case .atLeast(let limit)?: (ratio ?? value) >= limit
    case nil: nil
    }
  }
}

extension [Double] {
  var median: Double { percentile(50) }

  func percentile(_ share: Double) -> Double {
    let sorted = self.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted[Swift.min(sorted.count - 1, Int(Double(sorted.count) * share / 100))]
  }
}

/// The table that a run prints.
enum Report {
  static func text(_ figures: [Figure]) -> String {
    let rows = figures.map { figure in
      [
        figure.name, number(figure.value) + " " + figure.unit, figure.floor.map { number($0) } ?? "",
        figure.ratio.map { String(format: "%.2f", $0) } ?? "", goal(figure),
        figure.isReached.map { $0 ? "reached" : "missed" } ?? "",
      ]
    }
    let header = ["measured", "value", "floor", "ratio", "goal", ""]
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    return ([header] + rows).map { row in
      zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
        .trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }

  static func json(_ figures: [Figure]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(figures), as: UTF8.self)
  }

  private static func goal(_ figure: Figure) -> String {
    switch figure.goal {
    case .atMost(let limit)?: figure.floor == nil ? "≤ \(number(limit))" : "≤ \(String(format: "%.2f", limit)) ×"
    case .atLeast(let limit)?: "≥ \(number(limit))"
    case nil: ""
    }
  }

  private static func number(_ value: Double) -> String {
    value >= 10_000 ? String(format: "%.0f", value) : String(format: value >= 100 ? "%.1f" : "%.2f", value)
  }
}
