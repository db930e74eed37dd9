import Synchronization

/// Tells systemd that the engine's thread is well, as often as it asks for and not more.
final class Pulse: Sendable {
  private let notifier: SystemdNotifier
  private let last: Mutex<ContinuousClock.Instant?> = Mutex(nil)

  init(_ notifier: SystemdNotifier) { self.notifier = notifier }

  func beat() {
    guard let interval = notifier.watchdogInterval else { return }
    let isDue = last.withLock { last in
      let now = ContinuousClock.now
      if let last, now - last < interval / 2 { return false }
      last = now
      return true
    }
    if isDue { notifier.alive() }
  }
}
