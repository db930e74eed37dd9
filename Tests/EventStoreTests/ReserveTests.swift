import Foundation
import Testing

@testable import EventStore

@Suite("Rule 37: the reserve of a store") struct ReserveTests {
  let scratch = Scratch()

  @Test("is really taken from the disk, belongs to its owner, and is given back once")
  func isTaken() throws {
    let reserve = StoreReserve(store: scratch.store, length: 1 << 20)
    #expect(!reserve.hasReserve)
    #expect(!reserve.releaseReserve())
    #expect(reserve.makeReserve())
    #expect(reserve.makeReserve())
    #expect(reserve.hasReserve)
    var status = stat()
    try #require(stat(reserve.path, &status) == 0)
    #expect(Int64(status.st_blocks) * 512 >= 1 << 20)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(try #require(reserve.free) > 0)
    #expect(reserve.releaseReserve())
    #expect(!Scratch.exists(reserve.path))
  }

  @Test("leaves no file where there is no room for it")
  func leavesNothing() {
    let reserve = StoreReserve(store: scratch.store, length: 1 << 60)
    #expect(!reserve.makeReserve())
    #expect(!Scratch.exists(reserve.path))
    #expect(!StoreReserve(store: scratch.file("none/log.db")).makeReserve())
    #expect(StoreReserve(store: scratch.file("none/log.db")).free == nil)
  }
}
