import Domain

/// The shortest, the middle and the longest of some latencies.
public struct LatencyRange: Hashable, Sendable {
  public let count: Int
  public let shortest: Microseconds
  /// Of an even number the mean of the two in the middle, in whole microseconds.
  public let median: Microseconds
  public let longest: Microseconds

  /// `nil` when there are none.
  public init?(_ latencies: [Microseconds]) {
    let sorted = latencies.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    count = sorted.count
    shortest = first
    longest = last
    let (upper, lower) = (sorted[count / 2], sorted[(count - 1) / 2])
    median = Microseconds(lower.count + (upper.count - lower.count) / 2)
  }

  /// `2ms`, or `2ms / 5ms / 1.2s` for more than one.
  public var text: String {
    count == 1 ? median.readable : "\(shortest.readable) / \(median.readable) / \(longest.readable)"
  }

  var json: JSONValue {
    .object([
      ("count", .int(Int64(count))), ("min_us", .int(shortest.count)), ("median_us", .int(median.count)),
      ("max_us", .int(longest.count)),
    ])
  }
}
