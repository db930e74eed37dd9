import NIOCore
import Synchronization

/// Lets the calls of one account leave in the broker's pace. Safe to use from any thread.
///
/// Calls go first and in the order in which they came; readings go when no call waits, part of every window is free,
/// and few of them are under way, so that readings that hang leave connections to calls.
final class CallPace: Sendable {
  typealias Departure = @Sendable (_ granted: Bool) -> Void

  static let readingsAtOnce = 4

  private struct Waiting {
    let number: UInt64
    let depart: Departure
  }

  private struct State {
    var budget: CallBudget
    var calls: [Waiting] = []
    var readings: [Waiting] = []
    var nextNumber: UInt64 = 0
    var readingsUnderWay = 0
    /// When the timer fires that will look again; `nil` while none is set.
    var wakesAt: Int64?
    var lastDeparture = Int64.min
    var closed = false

    var firstWaiting: CallBudget.Kind? {
      if !calls.isEmpty { return .call }
      let mayRead = closed || readingsUnderWay < CallPace.readingsAtOnce
      return readings.isEmpty || !mayRead ? nil : .reading
    }

    mutating func takeFirst(_ kind: CallBudget.Kind) -> Waiting {
      switch kind {
      case .call: calls.removeFirst()
      case .reading: readings.removeFirst()
      }
    }
  }

  private let state: Mutex<State>
  private let eventLoop: any EventLoop
  private let now: @Sendable () -> Int64

  /// - Parameter now: nanoseconds of the clock by which `eventLoop` keeps its timers.
  init(
    eventLoop: any EventLoop, budget: CallBudget = CallBudget(),
    now: @escaping @Sendable () -> Int64 = { Int64(NIODeadline.now().uptimeNanoseconds) }
  ) {
    self.eventLoop = eventLoop
    self.now = now
    self.state = Mutex(State(budget: budget))
  }

  /// Calls `depart` exactly once, here or later on the event loop; with `false` when the pace was closed or the
  /// waiting given up, and then nothing may leave.
  ///
  /// - Returns: the number to give the waiting up by.
  @discardableResult
  func wait(_ kind: CallBudget.Kind, _ depart: @escaping Departure) -> UInt64 {
    let number = state.withLock { state in
      state.nextNumber += 1
      let waiting = Waiting(number: state.nextNumber, depart: depart)
      switch kind {
      case .call: state.calls.append(waiting)
      case .reading: state.readings.append(waiting)
      }
      return state.nextNumber
    }
    advance()
    return number
  }

  /// Suspends until a reading may leave.
  ///
  /// - Returns: false when the pace was closed or the task cancelled: nothing may leave. After true, ``readingEnded()``
  ///   has to be called.
  func readingTurn() async -> Bool {
    let number = Mutex<UInt64?>(nil)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mine = wait(.reading) { continuation.resume(returning: $0) }
        number.withLock { $0 = mine }
        if Task.isCancelled { giveUp(mine) }
      }
    } onCancel: {
      if let mine = number.withLock({ $0 }) { giveUp(mine) }
    }
  }

  func readingEnded() {
    state.withLock { $0.readingsUnderWay -= 1 }
    advance()
  }

  func rateLimited() { state.withLock { $0.budget.rateLimited(at: now()) } }
  /// One that was let go has come to its end.
  func returned() { state.withLock { $0.budget.returned(at: now()) } }
  func answered() { state.withLock { $0.budget.answered(at: now()) } }

  /// How long nothing has left.
  var idle: TimeAmount {
    let last = state.withLock { $0.lastDeparture }
    return .nanoseconds(last == .min ? .max : now() - last)
  }

  /// Turns away all who wait and all who come.
  func close() {
    let waiting = state.withLock { state in
      state.closed = true
      defer { (state.calls, state.readings) = ([], []) }
      return state.calls + state.readings
    }
    for one in waiting { one.depart(false) }
  }

  private func giveUp(_ number: UInt64) {
    let waiting = state.withLock { state -> Waiting? in
      guard let index = state.readings.firstIndex(where: { $0.number == number }) else { return nil }
      return state.readings.remove(at: index)
    }
    waiting?.depart(false)
  }

  /// Lets go all that may leave, and sets the timer for the next.
  private func advance() {
    while let (waiting, granted) = next() { waiting.depart(granted) }
  }

  private func next() -> (Waiting, Bool)? {
    state.withLock { state in
      guard let kind = state.firstWaiting else { return nil }
      if state.closed { return (state.takeFirst(kind), false) }
      let now = now()
      let earliest = state.budget.earliest(kind)
      guard earliest <= now else {
        schedule(&state, at: earliest)
        return nil
      }
      state.budget.leave(at: now)
      if kind == .reading { state.readingsUnderWay += 1 }
      state.lastDeparture = now
      return (state.takeFirst(kind), true)
    }
  }

  private func schedule(_ state: inout State, at moment: Int64) {
    if let wakesAt = state.wakesAt, wakesAt <= moment { return }
    state.wakesAt = moment
    let delay = TimeAmount.nanoseconds(max(0, moment - now()))
    eventLoop.scheduleTask(in: delay) {
      self.state.withLock { if $0.wakesAt == moment { $0.wakesAt = nil } }
      self.advance()
    }
  }
}
