import Domain
import Reactors

extension StatusReport {
  /// What a person reads.
  public func text(_ times: TimeStyle) -> String {
    var lines = ["copytrade \(modeText), log at event \(lastSequence)"]
    if isDiskLow { lines.append("ALERT, the disk of the log is low: exits only until there is room; free some space") }
    lines += staleMarketData.map { "ALERT: stale market data: \($0)" }
    if let client = leader.clientID {
      let seen = leader.lastEventAt.map { "last order seen \(times.text($0))" } ?? "no order seen yet"
      lines.append("leader \(client): stream \(leader.isConnected ? "connected" : "stopped"), \(seen)")
      if let since = leader.blindSince {
        lines.append(
          "ALERT: nobody sees what the leader does since \(times.text(since)); nothing is entered, exits go on (rule 35)"
        )
      }
      if let blockage = leader.blockage { lines.append("leader blocked: \(blockage)") }
    } else {
      lines.append("The log holds no configuration yet: the service never started with this store.")
    }
    guard !followers.isEmpty else { return lines.joined(separator: "\n") }
    var table = TextTable([
      ("FOLLOWER", .left), ("STATE", .left), ("OPEN REQUESTS", .right), ("IN DOUBT", .right), ("SURPLUS", .right),
      ("CALLS LEFT s/min/h/day", .left),
    ])
    for follower in followers {
      let budget = follower.budget
      table.add(
        "\(follower.name)", follower.state.rawValue, "\(follower.openRequests)", "\(follower.inDoubt)",
        "\(follower.surplus)",
        "\(budget.second)/\(budget.minute)/\(budget.hour)/\(budget.day)")
    }
    lines += [""] + table.lines
    lines += remarks
    let positions = PositionsReport(self)
    if !positions.isEmpty { lines += ["", positions.text] }
    return lines.joined(separator: "\n")
  }

  private var modeText: String {
    switch mode {
    case .running: "is running"
    case .stopped: "is stopped"
    case .closeOnly: "is running, exits only"
    case .halted: "is halted: nothing is sent but cancels"
    }
  }

  private var remarks: [String] {
    let remarks = followers.flatMap { follower in
      follower.lane + follower.conditions.map { "\(follower.name) \($0.condition.rawValue): \($0.reason)" }
        + follower.alerts.map { alert in
          let name = follower.positions.first { $0.key == alert.key }?.name ?? "\(alert.key.contract.securityID)"
          return "\(follower.name) ALERT, \(name) \(alert.key.product.rawValue): \(alert.kind.words)"
        }
    }
    return remarks.isEmpty ? [] : [""] + remarks
  }
}

extension FollowerStatus {
  /// One line about what waits in the lane; none when nothing does.
  fileprivate var lane: [String] {
    let parts = Urgency.allCases.compactMap { urgency in waiting[urgency].map { "\(urgency.words) \($0)" } }
    return parts.isEmpty ? [] : ["\(name) waits in the lane: \(parts.joined(separator: ", "))"]
  }
}
