import Domain
import Engine
import Ports
import Projections
import Reactors
import TestSupport
import Testing

private let start = Timestamp(microseconds: 1_800_000_000_000_000)
private func at(_ seconds: Int64) -> Timestamp { start + .seconds(seconds) }

/// A state in which the leader has a baseline, with whatever else was observed.
private func state(_ observations: [Observation] = [], blindAfter: Microseconds = .seconds(60)) -> State {
  var state = State()
  let settings = CopySettings(
    leader: "1000000001",
    followers: [FollowerSettings(name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(.one)))],
    blindAfter: blindAfter)
  for observation in [.started(version: "test"), .configuration(settings), .leaderBaseline([])] + observations {
    guard let event = Recorder.event(for: observation, in: state) else { continue }
    state.apply(event, sequence: state.lastSequence.next, recordedAt: start)
  }
  return state
}

private let connected = Observation.stream(.leader, isConnected: true, reason: "")

@Suite("Rule 35: whether the leader is seen") struct LeaderSightTests {
  @Test("without stream and reading he is not seen; after blind_after that is said once, and since when")
  func blind() {
    var sight = LeaderSight(at: start)
    let gone = state()
    #expect(sight.next(in: gone) == at(60))
    #expect(sight.look(at: at(59), isSuspected: false, in: gone) == nil)
    #expect(sight.look(at: at(60), isSuspected: false, in: gone) == .leaderSight(blindSince: start))
    let known = state([.leaderSight(blindSince: start)])
    #expect(sight.look(at: at(600), isSuspected: false, in: known) == nil)
    #expect(sight.next(in: known) == nil)
  }

  @Test("a whole reading of his book shows him, without a stream, as of the moment it was asked for") func reading() {
    var sight = LeaderSight(at: start)
    sight.bookRead(askedAt: at(50))
    #expect(sight.look(at: at(109), isSuspected: false, in: state()) == nil)
    #expect(sight.look(at: at(110), isSuspected: false, in: state()) == .leaderSight(blindSince: at(50)))
    sight.bookRead(askedAt: at(200))
    let known = state([.leaderSight(blindSince: at(50))])
    #expect(sight.look(at: at(201), isSuspected: false, in: known) == .leaderSight(blindSince: nil))
  }

  @Test("an open stream shows him once his book was read since it was opened, and not while it may be dead")
  func stream() {
    var sight = LeaderSight(at: start)
    let open = state([connected])
    #expect(sight.look(at: at(60), isSuspected: false, in: open) != nil, "nothing was read since it was opened")
    sight = LeaderSight(at: start)
    sight.bookRead(askedAt: at(1))
    #expect(sight.look(at: at(1_000), isSuspected: false, in: open) == nil, "silence for hours is normal")
    #expect(sight.look(at: at(1_059), isSuspected: true, in: open) == nil)
    #expect(sight.look(at: at(1_060), isSuspected: true, in: open) == .leaderSight(blindSince: at(1_000)))
  }

  @Test("a blocked account is not seen, whatever its stream looks like, and is again when a reading succeeds")
  func blocked() {
    var sight = LeaderSight(at: start)
    sight.bookRead(askedAt: at(1))
    let blocked = state([connected, .blocked(.leader, .deadToken, text: "DH-901")])
    #expect(sight.look(at: at(61), isSuspected: false, in: blocked) != nil)
    let both = state([connected, .blocked(.leader, .deadToken, text: "DH-901"), .leaderSight(blindSince: at(1))])
    sight.bookRead(askedAt: at(100))
    #expect(sight.look(at: at(100), isSuspected: false, in: both) == nil)
    let again = state([connected, .leaderSight(blindSince: at(1))])
    #expect(sight.look(at: at(101), isSuspected: false, in: again) == .leaderSight(blindSince: nil))
  }

  @Test("a start looks first, and does not say that he is seen because it has just begun") func restart() {
    var sight = LeaderSight(at: at(1_000))
    let known = state([.leaderSight(blindSince: at(1))])
    #expect(sight.look(at: at(1_001), isSuspected: false, in: known) == nil)
    sight.bookRead(askedAt: at(1_002))
    #expect(sight.look(at: at(1_002), isSuspected: false, in: known) == .leaderSight(blindSince: nil))
  }
}

