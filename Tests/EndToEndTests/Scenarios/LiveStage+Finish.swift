import Foundation
import Testing

/// The document of `explain --json`, as far as scenarios look at it.
struct ExplainDocument: Decodable {
  struct Step: Decodable {
    var sequence: Int
    var kind: String
    var text: String
  }
  struct Request: Decodable {
    var explanation: String
  }
  struct Order: Decodable {
    var requests: [Request]
  }
  struct Follower: Decodable {
    var follower: String
    var verdict: String
    var steps: [Step]
    var orders: [Order]
  }
  var leader: [Step]
  var followers: [Follower]
}

extension LiveStage {
  /// The end of a scenario: what is held, what the status says, that every order of the leader is explained, and that the
  /// log can be verified and replayed.
  ///
  /// - Parameters:
  ///   - holdings: units by contract, by follower. Those of asha alone may be given without her name.
  ///   - states: by follower, where a state other than `in_sync` is right.
  ///   - alerts: by follower, in ascending order.
  ///   - open: orders of the leader that may still wait to be copied.
  func finish(
    _ holdings: [String: [String: Int]], states: [String: String] = [:], alerts: [String: [String]] = [:],
    open: Set<String> = []
  ) async throws {
    try await untilStatus("\(holdings), \(states), \(alerts)") { status in
      for follower in status.followers {
        let wanted = holdings[follower.name] ?? [:]
        guard follower.state == states[follower.name] ?? "in_sync",
          follower.alerts.map(\.alert).sorted() == alerts[follower.name] ?? [],
          try await self.holdings(of: follower.client_id) == wanted
        else { return false }
      }
      return true
    }
    let status = try await status()
    for follower in status.followers {
      let labels = try await book(of: follower.client_id).map(\.correlationId).filter { !$0.isEmpty }
      #expect(Set(labels).count == labels.count, "an order was placed twice: \(labels)")
      #expect(follower.open_requests == 0 && follower.in_doubt == 0, "\(follower)")
    }
    for order in try await book(of: LiveStage.leader) {
      try await checkExplanation(of: order.orderId, followers: status.followers.map(\.name), mayWait: open)
    }
    #expect(try await stop() == 0)
    try await verifyLog()
  }

  func finish(
    holding held: [String: Int], state: String = "in_sync", alerts: [String] = [], open: Set<String> = []
  ) async throws {
    try await finish(["asha": held], states: ["asha": state], alerts: ["asha": alerts], open: open)
  }

  /// That `explain` prints what was seen, and for each follower what was decided by which rule, what was sent and what came
  /// of it – or why nothing was.
  private func checkExplanation(of order: String, followers: [String], mayWait: Set<String>) async throws {
    let printed = try await command("explain", order)
    let told = try await command("explain", order, "--json")
    try #require(printed.status == 0 && told.status == 0, "\(printed)")
    let text = printed.output
    let document = try JSONDecoder().decode(ExplainDocument.self, from: Data(told.output.utf8))
    #expect(!document.leader.isEmpty, "\(text)")
    for step in document.leader { #expect(text.contains("#\(step.sequence)  \(step.text)"), "\(text)") }
    #expect(document.followers.map(\.follower).sorted() == followers.sorted(), "\(text)")
    for follower in document.followers {
      #expect(text.contains("\(follower.follower): \(follower.verdict)"), "\(text)")
      let requests = follower.orders.flatMap(\.requests)
      for request in requests {
        #expect(
          request.explanation.firstMatch(of: #/^rule \d+: .+; filled \d+.*→ .+/#) != nil, "\(request.explanation)")
        #expect(text.contains(request.explanation), "\(text)")
      }
      #expect(follower.steps.count { $0.kind == "request" } == requests.count, "\(text)")
      #expect(follower.steps.count { $0.kind == "outcome" } == requests.count, "\(text)")
      if requests.isEmpty, !mayWait.contains(order) {
        #expect(follower.verdict.hasPrefix("not copied: "), "nobody learns why: \(text)")
      }
    }
  }
}
