public struct EpisodeOpened: EventPayload {
  public static let type = EventType.episodeOpened
  public var follower: FollowerName
  public var key: PositionKey
  public var side: Side
  /// Counts from 1 for each key of a follower.
  public var number: Int64
  /// Frozen until the episode closes; absent where lots do not follow from a ratio.
  public var ratio: Ratio?
  /// When the leader order that opened the episode was first seen. For the reader; no decision uses it.
  public var since: SequenceNumber
  /// The two capitals that made the ratio, where capitals did.
  public var leaderCapital: Paise?
  public var followerCapital: Paise?

  public init(
    follower: FollowerName, key: PositionKey, side: Side, number: Int64, ratio: Ratio?, since: SequenceNumber,
    leaderCapital: Paise? = nil, followerCapital: Paise? = nil
  ) {
    self.since = since
    self.follower = follower
    self.key = key
    self.side = side
    self.number = number
    self.ratio = ratio
    self.leaderCapital = leaderCapital
    self.followerCapital = followerCapital
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let contract = try reader.contract()
    self.number = try reader.int("episode")
    self.follower = try reader.name("follower")
    self.followerCapital = try reader.optionalInt("follower_capital").map { Paise($0) }
    self.leaderCapital = try reader.optionalInt("leader_capital").map { Paise($0) }
    let product: ProductType = try reader.choice("product")
    self.ratio = try reader.optionalRatio("ratio")
    self.side = try reader.choice("side")
    self.since = SequenceNumber(try reader.int("since"))
    self.key = PositionKey(contract: contract, product: product)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    writer.int("episode", number)
    writer.name("follower", follower)
    writer.int("follower_capital", followerCapital?.count)
    writer.int("leader_capital", leaderCapital?.count)
    writer.choice("product", key.product)
    writer.ratio("ratio", ratio)
    writer.choice("side", side)
    writer.int("since", since.value)
  }
}

public struct EpisodeClosed: EventPayload {
  public static let type = EventType.episodeClosed
  public var follower: FollowerName
  public var key: PositionKey
  public var number: Int64

  public init(follower: FollowerName, key: PositionKey, number: Int64) {
    self.follower = follower
    self.key = key
    self.number = number
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let contract = try reader.contract()
    self.number = try reader.int("episode")
    self.follower = try reader.name("follower")
    let product: ProductType = try reader.choice("product")
    self.key = PositionKey(contract: contract, product: product)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    writer.int("episode", number)
    writer.name("follower", follower)
    writer.choice("product", key.product)
  }
}

public struct EntrySized: EventPayload {
  public static let type = EventType.entrySized
  public var follower: FollowerName
  public var key: PositionKey
  public var origin: LinkOrigin
  public var lots: Lots
  /// The money that may be put at risk; absent for fixed lots.
  public var budget: Paise?
  /// Premium of one lot (long), margin of one lot or what it loses in the stress (short).
  public var perLot: Paise?
  /// What the loss in the stress was made of.
  public var greeks: ContractGreeks?

  public init(
    follower: FollowerName, key: PositionKey, origin: LinkOrigin, lots: Lots, budget: Paise? = nil,
    perLot: Paise? = nil, greeks: ContractGreeks? = nil
  ) {
    self.greeks = greeks
    self.follower = follower
    self.key = key
    self.origin = origin
    self.lots = lots
    self.budget = budget
    self.perLot = perLot
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.budget = try reader.optionalInt("budget").map { Paise($0) }
    let contract = try reader.contract()
    self.follower = try reader.name("follower")
    self.greeks = try reader.optionalObject("greeks") { try ContractGreeks(reading: &$0) }
    self.lots = try reader.lots("lots")
    self.origin = try reader.name("origin")
    self.perLot = try reader.optionalInt("per_lot").map { Paise($0) }
    self.key = PositionKey(contract: contract, product: try reader.choice("product"))
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("budget", budget?.count)
    writer.contract(key.contract)
    writer.name("follower", follower)
    if let greeks { writer.object("greeks") { greeks.write(to: &$0) } }
    writer.int("lots", lots.count)
    writer.name("origin", origin)
    writer.int("per_lot", perLot?.count)
    writer.choice("product", key.product)
  }
}

