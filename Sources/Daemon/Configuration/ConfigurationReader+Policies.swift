import Domain

extension ConfigurationReader {
  func entries(_ root: SectionReader) -> EntrySettings? {
    guard let section = root.section("entries") else { return nil }
    let age = section.value("max_age", .duration())
    let band = section.value("price_band_percent", .percent(upTo: 99))
    let resting = section.value("resting", ScalarKind<RestingPolicy>.choice)
    let afterMarket = section.value("after_market", ScalarKind<AfterMarketPolicy>.choice)
    section.finish()
    let standard = EntrySettings()
    return EntrySettings(
      maximumAge: age ?? standard.maximumAge, priceBand: band ?? standard.priceBand,
      resting: resting ?? standard.resting, afterMarket: afterMarket ?? standard.afterMarket)
  }

  func unfilled(_ root: SectionReader) -> UnfilledSettings? {
    guard let section = root.section("unfilled") else { return nil }
    let after = section.value("after", .duration())
    let action = section.value("action", ScalarKind<UnfilledSettings.Action>.choice)
    section.finish()
    let standard = UnfilledSettings()
    return UnfilledSettings(after: after ?? standard.after, action: action ?? standard.action)
  }

  func exits(_ root: SectionReader) -> ExitSettings? {
    guard let section = root.section("exits") else { return nil }
    let alternatives = section.value("alternatives", ScalarKind<ExitSettings.Alternatives>.choice)
    let firstAfter = section.value("first_after", .duration())
    let interval = section.value("interval", .duration(from: .milliseconds(100)))
    let stepTicks = section.value("step_ticks", .integer(1...1_000, of: "ticks"))
    let band = section.value("band_percent", .percent(upTo: 99))
    let exhausted = section.value("on_exhausted", ScalarKind<ExitSettings.Exhausted>.choice)
    section.finish()
    let standard = ExitSettings()
    return ExitSettings(
      alternatives: alternatives ?? standard.alternatives, firstAfter: firstAfter ?? standard.firstAfter,
      interval: interval ?? standard.interval, stepTicks: stepTicks ?? standard.stepTicks,
      band: band ?? standard.band, exhausted: exhausted ?? standard.exhausted)
  }

  /// `off`, a word that says how legs are known, or a section that says more.
  func baskets(_ root: SectionReader) -> BasketSettings? {
    func grouping(_ section: SectionReader, _ key: String) -> BasketSettings.Grouping? {
      let words = BasketSettings.Grouping.allCases.map(\.rawValue)
      return section.value(key, .word(["off"] + words) { .some(BasketSettings.Grouping(rawValue: $0)) }) ?? nil
    }
    guard case .mapping? = root.node("baskets") else {
      return grouping(root, "baskets").map { BasketSettings(grouping: $0) }
    }
    guard let section = root.section("baskets") else { return nil }
    let kind = grouping(section, "group")
    let within = section.value("within", .duration(from: .milliseconds(100)))
    let missing = section.value("missing_leg", ScalarKind<MissingLegPolicy>.choice)
    section.finish()
    return kind.map {
      BasketSettings(grouping: $0, within: within ?? BasketSettings.within, onMissingLeg: missing ?? .hold)
    }
  }

  func reconcile(_ root: SectionReader) -> Configuration.ReconcilePolicy? {
    guard let section = root.section("reconcile") else { return nil }
    let policy = section.value("policy", ScalarKind<Configuration.ReconcilePolicy>.choice)
    section.finish()
    return policy ?? .report
  }

  func dashboard(_ root: SectionReader) -> ListenAddress? {
    let standard = ListenAddress("127.0.0.1:8787")
    guard let section = root.section("dashboard") else { return nil }
    let listen = section.value("listen", ScalarKind<ListenAddress?>.listenAddress)
    section.finish()
    return listen ?? standard
  }

  func log(_ root: SectionReader) -> Configuration.Log? {
    guard let section = root.section("log") else { return nil }
    let level = section.value("level", ScalarKind<Configuration.Log.Level>.choice)
    let format = section.value("format", ScalarKind<Configuration.Log.Format>.choice)
    section.finish()
    return Configuration.Log(level: level ?? .info, format: format ?? .text)
  }
}
