import Foundation
import StopPoints
import Testing

extension LiveStage {
  /// An account as the simulator itself knows it: nobody's budget is used up by looking.
  struct Account: Decodable {
    struct Order: Decodable {
      var orderId: String
      var correlationId: String
      var orderStatus: String
      var securityId: String
      var transactionType: String
      var filledQty: Int

      var isOver: Bool { !["TRANSIT", "PENDING", "PART_TRADED", "TRIGGERED"].contains(orderStatus) }
    }
    struct Position: Decodable {
      var security_id: String
      var quantity: Int
    }
    var client_id: String
    var orders: [Order]
    var positions: [Position]
  }

  /// All accounts, by client.
  func accounts() async throws -> [String: Account] {
    struct State: Decodable { var accounts: [Account] }
    let state = try JSONDecoder().decode(State.self, from: try await simulator("GET", "state"))
    return Dictionary(uniqueKeysWithValues: state.accounts.map { ($0.client_id, $0) })
  }

  /// A leader and two followers with money enough for every margin; one copies half of each order, the other all of it.
  ///
  /// What a follower got through an order that the leader took back while nobody looked goes again, or not all would end flat:
  /// longs are kept otherwise, and a person is told (rule 18).
  static func crashStage(switches: String = "", lines: [String] = []) async throws -> LiveStage {
    let accounts = [leader, asha, vikram].map { "  - {client_id: \"\($0)\", capital: 50_000_000}\n" }.joined()
    let stage = try await open(settings: "accounts:\n\(accounts)switches: {\(switches)}\n")
    try stage.configure(followersOfCrashes, lines: ["true_up: trim"] + lines)
    return stage
  }

  static let followersOfCrashes = [
    Follower.half, Follower.ratio("1/1", name: "vikram", client: LiveStage.vikram),
  ]

  /// Starts a service that dies when it passes `point` the `time`th time.
  func start(dyingAt point: StopPoint, _ time: Int) throws {
    try start(environment: [StopPoint.variable: "\(point.rawValue):\(time)"])
  }

  /// Waits for the death; meanwhile `something` is done again and again.
  func untilKilled(_ what: String, meanwhile something: () async throws -> Void = {}) async throws {
    let service = try #require(service)
    try await until("the service dies \(what)") {
      if service.isRunning { try await something() }
      return !service.isRunning
    }
    #expect(service.wasKilled, "it was to be killed \(what)")
  }

  /// Waits until every order of the leader has its end, everybody is flat at the broker and in the log, and nothing is open
  /// any more.
  func untilFlat() async throws {
    try await untilStatus("everybody is flat and in sync, and every order has its end") { status in
      guard status.isInSync, status.followers.allSatisfy({ $0.holdings.isEmpty && $0.open_requests == 0 }) else {
        return false
      }
      let accounts = try await accounts()
      guard accounts.values.allSatisfy({ $0.positions.isEmpty && $0.orders.allSatisfy(\.isOver) }) else { return false }
      let ended = try await events("link.ended")
      return status.followers.allSatisfy { follower in
        let own = Set(ended.filter { $0.text("follower") == follower.name }.compactMap { $0.text("origin") })
        return own.isSuperset(of: accounts[LiveStage.leader]?.orders.map(\.orderId) ?? [])
      }
    }
  }

  /// The length of the write-ahead log, in bytes.
  var writeAheadLog: Int {
    let file = try? FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(store)-wal")
    return file?[.size] as? Int ?? 0
  }

  /// Waits until the leader's orders are heard of. Looks more often than ``untilReady()``, and gives up where a fault of the
  /// simulator takes longer.
  func untilListening() async throws {
    for _ in 0..<100 {
      if let status = try statusNow(), status.mode != "stopped", status.leader.stream == "connected" { return }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
