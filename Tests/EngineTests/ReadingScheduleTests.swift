import Domain
import Ports
import Projections
import Reactors
import TestSupport
import Testing

@testable import Engine

@Suite("Rule 39: when accounts are read") struct ReadingScheduleTests {
  private let funds = Funds(startOfDay: .rupees(900_000), available: .rupees(900_000), utilised: .zero)
  private func at(_ seconds: Int64) -> Timestamp { Given.now + .seconds(seconds) }

  @Test("money first, then what is held, then the book; each is asked for once until it came back") func order() {
    var plan = ReadingSchedule(.leader)
    var state = Given.state()
    #expect(plan.due(at: at(0), in: state) == [.funds])
    #expect(plan.due(at: at(1), in: state) == [])
    plan.finished(.funds, at: at(1))
    state = Given.state([.leaderFunds(funds)])
    #expect(plan.due(at: at(1), in: state) == [.baseline])
    plan.finished(.baseline, at: at(2))
    #expect(plan.due(at: at(2), in: state) == [], "it failed, and is tried again a second later")
    #expect(plan.due(at: at(3), in: state) == [.baseline])
    state = Given.state([.leaderFunds(funds), .leaderBaseline([])])
    #expect(plan.due(at: at(4), in: state) == [.book])
  }

  @Test(
    "the book is read every fifteen seconds while the stream is open, every second while it is gone or suspect",
    arguments: [(true, false, 15), (false, false, 1), (true, true, 1)])
  func interval(isConnected: Bool, isSuspect: Bool, seconds: Int64) {
    var plan = ReadingSchedule(.leader)
    let state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .stream(.leader, isConnected: isConnected, reason: ""),
    ])
    _ = plan.due(at: at(0), in: state)
    plan.finished(.book, at: at(0))
    plan.finished(.funds, at: at(0))
    if isSuspect { plan.suspectStream(at: at(0)) }
    #expect(plan.next(at: at(0), in: state) == at(seconds))
    plan.readBookNow()
    #expect(plan.due(at: at(0), in: state) == [.book], "a stream was opened")
  }

  @Test(
    "a stream that is down for hours: read every second for minutes, and never less often than every fifteen, within the broker's hour"
  )
  func sustained() {
    var plan = ReadingSchedule(.leader)
    let state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .stream(.leader, isConnected: false, reason: "gone"),
    ])
    var books: [Int64] = []
    var calls: [Int64] = []
    for second in 0..<Int64(6 * 3_600) {
      for reading in plan.due(at: at(second), in: state) {
        if reading == .book { books.append(second) }
        calls.append(second)
        plan.finished(reading, at: at(second))
      }
    }
    #expect(books.prefix(100).elementsEqual(0..<100))
    #expect(zip(books, books.dropFirst()).allSatisfy { $1 - $0 <= 15 })
    // What the gateway lets readings have: four fifths of a thousand in an hour, of seven thousand in a day.
    #expect(calls.indices.allSatisfy { $0 < 800 || calls[$0] - calls[$0 - 800] > 3_600 })
    #expect(calls.count < 5_600)
  }

  @Test("after a start a follower's book is read every second until it was read whole: no entry goes out before")
  func afterAStart() throws {
    var state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .followerFunds("asha", funds), .followerBaseline("asha", []),
      .started(version: "test"), .stream(.follower("asha"), isConnected: true, reason: ""),
    ])
    var plan = ReadingSchedule(.follower("asha"))
    plan.finished(.funds, at: at(1))
    plan.finished(.book, at: at(1))
    #expect(plan.next(at: at(1), in: state) == at(2))
    let read = try #require(Recorder.event(for: .followerBookRead("asha", orders: 0, askedAt: at(1)), in: state))
    state.apply(read, sequence: state.lastSequence.next, recordedAt: at(2))
    #expect(plan.next(at: at(2), in: state) == at(16))
  }

  @Test("an account whose token is dead is asked every fifteen seconds") func deadToken() {
    var plan = ReadingSchedule(.leader)
    let state = Given.state([.blocked(.leader, .deadToken, text: "DH-901")])
    _ = plan.due(at: at(0), in: state)
    plan.finished(.funds, at: at(0))
    #expect(plan.next(at: at(0), in: state) == at(15))
  }

  @Test("the money is read once a minute") func money() {
    var plan = ReadingSchedule(.leader)
    let state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .stream(.leader, isConnected: true, reason: ""),
    ])
    #expect(Set(plan.due(at: at(0), in: state)) == [.book, .funds])
    plan.finished(.funds, at: at(0))
    #expect(!plan.due(at: at(59), in: state).contains(.funds))
    #expect(plan.due(at: at(60), in: state).contains(.funds))
  }

  @Test(
    "an order that the broker has is looked for after 3.8 seconds, then every second, until somebody tells that it reached the exchange",
    arguments: [false, true])
  func firstPicture(isShownInTransit: Bool) throws {
    var state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .followerFunds("asha", funds), .followerBaseline("asha", []),
      .stream(.follower("asha"), isConnected: true, reason: ""), .instrument(Given.instrument),
      .leaderOrder(Given.order("9"), .stream),
    ])
    func observe(_ observation: Observation) {
      guard let event = Recorder.event(for: observation, in: state) else { return }
      state.apply(event, sequence: state.lastSequence.next, recordedAt: at(1))
    }
    let placed = Decider.decide(&state, now: at(1)).compactMap {
      if case .placementRequested(let request) = $0 { request } else { nil }
    }
    let request = try #require(placed.first)
    var plan = ReadingSchedule(.follower("asha"))
    plan.finished(.funds, at: at(1))
    plan.finished(.book, at: at(1))
    #expect(plan.next(at: at(1), in: state) == at(16))
    observe(.accepted("asha", request.requestID, "1"))
    var order = Given.order("1", status: .transit)
    order.correlationID = request.correlationID
    if isShownInTransit { observe(.followerOrder("asha", order, .stream)) }
    let looked = at(1) + .milliseconds(3_800)
    #expect(plan.next(at: at(1), in: state) == looked)
    #expect(plan.due(at: looked, in: state) == [.book])
    plan.finished(.book, at: looked)
    #expect(plan.next(at: looked, in: state) == looked + .seconds(1))
    order.status = .pending
    observe(.followerOrder("asha", order, .book))
    #expect(plan.next(at: looked, in: state) == looked + .seconds(15))
  }
}
