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
