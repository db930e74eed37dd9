// What an older version did not record has the value that it acted by.

extension EntrySettings {
  init(reading reader: inout PayloadReader) throws {
    let afterMarket: AfterMarketPolicy? = try reader.optionalChoice("after_market")
    guard afterMarket != .wait else { throw reader.fault("no \"wait\" for \"after_market\"") }
    let age = Microseconds(try reader.int("maximum_age"))
    let band = try reader.ratio("price_band")
    let resting: RestingPolicy? = try reader.optionalChoice("resting")
    guard resting != .skip else { throw reader.fault("no \"skip\" for \"resting\"") }
    self.init(maximumAge: age, priceBand: band, resting: resting ?? .skip, afterMarket: afterMarket ?? .wait)
  }

  func write(to writer: inout PayloadWriter) {
    if afterMarket != .wait { writer.choice("after_market", afterMarket) }
    writer.int("maximum_age", maximumAge.count)
    writer.ratio("price_band", priceBand)
    if resting != .skip { writer.choice("resting", resting) }
  }
}

extension UnfilledSettings {
  init(reading reader: inout PayloadReader) throws {
    let action: Action = try reader.choice("action")
    self.init(after: Microseconds(try reader.int("after")), action: action)
  }

  func write(to writer: inout PayloadWriter) {
    writer.choice("action", action)
    writer.int("after", after.count)
  }
}

extension ExitSettings {
  init(reading reader: inout PayloadReader) throws {
    let alternatives: Alternatives = try reader.choice("alternatives")
    let band = try reader.ratio("band")
    let exhausted: Exhausted = try reader.choice("exhausted")
    let first = Microseconds(try reader.int("first_after"))
    let interval = Microseconds(try reader.int("interval"))
    self.init(
      alternatives: alternatives, firstAfter: first, interval: interval, stepTicks: try reader.int("step_ticks"),
      band: band, exhausted: exhausted)
  }

  func write(to writer: inout PayloadWriter) {
    writer.choice("alternatives", alternatives)
    writer.ratio("band", band)
    writer.choice("exhausted", exhausted)
    writer.int("first_after", firstAfter.count)
    writer.int("interval", interval.count)
    writer.int("step_ticks", stepTicks)
  }
}
