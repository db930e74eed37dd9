import DhanSimulator
import Domain
import Foundation
import PaperExchange

/// A demonstration under way: the simulated broker, the service beside it, and the log between the two.
final class DemoStage {
  /// How long the service may take to come up, to settle at the end, and to stop.
  static let patience = Duration.seconds(30)
  /// How long everything must stand still before it counts as settled.
  static let calm = Duration.seconds(1)
  static let look = Duration.milliseconds(20)

  let tail: LogTail
  private(set) var service: ServiceProcess
  private let demo: DemoRun
  private let simulator: DhanSimulator
  private var kills = 0
  /// The account that the last fault of calls was meant for, and how many calls it had made before.
  private var awaited: (account: ClientID, calls: Int64)?

  init(_ demo: DemoRun, _ simulator: DhanSimulator) throws {
    self.demo = demo
    self.simulator = simulator
    tail = LogTail(path: demo.folder.store)
    service = try ServiceProcess(program: demo.program, folder: demo.folder)
  }

  /// Waits for the service, and plays every step of the script at its time.
  func play(_ script: PaperScript) async throws {
    demo.out(
      """
      The leader trades at a simulated Dhan, \(simulator.address); asha (30 % of his capital) and vikram (20 %) follow.
      The service is process \(service.number); its log is \(demo.folder.store)

      """)
    guard try await wait(DemoStage.patience, for: { self.isReady }) else {
      throw DemoFailure(description: "The service is not ready after \(DemoStage.patience).")
    }
    let start = ContinuousClock.now
    for step in script.steps {
      let due = start + .microseconds(step.at.count / demo.pace.hurry)
      _ = try await wait(due - .now) { false }
      switch step.kind {
      case .say(let text): demo.out("\n\(text)")
      case .act(let action): try act(action)
      case .crash: try await crash()
      }
    }
  }

  private func act(_ action: PaperAction) throws {
    if case .failCalls(_, _, let account) = action { awaited = (account, simulator.orderCalls(of: account)) }
    switch simulator.act(action) {
    case .refused(let text), .call(.refused(_, let text), after: _), .call(.inDoubt(let text), after: _):
      throw DemoFailure(description: "The simulator refuses a step of the session: \(text)")
    case .done, .call(.accepted, after: _): return
    }
  }

  /// The worst moment: a call has reached the broker, which took it, and its reply is never going to come.
  private func crash() async throws {
    if let awaited {
      let arrived = { self.simulator.orderCalls(of: awaited.account) > awaited.calls }
      guard try await wait(DemoStage.patience, every: .milliseconds(1), for: arrived) else {
        throw DemoFailure(description: "The call that the service was to be killed in did not come.")
      }
    }
    demo.out("\nA call has reached the broker and has no answer: process \(service.number) gets SIGKILL.")
    guard let ending = try await service.end(SIGKILL, within: DemoStage.patience) else {
      throw DemoFailure(description: "Process \(service.number) does not die.")
    }
    guard ending == .killed(signal: SIGKILL) else {
      throw DemoFailure(description: "The service was not killed; it \(ending).")
    }
    kills += 1
    tell()
    // With nobody at the log, the new service opens it as it would after a power cut.
    tail.close()
    service = try ServiceProcess(program: demo.program, folder: demo.folder)
    demo.out(
      "It is dead. Process \(service.number) starts from the \(tail.state.lastSequence) events of the log; the leader goes on.\n"
    )
  }

  /// Waits until nothing moves, stops the service, and looks at everything.
  func end() async throws -> DemoVerdict {
    var calmSince: ContinuousClock.Instant?
    _ = try await wait(DemoStage.patience, every: .milliseconds(100)) {
      guard self.isReady, self.tail.status.isInSync, self.table.isInSync else {
        calmSince = nil
        return false
      }
      let since = calmSince ?? .now
      calmSince = since
      return since + DemoStage.calm <= .now
    }
    let status = tail.status
    tail.close()
    let number = service.number
    let ending = try await service.end(SIGTERM, within: DemoStage.patience)
    tell()
    let table = table
    tail.close()
    return DemoVerdict(
      status: status, table: table, ending: ending, process: number, kills: kills, starts: tail.starts,
      audit: try AuditReport.verify(store: demo.folder.store).findings,
      replay: try ReplayVerification.run(store: demo.folder.store))
  }

  // MARK: - Looking on

  private var table: HoldingsTable {
    var books: [ClientID: HoldingsTable.Books] = [:]
    for account in PaperDemo.accounts.map(\.clientID) {
      books[account] = HoldingsTable.Books(
        positions: simulator.positions(of: account), orders: simulator.orderBook(of: account))
    }
    return HoldingsTable(status: tail.status, books: books)
  }

  /// Whether the leader and every follower have been read, and their streams are open.
  private var isReady: Bool {
    let state = tail.state
    return state.isRunning && state.leader.hasBaseline && state.leader.access.isConnected && !state.followers.isEmpty
      && state.followers.allSatisfy { $0.hasBaseline && $0.access.isConnected }
  }

  private func tell() {
    for line in tail.read() { demo.out(line) }
  }

  /// Tells what happens until `isDone` or `time` is over.
  ///
  /// - Returns: whether it was done.
  /// - Throws: ``DemoFailure`` when the service is gone, ``Interruption``.
  private func wait(
    _ time: Duration, every pause: Duration = DemoStage.look, for isDone: () -> Bool
  ) async throws -> Bool {
    let limit = ContinuousClock.now + time
    while true {
      try Interruption.check()
      tell()
      if isDone() { return true }
      if let ending = service.ending {
        throw DemoFailure(description: "The service ended by itself: it \(ending).")
      }
      let left = limit - .now
      guard left > .zero else { return false }
      try await Task.sleep(for: min(left, pause))
    }
  }
}
