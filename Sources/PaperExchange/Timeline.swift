import Domain

/// What is due later: by time, and for one time in the order of asking. A binary heap, the earliest at the root.
struct Timeline<Element: Hashable & Sendable>: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    let due: Timestamp
    let number: Int64
    let element: Element

    static func < (left: Entry, right: Entry) -> Bool {
      left.due != right.due ? left.due < right.due : left.number < right.number
    }
  }

  private var entries: [Entry] = []
  private var nextNumber: Int64 = 0

  var nextDue: Timestamp? { entries.first?.due }

  mutating func add(_ element: Element, due: Timestamp) {
    entries.append(Entry(due: due, number: nextNumber, element: element))
    nextNumber += 1
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the next one that is due by `time`.
  mutating func take(by time: Timestamp) -> (due: Timestamp, element: Element)? {
    guard let first = entries.first, first.due <= time else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink()
    }
    return (first.due, first.element)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && entries[child] < entries[least] {
        least = child
      }
      if least == parent { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}

// How a heap lies in memory depends on when it was asked; two timelines are equal when the same comes out of them.
extension Timeline {
  static func == (left: Timeline, right: Timeline) -> Bool {
    left.nextNumber == right.nextNumber && left.entries.sorted(by: <) == right.entries.sorted(by: <)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(entries.sorted(by: <)) }
}
