import Domain
import Engine
import PaperExchange
import Ports

/// How an account's connections to its broker stand.
struct Line {
  /// Whether a stream is open as the service sees it.
  var isOpen = false
  /// The stream is open, and nothing comes through it.
  var isDead = false
  /// A new stream is on its way.
  var isOpening = false
  var hasDeadToken = false
  var isRefusedAddress = false
  /// Until when nothing that is asked gets an answer.
  var hangsUntil = Timestamp.earliest
  /// Books and positions as they were, for readings that lag.
  var sample: Sample?

  struct Sample {
    let at: Timestamp
    let book: [BrokerOrder]
  }
}
