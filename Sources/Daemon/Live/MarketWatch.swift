import Domain
import Synchronization

/// The dates of the market as they are in force now: a reload replaces them while the service runs.
final class MarketWatch: Sendable {
  private struct Contents {
    var market: Configuration.Market
    var toldOn: Day?
  }

  private let contents: Mutex<Contents>

  init(_ market: Configuration.Market) { contents = Mutex(Contents(market: market)) }

  /// Takes over other dates; what is stale of them is told at once.
  func replace(_ market: Configuration.Market) {
    contents.withLock { contents in
      if contents.market != market { contents = Contents(market: market) }
    }
  }

  func freezeLimit(of underlying: Underlying, on day: Day) -> Quantity? {
    contents.withLock { $0.market }.data.freezeLimit(of: underlying, on: day)
  }

  /// What a person has to be told now: what is stale, at the start and every morning from eight on.
  func alerts(at now: Timestamp) -> [MarketData.Stale] {
    contents.withLock { contents in
      let day = now.indianDay
      guard contents.market.calendar == .nse, contents.toldOn != day else { return [] }
      if contents.toldOn != nil, now < day.startInIndia + .seconds(8 * 3_600) { return [] }
      contents.toldOn = day
      return contents.market.data.stale(on: day)
    }
  }
}
