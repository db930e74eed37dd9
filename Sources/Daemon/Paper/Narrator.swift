import Domain
import Engine
import EventStore
import Ports
import Projections

/// Tells a running session as a person would, a line an event; what only machines need is left out.
struct Narrator {
  private var sentence: EventSentence
  private var seen: [OrderID: BrokerOrder] = [:]

  init(_ instruments: [Instrument] = [], directory: (any ContractDirectory)? = nil) {
    var names = ContractNames(directory: directory)
    for instrument in instruments { names.learn(instrument) }
    sentence = EventSentence(names: names)
  }

  /// The line of an event with its time, or `nil` when there is nothing in it for a listener.
  mutating func line(for entry: LogEntry) -> String? {
    let time = entry.recordedAt.indianDescription.dropFirst(11).prefix(12)
    return words(for: entry).map { "\(time)  \($0)" }
  }

  /// The same without the time, for lines that have one of their own.
  mutating func words(for entry: LogEntry) -> String? {
    if case .instrumentSeen(let seen) = entry.event { sentence.names.learn(seen.instrument) }
    guard isWorthTelling(entry.event) else { return nil }
    let who = entry.stream.string.split(separator: "/").last.map(String.init) ?? ""
    return "\(who.padded(to: 9)) \(sentence.text(entry.event))"
  }

  private mutating func isWorthTelling(_ event: Event) -> Bool {
    switch event {
    case .serviceStarted, .leaderOrder, .placementRequested, .modificationRequested, .cancellationRequested,
      .requestAttempted, .requestRefused, .requestDoubted, .requestWithdrawn, .entryForgone, .alertRaised,
      .alertCleared, .accountBlocked, .accountUnblocked, .operatorCommanded, .requestResolved, .orderAdopted,
      .followerHalted, .leaderSight, .dayBegan, .diskLow, .diskRecovered:
      return true
    case .linkEnded(let ended):
      if case .copied = ended.end { return false }
      return true
    case .followerOrder(let picture):
      // An order of a follower is told when something filled, or when it ended otherwise.
      let order = picture.picture.order
      let before = seen.updateValue(order, forKey: order.orderID)?.filled ?? .zero
      return order.filled > before || order.status == .rejected || order.status == .cancelled
    default: return false
    }
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
