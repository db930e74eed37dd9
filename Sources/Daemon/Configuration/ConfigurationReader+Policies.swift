import Domain

extension ConfigurationReader {
  func entries(_ root: SectionReader) -> Configuration.Entries? {
    guard let section = root.section("entries") else { return nil }
    let age = section.value("max_age", .duration())
    let band = section.value("price_band_percent", .percent(upTo: 99))
    let resting = section.value("resting", ScalarKind<Configuration.RestingPolicy>.choice)
    section.finish()
    let standard = EntrySettings()
    return Configuration.Entries(
      settings: EntrySettings(maximumAge: age ?? standard.maximumAge, priceBand: band ?? standard.priceBand),
      resting: resting ?? .skip)
  }

  func unfilled(_ root: SectionReader) -> Configuration.Unfilled? {
    guard let section = root.section("unfilled") else { return nil }
    let after = section.value("after", .duration())
    let action = section.value("action", ScalarKind<Configuration.Unfilled.Action>.choice)
    section.finish()
    return Configuration.Unfilled(after: after ?? .seconds(5), action: action ?? .reprice)
  }

  func exits(_ root: SectionReader) -> Configuration.Exits? {
    guard let section = root.section("exits") else { return nil }
    let alternatives = section.value("alternatives", ScalarKind<Configuration.Exits.Alternatives>.choice)
    let firstAfter = section.value("first_after", .duration())
    let interval = section.value("interval", .duration(from: .milliseconds(100)))
    let stepTicks = section.value("step_ticks", .integer(1...1_000, of: "ticks"))
    let band = section.value("band_percent", .percent(upTo: 99))
    let onExhausted = section.value("on_exhausted", ScalarKind<Configuration.Exits.OnExhausted>.choice)
    section.finish()
    return Configuration.Exits(
      alternatives: alternatives ?? .stopOnly, firstAfter: firstAfter ?? .seconds(2), interval: interval ?? .seconds(2),
      stepTicks: stepTicks ?? 4, band: band ?? ConfigurationReader.fifth, onExhausted: onExhausted ?? .alertAndKeep)
  }

  private static let fifth: Ratio = {
    guard let ratio = Ratio(1, 5) else { preconditionFailure("One fifth is a ratio.") }
    return ratio
  }()

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
