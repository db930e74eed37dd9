import Domain
import Ports
import Projections
import Reactors
import TestSupport
import Testing

@testable import Engine

@Suite("What was heard becomes observations") struct IntakeTests {
  @Test("the facts of a contract come before the order that needs them, once") func facts() {
    let report = AccountReport.order(
      OrderUpdate(order: Given.order("1"), clientID: nil, referencePrice: nil))
    let first = Given.intake().observations(report, of: .leader, in: Given.state())
    #expect(first == [.instrument(Given.instrument), .leaderOrder(Given.order("1"), .stream)])
    let later = Given.intake().observations(report, of: .leader, in: Given.state(first))
    #expect(later == [.leaderOrder(Given.order("1"), .stream)])
  }

  @Test(
    "the smaller of the file's and the configuration's freeze limit counts",
    arguments: [(1_000, 1_000), (9_000, 1_756)])
  func freeze(configured: Int64, counts: Int64) {
    let report = AccountReport.order(OrderUpdate(order: Given.order("1"), clientID: nil, referencePrice: nil))
    let seen = Given.intake(freeze: Quantity(configured)).observations(report, of: .leader, in: Given.state())
    guard case .instrument(let instrument)? = seen.first else {
      Issue.record("no facts")
      return
    }
    #expect(instrument.freezeQuantity == Quantity(counts))
  }

  @Test("a book is told oldest change first, whichever end the broker begins with", arguments: [false, true])
  func orderOfBook(newestFirst: Bool) {
    // The second and third changed in the same second: the book's own order tells.
    let book = [Given.order("1"), Given.order("2", after: 1), Given.order("3", after: 1), Given.order("4", after: 2)]
    #expect((newestFirst ? book.reversed() : book).inOrderOfChange.map(\.orderID) == ["1", "2", "3", "4"])
  }

  @Test("a reading is clean only when it shows every order of today that the log knows (rule 28)") func clean() {
    let state = Given.state([.followerOrder("asha", Given.order("1"), .stream)])
    func read(_ book: [BrokerOrder]) -> Bool {
      Given.intake().observations(.book(book, askedAt: Given.now), of: .follower("asha"), in: state)
        .contains(.followerBookRead("asha", orders: book.count, askedAt: Given.now))
    }
    #expect(read([Given.order("1"), Given.order("2")]))
    #expect(!read([Given.order("2")]))
    #expect(!read([]))
  }

  @Test("a reading that was asked for before a call left proves nothing about that call (rule 29)") func staleReading()
  {
    var state = Given.state([
      .leaderFunds(Funds(startOfDay: .rupees(900_000), available: .rupees(900_000), utilised: .zero)),
      .leaderBaseline([]),
      .followerBaseline("asha", []), .instrument(Given.instrument), .leaderOrder(Given.order("9"), .stream),
    ])
    for event in Decider.decide(&state, now: Given.now) where event.leaving != nil {
      guard let (name, request) = event.leaving,
        let doubt = Recorder.event(for: .doubted(name, request, text: "no reply"), in: state)
      else { continue }
      state.apply(doubt, sequence: state.lastSequence.next, recordedAt: Given.now)
    }
    #expect(state.isInDoubt("asha"))
    func read(askedAt: Timestamp) -> Int {
      Given.intake().observations(.book([], askedAt: askedAt), of: .follower("asha"), in: state).count
    }
    #expect(read(askedAt: Given.now + .milliseconds(-1)) == 0)
    #expect(read(askedAt: Given.now + .milliseconds(1)) == 1)
  }

  @Test(
    "a row of a book that was asked for within five seconds after the order ended does not bring it back, since books lag; a later one does"
  )
  func outlivedRow() {
    let ended = Given.order("1", after: 1, status: .cancelled)
    let row = Given.order("1", after: 1)
    for account in [AccountRole.leader, .follower("asha")] {
      let seen = account == .leader ? Observation.leaderOrder(ended, .stream) : .followerOrder("asha", ended, .stream)
      let state = Given.state([.instrument(Given.instrument), seen])
      func told(askedAfter: Microseconds) -> Int {
        Given.intake().observations(.book([row], askedAt: Given.now + askedAfter), of: account, in: state).count {
          $0 == .leaderOrder(row, .book) || $0 == .followerOrder("asha", row, .book)
        }
      }
      #expect(told(askedAfter: .milliseconds(5_900)) == 0)
      #expect(told(askedAfter: .milliseconds(6_100)) == 1)
    }
  }

