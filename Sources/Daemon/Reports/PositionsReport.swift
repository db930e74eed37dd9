import Domain
import Engine

/// What leader and followers hold, a row for each position of a follower.
public struct PositionsReport: Sendable {
  private let lastSequence: SequenceNumber
  let rows: [(follower: FollowerName, position: PositionStatus)]
  let analytics: [ContractID: ContractAnalytics]
  let times: TimeStyle

  /// - Parameter analytics: whether what the prices say is told as well.
  public init(
    _ status: StatusReport, follower: FollowerName? = nil, analytics: Bool = false, times: TimeStyle = .utc
  ) {
    lastSequence = status.lastSequence
    self.analytics = analytics ? status.analytics : [:]
    self.times = times
    rows = status.followers.filter { follower == nil || $0.name == follower }.flatMap { status in
      status.positions.map { (status.name, $0) }
    }
  }

  public var isEmpty: Bool { rows.isEmpty }

  public var text: String {
    if rows.isEmpty { return "No position: nobody holds anything that is copied." }
    var table = TextTable([
      ("FOLLOWER", .left), ("CONTRACT", .left), ("PRODUCT", .left), ("LEADER", .right), ("EXPECTED", .right),
      ("ACTUAL", .right), ("WORKING", .right), ("OWNER", .right), ("LOT", .right), ("", .left),
    ])
    for (follower, position) in rows {
      table.add(
        "\(follower)", position.name, position.key.product.rawValue, "\(position.leader)", "\(position.expected)",
        "\(position.actual)", "\(position.working)", "\(position.owner)", "\(position.lotSize)", verdict(position))
    }
    let analytics = analyticsText
    return ([table.text] + (analytics.isEmpty ? [] : [""] + analytics)).joined(separator: "\n")
  }

  private func verdict(_ position: PositionStatus) -> String {
    position.isDrifted ? "DIFFERS" : position.isWorking ? "works" : "ok"
  }

  /// `{"last_sequence", "positions": [{"follower", …}]}`, a position as `status --json` tells it.
  public var json: JSONValue {
    .object([
      ("last_sequence", .sequence(lastSequence)),
      (
        "positions",
        .array(
          rows.map { row in
            guard case .object(let members) = row.position.json else { return .null }
            let analytics = ("analytics", analyticsJSON(row.position.key.contract))
            return .object([("follower", .text(row.follower))] + members + [analytics])
          })
      ),
    ])
  }
}
