/// The Greeks of contracts are asked for, because a limit or a size depends on them and nobody told them of late.
public struct GreeksWanted: EventPayload {
  public static let type = EventType.greeksWanted
  public var contracts: [ContractID]
  public var follower: FollowerName

  public init(contracts: [ContractID], follower: FollowerName) {
    self.contracts = contracts
    self.follower = follower
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.contracts = try reader.list("contracts") { try $0.contract() }
    self.follower = try reader.name("follower")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.list("contracts", contracts) { $0.contract($1) }
    writer.name("follower", follower)
  }
}

/// The Greeks of a contract, from the option chain or computed.
public struct GreeksSeen: EventPayload {
  public static let type = EventType.greeksSeen
  public var contract: ContractID
  public var greeks: ContractGreeks

  public init(contract: ContractID, greeks: ContractGreeks) {
    self.contract = contract
    self.greeks = greeks
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.contract = try reader.contract()
    self.greeks = try reader.object("greeks") { try ContractGreeks(reading: &$0) }
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(contract)
    writer.object("greeks") { greeks.write(to: &$0) }
  }
}

extension ContractGreeks {
  init(reading reader: inout PayloadReader) throws {
    let delta = try reader.int("delta")
    let gamma = try reader.int("gamma")
    let source: Source = try reader.choice("source")
    let theta = try reader.int("theta")
    let underlying = try reader.paise("underlying")
    let vega = try reader.int("vega")
    self.init(
      source: source, underlying: underlying, volatilityMillionths: try reader.int("volatility"),
      deltaMillionths: delta, gammaBillionths: gamma, thetaPaisaHundredths: theta, vegaPaisaHundredths: vega)
  }
  func write(to writer: inout PayloadWriter) {
    writer.int("delta", deltaMillionths)
    writer.int("gamma", gammaBillionths)
    writer.choice("source", source)
    writer.int("theta", thetaPaisaHundredths)
    writer.int("underlying", underlying.count)
    writer.int("vega", vegaPaisaHundredths)
    writer.int("volatility", volatilityMillionths)
  }
}
