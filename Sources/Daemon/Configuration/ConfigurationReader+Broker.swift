import Domain

extension ConfigurationReader {
  func broker(_ root: SectionReader) -> Configuration.Broker? {
    guard root.has("broker") else {
      root.missing("broker", remedy: "Write broker: { kind: paper } to try, or kind: dhan for real accounts.")
      _ = root.node("broker")
      return nil
    }
    guard let section = root.section("broker") else { return nil }
    let kind = section.required(
      "kind", ScalarKind<Configuration.Broker.Kind>.choice, remedy: "Write kind: paper to try, or kind: dhan.")
    let rest = section.value("rest_url", .address("https", "http", example: Standard.rest.description))
    let updates = section.value("order_update_url", .address("wss", "ws", example: Standard.updates.description))
    let auth = section.value("auth_url", .address("https", "http", example: Standard.auth.description))
    let instruments = section.value("instruments", instrumentFile)
    let trustRoots = section.value("trust_roots", .path)
    let paper = paper(section)
    section.finish()
    guard let kind, let paper else { return nil }
    return Configuration.Broker(
      kind: kind,
      dhan: Configuration.Dhan(
        restURL: rest ?? Standard.rest, orderUpdateURL: updates ?? Standard.updates, authURL: auth ?? Standard.auth,
        instruments: instruments ?? .url(Standard.instruments), trustRoots: trustRoots.map(resolve)),
      paper: paper)
  }

  /// Dhan's own addresses, where the file names none.
  private enum Standard {
    static let rest = ServiceAddress(scheme: "https", host: "api.dhan.co", port: nil, path: "/v2")
    static let updates = ServiceAddress(scheme: "wss", host: "api-order-update.dhan.co", port: nil, path: "")
    static let auth = ServiceAddress(scheme: "https", host: "auth.dhan.co", port: nil, path: "")
    static let instruments = ServiceAddress(
      scheme: "https", host: "images.dhan.co", port: nil, path: "/api-data/api-scrip-master-detailed.csv")
  }

  private var instrumentFile: ScalarKind<Configuration.InstrumentFile> {
    ScalarKind { scalar throws(ScalarFault) in
      guard scalar.text.contains("://") else {
        return .file(resolve(try ScalarKind<String>.path.read(scalar)))
      }
      return .url(try ScalarKind.address("https", "http", example: Standard.instruments.description).read(scalar))
    }
  }

  private func paper(_ broker: SectionReader) -> Configuration.Paper? {
    guard let section = broker.section("paper") else { return nil }
    let script = section.value("script", .path)
    let seed = section.value("seed", .integer(0...Int64.max, of: "the session"))
    let pace = section.value("pace", ScalarKind<Configuration.Paper.Pace>.choice)
    var accounts: [Configuration.PaperAccount] = []
    if let names = section.section("accounts") {
      for name in names.allKeys() {
        guard let capital = names.value(name.text, .rupees) else { continue }
        accounts.append(Configuration.PaperAccount(name: name.text, capital: capital))
      }
    }
    section.finish()
    return Configuration.Paper(
      script: script.map { $0 == "demo" ? .demo : .file(resolve($0)) } ?? .demo, seed: seed.map { UInt64($0) } ?? 1,
      pace: pace ?? .live, accounts: accounts)
  }

  /// Each account of the paper exchange is one of the file's.
  func check(_ paper: Configuration.Paper, in root: SectionReader, followers: [FollowerName]) {
    guard let section = root.section("broker")?.section("paper")?.section("accounts") else { return }
    let names = ["leader"] + followers.map(\.description)
    for account in paper.accounts where !names.contains(account.name) {
      let meant = NearestKey.suggestion(for: account.name, among: names).map { "Did you mean \"\($0)\"?" }
      report.mistake(
        .unknownKey, at: section.place(of: account.name), key: section.path(of: account.name),
        "There is no follower \(YAMLScalar.quoted(account.name)).",
        remedy: meant ?? "Write leader, or the name of a follower: \(names.dropFirst().joined(separator: ", ")).")
    }
  }
}
