import Dispatch
import Domain
import Projections
import Synchronization

/// An event on its way from the core that decodes to the core that folds.
struct DecodedEvent: Sendable {
  let event: Event
  let sequence: SequenceNumber
  let recordedAt: Timestamp
}

/// Folds events in their order, in stretches: the first in the caller's thread, and a log that is longer than that on a
/// second core, while the caller reads on and decodes.
struct FoldLane: ~Copyable {
  private static let stretch = 256
  private var state: State
  private var waiting: [DecodedEvent] = []
  private var worker: Worker?

  init(startingAt state: consuming State) {
    self.state = state
    waiting.reserveCapacity(FoldLane.stretch)
  }

  @inline(__always)
  mutating func take(_ event: DecodedEvent) {
    waiting.append(event)
    if waiting.count == FoldLane.stretch { handOver() }
  }

  private mutating func handOver() {
    if worker == nil {
      var empty = State()
      swap(&empty, &state)
      worker = Worker(state: empty)
    }
    if let worker { waiting = worker.exchange(waiting) }
  }

  /// The state after the last event that was taken. To be called in any case, since it ends the second core's work.
  consuming func finish() -> State {
    if let worker { state = worker.finish() }
    state.fold(waiting)
    return state
  }

  /// The second core: it owns the state until ``finish()``.
  private final class Worker: Sendable {
    private struct Shared {
      var state: State
      /// Stretches to be folded, oldest first.
      var filled: [[DecodedEvent]] = []
      /// Emptied stretches, whose room is used again.
      var emptied: [[DecodedEvent]] = []
      var isEnding = false
    }

    private static let depth = 8
    private let shared: Mutex<Shared>
    private let work = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: Worker.depth)
    private let done = DispatchSemaphore(value: 0)

    init(state: State) {
      shared = Mutex(Shared(state: state))
      DispatchQueue.global(qos: .userInitiated).async { self.run() }
    }

    /// Takes a full stretch and gives back an empty one.
    func exchange(_ stretch: [DecodedEvent]) -> [DecodedEvent] {
      room.wait()
      let empty = shared.withLock { shared in
        shared.filled.append(stretch)
        return shared.emptied.popLast()
      }
      work.signal()
      if let empty { return empty }
      var fresh: [DecodedEvent] = []
      fresh.reserveCapacity(FoldLane.stretch)
      return fresh
    }

    func finish() -> State {
      shared.withLock { $0.isEnding = true }
      work.signal()
      done.wait()
      return shared.withLock { shared in
        var state = State()
        swap(&state, &shared.state)
        return state
      }
    }

    private func run() {
      var state = State()
      shared.withLock { swap(&state, &$0.state) }
      while true {
        work.wait()
        let next = shared.withLock { $0.filled.isEmpty ? nil : $0.filled.removeFirst() }
        // The last signal says that nothing follows, and everything before it has been taken by then.
        guard var stretch = next else { break }
        state.fold(stretch)
        stretch.removeAll(keepingCapacity: true)
        shared.withLock { $0.emptied.append(stretch) }
        room.signal()
      }
      shared.withLock { swap(&state, &$0.state) }
      done.signal()
    }
  }
}

extension State {
  fileprivate mutating func fold(_ events: [DecodedEvent]) {
    for index in events.indices {
      apply(events[index].event, sequence: events[index].sequence, recordedAt: events[index].recordedAt)
      forgetTouched()
    }
  }
}
