import Domain
import PaperExchange
import Projections

/// What goes wrong on a bad day: machine, process, disk, network and broker, one thing after the other and several at once.
extension Stage {
  /// - Returns: after the trouble has begun; some last for a while, and end by themselves or with ``heal()``.
  func troubleComes() throws {
    switch random.below(21) {
    case 0..<3: try processDies()
    case 3: try powerFails()
    case 4: try serviceRestarts()
    case 5: processFreezes()
    case 6, 7: try connectionDrops()
    case 8: tokenDies()
    case 9: lineHangs()
    case 10: addressIsRefused()
    case 11..<14: try somethingFails()
    case 14, 15: diskFails()
    case 16: diskSlowsDown()
    case 17: diskIsFull()
    case 18: clockJumps()
    default: operatorSpeaks()
    }
  }

  private func note(_ trouble: String, _ line: String = "") {
    count(trouble)
    tell(line.isEmpty ? trouble : "\(trouble): \(line)")
  }

  // MARK: - Process and machine

  private func processDies() throws {
    note("killed")
    world.kill()
    try comeBack()
  }

  private func powerFails() throws {
    note("power cut")
    world.cutPower()
    try comeBack()
  }

  /// It starts again after a while, and now and then dies once more before it has caught up.
  func comeBack() throws {
    for _ in 0..<random.below(3) {
      try pass(between(10, 900))
      if random.chance(50) { try leaderActs() } else { try marketMoves() }
    }
    try pass(between(10, 2_000))
    try world.start()
    guard random.chance(30) else { return }
    try pass(between(0, 600))
    note("killed while it recovers")
    if random.chance(30) { world.cutPower() } else { world.kill() }
    try pass(between(10, 2_000))
    try world.start()
  }

  private func serviceRestarts() throws {
    note("stopped and started")
    try world.stop()
    try pass(between(100, 15_000))
    if !world.isRunning { try world.start() }
  }

  private func processFreezes() {
    let time = between(500, 40_000)
    note("frozen", "for \(time.count / 1_000) ms")
    world.freeze(for: time)
  }

  private func clockJumps() {
    let seconds = random.pick([-3_600, -600, -60, -5, -1, 1, 5, 60, 600, 3_600])
    note("clock jumps", "by \(seconds) s")
    world.machine.jump(by: .seconds(Int64(seconds)))
  }

  // MARK: - Disk

  private func diskFails() {
    let operation = random.pick([DiskOperation.write, .sync, .truncate, .read, .open])
    note("I/O error", "\(operation)")
    world.disk.faults.fail(operation, .inputOutput, isSticky: random.chance(25), skipping: random.below(4))
  }

  private func diskSlowsDown() {
    note("slow disk")
    world.disk.faults.slowPerThousand = 100
  }

  private func diskIsFull() {
    note("full disk")
    world.disk.faults.capacity = world.disk.usedBytes + random.below(20_000)
  }

  // MARK: - Network and broker

  private func tokenDies() {
    let account = random.pick(world.accounts)
    note("dead token", "\(account)")
    world.killToken(of: account)
  }

  private func lineHangs() {
    let account = random.pick(world.accounts)
    note("hanging network", "\(account)")
    world.hang(account, for: between(1_000, 20_000))
  }

  private func addressIsRefused() {
    let account = random.pick(world.accounts)
    note("refused address", "\(account)")
    world.refuseAddress(of: account, true)
  }

  private func operatorSpeaks() {
    guard world.isRunning else { return }
    let mode = random.pick(OperatorMode.allCases)
    let follower = random.chance(50) ? random.pick(settings.copy.followers).name : nil
    note("operator", "\(mode) \(follower.map { "\($0)" } ?? "all")")
    world.say(mode, to: follower)
  }

  // MARK: - Ends

  /// Some of what lasts ends.
  func troublesPass() {
    if random.chance(30) { world.disk.heal() }
    for account in world.accounts {
      if random.chance(20) { world.renewToken(of: account) }
      if random.chance(20) { world.refuseAddress(of: account, false) }
    }
  }

  /// Everything is well from now on, and all followers may trade.
  func heal() {
    tell("everything heals")
    world.disk.heal()
    world.healOutside()
    var exchange = exchange.settings
    exchange.faults = .none
    exchange.positionsLag = Microseconds(0)
    exchange.tradesLag = Microseconds(0)
    world.act(.configure(exchange))
    world.act(.forgetFaults)
    for client in self.exchange.accountIDs { world.act(.silenceUpdates(false, account: client)) }
  }
}
