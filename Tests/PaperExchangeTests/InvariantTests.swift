import Domain
import Foundation
import Testing

@testable import PaperExchange

@Suite("What holds in every session") struct InvariantTests {
  static let seeds: ClosedRange<UInt64> = 1...30

  /// Runs a random session; `check` looks at the exchange after every action.
  func run(
    seed: UInt64, actions: Int = 300, disturbsUpdates: Bool = true, check: (PaperExchange) -> Void = { _ in }
  ) -> (exchange: PaperExchange, journal: PaperJournal, updates: [PaperUpdate]) {
    var session = RandomSession(seed: seed)
    session.disturbsUpdates = disturbsUpdates
    var journal = PaperJournal(
      settings: RandomSession.settings(seed: seed), instruments: session.instruments, accounts: session.accountStates())
    var exchange = PaperExchange.replay(journal)
    var updates: [PaperUpdate] = []
    var now = Bench.start
    for _ in 0..<actions {
      now = now + session.pause()
      let action = session.action()
      journal.entries.append(PaperJournal.Entry(at: now, action: action))
      _ = exchange.act(action, at: now)
      check(exchange)
      updates += exchange.advance(to: now)
    }
    updates += exchange.advance(to: now + .seconds(10))
    check(exchange)
    return (exchange, journal, updates)
  }

  @Test("every unit that somebody holds was sold by somebody, and every rupee paid was received", arguments: seeds)
  func conservation(seed: UInt64) {
    let accounts = RandomSession(seed: seed).accountStates()
    let carried = accounts.flatMap(\.positions).reduce(0) { $0 + $1.quantity.units }
    let money = accounts.reduce(Paise.zero) { $0 + $1.startOfDay }
    _ = run(seed: seed) { exchange in
      for instrument in Bench.instruments {
        var total = exchange.marketPosition(of: instrument.contract).units
        for account in exchange.accountIDs {
          total += exchange.positions(of: account).filter { $0.key.contract == instrument.contract }
            .reduce(0) { $0 + $1.quantity.units }
        }
        #expect(total == (instrument.contract == Bench.nifty.contract ? carried : 0), "seed \(seed)")
      }
      let cash = exchange.accountIDs.compactMap { exchange.cash(of: $0) }.reduce(exchange.marketCash, +)
      #expect(cash == money, "seed \(seed)")
    }
  }

  @Test("the rows of the day, with what was carried and converted, come to what is held", arguments: seeds)
  func dayRows(seed: UInt64) {
    _ = run(seed: seed) { exchange in
      for account in exchange.accountIDs {
        let rows = exchange.dayPositions(of: account).filter { $0.net != .zero }
        #expect(rows.map(\.net) == exchange.positions(of: account).map(\.quantity), "seed \(seed)")
        #expect(rows.map(\.key) == exchange.positions(of: account).map(\.key), "seed \(seed)")
      }
    }
  }

  @Test("no order fills beyond its quantity, and a final order never changes", arguments: seeds) func orders(
    seed: UInt64
  ) {
    var final: [OrderID: BrokerOrder] = [:]
    _ = run(seed: seed) { exchange in
      for account in exchange.accountIDs {
        for order in exchange.orderBook(of: account) {
          #expect(order.filled >= .zero && order.filled <= order.quantity, "seed \(seed): \(order)")
          #expect((order.status == .traded) == (order.filled == order.quantity), "seed \(seed): \(order)")
          if let before = final[order.orderID] { #expect(before == order, "seed \(seed)") }
          if order.status.isFinal { final[order.orderID] = order }
        }
      }
    }
    #expect(!final.isEmpty)
  }

  @Test("cumulative fills only rise in the updates of an order, and agree with its trades", arguments: seeds)
  func updates(seed: UInt64) {
    let (exchange, _, updates) = run(seed: seed, disturbsUpdates: false)
    var filled: [OrderID: Quantity] = [:]
    var ended: Set<OrderID> = []
    for update in updates {
      let order = update.order
      #expect(order.filled >= filled[order.orderID] ?? .zero, "seed \(seed)")
      #expect(!ended.contains(order.orderID), "seed \(seed): an update after the last one of \(order.orderID)")
      filled[order.orderID] = order.filled
      if order.status.isFinal { ended.insert(order.orderID) }
    }
    for account in exchange.accountIDs {
      for order in exchange.orderBook(of: account) {
        let trades = exchange.trades(of: account).filter { $0.orderID == order.orderID }
        #expect(trades.reduce(Quantity.zero) { $0 + $1.quantity } == order.filled, "seed \(seed)")
        #expect(filled[order.orderID] == order.filled, "seed \(seed)")
      }
    }
  }

  @Test("the book is never crossed, and holds exactly the orders that rest", arguments: seeds) func book(seed: UInt64) {
    _ = run(seed: seed) { exchange in
      for contract in exchange.books.keys.sorted() {
        guard let book = exchange.books[contract] else { continue }
        let bid = max(book.bids.first?.price ?? .zero, book.marketBid?.price ?? .zero)
        let ask = min(book.asks.first?.price ?? Paise(.max), book.marketAsk?.price ?? Paise(.max))
        #expect(bid < ask, "seed \(seed)")
        let resting = (book.bids + book.asks).map(\.index).sorted()
        let expected = exchange.orders.indices.filter { index in
          guard case .resting = exchange.orders[index].phase else { return false }
          return exchange.orders[index].key.contract == contract
        }
        #expect(resting == expected, "seed \(seed)")
      }
      for account in exchange.accountIDs {
        let working = exchange.accounts[account]?.working.sorted()
        let expected = exchange.orders.indices.filter {
          exchange.orders[$0].account == account && exchange.orders[$0].phase.isWorking
        }
        #expect(working == expected, "seed \(seed)")
      }
    }
  }

  @Test("a journal, written out and read back, rebuilds the exchange and its updates exactly", arguments: seeds)
  func replay(seed: UInt64) throws {
    let (exchange, journal, updates) = run(seed: seed)
    let copy = try JSONDecoder().decode(PaperJournal.self, from: JSONEncoder().encode(journal))
    #expect(copy == journal)
    var again = PaperExchange.replay(copy)
    let updatesAgain = again.advance(to: exchange.now)
    #expect(again == exchange, "seed \(seed)")
    #expect(updatesAgain == updates, "seed \(seed)")
  }

  @Test("it makes no difference how often the exchange is advanced in between", arguments: seeds) func pace(
    seed: UInt64
  ) {
    let (exchange, journal, updates) = run(seed: seed, actions: 150)
    var slow = PaperExchange.replay(
      PaperJournal(settings: journal.settings, instruments: journal.instruments, accounts: journal.accounts))
    var seen: [PaperUpdate] = []
    for entry in journal.entries {
      while let next = slow.nextDue, next < entry.at { seen += slow.advance(to: next) }
      _ = slow.act(entry.action, at: entry.at)
    }
    while let next = slow.nextDue, next < exchange.now { seen += slow.advance(to: next) }
    seen += slow.advance(to: exchange.now)
    #expect(slow == exchange, "seed \(seed)")
    #expect(seen == updates, "seed \(seed)")
  }

  @Test("another seed gives other delays") func otherSeed() {
    let courses = (1...5 as ClosedRange<UInt64>).map { seed in
      var bench = Bench(PaperSettings(seed: seed))
      bench.place(Bench.ticket(.buy, 65, at: 15_000))
      bench.wait(.seconds(1))
      return bench.updates.map(\.at)
    }
    #expect(Set(courses).count == 5)
  }
}
