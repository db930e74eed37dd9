import Domain

/// The parts of the market data, as they stand below `market` or in a file of their own.
extension ConfigurationReader {
  func marketData(_ section: SectionReader) -> MarketDataParts {
    var parts = MarketDataParts()
    parts.sessions = sessions(section)
    parts.holidays = listed("holidays", section) { holiday($0, path: $1) }
    parts.holidays?.entries.sort { $0.day < $1.day }
    parts.specialSessions = listed("special_sessions", section) { specialSession($0, path: $1) }
    parts.specialSessions?.entries.sort {
      ($0.session.day, $0.session.session.open) < ($1.session.day, $1.session.session.open)
    }
    var known: Set<String> = []
    parts.freezeLimits = section.list("freeze_limits")?.compactMap { element in
      guard let entry = freezeLimits(element.node, path: element.path) else { return nil }
      for underlying in entry.limits.keys.sorted(by: { "\($0)" < "\($1)" })
      where !known.insert("\(underlying) \(entry.from)").inserted {
        twice("a limit of \(underlying)", from: entry.from, element)
      }
      return entry
    }
    parts.freezeLimits?.sort { $0.from < $1.from }
    parts.refusals = listed("refusals", section, below: "rules") { refusal($0, path: $1) }
    return parts
  }

  private func twice(_ what: String, from day: Day, _ element: (node: YAMLNode, path: String)) {
    report.mistake(
      .contradiction, at: element.node.place, key: element.path, "There is \(what) from \(day) on before this one.",
      remedy: "Delete one of the two.")
  }

  // MARK: - Hours

  /// Dated hours, or hours without a date below `session`.
  private func sessions(_ section: SectionReader) -> [DatedSession]? {
    let undated: TradingSession? =
      section.has("session") ? section.section("session").flatMap { hours($0, finishes: true) } : nil
    guard let list = section.list("sessions") else {
      return undated.map { [DatedSession(from: Day(daysSinceEpoch: 0), session: $0)] }
    }
    if section.has("session") {
      report.mistake(
        .contradiction, at: section.place(of: "session"), key: section.path(of: "session"),
        "The hours stand here and in \"sessions\".", remedy: "Delete one of the two.")
    }
    if list.isEmpty {
      report.mistake(
        .missing, at: section.place(of: "sessions"), key: section.path(of: "sessions"), "There are no hours.",
        remedy: "Write [{ effective_from: 2026-08-03, open: \"09:15\", close: \"15:40\" }], or delete the line.")
    }
    var days: Set<Day> = []
    let read = list.compactMap { element -> DatedSession? in
      guard let dated = datedSession(element.node, path: element.path) else { return nil }
      if !days.insert(dated.from).inserted { twice("an entry of hours", from: dated.from, element) }
      return dated
    }
    return read.isEmpty ? nil : read.sorted { $0.from < $1.from }
  }

  private func datedSession(_ node: YAMLNode, path: String) -> DatedSession? {
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let from = firstDay(section)
    guard let session = hours(section, finishes: true), let from else { return nil }
    return DatedSession(from: from, session: session)
  }

  private func hours(_ section: SectionReader, finishes: Bool) -> TradingSession? {
    let open = section.required("open", .timeOfDay, remedy: "Write open: \"09:15\".")
    let close = section.required("close", .timeOfDay, remedy: "Write close: \"15:40\".")
    if finishes { section.finish() }
    guard let open, let close else { return nil }
    guard open < close else {
      report.mistake(
        .contradiction, at: section.place(of: "close"), key: section.path(of: "close"),
        "It closes at \(close), before it opens at \(open).", remedy: "Exchange the two times.")
      return nil
    }
    return TradingSession(open: open, close: close)
  }

  // MARK: - Days

  /// A list of dates; or a section with the list below `dates` and the first day that it speaks of.
  private func listed<Element>(
    _ key: String, _ section: SectionReader, below list: String = "dates", _ read: (YAMLNode, String) -> Element?
  ) -> MarketData.Listed<Element>? {
    guard case .mapping? = section.node(key) else {
      return section.list(key).map { MarketData.Listed(from: nil, entries: $0.compactMap(read)) }
    }
    guard let inner = section.section(key) else { return nil }
    let from = inner.value("effective_from", .day)
    if !inner.has(list) { inner.missing(list, remedy: "Write \(list): and the list below it.") }
    let entries = inner.list(list)?.compactMap(read) ?? []
    inner.finish()
    return MarketData.Listed(from: from, entries: entries)
  }

  /// A day, or a day with its name.
  private func holiday(_ node: YAMLNode, path: String) -> MarketData.Holiday? {
    if case .scalar(let scalar) = node {
      do {
        return MarketData.Holiday(day: try ScalarKind<Day>.day.read(scalar))
      } catch {
        report.mistake(error.code, at: scalar.place, key: path, error.message, remedy: error.remedy)
        return nil
      }
    }
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let day = section.required("date", .day, remedy: "Write date: 2026-11-24.")
    let name = section.value("name", .text)
    section.finish()
    return day.map { MarketData.Holiday(day: $0, name: name) }
  }

  private func specialSession(_ node: YAMLNode, path: String) -> MarketData.Special? {
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let day = section.required("date", .day, remedy: "Write date: 2026-11-08.")
    let copies = section.value("copy", .flag) ?? false
    let name = section.value("name", .text)
    guard let hours = hours(section, finishes: true), let day else { return nil }
    return MarketData.Special(session: SpecialSession(day: day, session: hours, copies: copies), name: name)
  }

  // MARK: - Freeze limits

  private func freezeLimits(_ node: YAMLNode, path: String) -> MarketData.FreezeLimits? {
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let from = firstDay(section)
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
    return from.map { MarketData.FreezeLimits(from: $0, limits: limits) }
  }

  /// The first day of something dated: `effective_from`, or `from` for short.
  private func firstDay(_ section: SectionReader) -> Day? {
    guard section.has("from") else {
      return section.required("effective_from", .day, remedy: "Write effective_from: and the first day: 2026-08-03.")
    }
    if section.has("effective_from") {
      report.mistake(
        .contradiction, at: section.place(of: "from"), key: section.path(of: "from"),
        "The first day stands here and in \"effective_from\".", remedy: "Delete one of the two.")
    }
    _ = section.value("effective_from", .day)
    return section.value("from", .day)
  }
}
