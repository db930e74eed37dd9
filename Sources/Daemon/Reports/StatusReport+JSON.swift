import Domain
import Reactors

extension StatusReport {
  /// The document of `status --json`.
  public var json: JSONValue {
    .object([
      ("last_sequence", .sequence(lastSequence)),
      ("mode", .string(mode.rawValue)),
      (
        "leader",
        .object([
          ("client_id", .text(leader.clientID)),
          ("stream", StatusReport.stream(leader.isConnected)),
          ("last_event_at", .time(leader.lastEventAt)),
          ("blind_since", .time(leader.blindSince)),
          ("blocked", leader.blockage.map { .string($0) } ?? .null),
        ])
      ),
      (
        "stale_market_data",
        .array(
          staleMarketData.map { .object([("part", .string($0.part)), ("message", .string($0.message))]) })
      ),
      ("followers", .array(followers.map(\.json))),
    ])
  }

  static func stream(_ isConnected: Bool) -> JSONValue { .string(isConnected ? "connected" : "stopped") }
}

extension FollowerStatus {
  var json: JSONValue {
    .object([
      ("name", .text(name)),
      ("client_id", .text(clientID)),
      ("state", .string(state.rawValue)),
      ("stream", StatusReport.stream(isConnected)),
      ("open_requests", .int(Int64(openRequests))),
      ("in_doubt", .int(Int64(inDoubt))),
      ("surplus", .int(Int64(surplus))),
      ("waiting", .object(Urgency.allCases.map { ($0.words, .int(Int64(waiting[$0] ?? 0))) })),
      (
        "budget",
        .object([
          ("second", .int(Int64(budget.second))), ("minute", .int(Int64(budget.minute))),
          ("hour", .int(Int64(budget.hour))), ("day", .int(Int64(budget.day))),
        ])
      ),
      (
        "conditions",
        .array(
          conditions.map {
            .object([("condition", .string($0.condition.rawValue)), ("reason", .string($0.reason))])
          })
      ),
      ("positions", .array(positions.map(\.json))),
      (
        "alerts",
        .array(
          alerts.map { alert in
            .object([("alert", .string(alert.kind.rawValue))] + JSONValue.members(of: alert.key))
          })
      ),
    ])
  }
}

extension PositionStatus {
  var json: JSONValue {
    .object(
      JSONValue.members(of: key) + [
        ("name", .string(name)),
        ("lot_size", .int(lotSize)),
        ("leader_quantity", .units(leader)),
        ("expected_quantity", .units(expected)),
        ("actual_quantity", .units(actual)),
        ("working_quantity", .units(working)),
        ("owner_quantity", .units(owner)),
      ])
  }
}

extension JSONValue {
  /// How every document names a position.
  static func members(of key: PositionKey) -> [(String, JSONValue)] {
    [
      ("exchange_segment", .string(key.contract.segment.rawValue)),
      ("security_id", .text(key.contract.securityID)),
      ("product", .string(key.product.rawValue)),
    ]
  }
}
