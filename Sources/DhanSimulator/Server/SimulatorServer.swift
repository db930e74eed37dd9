import Domain
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// The core with a clock and sockets: what several event loops share. Safe to use from any thread.
final class SimulatorServer: Sendable {
  private struct State {
    var core: SimulatorCore
    var channels: [Int: any Channel] = [:]
    var wakeAt: Timestamp?
    var isStopped = false
  }

  private let state: Mutex<State>
  private let loop: any EventLoop

  init(_ settings: SimulatorSettings, on loop: any EventLoop) {
    self.state = Mutex(State(core: SimulatorCore(settings, at: SimulatorServer.time(settings.switches))))
    self.loop = loop
    loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] task in
      guard let self else { return task.cancel() }
      with { $0.keepAlive(at: $1) }
    }
  }

  /// What the simulator's clock shows: the machine's time less what it is behind.
  private static func time(_ switches: Switches) -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let machine = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    return Timestamp(microseconds: machine - (switches.clockBehind?.count ?? 0))
  }

  /// The time that replies say; `nil` where they say none.
  var shownTime: Timestamp? {
    state.withLock { state in
      state.core.switches.clockBehind.map { _ in SimulatorServer.time(state.core.switches) }
    }
  }

  /// Uses the core at this moment, and does what comes of it.
  @discardableResult
  func with<Result: Sendable>(_ body: (inout SimulatorCore, Timestamp) -> Result) -> Result {
    let (result, effects, wake) = state.withLock { state in
      let now = SimulatorServer.time(state.core.switches)
      let result = body(&state.core, now)
      state.core.advance(to: now)
      let effects = state.core.takeEffects().compactMap { effect in
        state.channels[effect.stream].map { (effect, $0) }
      }
      return (result, effects, SimulatorServer.wake(&state).map { ($0, $0 - now) })
    }
    for (effect, channel) in effects { SimulatorServer.perform(effect, channel) }
    if let (due, delay) = wake { schedule(due, in: delay) }
    return result
  }

  /// A WebSocket was opened on `channel`; returns its number.
  func open(_ channel: any Channel) -> Int {
    state.withLock { state in
      let stream = state.core.openStream(at: SimulatorServer.time(state.core.switches))
      state.channels[stream] = channel
      return stream
    }
  }

  func ended(_ stream: Int) {
    state.withLock { state in
      state.core.streamEnded(stream)
      state.channels[stream] = nil
    }
  }

  func stop() { state.withLock { $0.isStopped = true } }

  /// When to wake next, if nobody is going to by then.
  private static func wake(_ state: inout State) -> Timestamp? {
    guard !state.isStopped, let due = state.core.nextDue, state.wakeAt.map({ due < $0 }) ?? true else { return nil }
    state.wakeAt = due
    return due
  }

  private func schedule(_ due: Timestamp, in delay: Microseconds) {
    loop.scheduleTask(in: .microseconds(max(0, delay.count))) { [weak self] in
      guard let self else { return }
      state.withLock { if $0.wakeAt == due { $0.wakeAt = nil } }
      with { _, _ in }
    }
  }

  private static func perform(_ effect: StreamEffect, _ channel: any Channel) {
    switch effect {
    case .text(_, let bytes): channel.writeAndFlush(StreamHandler.Outgoing.text(bytes), promise: nil)
    case .binary(_, let bytes): channel.writeAndFlush(StreamHandler.Outgoing.binary(bytes), promise: nil)
    case .ping: channel.writeAndFlush(StreamHandler.Outgoing.ping, promise: nil)
    case .close: channel.close(promise: nil)
    case .reset: channel.reset(after: .milliseconds(10))
    }
  }
}

extension Channel {
  /// Ends the connection with a reset: the peer sees no end of the stream.
  func reset(after delay: TimeAmount = .nanoseconds(0)) {
    eventLoop.scheduleTask(in: delay) { [self] in
      // The bytes that are not yet sent are dropped, and the kernel answers with RST.
      let lingering = (self as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
      guard let lingering else { return close(promise: nil) }
      lingering.whenComplete { _ in self.close(promise: nil) }
    }
  }
}
