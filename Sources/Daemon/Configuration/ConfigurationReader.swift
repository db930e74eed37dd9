import Domain

/// Reads the whole file into a ``Configuration``. Every section is read whatever the others are like; what cannot be
/// read is reported and leaves a gap, and then there is no configuration.
struct ConfigurationReader {
  let report: ConfigurationReport
  /// Makes a path of the file absolute.
  let resolve: (String) -> String
  /// The text of another file that the configuration names, or `nil` after reporting why there is none; `nil` where nothing
  /// outside of the configuration is looked at.
  var readFile: ((String, ConfigurationReport) -> String?)?

  func configuration(from root: YAMLNode) -> Configuration? {
    guard let section = SectionReader(root, path: "", report: report) else { return nil }
    let store = section.required("store", .path, remedy: "Write where the log is kept: store: ./copytrade.db")
    let broker = broker(section)
    let market = market(section)
    let needsCredentials = broker?.kind == .dhan
    let leader = leader(section, needsCredentials: needsCredentials)
    let followers = followers(section, leader: leader?.clientID, needsCredentials: needsCredentials)
    let entries = entries(section)
    let unfilled = unfilled(section)
    let trueUp = section.value("true_up", ScalarKind<TrueUpPolicy>.choice) ?? .trimShorts
    let exits = exits(section)
    let baskets = baskets(section)
    let reconcile = reconcile(section)
    let dashboard = dashboard(section)
    let log = log(section)
    section.finish()
    noteWhatIsNotInForce(section)
    if let paper = broker?.paper, !paper.accounts.isEmpty {
      check(paper, in: section, followers: followers.map(\.name))
    }

    guard report.mistakes.isEmpty, let store, let broker, let market, let leader, let entries, let unfilled, let exits,
      let reconcile, let log
    else { return nil }
    return Configuration(
      store: resolve(store), broker: broker, market: market, leader: leader, followers: followers, entries: entries,
      unfilled: unfilled, trueUp: trueUp, exits: exits, baskets: baskets, reconcile: reconcile, dashboard: dashboard,
      log: log)
  }
}
