import Domain
import EventStore
import Testing

@testable import Daemon

/// What makes a demonstration fail, without one.
@Suite("Verdict of a demonstration") struct DemoVerdictTests {
  /// A session with a position of both followers, and books that say the same.
  struct Good {
    let status: StatusReport
    var books: [ClientID: HoldingsTable.Books] = [:]
    let audit: VerifyReport
    let replay: ReplayVerification

    init() throws {
      let folder = try TemporaryFolder()
      let store = folder.path + "/copytrade.db"
      let session = try ReportSession.tradingDay(SQLiteEventLog(path: store))
      status = StatusReport(state: session.state, now: session.clock.now())
      try session.stop()
      audit = try AuditReport.verify(store: store).findings
      replay = try ReplayVerification.run(store: store)
      if let leader = status.leader.clientID, let follower = status.followers.first {
        books[leader] = Good.books(follower, \.leader)
      }
      for follower in status.followers { books[follower.clientID] = Good.books(follower, \.actual) }
    }

    private static func books(
      _ follower: FollowerStatus, _ quantity: KeyPath<PositionStatus, Quantity>
    ) -> HoldingsTable.Books {
      HoldingsTable.Books(
        positions: follower.positions.map { BaselinePosition(key: $0.key, quantity: $0[keyPath: quantity]) },
        orders: [])
    }

    func verdict(
      _ change: (inout [ClientID: HoldingsTable.Books]) -> Void = { _ in }, ending: ServiceProcess.Ending? = .exited(0),
      kills: Int = 1, starts: Int = 2
    ) -> DemoVerdict {
      var books = books
      change(&books)
      return DemoVerdict(
        status: status, table: HoldingsTable(status: status, books: books), ending: ending, process: 1, kills: kills,
        starts: starts, audit: audit, replay: replay)
    }
  }

  @Test("what agrees in the log and in the broker's books is in sync") func good() throws {
    let verdict = try Good().verdict()
    #expect(verdict.table.rows.count == 2)
    #expect(verdict.table.rows.allSatisfy { $0.actual != .zero && $0.leader != .zero })
    #expect(verdict.isGood, "\(verdict.text)")
    #expect(verdict.text.hasSuffix("In sync."))
  }

  @Test(
    "a follower that holds other than the log says, something unknown or nothing, or an order that rests or was placed twice, is not"
  )
  func followers() throws {
    let good = try Good()
    let other = PositionKey(contract: ReportSession.contract, product: .intraday)
    let changes: [(inout [ClientID: HoldingsTable.Books]) -> Void] = [
      { $0["1000000002"]?.positions[ReportSession.key]? += Quantity(65) },
      { $0["1000000003"]?.positions[other] = Quantity(65) },
      { $0["1000000003"]?.positions = [:] },
      { $0["1000000002"] = nil },
      { $0["1000000003"]?.restingOrders = 1 }, { $0["1000000003"]?.doubledOrders = 1 },
    ]
    for change in changes {
      let verdict = good.verdict(change)
      #expect(!verdict.isGood)
      #expect(verdict.text.contains("NOT in sync.\n  the log and the broker's books do not agree"))
    }
  }

  @Test("a leader that holds other than the log says is not in sync, although every follower agrees") func leader()
    throws
  {
    let good = try Good()
    let changes: [(inout [ClientID: HoldingsTable.Books]) -> Void] = [
      { $0["1000000001"]?.positions[ReportSession.key]? += Quantity(650) }, { $0["1000000001"]?.positions = [:] },
    ]
    for change in changes { #expect(!good.verdict(change).isGood) }
  }

  @Test("a service that did not stop in order, or was not killed and started again, is a fault") func processes() throws
  {
    let good = try Good()
    #expect(!good.verdict(ending: nil).isGood)
    #expect(!good.verdict(ending: .exited(1)).isGood)
    #expect(!good.verdict(ending: .killed(signal: 9)).isGood)
    #expect(!good.verdict(kills: 0, starts: 1).isGood)
    #expect(!good.verdict(starts: 3).isGood)
  }
}
