import Foundation
import Testing

extension LiveStage {
  /// Contracts that the simulator knows from the start, with lots of 65, 65, 30 and 20 units.
  enum Contract {
    static let call = "47317"
    static let put = "47318"
    static let bank = "52110"
    static let sensex = "874512"
  }

  /// An order as an account's own book shows it.
  struct BookOrder: Decodable, Equatable {
    var orderId: String
    var correlationId: String
    var orderStatus: String
    var transactionType: String
    var securityId: String
    var quantity: Int
    var filledQty: Int
    var price: Decimal
  }

  struct Calls: Decodable {
    var orders: Int
    var most_in_one_second: Int
    var rate_limited: Int
  }

  // MARK: - The leader's phone

  /// Places an order of the leader; without a price a MARKET order. Returns its number.
  func leaderOrder(_ side: String, _ units: Int, of security: String, at price: String? = nil) async throws -> String {
    struct Placed: Decodable { var order_id: String }
    let terms = price.map { ",\"price\":\($0)" } ?? ""
    let reply = try await simulator(
      "POST", "orders",
      #"{"account":"\#(LiveStage.leader)","security_id":"\#(security)","side":"\#(side)","quantity":\#(units)\#(terms)}"#
    )
    return try JSONDecoder().decode(Placed.self, from: reply).order_id
  }

  /// Changes an order of the leader; `change` is the inside of a JSON object.
  func changeLeaderOrder(_ order: String, _ change: String) async throws {
    try await simulator("PUT", "orders/\(order)", "{\(change)}")
  }

  func cancelLeaderOrder(_ order: String) async throws { try await simulator("DELETE", "orders/\(order)") }

  // MARK: - What goes wrong

  /// Adds a fault; `fault` is the inside of a JSON object.
  func fault(_ fault: String) async throws { try await simulator("POST", "faults", "{\(fault)}") }
  func endFaults() async throws { try await simulator("DELETE", "faults") }

  func token(_ client: String, _ action: String, _ token: String? = nil) async throws {
    let text = token.map { ",\"token\":\"\($0)\"" } ?? ""
    try await simulator("POST", "tokens", #"{"account":"\#(client)","action":"\#(action)"\#(text)}"#)
  }

  // MARK: - What the broker knows

  /// The account's order book, as its owner reads it.
  func book(of client: String, token: String? = nil) async throws -> [BookOrder] {
    let (status, body) = try await http(
      "GET", "/v2/orders", headers: ["access-token": token ?? "simulator-\(client)", "client-id": client])
    try #require(status == 200, "\(String(decoding: body, as: UTF8.self))")
    return try JSONDecoder().decode([BookOrder].self, from: body)
  }

  /// Units held, by contract; what is flat is left out.
  func holdings(of client: String) async throws -> [String: Int] {
    struct Position: Decodable {
      var security_id: String
      var quantity: Int
    }
    let reply = try await simulator("GET", "positions")
    let rows = try JSONDecoder().decode([String: [Position]].self, from: reply)[client] ?? []
    return rows.reduce(into: [:]) { $0[$1.security_id, default: 0] += $1.quantity }.filter { $0.value != 0 }
  }

  /// Whether both followers hold this much of a contract.
  func followersHold(_ asha: Int, _ vikram: Int, of security: String) async throws -> Bool {
    let held = try await [holdings(of: LiveStage.asha), holdings(of: LiveStage.vikram)].map { $0[security] ?? 0 }
    return held == [asha, vikram]
  }

  /// How often each account called.
  func calls() async throws -> [String: Calls] {
    struct State: Decodable {
      struct Account: Decodable {
        var client_id: String
        var calls: Calls
      }
      var accounts: [Account]
    }
    let state = try JSONDecoder().decode(State.self, from: try await simulator("GET", "state"))
    return Dictionary(uniqueKeysWithValues: state.accounts.map { ($0.client_id, $0.calls) })
  }

  // MARK: - HTTP

  @discardableResult
  func simulator(_ method: String, _ path: String, _ body: String? = nil) async throws -> Data {
    var (status, reply) = try await http(method, "/simulator/" + path, body: body)
    // Who cancels or changes by hand does so again when the order has reached the exchange.
    for _ in 0..<100 where status == 400 && String(decoding: reply, as: UTF8.self).contains("Transit state") {
      try await Task.sleep(for: .milliseconds(50))
      (status, reply) = try await http(method, "/simulator/" + path, body: body)
    }
    try #require(status == 200, "\(method) \(path): \(String(decoding: reply, as: UTF8.self))")
    return reply
  }

  func http(
    _ method: String, _ path: String, headers: [String: String] = [:], body: String? = nil
  ) async throws -> (Int, Data) {
    guard authority == nil else { return try await curl(method, path, headers, body) }
    let reply = try await LoopbackHTTP.send(method, address + path, headers: headers, body: body)
    return (reply.status, reply.body)
  }

  /// Where the certificate is one of the test's own: Foundation cannot be told whom to trust.
  private func curl(
    _ method: String, _ path: String, _ headers: [String: String], _ body: String?
  ) async throws -> (Int, Data) {
    var arguments = ["-s", "-S", "-m", "30", "--cacert", authority ?? "", "-X", method, "-w", "\n%{http_code}"]
    for (name, value) in headers { arguments += ["-H", "\(name): \(value)"] }
    if let body { arguments += ["-d", body] }
    let outcome = try await run("/usr/bin/curl", arguments + [address + path])
    try #require(outcome.status == 0, "\(outcome.diagnostics)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    return (lines.last.flatMap { Int($0) } ?? 0, Data(lines.dropLast().joined(separator: "\n").utf8))
  }
}
