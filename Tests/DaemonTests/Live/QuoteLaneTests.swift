import Domain
import Testing

@testable import Daemon

@Suite("Quotes keep the broker's pace", .timeLimit(.minutes(1))) struct QuoteLaneTests {
  /// What was asked of the broker, and whether each request was told as the first failure.
  private actor Broker {
    private(set) var requests: [[SecurityID]] = []
    private(set) var warnings: [Bool] = []
    private let isAnswering: Bool
    init(isAnswering: Bool = true) { self.isAnswering = isAnswering }

    func ask(_ contracts: [ContractID], _ lane: QuoteLane) async -> Bool {
      requests.append(contracts.map(\.securityID))
      warnings.append(await lane.isFirstFailure)
      return isAnswering
    }
  }

  private static func contract(_ id: SecurityID) -> ContractID {
    ContractID(segment: .nseFNO, securityID: id, option: nil)
  }

  @Test("the first wish leaves at once, and all that come in the next second leave together, each once")
  func together() async {
    let lane = QuoteLane(pace: .milliseconds(1))
    let broker = Broker()
    let (asked, hasAsked) = AsyncStream<Void>.makeStream()
    let (wished, haveWished) = AsyncStream<Void>.makeStream()
    await withDiscardingTaskGroup { group in
      group.addTask {
        await lane.ask(QuoteLaneTests.contract("1")) {
          hasAsked.finish()
          // The first request is under way for as long as the others need to come.
          for await _ in wished {}
          return await broker.ask($0, lane)
        }
      }
      for await _ in asked {}
      for id in ["2", "3", "2", "3"] as [SecurityID] {
        await lane.ask(QuoteLaneTests.contract(id)) { await broker.ask($0, lane) }
      }
      haveWished.finish()
    }
    #expect(await broker.requests == [["1"], ["2", "3"]])
  }

  @Test("a failure is the first one once, and is followed by a pause in which nothing is asked")
  func failure() async {
    let lane = QuoteLane(pace: .milliseconds(1), pauseAfterFailure: .milliseconds(100))
    let before = ContinuousClock.now
    let broker = Broker(isAnswering: false)
    for _ in 1...2 { await lane.ask(QuoteLaneTests.contract("1")) { await broker.ask($0, lane) } }
    #expect(ContinuousClock.now - before >= .milliseconds(200))
    #expect(await broker.warnings == [true, false])
    await lane.ask(QuoteLaneTests.contract("1")) { _ in true }
    #expect(await lane.isFirstFailure, "after a success it is news again")
  }
}
