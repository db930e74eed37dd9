import Foundation
import NIOCore

/// What is measured in one round, over one fresh store.
struct RoundPlan {
  /// What is wrong with two accounts beside the healthy ones.
  enum Neighbours: String, Codable {
    case none = "none"
    /// One answers 401 to everything, one never answers, from the first reading on.
    case badFromStart = "bad from the start"
    /// The same, from the moment when the orders begin.
    case turningBad = "turning bad"
  }

  var followers: Int
  var neighbours = Neighbours.none
  var orders: Int
  var gap: Int64
  var replyDelay: Int64
  var idleSeconds: Int
  /// The folder of certificates, where TLS is spoken.
  var tls: String?

  /// All accounts that copy; the bad ones come last.
  var accounts: Int { neighbours == .none ? followers : followers + 2 }
}

/// What a round found out. Times in microseconds, by leader order.
struct RoundTimes {
  var first: [Double] = []
  var last: [Double] = []
  var commit: [Double] = []
  var there: [Double] = []
  var thereAndBack: [Double] = []
  var memory = 0
  var peakMemory = 0
  /// Milliseconds of processor time of one leader order, all its copies and their confirmations.
  var processorPerOrder = 0.0
  var idleProcessorPerMinute: Double?
  /// Share of the machine that other programs took meanwhile.
  var others = 0.0
}

/// One round: starts broker and service, waits until it is quiet, sends the leader's orders one at a time and measures
/// the floor between them.
struct Round {
  let plan: RoundPlan
  let programs: Programs
  let folder: String

  func run() throws -> RoundTimes {
    let server = try BrokerServer(
      followers: plan.accounts, replyDelay: .milliseconds(plan.replyDelay), tls: plan.tls)
    if plan.neighbours == .badFromStart { try setNeighboursBad(server) }
    let service = try RunningService(
      program: programs.service, folder: folder + "/service", followers: plan.accounts, port: server.port,
      tls: plan.tls)
    let floorStore = folder + "/floor.db"
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: floorStore + suffix) }
    let commits = try FloorCommits(program: programs.commits, store: floorStore)
    let requests = try FloorRequests(plan.followers, to: server, tls: plan.tls)
    var times = RoundTimes()
    do {
      try waitUntilQuiet(server, service)
      try measureIdle(service, &times)
      if plan.neighbours == .turningBad { try setNeighboursBad(server) }
      try sendOrders(server, service, commits, requests, &times)
      try readSamples(server, service, &times)
    } catch {
      try? service.stop()
      throw error
    }
    try commits.stop()
    try service.stop()
    try requests.stop()
    try server.stop()
    return times
  }

  private func setNeighboursBad(_ server: BrokerServer) throws {
    let healthy = plan.followers
    try server.perform { broker in
      broker.turn(healthy + 1, .refusing)
      broker.turn(healthy + 2, .silent)
    }
  }

  /// Until all accounts are read and watched, and nobody has asked for anything during a second.
  private func waitUntilQuiet(_ server: BrokerServer, _ service: RunningService) throws {
    let end = Moment.now() + 90_000_000_000
    while Moment.now() < end {
      Moment.sleep(milliseconds: 100)
      guard service.isRunning else { throw BenchmarkFailure("the service ended:\n\(service.lastWords)") }
      let isQuiet = try server.perform { broker in
        broker.isWatchedByAll && Moment.now() - broker.lastRequestAt > 1_000_000_000
      }
      // Where neighbours are bad their readings are tried again each second, and it is never quiet.
      let isReady = try plan.neighbours == .badFromStart && server.perform { $0.isWatchedByAll }
      if isQuiet || isReady { return }
    }
    throw BenchmarkFailure("the service did not come up:\n\(service.lastWords)")
  }

  private func measureIdle(_ service: RunningService, _ times: inout RoundTimes) throws {
    guard plan.idleSeconds > 0 else { return }
    let before = try service.processorTime()
    Moment.sleep(milliseconds: Int64(plan.idleSeconds) * 1_000)
    times.idleProcessorPerMinute = Double(try service.processorTime() - before) * 60 / Double(plan.idleSeconds)
  }

  private func sendOrders(
    _ server: BrokerServer, _ service: RunningService, _ commits: FloorCommits, _ requests: FloorRequests,
    _ times: inout RoundTimes
  ) throws {
    let rows = plan.followers == 1 ? 1 : plan.followers + 1
    let processorBefore = try service.processorTime()
    let machineBefore = try Machine()
    let gap = plan.gap * 1_000_000
    let start = Moment.now() + gap
    for number in 0..<Int64(plan.orders) {
      Moment.sleep(until: start + number * gap)
      try server.perform { $0.leaderOrders() }
      Moment.sleep(until: start + number * gap + gap / 2)
      times.commit.append(Double(try commits.commit(rows: rows)) / 1_000)
      let floor = try requests.send()
      times.there.append(Double(floor.there) / 1_000)
      times.thereAndBack.append(Double(floor.back) / 1_000)
    }
    Moment.sleep(milliseconds: 1_000)
    let used = try service.processorTime() - processorBefore
    times.others = try Machine().othersShare(since: machineBefore, service: used)
    times.processorPerOrder = Double(used) / Double(plan.orders)
  }

  private func readSamples(_ server: BrokerServer, _ service: RunningService, _ times: inout RoundTimes) throws {
    let (samples, surprises) = try server.perform { ($0.samples, $0.surprises) }
    guard surprises.isEmpty else {
      throw BenchmarkFailure("what should not happen: \(surprises.prefix(3)), in all \(surprises.count)")
    }
    for sample in samples {
      let arrivals = sample.arrivals[1...plan.followers].map { Double($0 - sample.sentAt) / 1_000 }
      guard let first = arrivals.min(), let last = arrivals.max(), first > 0 else {
        throw BenchmarkFailure("an order was not copied to everybody:\n\(service.lastWords)")
      }
      times.first.append(first)
      times.last.append(last)
    }
    times.memory = try service.memory("VmRSS")
    times.peakMemory = try service.memory("VmHWM")
  }
}

struct Programs {
  let service: String
  let commits: String
}

/// Processor time of the whole machine and of this process.
struct Machine {
  private let busy: Int
  private let all: Int
  private let own: Int

  init() throws {
    let line = try String(contentsOfFile: "/proc/stat", encoding: .utf8).prefix { $0 != "\n" }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int($0) }
    guard ticks.count == 8 else { throw BenchmarkFailure("/proc/stat is not understood") }
    all = ticks.reduce(0, +)
    busy = all - ticks[3] - ticks[4]
    var usage = tms()
    times(&usage)
    own = usage.tms_utime + usage.tms_stime
  }

  /// - Parameter service: milliseconds that the service used since then.
  func othersShare(since before: Machine, service: Int) -> Double {
    let ticksPerSecond = Int(sysconf(Int32(_SC_CLK_TCK)))
    let others = busy - before.busy - (own - before.own) - service * ticksPerSecond / 1_000
    return max(0, Double(others) / Double(max(1, all - before.all)))
  }
}
