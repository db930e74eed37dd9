import Foundation
import TestSupport
import Testing

/// A leader who trades from his phone as a seed says: entries at the market and below it, changes, cancels and exits.
final class DrawnLeader {
  private struct Contract {
    var security: String
    var lot: Int
    var bid: String
    var ask: String
    /// Limits at which an order rests.
    var below: [String]
    var above: String
  }

  private static let contracts = [
    Contract(
      security: LiveStage.Contract.call, lot: 65, bid: "151.90", ask: "152.30", below: ["140.00", "141.50"],
      above: "160.00"),
    Contract(
      security: LiveStage.Contract.put, lot: 65, bid: "138.00", ask: "138.40", below: ["127.00", "128.05"],
      above: "145.00"),
    Contract(
      security: LiveStage.Contract.bank, lot: 30, bid: "310.00", ask: "310.60", below: ["290.00", "292.55"],
      above: "325.00"),
    Contract(
      security: LiveStage.Contract.sensex, lot: 20, bid: "455.00", ask: "455.80", below: ["430.00", "433.10"],
      above: "470.00"),
  ]
  /// More than that he exits, so that no account runs out of money.
  private static let mostLots = 12

  private let stage: LiveStage
  private var random: SeededGenerator
  private var resting: [(order: String, contract: Contract)] = []
  private var lots: [String: Int] = [:]
  /// Orders that the simulator took.
  private(set) var orders = 0

  init(_ stage: LiveStage, seed: UInt64) {
    self.stage = stage
    random = SeededGenerator(seed: seed)
  }

  // MARK: - Acting

  /// Does one thing. What the simulator refuses, since the order has moved on meanwhile, is not done.
  func act() async throws {
    let contract = Self.contracts.randomElement(using: &random) ?? Self.contracts[0]
    let held = lots[contract.security] ?? 0
    switch Int.random(in: 0..<100, using: &random) {
    case _ where lots.values.reduce(0, +) > Self.mostLots: try await exit(contract, held)
    case ..<40: try await enter(contract)
    case ..<55: try await rest(contract)
    case ..<70: try await change()
    case ..<78: try await cancel()
    default: try await exit(contract, held)
    }
  }

  private func enter(_ contract: Contract) async throws {
    let count = Int.random(in: 1...3, using: &random)
    if try await place("BUY", count, contract, contract.ask) != nil { lots[contract.security, default: 0] += count }
  }

  private func rest(_ contract: Contract) async throws {
    let price = contract.below[0]
    if let order = try await place("BUY", Int.random(in: 1...3, using: &random), contract, price) {
      resting.append((order, contract))
    }
  }

  private func exit(_ contract: Contract, _ held: Int) async throws {
    guard held > 0 else { return try await enter(contract) }
    let count = Int.random(in: 1...held, using: &random)
    if Int.random(in: 0..<5, using: &random) == 0 {
      if let order = try await place("SELL", count, contract, contract.above) { resting.append((order, contract)) }
    } else if try await place("SELL", count, contract, contract.bid) != nil {
      lots[contract.security, default: 0] -= count
    }
  }

  private func change() async throws {
    guard let (order, contract) = resting.randomElement(using: &random) else { return try await rest(contractAtRandom) }
    let change =
      Bool.random(using: &random)
      ? "\"quantity\":\(Int.random(in: 1...4, using: &random) * contract.lot)" : "\"price\":\(contract.below[1])"
    try await control("PUT", "orders/\(order)", "{\(change)}")
  }

  private func cancel() async throws {
    guard !resting.isEmpty else { return try await enter(contractAtRandom) }
    let (order, _) = resting.remove(at: Int.random(in: resting.indices, using: &random))
    try await control("DELETE", "orders/\(order)")
  }

  private var contractAtRandom: Contract { Self.contracts.randomElement(using: &random) ?? Self.contracts[0] }

  private func place(_ side: String, _ lots: Int, _ contract: Contract, _ price: String) async throws -> String? {
    struct Placed: Decodable { var order_id: String }
    let reply = try await control(
      "POST", "orders",
      #"{"account":"\#(LiveStage.leader)","security_id":"\#(contract.security)","side":"\#(side)","#
        + #""quantity":\#(lots * contract.lot),"price":\#(price)}"#)
    guard let reply else { return nil }
    orders += 1
    return try JSONDecoder().decode(Placed.self, from: reply).order_id
  }

  @discardableResult
  private func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> Data? {
    let (status, reply) = try await stage.http(method, "/simulator/" + path, body: body)
    return status == 200 ? reply : nil
  }

  // MARK: - The end

  /// Takes back what rests and closes what is held, until nothing is left.
  func goFlat() async throws {
    try await stage.until("the leader is flat") {
      let account = try #require(try await stage.accounts()[LiveStage.leader])
      if account.positions.isEmpty, account.orders.allSatisfy(\.isOver) { return true }
      for order in account.orders where order.orderStatus == "PENDING" {
        try await control("DELETE", "orders/\(order.orderId)")
      }
      // What is on its way would be closed twice.
      guard account.orders.allSatisfy(\.isOver) else { return false }
      for position in account.positions {
        guard let contract = Self.contracts.first(where: { $0.security == position.security_id }) else { continue }
        let isLong = position.quantity > 0
        _ = try await place(
          isLong ? "SELL" : "BUY", abs(position.quantity) / contract.lot, contract,
          isLong ? contract.bid : contract.ask)
      }
      return false
    }
    resting = []
    lots = [:]
  }
}
