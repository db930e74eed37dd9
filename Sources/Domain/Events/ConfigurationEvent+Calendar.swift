// Times of day are minutes since midnight in India, days are texts, lengths of time are microseconds.

extension MarketCalendar {
  init(reading reader: inout PayloadReader) throws {
    let cutoff = try reader.optionalInt("expiry_cutoff")
    let holidays = try reader.optionalList("holidays") { try $0.day("day") }
    let hours = try reader.list("hours") { try DatedSession(reading: &$0) }
    let settlement = try reader.optionalInt("physical_settlement_days")
    let special = try reader.optionalList("special_sessions") { try SpecialSession(reading: &$0) }
    guard !hours.isEmpty, holidays?.isEmpty != true, special?.isEmpty != true else {
      throw reader.fault("no empty list in a calendar")
    }
    self.init(
      hours: hours, holidays: holidays ?? [], specialSessions: special ?? [],
      expiryCutoff: cutoff.map { Microseconds($0) }, physicalSettlementDays: settlement)
    guard self.hours == hours, self.holidays == holidays ?? [], specialSessions == special ?? [], everyWeekday == nil
    else { throw reader.fault("the days of a calendar in their order") }
  }

  func write(to writer: inout PayloadWriter) {
    writer.int("expiry_cutoff", expiryCutoff?.count)
    if !holidays.isEmpty { writer.list("holidays", holidays) { $0.string("day", $1.description) } }
    writer.list("hours", hours) { $1.write(to: &$0) }
    writer.int("physical_settlement_days", physicalSettlementDays)
    if !specialSessions.isEmpty { writer.list("special_sessions", specialSessions) { $1.write(to: &$0) } }
  }
}

extension DatedSession {
  init(reading reader: inout PayloadReader) throws {
    let close = try reader.timeOfDay("close")
    let from = try reader.day("from")
    self.init(from: from, session: TradingSession(open: try reader.timeOfDay("open"), close: close))
  }

  func write(to writer: inout PayloadWriter) {
    writer.int("close", Int64(session.close.minutes))
    writer.string("from", from.description)
    writer.int("open", Int64(session.open.minutes))
  }
}

extension SpecialSession {
  init(reading reader: inout PayloadReader) throws {
    let close = try reader.timeOfDay("close")
    let copies = try reader.flag("copies")
    let day = try reader.day("day")
    self.init(day: day, session: TradingSession(open: try reader.timeOfDay("open"), close: close), copies: copies)
  }

  func write(to writer: inout PayloadWriter) {
    writer.int("close", Int64(session.close.minutes))
    writer.flag("copies", copies)
    writer.string("day", day.description)
    writer.int("open", Int64(session.open.minutes))
  }
}

extension TradingSession {
  init(reading reader: inout PayloadReader) throws {
    let close = try reader.timeOfDay("close")
    self.init(open: try reader.timeOfDay("open"), close: close)
  }

  func write(to writer: inout PayloadWriter) {
    writer.int("close", Int64(close.minutes))
    writer.int("open", Int64(open.minutes))
  }
}

extension PayloadReader {
  fileprivate mutating func timeOfDay(_ key: StaticString) throws -> TimeOfDay {
    guard let time = TimeOfDay(minutes: try int(key)) else { throw fault("minutes of a day") }
    return time
  }
}
