import EventStore
import SimulationKit
import Testing

@Suite("Promise 9: no acknowledged event is lost") struct PowerCutTests {
  enum Ending: CaseIterable { case powerCut, kill }

  private static func end(_ store: StoreOnDisk, _ ending: Ending) {
    switch ending {
    case .powerCut: store.disk.cutPower()
    case .kill: store.disk.kill()
    }
  }

  @Test("by a power cut or the end of the process at any one operation of a run", arguments: Ending.allCases)
  func atEveryOperation(ending: Ending) throws {
    let whole = StoreOnDisk(seed: 3)
    try whole.work(rounds: 24)
    #expect(whole.disk.operations > 100)
    for operation in 1...whole.disk.operations {
      let store = StoreOnDisk(seed: 3)
      store.disk.stop(at: operation)
      try? store.work(rounds: 24)
      #expect(store.disk.isStopped)
      PowerCutTests.end(store, ending)
      let log = try store.reopen("stopped at operation \(operation)")
      try store.append(3, to: log)
      try log.close()
      #expect(try store.verify().isSound, "stopped at operation \(operation)")
    }
  }

  @Test("by several of them in a row, wherever they fall", arguments: 0..<40)
  func severalInARow(block: UInt64) throws {
    for seed in (block * 10)..<(block * 10 + 10) {
      let store = StoreOnDisk(seed: seed)
      var random = SeededGenerator(seed: seed)
      for cut in 1...4 {
        store.disk.stop(at: store.disk.operations + 1 + random.below(160))
        try? store.work(rounds: 30)
        PowerCutTests.end(store, random.chance(70) ? .powerCut : .kill)
        let log = try store.reopen("seed \(seed), ending \(cut)")
        log.discard()
      }
      #expect(try store.verify().isSound, "seed \(seed)")
    }
  }

  @Test("and the check sees it where the disk lies about synchronising")
  func noticesLies() throws {
    var lost = 0
    for seed in 0..<40 as Range<UInt64> {
      let store = StoreOnDisk(seed: seed)
      let log = try store.open()
      store.disk.faults.lies = true
      for _ in 0..<5 { try store.append(2, to: log) }
      store.disk.cutPower()
      guard let again = try? store.open(), again.lastSequence.value == store.acknowledged else {
        lost += 1
        continue
      }
    }
    #expect(lost > 10)
  }
}
