import Domain

/// What happens later, by time, and for one time in the order in which it was noted.
struct Agenda<Element> {
  private var entries: [(due: Timestamp, element: Element)] = []

  var nextDue: Timestamp? { entries.last?.due }

  mutating func note(_ element: Element, at due: Timestamp) {
    // The next one stands last, where it is taken without moving the others.
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].due > due { low = middle + 1 } else { high = middle }
    }
    entries.insert((due, element), at: low)
  }

  mutating func take(by time: Timestamp) -> Element? {
    guard let next = entries.last, next.due <= time else { return nil }
    entries.removeLast()
    return next.element
  }
}
