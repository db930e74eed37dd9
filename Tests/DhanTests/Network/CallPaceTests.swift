import NIOPosix
import Synchronization
import Testing

@testable import Dhan

@Suite struct CallPaceTests {
  /// A clock that stands until it is moved, and who has left.
  private final class Stage: Sendable {
    let clock = Mutex<Int64>(1_000_000_000_000)
    let left = Mutex<[String]>([])
    var names: [String] { left.withLock { $0 } }

    func pace() -> CallPace {
      CallPace(eventLoop: MultiThreadedEventLoopGroup.singleton.next()) { self.clock.withLock { $0 } }
    }
    func move(seconds: Int64) { clock.withLock { $0 += seconds * 1_000_000_000 } }
    func wait(_ pace: CallPace, _ kind: CallBudget.Kind, _ name: String) {
      pace.wait(kind) { granted in self.left.withLock { $0.append(granted ? name : name + " turned away") } }
    }
  }

  @Test("Calls leave in the order in which they came, those that waited before those that come later")
  func order() {
    let stage = Stage()
    let pace = stage.pace()
    for number in 1...12 { stage.wait(pace, .call, "\(number)") }
    #expect(stage.names == (1...10).map(String.init))
    stage.move(seconds: 2)
    stage.wait(pace, .call, "13")
    #expect(stage.names == (1...13).map(String.init))
  }

  @Test("A call overtakes the readings that wait")
  func callsFirst() {
    let stage = Stage()
    let pace = stage.pace()
    for number in 1...10 { stage.wait(pace, .call, "\(number)") }
    stage.wait(pace, .reading, "reading")
    stage.wait(pace, .call, "11")
    #expect(stage.names.count == 10)
    stage.move(seconds: 2)
    stage.wait(pace, .call, "12")
    #expect(stage.names.suffix(3) == ["11", "12", "reading"])
  }

  @Test("Only so many readings are under way at once; calls are not counted among them")
  func readingsAtOnce() {
    let stage = Stage()
    let pace = stage.pace()
    for number in 1...6 { stage.wait(pace, .reading, "\(number)") }
    #expect(stage.names == ["1", "2", "3", "4"])
    stage.wait(pace, .call, "call")
    pace.readingEnded()
    #expect(stage.names == ["1", "2", "3", "4", "call", "5"])
  }

  @Test("Whoever waits is let go by the clock alone")
  func timer() async throws {
    let left = Mutex(0)
    let pace = CallPace(
      eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
      budget: CallBudget(windows: [.init(span: 20_000_000, limit: 2, reserve: 1)]))
    for _ in 0..<6 { pace.wait(.call) { _ in left.withLock { $0 += 1 } } }
    try await eventually("all have left") { left.withLock { $0 } == 6 }
  }

  @Test("Closing turns away all who wait and all who come")
  func closing() {
    let stage = Stage()
    let pace = stage.pace()
    for number in 1...11 { stage.wait(pace, .call, "\(number)") }
    stage.wait(pace, .reading, "reading")
    pace.close()
    stage.wait(pace, .call, "late")
    #expect(stage.names.suffix(3) == ["11 turned away", "reading turned away", "late turned away"])
  }
}