public struct EntryForgone: EventPayload {
  public static let type = EventType.entryForgone
  public var follower: FollowerName
  public var key: PositionKey
  public var origin: LinkOrigin
  /// Zero when the whole link may not enter.
  public var lots: Lots
  public var reason: SkipReason
  /// Where money was short, or a limit on Greeks was met: what was left of it, and what one lot takes.
  public var shortfall: Shortfall?
  /// What such a limit was compared with.
  public var greeks: ContractGreeks?

  public struct Shortfall: Hashable, Sendable {
    public var available: Paise
    public var perLot: Paise

    public init(available: Paise, perLot: Paise) {
      self.available = available
      self.perLot = perLot
    }
  }

  public init(
    follower: FollowerName, key: PositionKey, origin: LinkOrigin, lots: Lots, reason: SkipReason,
    shortfall: Shortfall? = nil, greeks: ContractGreeks? = nil
  ) {
    self.shortfall = shortfall
    self.greeks = greeks
    self.follower = follower
    self.key = key
    self.origin = origin
    self.lots = lots
    self.reason = reason
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let available = try reader.optionalInt("available")
    let contract = try reader.contract()
    self.follower = try reader.name("follower")
    self.greeks = try reader.optionalObject("greeks") { try ContractGreeks(reading: &$0) }
    self.lots = try reader.lots("lots")
    self.origin = try reader.name("origin")
    let perLot = try reader.optionalInt("per_lot")
    let product: ProductType = try reader.choice("product")
    self.reason = try reader.choice("reason")
    switch (available, perLot) {
    case (let available?, let perLot?): shortfall = Shortfall(available: Paise(available), perLot: Paise(perLot))
    case (nil, nil): shortfall = nil
    default: throw reader.fault("both numbers of a shortfall")
    }
    self.key = PositionKey(contract: contract, product: product)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("available", shortfall?.available.count)
    writer.contract(key.contract)
    writer.name("follower", follower)
    if let greeks { writer.object("greeks") { greeks.write(to: &$0) } }
    writer.int("lots", lots.count)
    writer.name("origin", origin)
    writer.int("per_lot", shortfall?.perLot.count)
    writer.choice("product", key.product)
    writer.choice("reason", reason)
  }
}

public struct LinkEnded: EventPayload {
  public static let type = EventType.linkEnded
  public var follower: FollowerName
  public var key: PositionKey
  public var origin: LinkOrigin
  public var end: LinkEnd

  public init(follower: FollowerName, key: PositionKey, origin: LinkOrigin, end: LinkEnd) {
    self.follower = follower
    self.key = key
    self.origin = origin
    self.end = end
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let contract = try reader.contract()
    let word = try reader.text("end")
    self.follower = try reader.name("follower")
    let lots = try reader.optionalInt("lots")
    self.origin = try reader.name("origin")
    self.key = PositionKey(contract: contract, product: try reader.choice("product"))
    let reason: SkipReason? = try reader.optionalChoice("reason")
    switch (word, lots, reason) {
    case ("copied", let lots?, nil): self.end = .copied(Lots(lots))
    case ("skipped", nil, let reason?): self.end = .skipped(reason)
    case ("too_old", nil, nil): self.end = .tooOld
    case ("refused", nil, nil): self.end = .refused
    default: throw reader.fault("copied with lots, skipped with a reason, too_old or refused")
    }
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    switch end {
    case .copied: writer.string("end", "copied")
    case .skipped: writer.string("end", "skipped")
    case .tooOld: writer.string("end", "too_old")
    case .refused: writer.string("end", "refused")
    }
    writer.name("follower", follower)
    if case .copied(let lots) = end { writer.int("lots", lots.count) }
    writer.name("origin", origin)
    writer.choice("product", key.product)
    if case .skipped(let reason) = end { writer.choice("reason", reason) }
  }
}
