import Domain

extension Configuration {
  /// The part that decisions depend on, as the log records it.
  public var copySettings: CopySettings {
    CopySettings(
      leader: leader.clientID, followers: followers.map(\.copySettings), entries: entries, trueUp: trueUp,
      unfilled: unfilled, exits: exits, squareOffFrom: market.squareOffFrom, blindAfter: leader.blindAfter,
      // The paper exchange opens when its script says so.
      calendar: broker.kind == .dhan ? market.marketCalendar : nil,
      refusals: market.data.refusals.value.entries, baskets: baskets)
  }
}

extension Configuration.Follower {
  public var copySettings: FollowerSettings {
    FollowerSettings(
      name: name, clientID: clientID, mode: mode, sizing: sizing, limits: limits.copy, filters: filters, sends: sends)
  }
}
