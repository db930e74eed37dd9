public struct ServiceStarted: EventPayload {
  public static let type = EventType.serviceStarted
  public var version: ShortText
  /// The version of the decision code: replays demand equal decisions within one version.
  public var decisionVersion: Int64

  public init(version: ShortText, decisionVersion: Int64) {
    self.version = version
    self.decisionVersion = decisionVersion
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.decisionVersion = try reader.int("decision_version")
    self.version = try reader.text("version")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("decision_version", decisionVersion)
    writer.text("version", version)
  }
}

public struct ServiceStopping: EventPayload {
  public static let type = EventType.serviceStopping

  public init() {}
  public init(reading reader: inout PayloadReader, version: Int) throws {}
  public func write(to writer: inout PayloadWriter) {}
}

public struct ServiceStopped: EventPayload {
  public static let type = EventType.serviceStopped
  public var restingOrders: Int64

  public init(restingOrders: Int64) { self.restingOrders = restingOrders }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.restingOrders = try reader.int("resting_orders")
  }
  public func write(to writer: inout PayloadWriter) { writer.int("resting_orders", restingOrders) }
}

public struct ClockObserved: EventPayload {
  public static let type = EventType.clockObserved
  /// What was due, as a word: `lane`, `look`.
  public var due: ShortText

  public init(due: ShortText) { self.due = due }
  public init(reading reader: inout PayloadReader, version: Int) throws { self.due = try reader.text("due") }
  public func write(to writer: inout PayloadWriter) { writer.text("due", due) }
}

public struct InstrumentSeen: EventPayload {
  public static let type = EventType.instrumentSeen
  public var instrument: Instrument

  public init(_ instrument: Instrument) { self.instrument = instrument }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let contract = try reader.contract()
    let displayName = try reader.text("display_name")
    let freeze = try reader.optionalInt("freeze_quantity")
    guard let lotSize = LotSize(try reader.int("lot_size")) else { throw reader.fault("a positive lot size") }
    let lower = try reader.optionalInt("lower_limit")
    let isStockOption = try reader.flag("stock_option")
    let tick = try reader.int("tick_size")
    guard tick > 0 else { throw reader.fault("a positive tick") }
    let underlying: Underlying = try reader.name("underlying")
    let isListed = try !reader.flag("unlisted")
    let upper = try reader.optionalInt("upper_limit")
    self.instrument = Instrument(
      contract: contract, underlying: underlying, displayName: displayName, lotSize: lotSize, tickSize: Paise(tick),
      freezeQuantity: freeze.map { Quantity($0) }, isStockOption: isStockOption,
      band: upper.map { PriceBand(lower: Paise(lower ?? 0), upper: Paise($0)) }, isListed: isListed)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(instrument.contract)
    writer.text("display_name", instrument.displayName)
    writer.int("freeze_quantity", instrument.freezeQuantity?.units)
    writer.int("lot_size", instrument.lotSize.units)
    writer.int("lower_limit", instrument.band?.lower.count)
    writer.flag("stock_option", instrument.isStockOption)
    writer.int("tick_size", instrument.tickSize.count)
    writer.name("underlying", instrument.underlying)
    writer.flag("unlisted", !instrument.isListed)
    writer.int("upper_limit", instrument.band?.upper.count)
  }
}

public struct MarginQuoted: EventPayload {
  public static let type = EventType.marginQuoted
  public var follower: FollowerName
  public var contract: ContractID
  /// Margin that the broker asks for one short lot.
  public var perLot: Paise

  public init(follower: FollowerName, contract: ContractID, perLot: Paise) {
    self.follower = follower
    self.contract = contract
    self.perLot = perLot
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.contract = try reader.contract()
    self.follower = try reader.name("follower")
    self.perLot = try reader.paise("per_lot")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(contract)
    writer.name("follower", follower)
    writer.int("per_lot", perLot.count)
  }
}
