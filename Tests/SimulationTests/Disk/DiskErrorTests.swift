import Domain
import SimulationKit
import Testing

@testable import EventStore

@Suite("Promise 9: an append that cannot be made durable") struct DiskErrorTests {
  @Test(
    "throws, whatever fails once, and leaves a store that opens with all that was acknowledged",
    arguments: [DiskOperation.read, .write, .sync, .truncate, .delete])
  func failsOnce(operation: DiskOperation) throws {
    for seed in 0..<60 as Range<UInt64> {
      let store = StoreOnDisk(seed: seed)
      try store.work(rounds: 5)
      var random = SeededGenerator(seed: seed)
      store.disk.faults.fail(operation, skipping: random.below(40))
      try? store.work(rounds: 30)
      store.disk.faults = DiskFaults()
      var log = try store.reopen("seed \(seed)")
      try store.append(2, to: log)
      log.discard()
      store.disk.cutPower()
      log = try store.reopen("seed \(seed), after the power cut")
      try log.close()
      #expect(try store.verify().isSound, "seed \(seed)")
    }
  }

  @Test("is not believed in memory, and the log says that it must be opened anew when that is not known")
  func isNotBelieved() throws {
    for seed in 0..<60 as Range<UInt64> {
      let store = StoreOnDisk(seed: seed)
      let log = try store.open()
      try store.append(5, to: log)
      let hash = log.lastHash
      var random = SeededGenerator(seed: seed)
      store.disk.faults.fail(random.chance(50) ? .sync : .write, skipping: random.below(2))
      let error = #expect(throws: EventStoreError.self, "seed \(seed)") {
        for _ in 0..<3 { try store.append(2, to: log) }
      }
      #expect(log.lastSequence.value == store.acknowledged)
      if store.acknowledged == 5 { #expect(log.lastHash == hash) }
      if error?.code == .poisoned {
        #expect(throws: EventStoreError.self) { try store.append(2, to: log) }
      } else {
        try store.append(2, to: log)
      }
    }
  }

  @Test(
    "throws every time while the disk does not work, and works again afterwards",
    arguments: [
      DiskOperation.write, .sync,
    ])
  func failsForLong(operation: DiskOperation) throws {
    let store = StoreOnDisk(seed: 11)
    var log = try store.open()
    try store.append(5, to: log)
    store.disk.faults.fail(operation, isSticky: true)
    for _ in 0..<4 { #expect(throws: EventStoreError.self) { try store.append(1, to: log) } }
    log.discard()
    store.disk.faults = DiskFaults()
    log = try store.reopen("after the fault")
    try store.append(5, to: log)
    try log.close()
    #expect(try store.verify().isSound)
  }

  @Test("for want of space says so, believes nothing, and works when there is space")
  func fullDisk() throws {
    for seed in 0..<40 as Range<UInt64> {
      let store = StoreOnDisk(seed: seed)
      let log = try store.open()
      try store.append(5, to: log)
      var random = SeededGenerator(seed: seed)
      store.disk.faults.capacity = store.disk.usedBytes + random.below(40_000)
      let error = #expect(throws: EventStoreError.self) { for _ in 0..<100 { try store.append(8, to: log) } }
      #expect(error?.code == .full)
      #expect(log.lastSequence.value == store.acknowledged)
      #expect(try log.events().count == store.acknowledged)
      store.disk.faults.capacity = nil
      try store.append(8, to: log)
      try log.close()
      #expect(try store.verify().isSound)
    }
  }

  @Test("for want of space leaves a store that a power cut does not hurt")
  func fullDiskAndPowerCut() throws {
    for seed in 0..<60 as Range<UInt64> {
      let store = StoreOnDisk(seed: seed)
      var random = SeededGenerator(seed: seed)
      store.disk.faults.capacity = 60_000 + random.below(150_000)
      try? store.work(rounds: 200)
      store.disk.cutPower()
      store.disk.faults.capacity = nil
      let log = try store.reopen("seed \(seed)")
      try store.append(1, to: log)
      try log.close()
      #expect(try store.verify().isSound)
    }
  }
}
