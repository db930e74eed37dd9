import Domain

extension Configuration {
  /// The part that decisions depend on, as the log records it.
  public var copySettings: CopySettings {
    CopySettings(
      leader: leader.clientID, followers: followers.map(\.copySettings), entries: entries.settings, trueUp: trueUp)
  }
}

extension Configuration.Follower {
  public var copySettings: FollowerSettings {
    FollowerSettings(
      name: name, clientID: clientID, mode: mode, sizing: sizing, limits: limits.copy, filters: filters, sends: sends)
  }
}
