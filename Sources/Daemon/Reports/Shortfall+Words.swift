import Domain

extension EntryForgone.Shortfall {
  /// The arithmetic of an entry for which the money was short.
  var words: String {
    let lots = max(0, available.count) / max(1, perLot.count)
    return "\(available) available, \(perLot) for one lot: enough for \(lots)"
  }
}
