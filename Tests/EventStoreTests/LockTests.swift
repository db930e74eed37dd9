import Domain
import Foundation
import TestSupport
import Testing

@testable import EventStore

@Suite("The one writer")
struct LockTests {
  let scratch = Scratch()

  @Test("keeps a second out of the same process, and says who holds the store")
  func refusesSameProcess() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 3)
    let error = storeError { _ = try SQLiteEventLog(path: scratch.store) }
    #expect(error?.code == .inUse)
    #expect(error?.exitCode == 75)
    #expect(error?.message.contains("process \(getpid()) on ") == true)
    #expect(error?.message.contains(", since 20") == true)
    try Scratch.fill(log, 3)
    try log.close()
    try SQLiteEventLog(path: scratch.store).close()
  }

  @Test("may be in another process, and is released by its death")
  func refusesOtherProcess() throws {
    let scratch = try Scratch.made(3)
    let script = """
      import fcntl, os, sys, time
      f = open(sys.argv[1], "r+")
      fcntl.flock(f, fcntl.LOCK_EX)
      f.write("process %d on elsewhere\\n" % os.getpid()); f.flush()
      print("locked", flush=True)
      time.sleep(600)
      """
    let output = scratch.store + ".said"
    let process = try ChildProcess(
      "/usr/bin/env", ["python3", "-c", script, scratch.store + ".lock"], in: ".", output: output)
    for _ in 0..<6000 where (try? String(contentsOfFile: output, encoding: .utf8)) != "locked\n" { usleep(10_000) }
    let before = Scratch.bytes(scratch.store)
    let error = storeError { _ = try SQLiteEventLog(path: scratch.store) }
    #expect(error?.code == .inUse)
    #expect(error?.message.contains("on elsewhere") == true)
    #expect(Scratch.bytes(scratch.store) == before)
    process.signal(SIGKILL)
    process.waitUntilExit()
    try SQLiteEventLog(path: scratch.store).close()
  }

  @Test("leaves no lock beside a file that is not a store")
  func leavesNoLock() throws {
    try Data("hello".utf8).write(to: URL(fileURLWithPath: scratch.store))
    #expect(storeError { _ = try SQLiteEventLog(path: scratch.store) }?.code == .notOurs)
    #expect(!Scratch.exists(scratch.store + ".lock"))
  }
}
