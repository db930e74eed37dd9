import Domain
import Testing

@testable import PaperExchange

@Suite("Money and margin") struct MoneyTests {
  static let key = PositionKey(contract: Bench.nifty.contract, product: .margin)

  func available(_ bench: Bench) -> Paise? { bench.exchange.funds(of: Bench.leader)?.available }

  @Test("a working purchase binds its limit, a fill costs its price") func long() {
    var bench = Bench(funds: 20_000)
    bench.quote(15_200, 15_240)
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    #expect(available(bench) == Paise(2_000_000 - 65 * 15_000))
    bench.act(.phone(.cancel(.id(id)), account: Bench.leader))
    #expect(available(bench) == Paise(2_000_000))
    bench.place(Bench.ticket(.buy, 65, at: 15_300))
    let funds = bench.exchange.funds(of: Bench.leader)
    #expect(funds?.available == Paise(2_000_000 - 65 * 15_240))
    #expect(funds?.utilised == Paise(65 * 15_240))
    #expect(funds?.startOfDay == Paise(2_000_000))
  }

  @Test("an order beyond the funds is rejected, and says by how much") func shortfall() {
    var bench = Bench(funds: 9_000)
    bench.quote(15_200, 15_240)
    let id = bench.place(Bench.ticket(.buy, 65, at: 15_240))
    #expect(bench.order(id)?.reason == "RMS:\(id):Insufficient Funds, margin shortfall of Rs 906.00")
    #expect(available(bench) == Paise(900_000))
  }

  @Test("working orders count against the funds of the next one") func workingOrders() {
    var bench = Bench(funds: 10_000)
    bench.place(Bench.ticket(.buy, 65, at: 15_000))
    let second = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    #expect(bench.order(second)?.status == .rejected)
  }

  @Test("a short binds twelve percent of its strike; its premium returns with the purchase") func short() {
    var bench = Bench(funds: 500_000)
    bench.quote(15_200, 15_240)
    let margin = Int64(65 * 288_000)
    #expect(
      bench.exchange.marginPerLot(Bench.leader, Bench.nifty.contract, price: Paise(15_200))
        == Paise(margin + 65 * 15_200))
    bench.place(Bench.ticket(.sell, 65, at: 15_200))
    #expect(available(bench) == Paise(50_000_000 - margin))
    bench.quote(14_900, 15_000)
    bench.place(Bench.ticket(.buy, 65, at: 15_000))
    #expect(available(bench) == Paise(50_000_000 + 65 * 200))
    #expect(bench.exchange.funds(of: Bench.leader)?.utilised == .zero)
  }

  @Test("a short bought back in parts releases its premium to the last paisa") func partsOfShort() {
    var state = AccountState(PaperAccount(clientID: Bench.leader, startOfDay: .zero))
    state.book(MoneyTests.key, .sell, Quantity(195), at: Paise(15_205))
    for _ in 0..<3 { state.book(MoneyTests.key, .buy, Quantity(65), at: Paise(15_205)) }
    #expect(state.positions.isEmpty)
    #expect(state.cash == .zero)
    state.book(MoneyTests.key, .sell, Quantity(100), at: Paise(333))
    state.book(MoneyTests.key, .buy, Quantity(150), at: Paise(333))
    #expect(state.positions[MoneyTests.key] == AccountState.Position(quantity: Quantity(50), blockedPremium: .zero))
  }

  @Test("closing needs no money, whatever is left") func closing() {
    var bench = Bench(funds: 10_000)
    bench.quote(15_200, 15_240)
    bench.place(Bench.ticket(.buy, 65, at: 15_240))
    let exit = bench.place(Bench.ticket(.sell, 65, at: 15_300))
    #expect(bench.order(exit)?.status == .pending)
    let short = bench.place(Bench.ticket(.sell, 65, at: 15_300))
    #expect(bench.order(short)?.status == .rejected)
  }

  @Test("a reversal binds money for the part that opens alone") func reversal() {
    var bench = Bench(funds: 220_000)
    bench.quote(15_200, 15_240)
    bench.place(Bench.ticket(.buy, 65, at: 15_240))
    let two = bench.place(Bench.ticket(.sell, 195, at: 15_200))
    #expect(bench.order(two)?.status == .rejected)
    let one = bench.place(Bench.ticket(.sell, 130, at: 15_200))
    #expect(bench.order(one)?.status == .traded)
    #expect(bench.held(Bench.leader) == -65)
  }

  @Test("INTRADAY and MARGIN of one contract are two positions, and a conversion moves units between them")
  func convert() {
    var bench = Bench()
    bench.quote(15_200, 15_240)
    bench.place(Bench.ticket(.sell, 130, at: 15_200, product: .intraday))
    let before = available(bench)
    let conversion = PaperConversion(
      contract: Bench.nifty.contract, from: .intraday, to: .margin, quantity: Quantity(65))
    #expect(bench.act(.convert(conversion, account: Bench.leader)) == .done)
    #expect(bench.held(Bench.leader) == -65)
    #expect(bench.held(Bench.leader, Bench.nifty, .intraday) == -65)
    #expect(available(bench) == before)
    var tooMuch = conversion
    tooMuch.quantity = Quantity(130)
    guard case .refused = bench.act(.convert(tooMuch, account: Bench.leader)) else { Issue.record("taken"); return }
  }

  @Test("carried positions are held from the start, and a carried short binds its margin") func carried() {
    let bench = Bench(
      funds: 500_000, positions: [BaselinePosition(key: MoneyTests.key, quantity: Quantity(-65))])
    #expect(bench.held(Bench.leader) == -65)
    #expect(available(bench) == Paise(50_000_000 - 65 * 288_000))
  }

  @Test("a square-off by the broker cancels what rests and closes all positions in slices") func squareOff() {
    var bench = Bench(positions: [BaselinePosition(key: MoneyTests.key, quantity: Quantity(3_250))])
    bench.quote(15_200, 15_240)
    let resting = bench.place(Bench.ticket(.buy, 65, at: 15_000))
    bench.act(.squareOff(account: Bench.leader))
    #expect(bench.order(resting)?.status == .cancelled)
    #expect(bench.held(Bench.leader) == 0)
    #expect(bench.exchange.orderBook(of: Bench.leader).count == 3)
  }

  @Test("positions and trades lag behind the fills when the settings say so") func lag() {
    var settings = PaperSettings.immediate()
    settings.positionsLag = .seconds(2)
    settings.tradesLag = .seconds(1)
    settings.showsAverageOfPartialFills = false
    var bench = Bench(settings)
    bench.quote(15_200, 15_240, askSize: 65)
    let id = bench.place(Bench.ticket(.buy, 130, at: 15_240))
    #expect(bench.order(id)?.averagePrice == .zero)
    #expect(bench.held(Bench.leader) == 0)
    #expect(bench.exchange.trades(of: Bench.leader).isEmpty)
    bench.wait(.seconds(1))
    #expect(bench.exchange.trades(of: Bench.leader).count == 1)
    bench.wait(.seconds(1))
    #expect(bench.held(Bench.leader) == 65)
  }
}
