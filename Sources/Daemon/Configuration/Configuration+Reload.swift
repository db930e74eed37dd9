import Domain

extension Configuration {
  /// What a reload takes over from the file, and what it leaves for the next start.
  public struct Reloaded: Sendable {
    public let configuration: Configuration
    /// Keys that differ in the file and are not taken over, in words.
    public let leftOut: [String]
  }

  /// This configuration with the limits, the sizing, the filters and the dates of the market of `new`.
  ///
  /// Everything else stays as it was at the start: accounts, addresses and the store are what a running service is made
  /// of, and a follower that joins needs a baseline first (rule 6).
  public func reloading(_ new: Configuration) -> Reloaded {
    var result = self
    var untaken = new
    // A holiday that is declared today must not wait for a restart.
    result.market.data = new.market.data
    untaken.market.data = market.data
    for index in followers.indices {
      guard let place = new.followers.firstIndex(where: { $0.name == followers[index].name }) else { continue }
      result.followers[index].limits = new.followers[place].limits
      result.followers[index].sizing = new.followers[place].sizing
      result.followers[index].filters = new.followers[place].filters
      untaken.followers[place].limits = followers[index].limits
      untaken.followers[place].sizing = followers[index].sizing
      untaken.followers[place].filters = followers[index].filters
      // `run --dry-run` is no change of the file.
      untaken.followers[place].sends = followers[index].sends
    }
    return Reloaded(configuration: result, leftOut: changedSections(untaken))
  }

  private func changedSections(_ other: Configuration) -> [String] {
    var sections: [String] = []
    func note<Value: Equatable>(_ name: String, _ path: KeyPath<Configuration, Value>) {
      if self[keyPath: path] != other[keyPath: path] { sections.append(name) }
    }
    note("store", \.store)
    note("broker", \.broker)
    note("market", \.market)
    note("leader", \.leader)
    if followers.map(\.name) != other.followers.map(\.name) {
      sections.append("the list of followers")
    } else {
      for (ours, theirs) in zip(followers, other.followers) where ours != theirs {
        sections.append("\(ours.name) (beyond sizing, limits and filters)")
      }
    }
    note("entries", \.entries)
    note("unfilled", \.unfilled)
    note("true_up", \.trueUp)
    note("exits", \.exits)
    note("baskets", \.baskets)
    note("reconcile", \.reconcile)
    note("dashboard", \.dashboard)
    note("log", \.log)
    return sections
  }
}
