import Domain
import Engine
import Projections
import SimulationKit
import Testing

@testable import EventStore

@Suite("Rule 37: low disk") struct LowDiskTests {
  private func reserve(_ desk: DeskOnDisk) -> Int? { desk.store.disk.length(of: StoreOnDisk.path + ".reserve") }

  @Test("a commit that finds no room frees the reserve, is made, and holds entries back; exits go out")
  func exitsGoOut() throws {
    let desk = try DeskOnDisk(seed: 1)
    #expect(reserve(desk) == 65_536)
    try desk.leaderTrades(2)
    try desk.brokerFills()
    desk.store.disk.faults.capacity = desk.store.disk.usedBytes
    try desk.leaderTrades(3)
    #expect(reserve(desk) == nil)
    #expect(desk.state.isDiskLow)
    #expect(desk.placed == [2])
    try desk.leaderTrades(-5)
    #expect(desk.placed == [2, -2])
    try desk.brokerFills()
    #expect(desk.state.openPositions == 0)
    let events = try desk.events()
    #expect(
      events.contains { if case .entryForgone(let forgone) = $0 { forgone.reason == .lowDisk } else { false } })
  }

  @Test("room that runs low is noticed before a commit fails")
  func noticed() throws {
    let desk = try DeskOnDisk(seed: 2)
    desk.store.disk.faults.capacity = desk.store.disk.usedBytes + 15_000
    try desk.pass(seconds: 2)
    #expect(desk.state.isDiskLow)
    #expect(reserve(desk) == nil)
  }

  @Test("when there is room the reserve is made again and entries are copied again, but not those of meanwhile")
  func recovers() throws {
    let desk = try DeskOnDisk(seed: 3)
    desk.store.disk.faults.capacity = desk.store.disk.usedBytes
    try desk.leaderTrades(3)
    #expect(desk.state.isDiskLow)
    try desk.pass(seconds: 10)
    #expect(desk.state.isDiskLow, "a reserve given back is no room")
    desk.store.disk.faults.capacity = nil
    try desk.pass(seconds: 2)
    #expect(!desk.state.isDiskLow)
    #expect(reserve(desk) == 65_536)
    try desk.leaderTrades(1)
    #expect(desk.placed == [1])
  }

  @Test("where not even the reserve helps, nothing leaves, and everything is recorded when there is room")
  func waits() throws {
    let desk = try DeskOnDisk(seed: 4)
    try desk.leaderTrades(2)
    try desk.brokerFills()
    desk.store.disk.remove(StoreOnDisk.path + ".reserve")
    desk.store.disk.faults.fail(.write, .noSpace, isSticky: true)
    let before = try desk.events().count
    try desk.leaderTrades(-2)
    try desk.pass(seconds: 40)
    #expect(desk.placed == [2])
    #expect(try desk.events().count == before)
    desk.store.disk.faults = DiskFaults()
    try desk.pass(seconds: 1)
    #expect(desk.placed == [2, -2], "the exit was not lost")
  }

  @Test(
    "promise 9: an input/output error opens the log anew; what it holds is believed, and what may not have left is in doubt",
    arguments: [DiskOperation.write, .sync], 0..<20 as Range<UInt64>)
  func opensAnew(operation: DiskOperation, seed: UInt64) throws {
    let desk = try DeskOnDisk(seed: seed)
    try desk.leaderTrades(2)
    try desk.brokerFills()
    desk.store.disk.faults.fail(operation)
    try desk.leaderTrades(-2)
    try desk.pass(seconds: 1)
    let state = try LogFold.state(of: SQLiteEventReader(path: StoreOnDisk.path, vfs: desk.store.disk.vfsName))
    #expect(desk.state == state, "the belief is what another process reads")
    let asked = try desk.events().filter { if case .placementRequested = $0 { true } else { false } }
    #expect(asked.count == 2, "the exit is in the log once")
    // Either the commit had not happened, and the exit left with the next; or it had, and nobody sent it.
    let doubted = state.followers[0].outbox.requests.count(where: \.isInDoubt)
    #expect(desk.placed.count + doubted == 2)
    desk.store.disk.cutPower()
    let log = try desk.store.open()
    #expect(log.lastSequence == state.lastSequence)
  }

  @Test("promise 9: while the log cannot be opened anew nothing is heard or sent, and what was heard is not lost")
  func hearsLater() throws {
    let desk = try DeskOnDisk(seed: 5)
    desk.store.disk.faults.fail(.sync, isSticky: true)
    try desk.leaderTrades(2)
    try desk.leaderTrades(3)
    try desk.pass(seconds: 5)
    #expect(desk.placed.isEmpty)
    desk.store.disk.faults = DiskFaults()
    // After seconds in which nothing was heard the leader's book comes first, for a while.
    try desk.pass(seconds: 5)
    #expect(desk.state.leader.orders.count == 2)
  }

  @Test("a log that stays unusable ends the work with the disk's error, and never with a belief")
  func givesUp() throws {
    let desk = try DeskOnDisk(seed: 6)
    desk.store.disk.faults.fail(.sync, isSticky: true)
    try desk.leaderTrades(2)
    let failure = #expect(throws: EventStoreError.self) { try desk.pass(seconds: 60) }
    #expect(failure?.exitCode == 73)
    #expect(desk.placed.isEmpty)
  }

  @Test("a log that is found damaged when it is opened anew ends the work at once")
  func refusesDamage() throws {
    let desk = try DeskOnDisk(seed: 7)
    try desk.leaderTrades(2)
    try desk.brokerFills()
    // The first page of the database: its header.
    desk.store.disk.flipBit(suffix: ".db", at: 70)
    desk.store.disk.faults.fail(.sync)
    let failure = #expect(throws: EventStoreError.self) { try desk.leaderTrades(3) }
    #expect(failure?.exitCode == 65)
  }
}
