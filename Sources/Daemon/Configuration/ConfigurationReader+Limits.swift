import Domain

extension ConfigurationReader {
  func limits(_ follower: SectionReader, sizing: Sizing?) -> Configuration.Limits? {
    guard let section = follower.section("limits") else { return nil }
    let perOrder = section.value("max_lots_per_order", .lots)
    let perUnderlying = section.value("max_lots_per_underlying", .lots)
    let open = section.value("max_open_lots", .lots)
    let premium = section.value("max_premium_percent", .percent(upTo: 100))
    let rupeeDelta = section.value("max_rupee_delta", .rupees)
    let vega = section.value("max_vega", .rupees)
    let loss = section.value("max_daily_loss", .rupees)
    section.finish()
    let ladder = [
      ("max_lots_per_order", perOrder), ("max_lots_per_underlying", perUnderlying), ("max_open_lots", open),
    ]
    for (index, narrow) in ladder.enumerated() {
      for wide in ladder[(index + 1)...] {
        guard let small = narrow.1, let large = wide.1, small > large else { continue }
        report.mistake(
          .contradiction, at: section.place(of: narrow.0), key: section.path(of: narrow.0),
          "\(narrow.0) (\(small)) is more than \(wide.0) (\(large)), so it can never be reached.",
          remedy: "Lower \(narrow.0), or raise \(wide.0).")
      }
    }
    if case .fixedLots(let lots)? = sizing?.strategy {
      for case (let key, let limit?) in ladder where lots > limit {
        report.mistake(
          .contradiction, at: section.place(of: key), key: section.path(of: key),
          "Every entry has \(lots) lots, and \(key) allows \(limit).", remedy: "Raise \(key), or lower sizing.lots.")
      }
    }
    return Configuration.Limits(
      copy: CopyLimits(
        maximumLotsPerOrder: perOrder, maximumLotsPerUnderlying: perUnderlying, maximumOpenLots: open,
        maximumPremium: premium, maximumRupeeDelta: rupeeDelta, maximumVega: vega),
      maximumDailyLoss: loss)
  }

  func filters(_ follower: SectionReader) -> CopyFilters? {
    guard let section = follower.section("filters") else { return nil }
    let underlyings = list("underlyings", .underlying, in: section)
    let products = list("products", .product, in: section)
    section.finish()
    return CopyFilters(underlyings: underlyings, products: products)
  }

  /// A list that says what is copied: an empty one would copy nothing, which nobody writes on purpose.
  private func list<Value: Hashable>(
    _ key: String, _ kind: ScalarKind<Value>, in section: SectionReader
  ) -> [Value]? {
    guard let elements = section.list(key) else { return nil }
    guard !elements.isEmpty else {
      report.mistake(
        .badValue, at: section.place(of: key), key: section.path(of: key),
        "The list is empty, so no entry would ever be copied.",
        remedy: "Delete the line to copy all of them, or name some. To send nothing at all, write send: false.")
      return nil
    }
    var values: [Value] = []
    for (node, path) in elements {
      guard let value = section.read(node, kind, path: path) else { continue }
      if values.contains(value) {
        report.mistake(
          .badValue, at: node.place, key: path, "This stands in the list twice.", remedy: "Delete one of the two.")
      }
      values.append(value)
    }
    return values
  }
}
