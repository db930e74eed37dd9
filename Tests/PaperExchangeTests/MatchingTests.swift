import Domain
import Testing

@testable import PaperExchange

@Suite("Matching") struct MatchingTests {
  @Test("the best price trades first, and at one price whoever came first") func priority() {
    var bench = Bench()
    let late = bench.place(Bench.ticket(.buy, 65, at: 15_000), Bench.asha)
    let best = bench.place(Bench.ticket(.buy, 65, at: 15_005), Bench.asha)
    let early = bench.place(Bench.ticket(.buy, 65, at: 15_005))
    bench.quote(14_000, 14_900, askSize: 65)
    #expect(bench.order(best, Bench.asha)?.status == .traded)
    #expect(bench.order(early)?.status == .pending)
    bench.quote(14_000, 14_900, askSize: 65)
    #expect(bench.order(early)?.status == .traded)
    #expect(bench.order(late, Bench.asha)?.status == .pending)
  }

  @Test("a resting order fills at its own limit, in parts when the size is short") func parts() {
    var bench = Bench()
    bench.quote(15_200, 15_240)
    let id = bench.place(Bench.ticket(.buy, 195, at: 15_210))
    for _ in 0..<3 { bench.quote(15_100, 15_150, askSize: 65) }
    #expect(
      bench.course(of: id) == ["TRANSIT 0", "PENDING 0", "PART_TRADED 65", "PART_TRADED 130", "TRADED 195"])
    #expect(bench.order(id)?.averagePrice == Paise(15_210))
    #expect(bench.exchange.trades(of: Bench.leader).map(\.quantity) == [Quantity(65), Quantity(65), Quantity(65)])
  }

  @Test("two accounts trade with each other at the price of the one that rested") func accounts() {
    var bench = Bench()
    let sell = bench.place(Bench.ticket(.sell, 65, at: 15_200))
    let buy = bench.place(Bench.ticket(.buy, 65, at: 15_300), Bench.asha)
    #expect(bench.order(sell)?.status == .traded)
    #expect(bench.order(buy, Bench.asha)?.averagePrice == Paise(15_200))
    #expect(bench.held(Bench.leader) == -65)
    #expect(bench.held(Bench.asha) == 65)
    #expect(bench.exchange.marketPosition(of: Bench.nifty.contract) == .zero)
    let numbers = [Bench.leader, Bench.asha].map { bench.exchange.trades(of: $0).map(\.tradeID) }
    #expect(numbers[0] == numbers[1])
  }

  @Test("an order takes several levels, an account's and the market's, best first") func levels() {
    var bench = Bench()
    bench.place(Bench.ticket(.sell, 65, at: 15_220), Bench.asha)
    bench.quote(15_100, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 195, at: 15_300))
    #expect(bench.order(id)?.filled == Quantity(130))
    #expect(bench.order(id)?.averagePrice == Paise(15_230))
    #expect(bench.exchange.quote(of: Bench.nifty.contract)?.askSize == .zero)
  }

  @Test("a smaller quantity keeps the place in the queue; a new price or a larger quantity loses it") func queue() {
    for (change, keeps) in [
      (PaperChange(quantity: Quantity(65)), true), (PaperChange(quantity: Quantity(195)), false),
      (PaperChange(price: Paise(15_000)), true),
    ] {
      var bench = Bench()
      let first = bench.place(Bench.ticket(.buy, 130, at: 15_000))
      bench.place(Bench.ticket(.buy, 65, at: 15_000), Bench.asha)
      bench.act(.phone(.modify(.id(first), change), account: Bench.leader))
      bench.quote(14_000, 14_900, askSize: 65)
      #expect((bench.order(first)?.filled == Quantity(65)) == keeps, "\(change)")
    }
  }

  @Test("a modified price can trade at once") func modifiedIntoTheMarket() {
    var bench = Bench()
    bench.quote(15_200, 15_240)
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    bench.act(.phone(.modify(.id(id), PaperChange(price: Paise(15_250))), account: Bench.leader))
    #expect(bench.course(of: id).last == "TRADED 65")
  }

  @Test("MARKET becomes a LIMIT with a protection band, and its remainder rests") func market() {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 130, at: 0, type: .market))
    let order = bench.order(id)
    #expect(order?.type == .limit)
    // Ten percent above 152.20, the middle, down to a whole tick.
    #expect(order?.price == Paise(16_740))
    #expect(order?.status == .partTraded)
    bench.quote(16_600, 16_700)
    #expect(bench.order(id)?.status == .traded)
  }

  @Test("MARKET without a reference price is rejected") func marketWithoutReference() {
    var bench = Bench()
    let id = bench.place(Bench.ticket(.buy, 65, at: 0, type: .market))
    #expect(bench.order(id)?.reason == "RMS:\(id):17181 Contract not traded. Market order not allowed")
  }

  @Test("MARKET through the API is refused where the setting says so, and by hand it is not") func marketRefused() {
    var settings = PaperSettings.immediate()
    settings.marketOrders = .refused
    var bench = Bench(settings)
    bench.quote(15_200, 15_240)
    let request = PaperRequest.place(Bench.ticket(.buy, 65, at: 0, type: .market))
    guard case .refused = bench.act(.call(request, account: Bench.asha)).outcome else { Issue.record("taken"); return }
    guard case .accepted = bench.act(.phone(request, account: Bench.asha)).outcome else {
      Issue.record("refused"); return
    }
  }

  @Test("the protection follows the slabs of the reference price, and rounds towards it") func slabs() {
    #expect(
      [5_000, 5_005, 20_000, 20_005, 100_005].map { PaperExchange.protection(at: Paise($0)) } == [20, 10, 10, 5, 2])
    #expect(PaperExchange.protectedLimit(Paise(15_225), .buy, percent: 10, tick: Paise(5)) == Paise(16_745))
    #expect(PaperExchange.protectedLimit(Paise(15_225), .sell, percent: 10, tick: Paise(5)) == Paise(13_705))
    #expect(PaperExchange.protectedLimit(Paise(5), .sell, percent: 20, tick: Paise(5)) == Paise(5))
  }

  @Test("a stop order waits for its trigger and is a limit order from then on") func stop() {
    var bench = Bench(positions: [
      BaselinePosition(key: PositionKey(contract: Bench.nifty.contract, product: .margin), quantity: Quantity(65))
    ])
    bench.quote(15_200, 15_240)
    let id = bench.place(Bench.ticket(.sell, 65, at: 14_800, type: .stopLoss, trigger: 15_000))
    bench.quote(15_010, 15_050)
    #expect(bench.order(id)?.status == .pending)
    bench.quote(14_700, 14_750)
    #expect(bench.order(id)?.status == .pending)
    bench.act(.phone(.modify(.id(id), PaperChange(price: Paise(14_700))), account: Bench.leader))
    #expect(bench.order(id)?.status == .traded)
    #expect(bench.held(Bench.leader) == 0)
  }

  @Test("a trade of one stop order triggers the next") func cascade() {
    var bench = Bench()
    bench.quote(15_000, 15_100, askSize: 65)
    let far = bench.place(Bench.ticket(.buy, 65, at: 15_400, type: .stopLoss, trigger: 15_300))
    let near = bench.place(Bench.ticket(.buy, 65, at: 15_350, type: .stopLoss, trigger: 15_200), Bench.asha)
    bench.place(Bench.ticket(.sell, 65, at: 15_350))
    bench.quote(15_000, 15_250, askSize: 1)
    bench.quote(15_000, 15_380, size: 65)
    #expect(bench.order(near, Bench.asha)?.status == .traded)
    #expect(bench.order(far)?.status == .traded)
  }

  @Test("STOP_LOSS_MARKET becomes a LIMIT five percent beyond its trigger at once, where the setting says so")
  func stopLossMarket() {
    var settings = PaperSettings.immediate()
    settings.stopLossMarketOrders = .limitAtOnce
    var bench = Bench(settings)
    bench.quote(27_000, 27_100)
    let id = bench.place(Bench.ticket(.sell, 65, at: 0, type: .stopLossMarket, trigger: 26_410))
    #expect(bench.order(id)?.price == Paise(25_090))
    #expect(bench.order(id)?.type == .limit)
    #expect(bench.order(id)?.averagePrice == Paise(27_000))
  }

  @Test("STOP_LOSS_MARKET waits as what it is and becomes a LIMIT at its trigger, where the setting says so")
  func waitingStopLossMarket() {
    var settings = PaperSettings.immediate()
    settings.stopLossMarketOrders = .limitAtTrigger
    var bench = Bench(settings)
    bench.quote(27_000, 27_100)
    let id = bench.place(Bench.ticket(.buy, 65, at: 0, type: .stopLossMarket, trigger: 27_500))
    #expect(bench.order(id)?.type == .stopLossMarket)
    #expect(bench.order(id)?.status == .pending)
    bench.quote(27_500, 27_600)
    #expect(bench.order(id)?.type == .limit)
    #expect(bench.order(id)?.price == Paise(28_875))
    #expect(bench.order(id)?.averagePrice == Paise(27_600))
  }

  @Test("a converted order shows as MARKET without a price where the setting says so") func shownAsMarket() {
    var settings = PaperSettings.immediate()
    settings.showsConvertedOrdersAsLimit = false
    var bench = Bench(settings)
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 130, at: 0, type: .market))
    #expect(bench.order(id)?.type == .market)
    #expect(bench.order(id)?.price == .zero)
  }

  @Test("a new price turns a converted MARKET order into a LIMIT; a new quantity keeps its price") func modifiedMarket()
  {
    var bench = Bench()
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 130, at: 0, type: .market))
    bench.act(.phone(.modify(.id(id), PaperChange(quantity: Quantity(195))), account: Bench.leader))
    #expect(bench.order(id)?.price == Paise(16_740))
    bench.act(.phone(.modify(.id(id), PaperChange(price: Paise(15_000))), account: Bench.leader))
    #expect(bench.order(id)?.price == Paise(15_000))
    #expect(bench.order(id)?.quantity == Quantity(195))
  }

  @Test("a quote that is crossed, negative or for an unknown contract is refused") func badQuotes() {
    var bench = Bench()
    let unknown = Bench.instrument("1", .nseFNO, "NIFTY", 1, .call, lot: 65, freeze: nil)
    for (instrument, bid, ask) in [(Bench.nifty, 100, 100), (Bench.nifty, -5, 100), (unknown, 95, 100)] {
      let quote = PaperQuote(
        contract: instrument.contract, bid: Paise(Int64(bid)), ask: Paise(Int64(ask)), bidSize: Quantity(1),
        askSize: Quantity(1))
      guard case .refused = bench.act(.quote(quote)) else { Issue.record("\(bid)/\(ask) was taken"); continue }
    }
  }
}
