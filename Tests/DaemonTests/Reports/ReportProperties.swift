import Domain
import Engine
import EventStore
import PaperExchange
import Testing

@testable import Daemon

/// Reports of whole sessions on the paper exchange, with crashes, lost frames and lost replies, against the exchange's own
/// books.
@Suite("Reports of disturbed sessions") struct ReportProperties {
  static func play(_ seed: UInt64) throws -> (log: MemoryEventLog, exchange: PaperExchange) {
    var faults = PaperFaultPlan()
    if seed > 3 {
      (faults.updatesDropped, faults.updatesDuplicated, faults.updatesReordered) = (80, 80, 80)
      (faults.requestsLost, faults.repliesLost, faults.serverErrorsTaken, faults.serverErrorsNotTaken) = (
        30, 30, 20, 20
      )
    }
    return try PaperSessionTests.play(
      crashes: seed % 2 == 0 ? [.milliseconds(Int64(seed) * 700)] : [], seed: seed, faults: faults)
  }

  static func history(_ log: MemoryEventLog) throws -> OrderHistory {
    var history = OrderHistory()
    try LogWalk.entries(of: log) { history.take($0) }
    return history
  }

  @Test(
    "what was bought, sold and is held agrees with the exchange, and results with the money", arguments: UInt64(1)...24)
  func money(seed: UInt64) throws {
    let (log, exchange) = try Self.play(seed)
    let report = try DayReport(PaperDemo.start.indianDay, in: log)
    let state = try Self.history(log).state
    for follower in report.followers {
      let index = try #require(state.index(of: follower.name))
      let account = state.followers[index]
      let ours = Set(try Self.history(log).orders.filter { $0.follower == follower.name }.compactMap(\.orderID))
      let book = exchange.orderBook(of: account.settings.clientID).filter { ours.contains($0.orderID) }
      let cash = book.reduce(Paise.zero) {
        $0 + Paise(-$1.side.sign * ($1.averagePrice * $1.filled).count)
      }
      #expect(follower.notes.reduce(Paise.zero) { $0 + $1.sold - $1.bought } == cash)
      #expect(Int(follower.notes.reduce(0) { $0 + $1.orders }) == book.count { $0.filled > .zero })
      for (key, ledger) in account.ledgers {
        #expect((follower.positions.first { $0.key == key }?.held ?? .zero) == ledger.held)
      }
      let cost = follower.positions.reduce(Paise.zero) {
        $0 + Paise(($1.held > .zero ? 1 : -1) * ($1.average?.value.count ?? 0))
      }
      #expect(follower.realisedUnknown == .zero)
      #expect(cash + cost == follower.realised)
    }
  }

  @Test("every order can be explained, with all its requests and doubts", arguments: UInt64(1)...12)
  func explained(seed: UInt64) throws {
    let (log, _) = try Self.play(seed)
    let history = try Self.history(log)
    for leader in history.leaderOrders {
      let text = try ExplainReport("\(leader.orderID)", in: log).text(.utc)
      #expect(text.contains("\nasha: ") && text.contains("\nvikram: "))
      for order in history.orders where order.child.origin.text == leader.orderID.text {
        for request in order.requests {
          #expect(text.contains("[\(request.id)]"))
          for step in request.steps { #expect(text.contains("#\(step.sequence)  ")) }
        }
        for fill in order.fills { #expect(text.contains("#\(fill.sequence)  ")) }
      }
    }
    let foreign = history.unclaimed.keys.map(\.orderID).prefix(3)
    for id in foreign { #expect(try ExplainReport("\(id)", in: log).text(.utc).contains("not placed by copytrade")) }
  }

  @Test("every order of the leader has an end, or says why it has none", arguments: UInt64(1)...12)
  func ends(seed: UInt64) throws {
    let (log, _) = try Self.play(seed)
    let report = try DayReport(PaperDemo.start.indianDay, in: log)
    let leaderOrders = try Self.history(log).leaderOrders.map { LinkOrigin($0.orderID) }
    for follower in report.followers {
      #expect(Set(follower.leaderOrders.map(\.origin)) == Set(leaderOrders))
      let kinds = CopyVerdict.Kind.allCases.reduce(0) { $0 + follower.count($1) }
      #expect(kinds == leaderOrders.count)
      for line in follower.leaderOrders where [.skipped, .tooOld, .refused, .partly].contains(line.verdict.kind) {
        #expect(!line.verdict.reasons.isEmpty)
      }
      for fill in follower.fills where fill.answers != nil {
        #expect(fill.latency.map { $0 >= Microseconds(0) } ?? false)
      }
    }
  }
}
