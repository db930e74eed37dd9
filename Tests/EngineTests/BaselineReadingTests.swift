import Domain
import Ports
import Projections
import Reactors
import TestSupport
import Testing

@testable import Engine

@Suite("Rule 6: a baseline tells of one moment") struct BaselineReadingTests {
  private func round(
    _ positions: [BrokerPosition], _ trades: [BrokerTrade] = [], _ book: [BrokerOrder] = []
  ) -> BaselineReading.Round { BaselineReading.Round(positions: positions, trades: trades, book: book) }

  @Test("what was carried forward and what was traded today add up, although the positions lag") func addsUp() {
    let bought = round(
      [Given.position(net: 195, carried: 130)], [Given.trade("1", order: "1", units: 65)],
      [Given.order("1", filled: 65, status: .traded)])
    #expect(
      BaselineReading(bought, bought)?.holdings == [BaselinePosition(key: Given.key, quantity: Quantity(195))])
    var lagging = bought
    lagging.positions = [Given.position(net: 130, carried: 130)]
    #expect(BaselineReading(lagging, lagging) == nil, "positions that contradict the trades may only lag")
    #expect(
      BaselineReading(lagging, lagging, trustsPositions: true)?.holdings
        == [BaselinePosition(key: Given.key, quantity: Quantity(130))])
  }

  @Test("positions that lag behind a young trade are not believed, however still they stand; converted ones are")
  func youngTrade() {
    let at = Timestamp(microseconds: 1_800_000_000_000_000)
    let traded = round(
      [Given.position(net: 130, carried: 130)], [Given.trade("1", order: "1", units: 65, at: at)],
      [Given.order("1", filled: 65, status: .traded)])
    #expect(BaselineReading(traded, traded, trustsPositions: true, now: at + .seconds(59)) == nil)
    #expect(BaselineReading(traded, traded, trustsPositions: true, now: at + .seconds(60)) != nil)
    var converted = traded
    converted.positions = [Given.position(net: 195, carried: 130, product: .intraday)]
    #expect(BaselineReading(converted, converted, trustsPositions: true, now: at) != nil)
  }

  @Test("what moves between the two readings is no baseline, whatever it is") func moves() {
    let before = round([Given.position(net: 65, carried: 65)])
    var trades = before
    trades.trades = [Given.trade("1", order: "1", units: 65)]
    var book = before
    book.book = [Given.order("1", filled: 65)]
    for after in [round([]), trades, book] {
      #expect(BaselineReading(before, after, trustsPositions: true) == nil)
    }
    #expect(BaselineReading(before, before) != nil)
  }

  @Test("a book that shows fewer fills than the trades is read again") func bookLags() {
    let lags = round(
      [Given.position(net: 65, carried: 0)], [Given.trade("1", order: "1", units: 65)],
      [Given.order("1", filled: 0)])
    #expect(BaselineReading(lags, lags) == nil)
  }

  @Test("a trade that stands twice in the book counts once, and flat positions are none") func doubled() {
    let trades = [
      Given.trade("1", order: "1", units: 65), Given.trade("1", order: "1", units: 65),
      Given.trade("2", order: "2", units: 65, side: .sell),
    ]
    let book = [
      Given.order("1", filled: 65, status: .traded), Given.order("2", filled: 65, status: .traded, side: .sell),
    ]
    let flat = round([Given.position(net: 0, carried: 0)], trades, book)
    #expect(BaselineReading(flat, flat)?.holdings == [])
  }
}
