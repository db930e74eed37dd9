import Domain

extension ExplainReport {
  /// What a person reads, in the order in which it happened.
  public func text(_ times: TimeStyle) -> String {
    func line(_ step: Step) -> String {
      let told = step.brokerTime.map { " (by the broker's clock \(times.text($0)))" } ?? ""
      let cause = step.cause.map { " (upon #\($0))" } ?? ""
      return "  \(times.text(step.at))  #\(step.sequence)  \(step.text)\(told)\(cause)"
    }
    var lines = ["\(title)\(key.map { ", \(names.key($0))" } ?? "")"]
    lines += leaderSteps.map(line)
    if followers.isEmpty {
      lines += ["", "No follower had anything to do with it: nobody was configured and ready then."]
    }
    for follower in followers {
      lines += ["", "\(follower.name): \(follower.verdict)"]
      lines += follower.steps.map(line)
      for order in follower.orders {
        let number = order.orderID?.description ?? "without a number"
        let reason = order.reason.isEmpty ? "" : ": \(order.reason)"
        lines.append("  order \(number) [\(order.label)], \(order.stateWord)\(reason)")
        for request in order.requests {
          lines.append("    \(request.kind.words): \(StageTimes(request: request, order: order).text)")
        }
      }
    }
    return lines.joined(separator: "\n")
  }

  private var title: String {
    switch subject {
    case .leaderOrder: "Order \(origin) of the leader"
    case .ownLink(let purpose): "Link of our own \(origin): \(purpose.words)"
    case .foreignOrder(let follower): "Order \(origin) in \(follower)'s account, not placed by copytrade"
    }
  }

  /// `{"id", "origin", "leader": […], "followers": [{"follower", "end", "steps", "orders"}]}`
  public var json: JSONValue {
    .object([
      ("id", .string(id)),
      ("origin", .text(origin)), ("subject", .string(subject.word)),
      ("leader_order_id", subject == .leaderOrder ? .text(origin) : .null),
      (
        "position",
        key.map { .object(JSONValue.members(of: $0) + [("name", .string(names.contract($0.contract)))]) } ?? .null
      ),
      ("leader", .array(leaderSteps.map(\.json))),
      ("followers", .array(followers.map { json($0) })),
    ])
  }

  private func json(_ follower: Follower) -> JSONValue {
    .object([
      ("follower", .text(follower.name)),
      ("end", follower.end?.json ?? .null),
      ("verdict", .string(follower.verdict)),
      ("steps", .array(follower.steps.map(\.json))),
      (
        "orders",
        .array(
          follower.orders.map { order in
            guard case .object(let members) = order.json(names, fills[order]) else { return .null }
            let requests = order.requests.map { request -> JSONValue in
              .object(
                request.members(of: order) + [
                  ("why", request.why.json), ("explanation", .string(explanation(request, order))),
                ])
            }
            return .object(members.filter { $0.0 != "requests" } + [("requests", .array(requests))])
          })
      ),
    ])
  }
}

extension ExplainReport.Step {
  var json: JSONValue {
    .object([
      ("sequence", .sequence(sequence)), ("at", .time(at)), ("broker_time", .time(brokerTime)),
      ("kind", .string(kind)), ("text", .string(text)), ("causation", .sequence(cause)),
    ])
  }
}

extension LinkEnd {
  var json: JSONValue {
    switch self {
    case .copied(let lots): .object([("end", .string("copied")), ("lots", .lots(lots))])
    case .skipped(let reason):
      .object([
        ("end", .string("skipped")), ("reason", .string(reason.rawValue)), ("text", .string(reason.words)),
        ("rule", .rule(reason)),
      ])
    case .tooOld:
      .object([("end", .string("too_old")), ("text", .string(SkipReason.tooOld.words)), ("rule", .rule(.tooOld))])
    case .refused:
      .object([("end", .string("refused")), ("text", .string(SkipReason.refused.words)), ("rule", .rule(.refused))])
    }
  }
}

extension JSONValue {
  /// The number of the rule behind a reason; `null` where there is none.
  static func rule(_ reason: SkipReason) -> JSONValue { reason.rule.map { .int($0) } ?? .null }
}

extension ExplainReport.Subject {
  fileprivate var word: String {
    switch self {
    case .leaderOrder: "leader_order"
    case .ownLink: "own_link"
    case .foreignOrder: "foreign_order"
    }
  }
}
