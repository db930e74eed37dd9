import Domain
import TestSupport
import Testing

@testable import EventStore

@Suite("A store on a full disk")
struct FullDiskTests {
  @Test("keeps what was appended, refuses what does not fit, and needs no room to leave its write-ahead log as it is")
  func full() throws {
    let scratch = Scratch()
    let disk = try SmallDisk(at: scratch.file("disk"), megabytes: 16)
    let store = disk.path + "/log.db"
    let log = try SQLiteEventLog(path: store)
    // More than an idle moment empties into the database.
    try Scratch.fill(log, 4_000, payloadLength: 600)
    let last = log.lastSequence
    disk.fill()
    #expect(storeError { try log.checkpointWhenIdle() } == nil)
    #expect(storeError { try Scratch.fill(log, 4_000, payloadLength: 600) }?.code == .full)
    #expect(log.lastSequence >= last)
    disk.free()
    try Scratch.fill(log, 1_000)
    try log.checkpointWhenIdle()
    let end = log.lastSequence
    try log.close()
    let report = try LogVerifier.verify(path: store)
    #expect(report.isSound)
    #expect(try SQLiteEventLog(path: store).lastSequence == end)
    withExtendedLifetime(disk) {}
  }
}
