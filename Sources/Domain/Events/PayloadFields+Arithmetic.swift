extension Arithmetic {
  init(reading reader: inout PayloadReader) throws {
    let bound = try reader.optionalInt("bound")
    let filled = try reader.lots("filled")
    let forgone = try reader.optionalInt("forgone")
    guard forgone != 0 else { throw reader.fault("no zero for \"forgone\"") }
    let greeks = try reader.optionalObject("greeks") { try ContractGreeks(reading: &$0) }
    let leaderLots = try reader.lots("leader_lots")
    let whole = try reader.optionalInt("leader_whole")
    let ratio = try reader.optionalRatio("ratio")
    let reference = try PriceReference(readingOptional: &reader)
    let rule = try reader.int("rule")
    let target = try reader.lots("target")
    self.init(
      rule: rule, leaderLots: leaderLots, leaderWhole: whole.map { Lots($0) }, ratio: ratio, target: target,
      filled: filled, working: try reader.lots("working"), forgone: Lots(forgone ?? 0), reference: reference,
      bound: bound.map { Paise($0) }, greeks: greeks)
  }
  func write(to writer: inout PayloadWriter) {
    writer.int("bound", bound?.count)
    writer.int("filled", filled.count)
    writer.int("forgone", forgone == .zero ? nil : forgone.count)
    if let greeks { writer.object("greeks") { greeks.write(to: &$0) } }
    writer.int("leader_lots", leaderLots.count)
    writer.int("leader_whole", leaderWhole?.count)
    writer.ratio("ratio", ratio)
    reference?.write(to: &writer)
    writer.int("rule", rule)
    writer.int("target", target.count)
    writer.int("working", working.count)
  }
}

extension PriceReference {
  init?(readingOptional reader: inout PayloadReader) throws {
    guard let age = try reader.optionalInt("reference_age") else { return nil }
    let price = try reader.paise("reference_price")
    self.init(price: price, source: try reader.choice("reference_source"), age: Microseconds(age))
  }
  func write(to writer: inout PayloadWriter) {
    writer.int("reference_age", age.count)
    writer.int("reference_price", price.count)
    writer.choice("reference_source", source)
  }
}
