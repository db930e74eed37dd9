import Domain

/// What is due later: by time, and for one time in the order of asking.
struct Timeline<Element: Hashable & Sendable>: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    let due: Timestamp
    let number: Int64
    let element: Element
  }

  /// The next one is last, so that taking it moves nothing.
  private var entries: [Entry] = []
  private var nextNumber: Int64 = 0

  var nextDue: Timestamp? { entries.last?.due }

  mutating func add(_ element: Element, due: Timestamp) {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].due > due { low = middle + 1 } else { high = middle }
    }
    entries.insert(Entry(due: due, number: nextNumber, element: element), at: low)
    nextNumber += 1
  }

  /// Takes the next one that is due by `time`.
  mutating func take(by time: Timestamp) -> (due: Timestamp, element: Element)? {
    guard let last = entries.last, last.due <= time else { return nil }
    entries.removeLast()
    return (last.due, last.element)
  }
}
