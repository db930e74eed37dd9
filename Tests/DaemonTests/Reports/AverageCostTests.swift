import Domain
import TestSupport
import Testing

@testable import Daemon

@Suite("Average cost") struct AverageCostTests {
  static func take(_ cost: inout AverageCost, _ side: Side, _ units: Int64, at paise: Int64?) -> AverageCost.Realised {
    cost.take(side, Quantity(units), value: paise.map { Paise($0 * units) })
  }

  @Test("a part closed takes its share of the average, for longs and shorts") func parts() {
    var long = AverageCost()
    #expect(Self.take(&long, .buy, 65, at: 10_000) == AverageCost.Realised())
    #expect(Self.take(&long, .buy, 65, at: 11_000) == AverageCost.Realised())
    #expect(long.average?.perUnit == "105.00")
    #expect(Self.take(&long, .sell, 65, at: 12_000).result == Paise(65 * 1_500))
    #expect(long.open(at: Paise(10_000)) == Paise(-65 * 500))
    var short = AverageCost()
    _ = Self.take(&short, .sell, 130, at: 10_000)
    #expect(Self.take(&short, .buy, 65, at: 9_000).result == Paise(65 * 1_000))
    #expect(short.held == Quantity(-65))
    #expect(short.open(at: Paise(10_100)) == Paise(-65 * 100))
  }

  @Test("a trade through flat closes first and opens with the rest") func reversal() {
    var cost = AverageCost()
    _ = Self.take(&cost, .buy, 65, at: 10_000)
    #expect(Self.take(&cost, .sell, 195, at: 10_500).result == Paise(65 * 500))
    #expect(cost.held == Quantity(-130))
    #expect(cost.average?.rounded == Paise(10_500))
  }

  @Test("without a price the result is unknown until flat, and known again after") func unknown() {
    var cost = AverageCost()
    _ = Self.take(&cost, .buy, 65, at: nil)
    _ = Self.take(&cost, .buy, 65, at: 10_000)
    #expect(cost.average == nil)
    #expect(cost.open(at: Paise(10_000)) == nil)
    #expect(Self.take(&cost, .sell, 130, at: 10_000) == AverageCost.Realised(unknown: Quantity(130)))
    _ = Self.take(&cost, .buy, 65, at: 10_000)
    #expect(Self.take(&cost, .sell, 65, at: nil) == AverageCost.Realised(unknown: Quantity(65)))
    _ = Self.take(&cost, .buy, 65, at: 10_000)
    #expect(Self.take(&cost, .sell, 65, at: 10_001).result == Paise(65))
  }

  @Test("from flat to flat the results are the money that came in less the money that went out", arguments: 0..<20)
  func adds(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var cost = AverageCost()
    var (cash, result) = (Paise.zero, Paise.zero)
    for step in 0..<40 {
      let closing = step == 39 ? cost.held.units : 0
      let units = closing == 0 ? Int64.random(in: 1...200, using: &generator) : abs(closing)
      let isBuy = closing == 0 ? Bool.random(using: &generator) : closing < 0
      let value = Paise(Int64.random(in: 1...4_000_000, using: &generator))
      cash += Paise(isBuy ? -value.count : value.count)
      result += cost.take(isBuy ? .buy : .sell, Quantity(units), value: value).result
    }
    if cost.held == .zero { #expect(result == cash) }
  }
}
