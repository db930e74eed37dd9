import Domain

/// How much later than the leader fills came: those that his fill made due, and those that were ahead of it, for which the
/// market decided.
public struct CopyLatency: Sendable {
  public let afterFill: LatencyRange?
  public let afterOrder: LatencyRange?

  init(_ fills: [CopiedFill]) {
    afterFill = LatencyRange(fills.filter { !$0.isAhead }.compactMap(\.latency))
    afterOrder = LatencyRange(fills.filter(\.isAhead).compactMap(\.latency))
  }

  /// `2ms / 5ms / 1.2s`; what was ahead of the leader's fill is marked.
  var text: String {
    [afterFill?.text, afterOrder.map { "\($0.text) (ahead)" }].compactMap { $0 }.joined(separator: ", ")
  }

  var json: JSONValue {
    .object([
      ("after_leader_fill", afterFill?.json ?? .null), ("after_leader_order", afterOrder?.json ?? .null),
    ])
  }
}