  @Test("but it tells whose the order is, where the stream told of it without its label") func outlivedRowNames() {
    let ended = Given.order("1", filled: 65, after: 1, status: .traded)
    var row = Given.order("1", after: 1)
    row.correlationID = "cp1-mr5tjtouwrvcr6ml5bpv"
    let state = Given.state([.instrument(Given.instrument), .followerOrder("asha", ended, .stream)])
    let told = Given.intake().observations(
      .book([row], askedAt: Given.now + .seconds(4)), of: .follower("asha"), in: state)
    var named = ended
    named.correlationID = row.correlationID
    #expect(told.first == .followerOrder("asha", named, .book))
    #expect(told.count == 2, "and the book was read whole")
  }

  @Test("nor where our clock jumped and nobody has compared it with the broker's since: we heard of the end just now")
  func outlivedAfterJump() {
    let ended = Given.order("1", after: -3_600, status: .cancelled)
    let row = Given.order("1", after: -3_600)
    let state = Given.state([.instrument(Given.instrument), .followerOrder("asha", ended, .stream)])
    func isTold(_ askedAfter: Microseconds) -> Bool {
      Given.intake().observations(.book([row], askedAt: Given.now + askedAfter), of: .follower("asha"), in: state)
        .contains(.followerOrder("asha", row, .book))
    }
    #expect(!isTold(.seconds(4)))
    #expect(isTold(.seconds(6)))
  }

  @Test("a baseline that is older than what the log knows is not taken: a fill would count twice or never")
  func staleBaseline() {
    let reading = BaselineReading(holdings: [], book: [Given.order("1")])
    let fresh = Given.intake().observations(.baseline(reading), of: .leader, in: Given.state())
    #expect(fresh.last == .leaderBaseline([]))
    let ahead = Given.state([.leaderOrder(Given.order("1", filled: 65, status: .traded), .stream)])
    #expect(Given.intake().observations(.baseline(reading), of: .leader, in: ahead) == [])
  }

  @Test("an account that cannot be read is blocked until it has a baseline, and not any more afterwards")
  func unreadable() {
    let report = AccountReport.unreadBeforeBaseline(text: "no answer")
    let before = Given.intake().observations(report, of: .follower("asha"), in: Given.state())
    #expect(before == [.blocked(.follower("asha"), .noReading, text: "no answer")])
    let state = Given.state([.followerBaseline("asha", [])])
    #expect(Given.intake().observations(report, of: .follower("asha"), in: state) == [])
  }

  @Test("a stream that kept quiet about what the book shows for seconds has missed it") func missed() {
    let state = Given.state([.stream(.leader, isConnected: true, reason: "")])
    func isMissed(after seconds: Int64, askedAfter asked: Int64) -> Bool {
      Given.intake().isMissed(
        [Given.order("1", after: seconds)], askedAt: Given.now + .seconds(asked), of: .leader, in: state)
    }
    #expect(isMissed(after: 1, askedAfter: 10))
    #expect(!isMissed(after: -1, askedAfter: 10), "from before the stream")
    #expect(!isMissed(after: 9, askedAfter: 10), "it may still come")
  }

  @Test("a label that only the book repeats is nothing that the stream missed") func labelOfTheBook() {
    let told = Given.order("1", after: 1)
    let state = Given.state([.stream(.leader, isConnected: true, reason: ""), .leaderOrder(told, .stream)])
    func isMissed(_ change: (inout BrokerOrder) -> Void) -> Bool {
      var row = told
      row.correlationID = "1000000001-1800000000000"
      change(&row)
      return Given.intake().isMissed([row], askedAt: Given.now + .seconds(10), of: .leader, in: state)
    }
    #expect(!isMissed { _ in })
    #expect(isMissed { $0.price = Paise(9_000) })
    #expect(isMissed { $0.filled = Quantity(65) })
    #expect(isMissed { $0.status = .cancelled })
  }

  @Test("a contract that the file no longer has is told once as not listed, and again when it is back") func delisted()
  {
    let gone = Intake(settings: Given.settings, contracts: NoContracts())
    let report = AccountReport.order(OrderUpdate(order: Given.order("1"), clientID: nil, referencePrice: nil))
    #expect(gone.observations(report, of: .leader, in: Given.state()).count == 1, "what was never known is not told of")
    let state = Given.state([.instrument(Given.instrument)])
    var unlisted = Given.instrument
    unlisted.isListed = false
    #expect(gone.observations(report, of: .leader, in: state).first == .instrument(unlisted))
    let after = Given.state([.instrument(Given.instrument), .instrument(unlisted)])
    #expect(gone.observations(report, of: .leader, in: after).count == 1)
    #expect(Given.intake().observations(report, of: .leader, in: after).first == .instrument(Given.instrument))
  }
}
