import Domain

/// What the exchanges announce by circular and no program can know. Each part has its own source: the configuration itself
/// before the file that `market.data` names, and that before what is built in.
public struct MarketData: Hashable, Sendable {
  /// In ascending order of their first day; none where the market is always open.
  public var sessions: Part<[DatedSession]>
  public var holidays: Part<Listed<Holiday>>
  public var specialSessions: Part<Listed<Special>>
  /// In ascending order of their first day.
  public var freezeLimits: Part<[FreezeLimits]>
  /// What refusals mean; the first rule that fits decides.
  public var refusals: Part<Listed<RefusalRule>>

  public enum Source: Hashable, Sendable {
    case builtIn
    case file(String)
    case configuration
  }

  public struct Part<Value: Hashable & Sendable>: Hashable, Sendable {
    public var value: Value
    public var source: Source
  }

  /// Entries, those of days in ascending order, with the first day that the list speaks of, where it says so.
  public struct Listed<Element: Hashable & Sendable>: Hashable, Sendable {
    public var from: Day?
    public var entries: [Element]
  }

  public struct Holiday: Hashable, Sendable {
    public var day: Day
    public var name: String?
  }

  /// Trading outside the ordinary hours, such as the hour of Diwali.
  public struct Special: Hashable, Sendable {
    public var session: SpecialSession
    public var name: String?
  }

  /// Freeze quantities from a day on, in units.
  public struct FreezeLimits: Hashable, Sendable {
    public var from: Day
    public var limits: [Underlying: Quantity]
  }
}

extension MarketData {
  /// The largest quantity of one order in `underlying` on `day`; `nil` where nothing is known.
  ///
  /// Where the newest value is stale, the smaller of the last two: an order that is too small fills, one that is too large is
  /// refused (options-domain.md §1.5).
  public func freezeLimit(of underlying: Underlying, on day: Day) -> Quantity? {
    let known = freezeLimits.value.filter { $0.from <= day && $0.limits[underlying] != nil }
    guard let newest = known.last, let limit = newest.limits[underlying] else { return nil }
    guard day.daysSinceEpoch - newest.from.daysSinceEpoch > MarketData.freezePatience,
      let before = known.dropLast().last?.limits[underlying]
    else { return limit }
    return min(limit, before)
  }

  /// How many days a freeze limit is good for: a new one comes with every month.
  static let freezePatience: Int32 = 45
}

/// What one file, or the configuration itself, says of the market.
struct MarketDataParts {
  var sessions: [DatedSession]?
  var holidays: MarketData.Listed<MarketData.Holiday>?
  var specialSessions: MarketData.Listed<MarketData.Special>?
  var freezeLimits: [MarketData.FreezeLimits]?
  var refusals: MarketData.Listed<RefusalRule>?
}

extension MarketData {
  /// - Parameters:
  ///   - own: what stands in the configuration itself.
  ///   - path: where `file` was read; `nil` where no file is named.
  ///   - builtIn: what counts where neither says anything.
  init(_ own: MarketDataParts, file: MarketDataParts, path: String?, builtIn: MarketDataParts) {
    func part<Value>(_ key: KeyPath<MarketDataParts, Value?>, none: Value) -> Part<Value> {
      if let value = own[keyPath: key] { return Part(value: value, source: .configuration) }
      if let value = file[keyPath: key], let path { return Part(value: value, source: .file(path)) }
      return Part(value: builtIn[keyPath: key] ?? none, source: .builtIn)
    }
    sessions = part(\.sessions, none: [])
    holidays = part(\.holidays, none: Listed(from: nil, entries: []))
    specialSessions = part(\.specialSessions, none: Listed(from: nil, entries: []))
    freezeLimits = part(\.freezeLimits, none: [])
    refusals = part(\.refusals, none: Listed(from: nil, entries: []))
  }
}
