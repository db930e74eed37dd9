import Domain

extension MarketData {
  /// A part that is older than it may be, and what to do about it.
  public struct Stale: Hashable, Sendable, CustomStringConvertible {
    /// The key below `market`.
    public let part: String
    public let message: String

    public var description: String { "market.\(part): \(message)" }
  }

  /// What of it is too old on `day` to be believed; in the order of the file.
  public func stale(on day: Day) -> [Stale] {
    [staleHolidays(on: day)].compactMap(\.self) + staleFreezeLimits(on: day)
  }

  /// Next year's list comes in the middle of December.
  private func staleHolidays(on day: Day) -> Stale? {
    let (year, month, date) = day.civil
    let years = Set(holidays.value.entries.map { $0.day.civil.year })
    let wanted = month == 12 && date >= 15 ? [year, year + 1] : [year]
    guard let missing = wanted.first(where: { !years.contains($0) }) else { return nil }
    return Stale(
      part: "holidays",
      message: "there is no holiday of \(missing), so that the exchange counts as open on every weekday of it. "
        + "Write the exchange's list of \(missing) (docs/market-data.md).")
  }

  private func staleFreezeLimits(on day: Day) -> [Stale] {
    var newest: [Underlying: Day] = [:]
    for entry in freezeLimits.value where entry.from <= day {
      for underlying in entry.limits.keys { newest[underlying] = entry.from }
    }
    let old = newest.filter { day.daysSinceEpoch - $0.value.daysSinceEpoch > MarketData.freezePatience }
    return Set(old.values).sorted(by: >).map { from in
      let names = old.filter { $0.value == from }.map { "\($0.key)" }.sorted().joined(separator: ", ")
      return Stale(
        part: "freeze_limits",
        message: "those of \(names) are of \(from), \(day.daysSinceEpoch - from.daysSinceEpoch) days old, and may have "
          + "changed since: the smaller of the last two counts. Write the present ones, changed or not "
          + "(docs/market-data.md).")
    }
  }

  /// How old each part is on `day` and where it comes from: its key below `market`, and a sentence.
  public func ages(on day: Day) -> [(key: String, text: String)] {
    let hours = sessions.value.last { $0.from <= day } ?? sessions.value.first
    let freeze = freezeLimits.value.last { $0.from <= day }
    return [
      (
        "sessions",
        hours.map { "\($0.session.open) to \($0.session.close) since \($0.from)" } ?? "none",
        sessions.source
      ),
      ("holidays", MarketData.span(holidays.value.entries.map(\.day), "holiday", on: day), holidays.source),
      (
        "special_sessions",
        MarketData.span(specialSessions.value.entries.map(\.session.day), "special session", on: day),
        specialSessions.source
      ),
      (
        "freeze_limits",
        freeze.map { "newest of \($0.from), \(day.daysSinceEpoch - $0.from.daysSinceEpoch) days old" } ?? "none",
        freezeLimits.source
      ),
      (
        "refusals",
        "\(refusals.value.entries.count) rules" + (refusals.value.from.map { " since \($0)" } ?? ""),
        refusals.source
      ),
    ].map { (key: $0.0, text: "\($0.1) (\($0.2))") }
  }

  private static func span(_ days: [Day], _ noun: String, on day: Day) -> String {
    guard let last = days.last else { return "none" }
    let next = days.first { $0 >= day }.map { "the next is \($0)" } ?? "none is left"
    return "\(days.count) \(noun)\(days.count == 1 ? "" : "s") up to \(last), \(next)"
  }
}

extension Configuration {
  /// What a person has to be told of the market's data; nothing where the exchange has no hours, or is made of paper.
  public func staleMarketData(at now: Timestamp) -> [MarketData.Stale] {
    broker.kind == .dhan && market.calendar == .nse ? market.data.stale(on: now.indianDay) : []
  }
}

extension MarketData.Source: CustomStringConvertible {
  public var description: String {
    switch self {
    case .builtIn: "built in"
    case .file(let path): path
    case .configuration: "this file"
    }
  }
}
