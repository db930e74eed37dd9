import Domain

/// How long the stages of a request took; `nil` for a stage that was not reached.
struct StageTimes {
  let request: RequestRecord
  let order: OrderRecord

  /// From the newest change of the leader's order to the decision; what waited for a price or for us shows here.
  var leaderToRequest: Microseconds? { request.leaderEventAt.map { request.requestedAt - $0 } }
  /// The time in the account's lane.
  var requestToAttempt: Microseconds? { request.attemptedAt.map { $0 - request.requestedAt } }
  var attemptToOutcome: Microseconds? {
    guard let outcome = request.outcomeAt, let attempt = request.attemptedAt else { return nil }
    return outcome - attempt
  }
  var outcomeToFirstFill: Microseconds? {
    guard request.kind == .placement, let outcome = request.outcomeAt, let fill = order.firstFillAt else { return nil }
    return fill - outcome
  }

  var text: String {
    var stages = [
      ("leader → request", leaderToRequest), ("→ sent", requestToAttempt), ("→ outcome", attemptToOutcome),
    ]
    if request.kind == .placement { stages.append(("→ first fill", outcomeToFirstFill)) }
    return stages.map { "\($0.0) \($0.1?.readable ?? "–")" }.joined(separator: "  ")
  }

  var json: JSONValue {
    func member(_ value: Microseconds?) -> JSONValue { value.map { .int($0.count) } ?? .null }
    return .object([
      ("leader_to_request_us", member(leaderToRequest)), ("request_to_attempt_us", member(requestToAttempt)),
      ("attempt_to_outcome_us", member(attemptToOutcome)), ("outcome_to_first_fill_us", member(outcomeToFirstFill)),
    ])
  }
}

extension ExplainReport {
  /// What a person reads, in the order in which it happened.
  public func text(_ times: TimeStyle) -> String {
    func line(_ step: Step) -> String {
      let told = step.brokerTime.map { " (by the broker's clock \(times.text($0)))" } ?? ""
      return "  \(times.text(step.at))  #\(step.sequence)  \(step.text)\(told)"
    }
    var lines = ["\(title)\(key.map { ", \(names.key($0))" } ?? "")"]
    lines += leaderSteps.map(line)
    if followers.isEmpty {
      lines += ["", "No follower had anything to do with it: nobody was configured and ready then."]
    }
    for follower in followers {
      lines += ["", "\(follower.name): \(follower.verdict(names))"]
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
    switch origin.ownPurpose {
    case .trueUp?: "Link of our own \(origin): lots that the leader never got are given back"
    case .repair?: "Link of our own \(origin): lots on a side on which the leader holds nothing are closed"
    case nil: "Order \(origin) of the leader"
    }
  }

  /// `{"id", "origin", "leader": […], "followers": [{"follower", "end", "steps", "orders"}]}`
  public var json: JSONValue {
    .object([
      ("id", .string(id)),
      ("origin", .text(origin)),
      ("leader_order_id", origin.ownPurpose == nil ? .text(origin) : .null),
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
      ("verdict", .string(follower.verdict(names))),
      ("steps", .array(follower.steps.map(\.json))),
      (
        "orders",
        .array(
          follower.orders.map { order in
            guard case .object(let members) = order.json(names) else { return .null }
            let requests = order.requests.map { request -> JSONValue in
              guard case .object(let members) = request.json else { return .null }
              return .object(
                members + [
                  ("why", request.why.json), ("explanation", .string(explanation(request, order))),
                  ("stages", StageTimes(request: request, order: order).json),
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
      ("kind", .string(kind)), ("text", .string(text)),
    ])
  }
}

extension ExplainReport.Follower {
  func verdict(_ names: ContractNames) -> String {
    if let end { return end.words(names) }
    return orders.isEmpty ? "nothing was asked for yet" : "not ended yet"
  }
}

extension LinkEnd {
  var json: JSONValue {
    switch self {
    case .copied(let lots): .object([("end", .string("copied")), ("lots", .lots(lots))])
    case .skipped(let reason):
      .object([("end", .string("skipped")), ("reason", .string(reason.rawValue)), ("text", .string(reason.words))])
    case .tooOld: .object([("end", .string("too_old")), ("text", .string(SkipReason.tooOld.words))])
    case .refused: .object([("end", .string("refused")), ("text", .string(SkipReason.refused.words))])
    }
  }
}
