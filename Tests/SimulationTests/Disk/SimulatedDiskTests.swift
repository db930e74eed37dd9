import CSQLite
import Testing

@testable import EventStore
@testable import SimulationKit

@Suite("Simulated disk") struct SimulatedDiskTests {
  private static func options(_ disk: SimulatedDisk) -> SQLiteEventLog.Options {
    var options = SQLiteEventLog.Options()
    options.vfs = disk.vfsName
    options.takesLock = false
    return options
  }

  @Test("the same seed leaves the same events after the same power cut")
  func isDeterministic() throws {
    func left(_ seed: UInt64) throws -> [Int] {
      let store = StoreOnDisk(seed: seed)
      var lengths: [Int] = []
      for operation in [40, 25, 60] {
        store.disk.stop(at: store.disk.operations + operation)
        try? store.work(rounds: 40)
        store.disk.cutPower()
        lengths.append(Int(try store.reopen("").lastSequence.value))
        lengths += store.disk.paths.compactMap { store.disk.length(of: $0) }
      }
      return lengths + [store.disk.operations]
    }
    for seed in 0..<20 as Range<UInt64> { #expect(try left(seed) == left(seed)) }
  }

  @Test("an open file keeps the disk, and the disk's name ends with it")
  func endsWithLastReference() throws {
    var disk: SimulatedDisk? = SimulatedDisk(seed: 1)
    let name = try #require(disk?.vfsName)
    let connection = try SQLiteConnection(
      path: "/a.db", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs: name)
    try connection.execute("CREATE TABLE t(x); INSERT INTO t VALUES (1)")
    disk = nil
    #expect(sqlite3_vfs_find(name) == nil)
    #expect(try connection.integer("SELECT x FROM t") == 1)
    connection.close()
  }

  @Test("nothing of a disk stays, however its processes ended")
  func leavesNothing() throws {
    for ending in 0..<3 {
      weak var system: DiskFileSystem?
      do {
        let store = StoreOnDisk(seed: 4)
        system = store.disk.system
        let log = try store.open()
        try store.append(3, to: log)
        let reader = try SQLiteEventReader(path: StoreOnDisk.path, vfs: store.disk.vfsName)
        #expect(try reader.events().count == 3)
        if ending == 0 { try log.close() } else if ending == 1 { store.disk.kill() } else { store.disk.cutPower() }
        #expect(system != nil)
      }
      #expect(system == nil)
    }
  }

  @Test("a reader beside the writer sees what was committed, and several threads verify it")
  func hasReaders() throws {
    let store = StoreOnDisk(seed: 5)
    let log = try store.open()
    try store.append(200, to: log)
    let reader = try SQLiteEventReader(path: StoreOnDisk.path, vfs: store.disk.vfsName)
    #expect(try reader.events().count == 200)
    try store.append(100, to: log)
    #expect(try reader.lastEvent().sequence.value == 300)
    #expect(try store.verify().isSound)
    try log.close()
    #expect(try store.verify().isSealed)
  }

  @Test("what a process wrote survives its end, but not the power's unless it was synchronised")
  func keepsApart() throws {
    var lost = 0
    for seed in 0..<20 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      func connection() throws -> SQLiteConnection {
        try SQLiteConnection(path: "/a.db", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs: disk.vfsName)
      }
      var open = try connection()
      try open.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t(x)")
      try open.execute("INSERT INTO t VALUES (1), (2)")
      disk.kill()
      #expect(throws: EventStoreError.self) { try open.execute("INSERT INTO t VALUES (3)") }
      open = try connection()
      #expect(try open.integer("SELECT count(*) FROM t") == 2)
      disk.cutPower()
      open = try connection()
      if (try? open.integer("SELECT count(*) FROM t")) != 2 { lost += 1 }
    }
    #expect(lost > 5)
  }

  @Test("only one writer has a database at a time, and a lock ends with its process")
  func locks() throws {
    let disk = SimulatedDisk(seed: 1)
    func connection() throws -> SQLiteConnection {
      try SQLiteConnection(path: "/a.db", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs: disk.vfsName)
    }
    for mode in ["DELETE", "WAL"] {
      let first = try connection()
      try first.execute("PRAGMA journal_mode = \(mode); CREATE TABLE IF NOT EXISTS t(x); BEGIN IMMEDIATE")
      let second = try connection()
      #expect(throws: EventStoreError.self) { try second.execute("INSERT INTO t VALUES (1)") }
      #expect(disk.takeTimeSpent() > 1_000_000)
      disk.kill()
      try connection().execute("INSERT INTO t VALUES (1)")
    }
  }

  @Test("has no more room than it has, and gives back what is removed")
  func isFull() throws {
    let disk = SimulatedDisk(seed: 1)
    let log = try SQLiteEventLog(path: "/log.db", options: SimulatedDiskTests.options(disk))
    disk.faults.capacity = disk.usedBytes + 100_000
    #expect(disk.freeBytes == 100_000)
    #expect(disk.allocate("/ballast", length: 95_000))
    #expect(!disk.allocate("/more", length: 95_000))
    let store = StoreOnDisk(seed: 1)
    #expect(throws: EventStoreError.self) { for _ in 0..<40 { try store.append(1, to: log) } }
    disk.remove("/ballast")
    try store.append(1, to: log)
  }

  @Test("counts the time of slow operations instead of waiting")
  func isSlow() throws {
    let store = StoreOnDisk(seed: 2)
    store.disk.faults.slowPerThousand = 1_000
    store.disk.faults.slowMicroseconds = 1_000_000...1_000_000
    try store.work(rounds: 3)
    #expect(store.disk.takeTimeSpent() > 10_000_000)
    #expect(store.disk.takeTimeSpent() == 0)
  }

  @Test("an older copy of everything can be put back")
  func restores() throws {
    let store = StoreOnDisk(seed: 2)
    let log = try store.open()
    try store.append(5, to: log)
    let image = store.disk.copy()
    try store.append(5, to: log)
    store.disk.restore(image)
    #expect(throws: EventStoreError.self) { try store.append(1, to: log) }
    #expect(try store.open().lastSequence.value == 5)
  }

  @Test("many disks in several threads do not disturb one another")
  func runsSideBySide() async {
    await withTaskGroup(of: Bool.self) { group in
      for seed in 0..<200 as Range<UInt64> {
        group.addTask {
          let store = StoreOnDisk(seed: seed)
          do {
            try store.work(rounds: 12)
            return try store.open().lastSequence.value == store.acknowledged
          } catch {
            return false
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