@Suite("A clock that jumps") struct SteadyTimeTests {
  private func time(_ wall: Int64, _ up: Int64, _ steady: inout SteadyTime) -> Int64 {
    (steady.now(wall: at(wall), uptime: .seconds(up)) - start).count / 1_000_000
  }

  @Test("set forward it is followed, as a machine looks that was paused; set back it goes on, a tenth slower")
  func jumps() {
    var steady = SteadyTime(wall: start, uptime: .seconds(500))
    #expect(time(10, 510, &steady) == 10)
    #expect(time(3_610, 510, &steady) == 3_610)
    #expect(time(20, 520, &steady) == 3_619, "an hour back: no schedule stands still")
    #expect(time(120, 620, &steady) == 3_709)
    #expect(time(40_000, 40_500, &steady) >= 39_600)
    #expect(time(50_000, 50_500, &steady) == 50_000, "the wall has caught up")
  }

  @Test("it never goes back, and not before what the log knows") func never() {
    var steady = SteadyTime(wall: start, uptime: .seconds(0))
    steady.neverBefore(at(7_200))
    #expect(time(1, 1, &steady) == 7_200)
    #expect(time(11, 11, &steady) == 7_209)
    #expect(time(-90_000, 11, &steady) == 7_209)
  }

  @Test("rule 39: set back an hour in a session, the budget is spent and comes back by what really passed")
  func budget() {
    var steady = SteadyTime(wall: start, uptime: .seconds(0))
    var plan = ReadingSchedule(.leader)
    let funds = Funds(startOfDay: .rupees(1), available: .rupees(1), utilised: .zero)
    let open = state([.leaderFunds(funds), connected])
    let before = steady.now(wall: at(3_600), uptime: .seconds(1))
    _ = plan.due(at: before, in: open)
    plan.finished(.book, at: before)
    plan.finished(.funds, at: before)
    let later = steady.now(wall: at(20), uptime: .seconds(18))
    #expect(plan.due(at: later, in: open) == [.book], "fifteen seconds later, not in an hour")
  }
}

@Suite("A process that had stopped") struct AwakeningTests {
  private func message(_ id: OrderID) -> AccountReport {
    .order(
      OrderUpdate(
        order: BrokerOrder(
          orderID: id, correlationID: nil, key: NiftyCall.key, side: .buy, type: .limit, validity: .day,
          quantity: Quantity(65), price: Paise(10_000), status: .pending, updatedAt: start), clientID: nil,
        referencePrice: nil))
  }

  private func names(_ reports: [AccountReport]) -> [String] {
    reports.map {
      switch $0 {
      case .order(let update): "\(update.order.orderID)"
      case .book: "book"
      default: "other"
      }
    }
  }

  @Test("ordinary turns are no gap; ten minutes without one are") func gap() {
    var awakening = Awakening(at: start)
    #expect(awakening.turn(at: at(1)) == nil)
    #expect(awakening.turn(at: at(6)) == nil)
    #expect(awakening.turn(at: at(606)) == .seconds(600))
    #expect(awakening.turn(at: at(607)) == nil)
  }

  @Test("messages of the leader's stream wait for a book that was asked for since, and come after it") func order() {
    var awakening = Awakening(at: start)
    #expect(names(awakening.admit(message("1"), at: at(1))) == ["1"])
    _ = awakening.turn(at: at(600))
    #expect(names(awakening.admit(message("2"), at: at(600))) == [])
    #expect(names(awakening.admit(.book([], askedAt: at(1)), at: at(600))) == ["book"], "asked before it stopped")
    #expect(names(awakening.admit(message("3"), at: at(601))) == [])
    #expect(names(awakening.admit(.book([], askedAt: at(600)), at: at(601))) == ["book", "2", "3"])
    #expect(names(awakening.admit(message("4"), at: at(602))) == ["4"])
  }

  @Test("promise 7: no book in time, and they are told all the same: one of them may be an exit") func patience() {
    var awakening = Awakening(at: start)
    _ = awakening.turn(at: at(600))
    _ = awakening.admit(message("2"), at: at(600))
    #expect(names(awakening.release(at: at(602))) == [])
    #expect(names(awakening.release(at: at(603))) == ["2"])
    #expect(names(awakening.release(at: at(604))) == [])
  }
}
