import Foundation
import Synchronization

/// Tells on a terminal how far long work has come; silent in a pipe, and while the work is short.
final class ProgressLine: Sendable {
  private struct State {
    var count = 0
    var shownAt: UInt64
    var isShown = false
  }

  private let what: String
  private let state: Mutex<State>

  /// - Parameter what: what is being done, as in "verifying".
  init(_ what: String) {
    self.what = what
    // Nothing is said for work that is over at once.
    state = Mutex(State(shownAt: ProgressLine.milliseconds + 300))
  }

  func advance(_ events: Int) {
    guard Diagnostics.isTerminal else { return }
    state.withLock { state in
      state.count += events
      let now = ProgressLine.milliseconds
      guard now > state.shownAt + 100 else { return }
      state.shownAt = now
      state.isShown = true
      Diagnostics.raw("\r\u{1B}[K\(what): \(state.count) events")
    }
  }

  /// Takes the line away again.
  func end() {
    state.withLock { state in
      if state.isShown { Diagnostics.raw("\r\u{1B}[K") }
      state.isShown = false
    }
  }

  private static var milliseconds: UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }
}

extension ProgressLine {
  /// Does `work` with a line about it.
  static func during<Result>(_ what: String, _ work: (ProgressLine) throws -> Result) rethrows -> Result {
    let line = ProgressLine(what)
    defer { line.end() }
    return try work(line)
  }
}
