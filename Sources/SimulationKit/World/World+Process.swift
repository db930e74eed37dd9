import Domain
import Engine
import EventStore
import Logging
import PaperExchange
import Projections

/// The process that runs the service: how it starts, and the ways in which it ends.
extension World {
  /// Starts a process over what the disk holds. Where it cannot, another one is started a second later, as a supervisor does.
  public func start() throws {
    life += 1
    wishes = Wishes()
    machine.startAnew()
    if let more = crashesAgainAfter {
      crashesAgainAfter = nil
      disk.stop(at: disk.operations + more)
    }
    do {
      let space = SimulatedReserve(disk, store: World.storePath)
      var desk = try EngineDesk(
        log: try space.opening(openLog), intake: intake, outside: wishes.outside, clock: machine,
        logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }, space: space,
        limits: SpaceLimits(low: 16 << 10, enough: 32 << 10),
        reopen: { [unowned self] in try space.opening(openLog) })
      try desk.start(version: "simulation")
      self.desk = desk
    } catch let error as EventStoreError {
      died(error)
      return
    }
    try afterTurn()
    takeWishes()
    guard isRunning else { return }
    for account in accounts { agenda.note(.streamOpens(account, life: life), at: now + between(20, 300)) }
    turnNext()
  }

  private func openLog() throws -> SQLiteEventLog {
    log = nil
    let opened = try SQLiteEventLog(path: World.storePath, options: logOptions)
    log = opened
    return opened
  }

  var accounts: [AccountRole] { [.leader] + settings.followers.map { .follower($0.name) } }

  private var intake: Intake {
    Intake(settings: settings, contracts: PaperDirectory(exchange.listed), asksQuotes: asksQuotes)
  }

  var logOptions: SQLiteEventLog.Options {
    var options = SQLiteEventLog.Options()
    options.vfs = disk.vfsName
    options.takesLock = false
    // Short runs shall meet checkpoints too.
    options.idleCheckpointPages = 32
    options.forcedCheckpointPages = 400
    return options
  }

  /// The process ends without a word: what was on its way to it is lost, what it had written stays.
  public func kill() {
    end()
    disk.kill()
  }

  /// The whole machine loses its power: of what was not durable stays what chance leaves.
  public func cutPower() {
    end()
    disk.cutPower()
  }

  private func end() {
    desk = nil
    log = nil
    inbox = []
    life += 1
    // What a process waited for at its end is no time of the next one's.
    _ = disk.takeTimeSpent()
    busyUntil = now
    for account in lines.keys { lines[account]?.isOpen = false }
  }

  func died(_ error: any Error) {
    if disk.isStopped { return crash() }
    end()
    disk.kill()
    afterDeath(error)
    agenda.note(.start(after: life), at: now + .seconds(1))
  }

  /// The process ends where the plan says, and another one is started soon after.
  func crash() {
    if crashPlan?.cutsPower == true { cutPower() } else { kill() }
    crashesAgainAfter = crashPlan?.again
    crashPlan = nil
    agenda.note(.start(after: life), at: now + .milliseconds(300))
  }

  /// Ends the process in order. What its end costs in time is nothing here.
  public func stop() throws {
    guard desk != nil else { return }
    do { _ = try desk?.finish() } catch { return died(error) }
    end()
  }

  /// The process does nothing for a while, as when it is stopped by a signal or its machine sleeps.
  public func freeze(for time: Microseconds) { busyUntil = max(busyUntil, now + time) }
}
