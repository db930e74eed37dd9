import Foundation
import Testing

/// What is to hold after any number of deaths, once the leader is flat and the service has settled everything.
struct CrashVerdict {
  /// Orders in the followers' books, and different labels among them.
  private(set) var orders = 0
  private(set) var labels = 0
  /// Orders beyond the first under a label.
  private(set) var surplus = 0
  /// Requests of which nobody knew what became of them, and how many of these are settled.
  private(set) var doubted = 0
  private(set) var settled = 0
  /// Requests that were attempted again after proof of absence.
  private(set) var attemptedAgain = 0
  /// What does not hold, in words; empty when all is well.
  private(set) var violations: [String] = []

  /// Looks at broker and log, stops the service, and verifies the log.
  ///
  /// - Parameter allowsSurplus: whether the broker may have taken an order so late that it had been given up.
  init(of stage: LiveStage, allowsSurplus: Bool = false) async throws {
    let status = try await stage.status()
    let events = try await stage.events()
    let accounts = try await stage.accounts()
    let leaderOrders = Set(accounts[LiveStage.leader]?.orders.map(\.orderId) ?? [])
    for follower in status.followers {
      let account = try #require(accounts[follower.client_id])
      let own = events.filter { $0.text("follower") == follower.name }
      check(account, own, follower.name, allowsSurplus)
      demand(account.positions.isEmpty, "\(follower.name) holds \(account.positions)")
      demand(
        follower.state == "in_sync" && follower.holdings.isEmpty && follower.open_requests == 0,
        "the log says of \(follower.name): \(follower)")
      let ended = Set(own.filter { $0.type == "link.ended" }.compactMap { $0.text("origin") })
      let lost = leaderOrders.subtracting(ended)
      demand(lost.isEmpty, "promise 3: no recorded end for \(follower.name) of \(lost.sorted())")
      check(doubtsOf: own, follower)
    }
    demand(try await stage.stop() == 0, "the service does not stop in order")
    for command in [["audit", "verify"], ["replay", "--verify"]] {
      let outcome = try await stage.run(Program.path, command + ["--store", stage.store])
      demand(outcome.status == 0, "\(command): \(outcome)")
    }
  }

  private mutating func check(
    _ account: LiveStage.Account, _ events: [ExportedEvent], _ name: String, _ allowsSurplus: Bool
  ) {
    let byLabel = Dictionary(grouping: account.orders, by: \.correlationId)
    orders += account.orders.count
    labels += byLabel.count
    for (label, orders) in byLabel.sorted(by: { $0.key < $1.key }) where orders.count > 1 {
      surplus += orders.count - 1
      demand(allowsSurplus, "promise 1: \(orders.count) orders of \(name) under \(label): \(orders)")
    }
    let requested = Set(events.filter { $0.type == "placement.requested" }.compactMap { $0.text("correlation_id") })
    let strange = Set(byLabel.keys).subtracting(requested)
    demand(strange.isEmpty, "promise 2: orders of \(name) that the log never asked for: \(strange.sorted())")
  }

  private mutating func check(doubtsOf events: [ExportedEvent], _ follower: StatusDocument.Follower) {
    var inDoubt: Set<String> = []
    var again: Set<String> = []
    for event in events {
      guard let request = event.text("request_id") else { continue }
      if event.type == "request.doubted" { inDoubt.insert(request) }
      if event.type == "request.attempted", inDoubt.contains(request) { again.insert(request) }
    }
    doubted += inDoubt.count
    settled += inDoubt.count - follower.in_doubt
    attemptedAgain += again.count
    demand(follower.in_doubt == 0, "\(follower.name) has \(follower.in_doubt) requests in doubt")
  }

  private mutating func demand(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { violations.append(what()) }
  }
}
