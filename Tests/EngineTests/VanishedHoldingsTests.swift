import Domain
import Ports
import Projections
import Reactors
import TestSupport
import Testing

@testable import Engine

@Suite("Rule 6: holdings that are gone in the morning") struct VanishedHoldingsTests {
  /// Monday, 30 November 2026.
  private let day = Day(year: 2026, month: 11, day: 30) ?? Day(daysSinceEpoch: 0)
  private var open: Timestamp { day.startInIndia + .seconds(9 * 3_600 + 900) }
  private var friday: Timestamp { open + .seconds(-3 * 86_400) }

  private func fold(_ observations: [Observation], at time: Timestamp, into state: inout State) {
    for observation in observations {
      guard let event = Recorder.event(for: observation, in: state) else { continue }
      state.apply(event, sequence: state.lastSequence.next, recordedAt: time)
    }
  }

  /// A Monday before whose weekend leader and follower held four lots; of the follower's two are his owner's.
  private func monday(_ product: ProductType = .margin, at time: Timestamp) -> State {
    var settings = CopySettings(
      leader: "1000000001",
      followers: [FollowerSettings(name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(.one)))])
    if let from = TimeOfDay("09:15"), let to = TimeOfDay("15:30") {
      settings.calendar = MarketCalendar(everyWeekday: TradingSession(open: from, close: to))
    }
    let key = PositionKey(contract: NiftyCall.key.contract, product: product)
    var state = State()
    fold(
      [
        .started(version: "test"), .configuration(settings), .tradingDay(friday.indianDay),
        .instrument(NiftyCall.instrument),
        .leaderBaseline([BaselinePosition(key: key, quantity: Quantity(260))]), .followerBaseline("asha", []),
      ], at: friday, into: &state)
    fold([.tradingDay(day), .clock(due: "test")], at: time, into: &state)
    return state
  }

  private func reading(_ lots: Int64, _ product: ProductType = .margin) -> BaselineReading {
    let key = PositionKey(contract: NiftyCall.key.contract, product: product)
    return BaselineReading(
      holdings: lots == 0 ? [] : [BaselinePosition(key: key, quantity: Quantity(lots * 65))], book: [])
  }

  @Test("what agrees, or is more, is believed at once; so is what lives for a day alone and was squared off")
  func agrees() {
    var vanished = VanishedHoldings()
    for lots in [Int64(4), 6] {
      let isDoubted = vanished.doubts(reading(lots), of: .leader, at: open, in: monday(at: open))
      #expect(!isDoubted)
    }
    let isSquaredOffDoubted = vanished.doubts(reading(0), of: .leader, at: open, in: monday(.intraday, at: open))
    #expect(!isSquaredOffDoubted)
  }

  /// What becomes of readings, each so many seconds after the opening, that hold so many lots of the leader's.
  private func verdicts(_ readings: [(second: Int64, lots: Int64)], of account: AccountRole = .leader) -> [Bool] {
    var vanished = VanishedHoldings()
    return readings.map {
      let now = open + .seconds($0.second)
      return vanished.doubts(reading($0.lots), of: account, at: now, in: monday(at: now))
    }
  }

  @Test("what is gone is believed when it has been gone for a minute", arguments: [Int64(0), 3, -1])
  func gone(lots: Int64) {
    #expect(verdicts([(0, lots), (59, lots), (60, lots)]) == [true, true, false])
  }

  @Test("what comes back was never gone, and another difference is a new one") func comesBack() {
    #expect(verdicts([(0, 0), (59, 2), (61, 2), (62, 4), (200, 2)]) == [true, true, true, false, true])
  }

  @Test("nothing is believed long before the exchange opens: the broker's accounts may be late") func early() {
    #expect(verdicts([(-75 * 60, 0), (-30 * 60, 0), (-60, 0), (-1, 0), (0, 0)]) == [true, true, true, true, false])
  }

  @Test("of a follower only lots of ours can vanish") func follower() {
    #expect(verdicts([(0, 0)], of: .follower("asha")) == [false], "it holds nothing of ours")
  }

  @Test(
    "what is not believed is read again every minute, rarely while the exchange is closed, and a minute before it opens"
  )
  func schedule() {
    func due(after first: Timestamp, in span: Range<Int64>) -> [Int64] {
      var plan = ReadingSchedule(.leader)
      var state = monday(at: first)
      let funds = Funds(startOfDay: .rupees(1), available: .rupees(1), utilised: .zero)
      fold([.leaderFunds(funds), .stream(.leader, isConnected: true, reason: "")], at: first, into: &state)
      plan.isBaselineDoubted = true
      plan.finished(.baseline, at: first)
      return span.filter { second in
        let now = first + .seconds(second)
        fold([.clock(due: "test")], at: now, into: &state)
        guard plan.due(at: now, in: state).contains(.baseline) else { return false }
        plan.finished(.baseline, at: now)
        return true
      }
    }
    #expect(due(after: open, in: 1..<130) == [60, 120])
    #expect(due(after: open + .seconds(-75 * 60), in: 1..<1_300) == [600, 1_200])
    #expect(due(after: open + .seconds(-90), in: 1..<100) == [60])
    #expect(due(after: open + .seconds(-400), in: 1..<420) == [340, 400])
  }
}
