import Domain
import EventStore

/// One trading day in India, from the log alone: what each follower copied and what not and why, how much worse and later
/// it traded than the leader, and what that came to. The same whether the service runs or not, and for a day that is over
/// always the same.
public struct DayReport: Sendable {
  public let day: Day
  /// The last event that is in the report.
  public let lastSequence: SequenceNumber
  /// The days in India of the log's first and last event; `nil` when the log is empty.
  public let logDays: ClosedRange<Day>?
  /// What charges are estimated with; `nil` where no rates are known for the day.
  public let rates: ChargeRates?
  /// Everybody who is configured or did anything on the day, in the order of the configuration.
  public let followers: [FollowerDay]
  let names: ContractNames

  /// Whether the log holds anything of the day, or days before and after it.
  public var isInLog: Bool { logDays?.contains(day) ?? false }

  /// Reads the store at `path`.
  ///
  /// - Throws: ``ReportFault`` (usage) when the log knows no such follower.
  public static func read(
    _ day: Day, follower: FollowerName? = nil, store path: String, progress: @escaping (Int) -> Void = { _ in }
  ) throws -> DayReport {
    let reader = try SQLiteEventReader(path: path)
    defer { reader.close() }
    return try DayReport(day, follower: follower, in: reader, progress: progress)
  }

  init(
    _ day: Day, follower: FollowerName? = nil, in source: any EventSource, progress: LogWalk.Progress = { _ in }
  ) throws {
    self.day = day
    var history = OrderHistory()
    var movements = LotMovements()
    var prices = LastPrices()
    // Nothing later counts: the report of a day that is over never changes.
    let through = try LogPoint.day(day).last(in: source)
    try LogWalk.entries(of: source, through: through, progress: progress) { entry in
      history.take(entry)
      movements.take(entry, history)
      prices.take(entry, history)
    }
    if let follower, history.state.index(of: follower) == nil {
      let known = history.state.followers.map { "\($0.name)" }.joined(separator: ", ")
      throw ReportFault(
        .usage,
        "The log knows no follower \(follower) up to \(day). It knows: \(known.isEmpty ? "nobody" : known).")
    }
    logDays = try DayReport.days(of: source)
    lastSequence = history.state.lastSequence
    rates = ChargeRates.inForce(on: day)
    names = ContractNames(history.state)
    let basis = DayBasis(day: day, history: history, movements: movements.movements, prices: prices)
    followers = history.state.followers.compactMap { account in
      guard follower == nil || follower == account.name else { return nil }
      let told = FollowerDay(account.name, basis)
      return account.isConfigured || !told.isEmpty ? told : nil
    }
  }

  private static func days(of source: any EventSource) throws -> ClosedRange<Day>? {
    func day(_ sequence: SequenceNumber) throws -> Day? {
      var day: Day?
      try source.read(from: sequence, through: sequence, limit: 1) {
        day = Timestamp(microseconds: $0.recordedAt).indianDay
      }
      return day
    }
    let last = try LogPoint.time(.latest).last(in: source)
    guard let first = try day(.first), let newest = try day(last) else { return nil }
    return first...newest
  }
}
