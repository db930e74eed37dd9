import Domain
import Testing

@testable import PaperExchange

@Suite("The bundled session") struct DemoTests {
  static let shares: [(account: ClientID, tenths: Int64)] = [("1000000002", 3), ("1000000003", 2)]

  /// Runs the session with followers that do, thirty milliseconds later and by hand, what the leader does at their
  /// share.
  static func run(seed: UInt64) -> PaperExchange {
    var exchange = PaperExchange(
      settings: PaperSettings(seed: seed), instruments: PaperDemo.instruments, accounts: PaperDemo.accounts)
    var named: [OrderID: String] = [:]
    func scaled(_ units: Quantity, _ contract: ContractID, _ tenths: Int64) -> Quantity {
      let lot = PaperDemo.instruments.first { $0.contract == contract }?.lotSize.units ?? 1
      return Quantity(units.units / lot * tenths / 10 * lot)
    }
    var contracts: [String: ContractID] = [:]
    for step in PaperScript.demo.steps {
      let at = PaperDemo.start + step.at
      for update in exchange.advance(to: at) where update.account == "1000000001" && update.order.status == .rejected {
        guard let name = named[update.order.orderID] else { continue }
        for share in shares { _ = exchange.act(.phone(.cancel(.name(name)), account: share.account), at: at) }
      }
      guard case .act(let action) = step.kind else { continue }
      let reply = exchange.act(action, at: at)
      guard case .phone(let request, _) = action else { continue }
      for share in shares {
        let copy: PaperRequest
        switch request {
        case .place(var ticket):
          if let name = ticket.name { contracts[name] = ticket.key.contract }
          if case .accepted(let id) = reply.outcome { named[id] = ticket.name }
          ticket.quantity = scaled(ticket.quantity, ticket.key.contract, share.tenths)
          copy = .place(ticket)
        case .modify(.name(let name), var change):
          change.quantity = change.quantity.flatMap { quantity in
            contracts[name].map { scaled(quantity, $0, share.tenths) }
          }
          copy = .modify(.name(name), change)
        default: copy = request
        }
        _ = exchange.act(.phone(copy, account: share.account), at: at + .milliseconds(30))
      }
    }
    _ = exchange.advance(to: PaperDemo.start + .seconds(60))
    return exchange
  }

  @Test("it lasts forty to sixty seconds, crashes once and is read without a mistake") func shape() {
    let script = PaperScript.demo
    #expect((Microseconds.seconds(40)...Microseconds.seconds(60)).contains(script.length))
    #expect(script.steps.filter { $0.kind == .crash }.count == 1)
    #expect(PaperDemo.start.indianDescription == "2026-11-25 10:00:00.000000 IST")
  }

  @Test("the leader ends with ten lots of one contract, whatever the delays", arguments: 1...20 as ClosedRange<UInt64>)
  func leader(seed: UInt64) {
    let exchange = DemoTests.run(seed: seed)
    let nifty = PositionKey(contract: PaperDemo.instruments[0].contract, product: .margin)
    #expect(exchange.positions(of: "1000000001") == [BaselinePosition(key: nifty, quantity: Quantity(650))])
    let book = exchange.orderBook(of: "1000000001")
    let statuses = book.map(\.status)
    #expect(
      statuses == [
        .traded, .cancelled, .traded, .traded, .traded, .traded, .traded, .traded, .traded, .traded, .traded, .rejected,
        .rejected,
      ])
    #expect(exchange.trades(of: "1000000001").filter { $0.orderID == book.first?.orderID }.count > 1)
  }

  @Test("there is liquidity for followers of thirty and twenty percent", arguments: 1...20 as ClosedRange<UInt64>)
  func followers(seed: UInt64) {
    let exchange = DemoTests.run(seed: seed)
    for share in DemoTests.shares {
      let open = exchange.orderBook(of: share.account).filter { !$0.status.isFinal }
      #expect(open.isEmpty, "\(open)")
      let nifty = exchange.positions(of: share.account).first { $0.key.contract == PaperDemo.instruments[0].contract }
      #expect(nifty?.quantity == Quantity(share.tenths * 65))
    }
  }
}
