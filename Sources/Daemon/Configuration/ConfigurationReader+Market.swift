import Domain

extension ConfigurationReader {
  func market(_ root: SectionReader) -> Configuration.Market? {
    guard let section = root.section("market") else { return nil }
    let calendar = section.value("calendar", ScalarKind<Configuration.Market.Calendar>.choice)
    let holidays = (section.list("holidays") ?? []).compactMap { holiday($0.node, path: $0.path, in: section) }
    let sessions = (section.list("special_sessions") ?? []).compactMap { specialSession($0.node, path: $0.path) }
    let freeze = (section.list("freeze_limits") ?? []).compactMap { freezeLimits($0.node, path: $0.path) }
    let squareOff = section.value("square_off_from", ScalarKind<TimeOfDay>.timeOfDay)
    let session = section.has("session") ? session(section) : nil
    let quotes = section.value("quotes", ScalarKind<Configuration.Market.Quotes>.choice)
    section.finish()
    return Configuration.Market(
      calendar: calendar ?? .nse, quotes: quotes ?? .none,
      squareOffFrom: squareOff ?? ((calendar ?? .nse) == .nse ? TimeOfDay("15:15") : nil),
      session: (calendar ?? .nse) == .nse ? session : nil,
      holidays: holidays.sorted { $0.day < $1.day },
      specialSessions: sessions.sorted { ($0.day, $0.open) < ($1.day, $1.open) },
      freezeLimits: freeze.sorted { $0.from < $1.from })
  }

  private func session(_ parent: SectionReader) -> TradingSession? {
    guard let section = parent.section("session") else { return nil }
    let open = section.required("open", .timeOfDay, remedy: "Write open: \"09:15\".")
    let close = section.required("close", .timeOfDay, remedy: "Write close: \"15:40\".")
    section.finish()
    guard let open, let close else { return nil }
    guard open < close else {
      report.mistake(
        .contradiction, at: section.place(of: "close"), key: section.path(of: "close"),
        "The exchange closes at \(close), before it opens at \(open).", remedy: "Exchange the two times.")
      return nil
    }
    return TradingSession(open: open, close: close)
  }

  /// A day, or a day with its name.
  private func holiday(_ node: YAMLNode, path: String, in parent: SectionReader) -> Configuration.Holiday? {
    if case .scalar = node { return parent.read(node, .day, path: path).map { Configuration.Holiday(day: $0) } }
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let day = section.required("date", .day, remedy: "Write date: 2026-11-24.")
    let name = section.value("name", .text)
    section.finish()
    return day.map { Configuration.Holiday(day: $0, name: name) }
  }

  private func specialSession(_ node: YAMLNode, path: String) -> Configuration.SpecialSession? {
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let day = section.required("date", .day, remedy: "Write date: 2026-11-08.")
    let open = section.required("open", .timeOfDay, remedy: "Write open: \"18:00\".")
    let close = section.required("close", .timeOfDay, remedy: "Write close: \"19:00\".")
    let copies = section.value("copy", .flag) ?? false
    let name = section.value("name", .text)
    section.finish()
    guard let day, let open, let close else { return nil }
    guard open < close else {
      report.mistake(
        .contradiction, at: section.place(of: "close"), key: section.path(of: "close"),
        "The session closes at \(close), before it opens at \(open).", remedy: "Exchange the two times.")
      return nil
    }
    return Configuration.SpecialSession(day: day, open: open, close: close, copies: copies, name: name)
  }

  private func freezeLimits(_ node: YAMLNode, path: String) -> Configuration.FreezeLimits? {
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let from = section.required("from", .day, remedy: "Write from: and the first day they hold: 2026-08-03.")
    if !section.has("units") {
      section.missing("units", remedy: "Write units: { NIFTY: 1800, BANKNIFTY: 600 }.")
    }
    var limits: [Underlying: Quantity] = [:]
    if let units = section.section("units") {
      for name in units.allKeys() {
        guard let underlying = units.read(.scalar(name), .underlying, path: units.path(of: name.text)) else { continue }
        guard let count = units.value(name.text, .integer(1...10_000_000, of: "units")) else { continue }
        limits[underlying] = Quantity(count)
      }
    }
    section.finish()
    return from.map { Configuration.FreezeLimits(from: $0, limits: limits) }
  }
}
