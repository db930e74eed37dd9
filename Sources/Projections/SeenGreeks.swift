import Domain

/// The Greeks of a contract, and when they were told.
public struct SeenGreeks: Hashable, Sendable, Codable {
  public let greeks: ContractGreeks
  public let at: Timestamp

  /// How old they may be to bound an entry (options-domain.md §5.4).
  public static let freshness = Microseconds.seconds(30)
  /// How long an entry waits for them. One chain is read once in three seconds (dhan-api-v2.md §3).
  public static let patience = Microseconds.seconds(5)
}

extension State {
  /// The Greeks of a contract, where they are new enough to decide by.
  public func freshGreeks(_ contract: ContractID) -> ContractGreeks? {
    greeks[contract].flatMap { now - $0.at <= SeenGreeks.freshness ? $0.greeks : nil }
  }

  mutating func apply(_ seen: GreeksSeen) {
    greeks[seen.contract] = SeenGreeks(greeks: seen.greeks, at: now)
    greeksWanted[seen.contract] = nil
    // Whatever waits for them is in the same underlying, and may be in another contract of it.
    let underlying = instruments[seen.contract]?.underlying
    for index in followers.indices {
      for key in followers[index].ledgers.keys.sorted() where instruments[key.contract]?.underlying == underlying {
        touched.touch(follower: index, key)
      }
    }
  }
}
