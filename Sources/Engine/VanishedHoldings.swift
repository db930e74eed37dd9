import Domain
import Projections

/// Holdings that are gone on a new morning although no order tells who closed them (rule 6).
///
/// The broker's accounts of a day may be late, or lack a row for a moment, and what follows from them cannot be taken back:
/// followers sell, and an exit of the leader's that comes later opens the other side. So such a reading is believed when it has
/// stood for a minute while the exchange is open, or about to open.
struct VanishedHoldings {
  static let patience = Microseconds.seconds(60)

  private var seen: [AccountRole: (holdings: [BaselinePosition], since: Timestamp)] = [:]

  /// Whether a reading of an account has to be read again before it is believed.
  mutating func doubts(
    _ reading: BaselineReading, of account: AccountRole, at now: Timestamp, in state: State
  ) -> Bool {
    let hasVanished = state.lacksRestatement(account) && state.hasVanished(from: reading.holdings, of: account)
    guard hasVanished, state.isOpenSoon(within: VanishedHoldings.patience) else {
      seen[account] = nil
      return hasVanished
    }
    if seen[account]?.holdings != reading.holdings { seen[account] = (reading.holdings, now) }
    return seen[account].map { now - $0.since < VanishedHoldings.patience } ?? true
  }
}

extension State {
  /// Whether the exchange is open, or will be soon.
  func isOpenSoon(within span: Microseconds) -> Bool {
    guard let calendar = settings?.calendar else { return true }
    return calendar.isOpen(at: brokerNow) || calendar.isOpen(at: brokerNow + span)
  }
}
