import Domain
import Engine
import EventStore

/// Appends what the engine appends, to a store that holds a million events, in turns with the floor.
struct AppendBenchmark {
  let fixtures: Fixtures
  let floorProgram: String
  let rounds: Int

  private struct Round {
    var one: [Double] = []
    var hundred: [Double] = []

    mutating func take(_ size: Int, _ time: Double) {
      if size == 1 { one.append(time) }
      // A follower too small for one more lot asks for nothing.
      if (99...103).contains(size) { hundred.append(time) }
    }
  }

  func run() throws -> [Figure] {
    let ours = try fixtures.copy(fixtures.log, as: "append.db")
    let theirs = try fixtures.copy(fixtures.floor, as: "append-floor.db")
    defer {
      Fixtures.remove(ours)
      Fixtures.remove(theirs)
    }
    let log = try SQLiteEventLog(path: ours)
    let floor = try FloorProcess(program: floorProgram, store: theirs)
    let session = try CapturedSession(log: log, followers: fixtures.followers)
    var results: [(ours: Round, floor: Round)] = []
    // The first round fills caches and is not counted.
    for round in 0...rounds {
      let batches = try session.batches(leaderOrders: 60, contract: round)
      var result = (ours: Round(), floor: Round())
      for slice in batches.split(every: 40) { try turn(slice, log, floor, ours, &result) }
      if round > 0 { results.append(result) }
    }
    try log.close()
    return figures("append, one event durable", 1.15, results.map { ($0.ours.one, $0.floor.one) })
      + figures("append, 101 events in one commit", 1.5, results.map { ($0.ours.hundred, $0.floor.hundred) })
  }

  /// Some commits by us, then the same rows in the same commits by the floor.
  private func turn(
    _ batches: ArraySlice<AppendBatch>, _ log: SQLiteEventLog, _ floor: FloorProcess, _ path: String,
    _ result: inout (ours: Round, floor: Round)
  ) throws {
    let before = log.lastSequence
    let clock = ContinuousClock()
    for batch in batches {
      let start = clock.now
      let results = try log.append([batch])
      result.ours.take(batch.drafts.count, (clock.now - start).microseconds)
      _ = try results[0].get()
    }
    try log.checkpointWhenIdle()
    try floor.load(path, from: before.value + 1, through: log.lastSequence.value)
    let sizes = batches.map(\.drafts.count)
    for (size, time) in zip(sizes, try floor.commit(sizes)) { result.floor.take(size, time) }
    try floor.checkpoint()
  }

  private func figures(_ name: String, _ goal: Double, _ rounds: [([Double], [Double])]) -> [Figure] {
    [50.0, 99].map { share in
      let ours = rounds.map { $0.0.percentile(share) }
      let floor = rounds.map { $0.1.percentile(share) }
      return Figure(
        name: "\(name), p\(Int(share))", value: ours.median, unit: "µs", floor: floor.median,
        goal: share == 50 ? .atMost(goal) : nil, rounds: zip(ours, floor).map { $0 / $1 })
    }
  }
}

/// What the engine would append next, batch by batch, without appending it.
struct CapturedSession {
  private let session: TradingSession
  private let relay: RelayLog

  init(log: any EventLog, followers: Int) throws {
    relay = RelayLog(before: log, flushesAt: .max)
    session = try TradingSession(log: relay, followers: followers, seed: 2)
    let day = Day(daysSinceEpoch: session.engine.state.now.indianDay.daysSinceEpoch + 1)
    try session.openDay(day, contracts: 64)
    _ = try log.append(relay.takeBatches())
  }

  /// Leader orders that are copied by everybody; the replies to every tenth follow, one event a commit.
  func batches(leaderOrders: Int, contract round: Int) throws -> [AppendBatch] {
    for number in 0..<leaderOrders {
      let contract = session.contracts[(round * 8 + number % 8) % session.contracts.count]
      let calls = try session.leaderPlaces(contract, lots: 2)
      if number % 10 == 0 { session.send(calls) }
    }
    return relay.takeBatches()
  }
}

extension Duration {
  var microseconds: Double { seconds * 1_000_000 }
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension Array {
  func split(every count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min(self.count, $0 + count)] }
  }
}
