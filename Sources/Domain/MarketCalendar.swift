/// When the exchange takes orders, and until when a contract may be entered: what it announces by circular and no program can
/// know (options-domain.md §2.1, §2.4).
///
/// A value that the log records with the settings, so that a replay needs no file of that day.
public struct MarketCalendar: Hashable, Sendable, Codable {
  /// Ordinary hours in ascending order of their first day, at least one. The first hold for the days before them as well.
  public let hours: [DatedSession]
  /// In ascending order, each once.
  public let holidays: [Day]
  /// In ascending order of their opening. They stand beside the ordinary hours of their day, where it has any: a date that is
  /// wrong must not close the exchange for an exit (rule 16).
  public let specialSessions: [SpecialSession]
  /// How long before the close of its last day a contract is not entered any more; `nil` where that is no rule.
  public let expiryCutoff: Microseconds?
  /// From how many trading days before the expiry on a stock option is not entered any more, since it is settled in shares;
  /// 0 is the last day alone, `nil` no rule.
  public let physicalSettlementDays: Int64?

  /// Sorts what it is given. `hours` is not empty.
  public init(
    hours: [DatedSession], holidays: [Day] = [], specialSessions: [SpecialSession] = [],
    expiryCutoff: Microseconds? = nil, physicalSettlementDays: Int64? = nil
  ) {
    precondition(!hours.isEmpty, "A calendar has ordinary hours; a market without any is one that is always open.")
    self.hours = hours.sorted { $0.from < $1.from }
    self.holidays = Set(holidays).sorted()
    self.specialSessions = specialSessions.sorted {
      ($0.day, $0.session.open, $0.session.close) < ($1.day, $1.session.open, $1.session.close)
    }
    self.expiryCutoff = expiryCutoff
    self.physicalSettlementDays = physicalSettlementDays
  }

  /// The same hours from Monday to Friday and nothing else: what a log of before there were dates says.
  public init(everyWeekday session: TradingSession) {
    self.init(hours: [DatedSession(from: MarketCalendar.always, session: session)])
  }

  /// The first day of hours that have no date.
  static let always = Day(daysSinceEpoch: 0)

  /// The hours of every weekday, where the calendar says nothing else.
  var everyWeekday: TradingSession? {
    guard hours.count == 1, hours[0].from == MarketCalendar.always, holidays.isEmpty, specialSessions.isEmpty,
      expiryCutoff == nil, physicalSettlementDays == nil
    else { return nil }
    return hours[0].session
  }
}

extension MarketCalendar {
  /// A weekday that is no holiday. A special session makes no day one: orders and expiries do not count by it.
  public func isTradingDay(_ day: Day) -> Bool { day.isWeekday && !holidays.contains(day) }

  /// The ordinary hours of a trading day; `nil` on any other.
  public func session(on day: Day) -> TradingSession? { isTradingDay(day) ? ordinaryHours(on: day) : nil }

  public func isOpen(at moment: Timestamp) -> Bool { session(at: moment) != nil }

  /// The hours that `moment` is in, the ordinary ones where special ones overlap them.
  public func session(at moment: Timestamp) -> MarketSession? {
    sessions(on: moment.indianDay).first { $0.holds(moment) }
  }

  /// When it opens next after `moment`.
  public func nextOpening(after moment: Timestamp) -> Timestamp { nextSession(after: moment).opens }

  /// The hours that begin next after `moment`.
  public func nextSession(after moment: Timestamp) -> MarketSession {
    var day = moment.indianDay
    // It ends: the holidays are a list, and the week has five days beside them.
    while true {
      let coming = sessions(on: day).filter { $0.opens > moment }.min { $0.opens < $1.opens }
      if let coming { return coming }
      day = day.next
    }
  }

  /// The ordinary hours first.
  private func sessions(on day: Day) -> [MarketSession] {
    let ordinary = session(on: day).map { [MarketSession(day: day, hours: $0, copiesEntries: true)] } ?? []
    if specialSessions.isEmpty { return ordinary }
    return ordinary
      + specialSessions.filter { $0.day == day }.map {
        MarketSession(day: day, hours: $0.session, copiesEntries: $0.copies)
      }
  }

  private func ordinaryHours(on day: Day) -> TradingSession {
    hours.last { $0.from <= day }?.session ?? hours[0].session
  }
}

extension MarketCalendar {
  /// Why a contract is not entered at `moment`, or with the next opening where the exchange is closed; `nil` where it may be.
  ///
  /// For entries alone: an exit asks ``isOpen(at:)`` and nothing else (rule 16).
  public func barToEntry(_ instrument: Instrument, at moment: Timestamp) -> SkipReason? {
    let session = session(at: moment) ?? nextSession(after: moment)
    guard session.copiesEntries else { return .specialSession }
    guard let expiry = instrument.contract.option?.expiry else { return nil }
    if session.day > expiry { return .contractExpired }
    if let expiryCutoff, session.day == expiry {
      if max(moment, session.opens) + expiryCutoff >= lastClose(on: expiry) { return .expiryCutoff }
    }
    if let physicalSettlementDays, instrument.isStockOption,
      !hasTradingDays(moreThan: physicalSettlementDays, after: session.day, through: expiry)
    {
      return .physicalSettlement
    }
    return nil
  }

  /// When a contract of that day stops trading: with the ordinary hours, and with the last special ones where it has no others.
  private func lastClose(on day: Day) -> Timestamp {
    guard !isTradingDay(day), let last = sessions(on: day).map(\.closes).max() else {
      return day.inIndia(at: ordinaryHours(on: day).close)
    }
    return last
  }

  /// Whether more than `count` trading days come after `day` up to `last`. Looks at no more days than it has to.
  private func hasTradingDays(moreThan count: Int64, after day: Day, through last: Day) -> Bool {
    var (day, found) = (day.next, Int64(0))
    while day <= last {
      if isTradingDay(day) { found += 1 }
      if found > count { return true }
      day = day.next
    }
    return false
  }
}
