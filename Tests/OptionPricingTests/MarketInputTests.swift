import Foundation
import OptionPricing
import TestSupport
import Testing

@Suite("Implied volatility") struct ImpliedVolatilityTests {
  static let week = TimeToExpiry(days: 7)

  private func solve(
    _ payoff: Payoff = .call, price: Double = 200, forward: Double = 25_050, strike: Double = 25_000,
    rate: Double = 0.065, time: TimeToExpiry? = week, priceTolerance: Double = ImpliedVolatility.priceTolerance
  ) throws -> Double {
    try ImpliedVolatility.solve(
      payoff, price: price, forward: forward, strike: strike, rate: rate, time: #require(time),
      priceTolerance: priceTolerance)
  }

  @Test("the volatility that made a price is found again, wherever the price depends on it") func roundTrip() throws {
    var generator = SeededGenerator(seed: 5)
    var found = 0
    for _ in 0..<5_000 {
      let draw = try Draw(&generator)
      let model = try draw.model().onForward
      for payoff in Payoff.allCases where model.greeks(of: payoff).vega > 0.05 {
        let answer = try solve(
          payoff, price: model.value(of: payoff), forward: model.forward, strike: draw.strike, rate: draw.rate,
          time: draw.time)
        #expect(abs(answer - draw.volatility) < 1e-7)
        found += 1
      }
    }
    #expect(found > 4_000)
  }

  @Test("an answer is within one point of the truth where the price was rounded to a paisa") func rounded() throws {
    var generator = SeededGenerator(seed: 6)
    var (answered, refused) = (0, 0)
    for _ in 0..<20_000 {
      let draw = try Draw(&generator)
      let model = try draw.model().onForward
      let payoff = generator.pick(Payoff.allCases)
      let price = (model.value(of: payoff) * 100).rounded() / 100
      guard
        let answer = try? solve(
          payoff, price: price, forward: model.forward, strike: draw.strike, rate: draw.rate, time: draw.time)
      else {
        refused += 1
        continue
      }
      answered += 1
      #expect(abs(answer - draw.volatility) <= ImpliedVolatility.volatilityTolerance + 1e-9)
    }
    #expect(answered > 10_000 && refused > 100, "\(answered) answered, \(refused) refused")
  }

  @Test("what tells no volatility is refused with its reason") func refusals() throws {
    let discount = exp(-0.065 * 7 / 365)
    #expect(throws: ImpliedVolatility.Refusal.belowIntrinsic) { try solve(price: 50 * discount - 0.01) }
    #expect(throws: ImpliedVolatility.Refusal.belowIntrinsic) { try solve(.put, price: 999, forward: 24_000 - 1) }
    #expect(throws: ImpliedVolatility.Refusal.atOrAboveBound) { try solve(price: 25_050) }
    #expect(throws: ImpliedVolatility.Refusal.atOrAboveBound) { try solve(price: 25_050 * discount) }
    #expect(throws: ImpliedVolatility.Refusal.atOrAboveBound) { try solve(.put, price: 25_000) }
    #expect(throws: ImpliedVolatility.Refusal.belowRange) { try solve(price: 50 * discount) }
    #expect(throws: ImpliedVolatility.Refusal.aboveRange) { try solve(price: 15_000) }
    #expect(throws: ImpliedVolatility.Refusal.expired) { try solve(time: TimeToExpiry(seconds: 0)) }
    #expect(throws: ImpliedVolatility.Refusal.expired) { try solve(time: TimeToExpiry(seconds: -60)) }
  }

  @Test("a number that is none, negative, zero or out of range is refused", arguments: [.nan, .infinity, -1, 0, 1e300])
  func invalid(number: Double) {
    #expect(throws: ImpliedVolatility.Refusal.invalidInput) { try solve(price: number == 1e300 ? .nan : number) }
    #expect(throws: ImpliedVolatility.Refusal.invalidInput) { try solve(forward: number) }
    #expect(throws: ImpliedVolatility.Refusal.invalidInput) { try solve(strike: number) }
    #expect(throws: ImpliedVolatility.Refusal.invalidInput) {
      try solve(rate: number == 0 || number == -1 ? 7 : number)
    }
    #expect(throws: ImpliedVolatility.Refusal.invalidInput) { try solve(priceTolerance: number == 1e300 ? 0 : number) }
  }

  @Test("a price that hardly depends on volatility determines none") func undetermined() throws {
    // Deep in the money a tenth of a paisa of time value is left; half a paisa more or less would be as good a price.
    let discount = exp(-0.065 * 7 / 365)
    #expect(throws: ImpliedVolatility.Refusal.undetermined) {
      try solve(price: 5_050 * discount + 0.001, strike: 20_000)
    }
    // Far out of the money it is the whole price.
    #expect(throws: ImpliedVolatility.Refusal.undetermined) { try solve(price: 0.001, strike: 30_000) }
    // One tick determines a volatility as long as it is taken for exact, and none where half a tick is in doubt.
    #expect(try solve(price: 0.05, strike: 28_000) > 0.1)
    #expect(throws: ImpliedVolatility.Refusal.undetermined) {
      try solve(price: 0.05, strike: 28_000, priceTolerance: 0.025)
    }
  }

  @Test("a price must tell a volatility from the higher ones as well as from the lower ones") func concave() throws {
    // At high volatilities the value flattens: a point more is worth 0.1290 here, a point less 0.1300.
    let year = try #require(TimeToExpiry(years: 1))
    let price = try #require(Black76(forward: 100, strike: 100, rate: 0, time: year, volatility: 3)).value(of: .call)
    func solve(within tolerance: Double) throws -> Double {
      try self.solve(price: price, forward: 100, strike: 100, rate: 0, time: year, priceTolerance: tolerance)
    }
    #expect(abs(try solve(within: 0.1288) - 3) < 1e-9)
    #expect(throws: ImpliedVolatility.Refusal.undetermined) { try solve(within: 0.1295) }
  }

  @Test("a quote is solved at its middle, and one without two sides is refused") func quotes() throws {
    let week = try #require(Self.week)
    func solve(_ bid: Double?, _ ask: Double?) throws -> Double {
      try ImpliedVolatility.solve(
        .call, quote: Quote(bid: bid, ask: ask), forward: 25_050, strike: 25_000, rate: 0.065, time: week)
    }
    #expect(try solve(199, 201) == self.solve(price: 200))
    for (bid, ask) in [
      (nil, 201), (199, nil), (0, 201), (199, 0), (201, 199), (.nan, 201), (199, .infinity), (-1, 201),
    ]
      as [(Double?, Double?)]
    {
      #expect(throws: ImpliedVolatility.Refusal.quoteAbsent) { try solve(bid, ask) }
    }
  }

  @Test("every refusal has a sentence of its own") func sentences() {
    #expect(
      Set(ImpliedVolatility.Refusal.allCases.map(\.description)).count == ImpliedVolatility.Refusal.allCases.count)
  }
}

@Suite("The forward") struct ForwardTests {
  static let week = TimeToExpiry(days: 7)

  /// Quotes of a market at `forward`, ten points wide.
  private func chain(
    forward: Double, strikes: [Double] = [24_800, 24_900, 25_000, 25_100, 25_200]
  ) throws -> [StrikeQuotes] {
    let week = try #require(Self.week)
    return try strikes.map { strike in
      let model = try #require(
        Black76(forward: forward, strike: strike, rate: 0.065, time: week, volatility: 0.12))
      let (call, put) = (model.value(of: .call), model.value(of: .put))
      return StrikeQuotes(
        strike: strike, call: Quote(bid: call - 5, ask: call + 5), put: Quote(bid: put - 5, ask: put + 5))
    }
  }
  private func forward(_ future: Double? = nil, _ quotes: [StrikeQuotes], rate: Double = 0.065) throws -> Forward? {
    Forward(future: future, quotes: quotes, rate: rate, time: try #require(Self.week))
  }

  @Test(
    "parity at the money gives back the forward that the quotes were made of",
    arguments: [24_810, 25_031.183816, 25_190])
  func parity(price: Double) throws {
    let quotes = try chain(forward: price)
    let forward = try #require(try forward(nil, quotes))
    #expect(abs(forward.price - price) < 1e-8)
    #expect(forward.source == .parity(strike: (price / 100).rounded() * 100))
    #expect(try self.forward(nil, quotes.reversed()) == forward)
  }

  @Test("the future of the same expiry goes first, unless it is none") func future() throws {
    let quotes = try chain(forward: 25_031)
    #expect(try forward(25_040, quotes)?.source == .future)
    #expect(try forward(25_040, [])?.price == 25_040)
    for absent in [nil, 0, -1, .nan, .infinity] as [Double?] {
      #expect(try forward(absent, quotes)?.source == .parity(strike: 25_000))
      #expect(try forward(absent, []) == nil)
    }
  }

  @Test("a strike without both quotes does not count") func incomplete() throws {
    var quotes = try chain(forward: 25_031)
    quotes[2] = StrikeQuotes(strike: 25_000, call: quotes[2].call, put: Quote(bid: 0, ask: 160))
    let forward = try #require(try forward(nil, quotes))
    #expect(forward.source == .parity(strike: 25_100))
    #expect(abs(forward.price - 25_031) < 1e-8)
    #expect(try self.forward(nil, [quotes[2]]) == nil)
  }

  @Test("a stale pair that seems to be at the money gives no forward, and neither does a strike listed twice")
  func stale() throws {
    let stale = StrikeQuotes(
      strike: 24_800, call: Quote(bid: 0.05, ask: 0.05), put: Quote(bid: 0.05, ask: 0.05))
    let quotes = try chain(forward: 25_031)
    #expect(try forward(nil, [stale] + quotes.dropFirst()) == nil)
    #expect(try forward(nil, quotes + [quotes[2]]) == nil)
  }

  @Test("there is no forward after expiry or at an absurd rate") func refusals() throws {
    let quotes = try chain(forward: 25_031)
    let expired = try #require(TimeToExpiry(seconds: 0))
    #expect(Forward(future: 25_040, quotes: quotes, rate: 0.065, time: expired) == nil)
    for rate in [Double.nan, .infinity, 7] { #expect(try forward(nil, quotes, rate: rate) == nil) }
  }
}

@Suite("Moneyness") struct MoneynessTests {
  @Test(
    "a call is in the money below the underlying, a put above it, and the nearest strike is at the money",
    arguments: [
      (24_950, 25_030, 50, .itm, .otm, 80, 0), (25_000, 25_030, 50, .itm, .otm, 30, 0),
      (25_050, 25_030, 50, .atm, .atm, 0, 20), (25_100, 25_030, 50, .otm, .itm, 0, 70),
      // Half-way, both neighbours are as near.
      (25_000, 25_025, 50, .atm, .atm, 25, 0), (25_050, 25_025, 50, .atm, .atm, 0, 25),
      (25_000, 25_000, 0, .atm, .atm, 0, 0), (25_000, 25_000.05, 0, .itm, .otm, 25_000.05 - 25_000, 0),
    ] as [(Double, Double, Double, Moneyness.Side, Moneyness.Side, Double, Double)])
  func sides(
    strike: Double, underlying: Double, step: Double, callSide: Moneyness.Side, putSide: Moneyness.Side,
    callIntrinsic: Double, putIntrinsic: Double
  ) throws {
    let call = try #require(Moneyness(.call, strike: strike, underlying: underlying, strikeStep: step))
    let put = try #require(Moneyness(.put, strike: strike, underlying: underlying, strikeStep: step))
    #expect(call.side == callSide && call.intrinsic == callIntrinsic)
    #expect(put.side == putSide && put.intrinsic == putIntrinsic)
  }

  @Test("intrinsic and time value make up the premium, which may be below its intrinsic value") func timeValue() throws
  {
    let call = try #require(Moneyness(.call, strike: 24_000, underlying: 25_030))
    #expect(call.timeValue(of: 1_050) == 20)
    #expect(call.timeValue(of: 1_020) == -10)
    #expect(call.timeValue(of: -1) == nil && call.timeValue(of: .nan) == nil && call.timeValue(of: .infinity) == nil)
  }

  @Test("no price, no moneyness", arguments: [.nan, .infinity, 0, -1]) func refuses(number: Double) {
    #expect(Moneyness(.call, strike: number, underlying: 25_000) == nil)
    #expect(Moneyness(.call, strike: 25_000, underlying: number) == nil)
    #expect((Moneyness(.call, strike: 25_000, underlying: 25_000, strikeStep: number) == nil) == (number != 0))
  }
}

@Suite("Greeks of the chain and of positions") struct PositionGreeksTests {
  @Test("a row of Dhan's chain is taken as it is") func chain() throws {
    let call = try #require(Greeks(chain: .call, delta: 0.53871, gamma: 0.00132, theta: -15.1539, vega: 12.18593))
    #expect(call == Greeks(delta: 0.53871, gamma: 0.00132, theta: -15.1539, vega: 12.18593))
    #expect(Greeks(chain: .put, delta: -0.46, gamma: 0.00132, theta: -9.8, vega: 12.18) != nil)
    #expect(abs(try #require(Greeks.volatility(chainPercent: 8.9452)) - 0.089452) < 1e-15)
  }

  @Test("Greeks that are absent, zero, no numbers or impossible are missing, and not zero")
  func missing() {
    for bad in [nil, 0, -0.0, .nan, .infinity, -.infinity] as [Double?] {
      #expect(Greeks(chain: .call, delta: bad, gamma: 0.001, theta: -15, vega: 12) == nil)
      #expect(Greeks(chain: .call, delta: 0.5, gamma: bad, theta: -15, vega: 12) == nil)
      #expect(Greeks(chain: .call, delta: 0.5, gamma: 0.001, theta: bad, vega: 12) == nil)
      #expect(Greeks(chain: .call, delta: 0.5, gamma: 0.001, theta: -15, vega: bad) == nil)
      #expect(Greeks.volatility(chainPercent: bad) == nil)
    }
    #expect(Greeks(chain: .call, delta: -0.5, gamma: 0.001, theta: -15, vega: 12) == nil)
    #expect(Greeks(chain: .put, delta: 0.5, gamma: 0.001, theta: -15, vega: 12) == nil)
    #expect(Greeks(chain: .call, delta: 1.01, gamma: 0.001, theta: -15, vega: 12) == nil)
    #expect(Greeks(chain: .call, delta: 0.5, gamma: -0.001, theta: -15, vega: 12) == nil)
    #expect(Greeks(chain: .call, delta: 0.5, gamma: 0.001, theta: -15, vega: -12) == nil)
    #expect(Greeks.volatility(chainPercent: -12) == nil && Greeks.volatility(chainPercent: 501) == nil)
  }

  @Test("a position answers as its units do, and a short one the other way round") func positions() throws {
    let perUnit = try #require(Greeks(delta: 0.5, gamma: 0.001, theta: -14, vega: 13.75))
    let long = try #require(PositionGreeks(quantity: 130, perUnit: perUnit, spot: 25_000))
    #expect(long.delta == 65 && long.gamma == 0.13 && long.theta == -1_820 && long.vega == 1_787.5)
    #expect(long.rupeeDelta == 1_625_000)
    let short = try #require(PositionGreeks(quantity: -130, perUnit: perUnit, spot: 25_000))
    #expect(short.theta == 1_820 && short.rupeeDelta == -1_625_000)
    #expect(long + short == .zero)
    var sum = PositionGreeks.zero
    sum += long
    sum += long
    #expect(sum == PositionGreeks(quantity: 260, perUnit: perUnit, spot: 25_000))
  }

  @Test("a position without a spot, or beyond any book, has no Greeks") func refusals() throws {
    let perUnit = try #require(Greeks(delta: 0.5, gamma: 0.001, theta: -14, vega: 13))
    for spot in [Double.nan, .infinity, 0, -1] {
      #expect(PositionGreeks(quantity: 65, perUnit: perUnit, spot: spot) == nil)
    }
    #expect(PositionGreeks(quantity: .max, perUnit: perUnit, spot: 25_000) == nil)
    #expect(PositionGreeks(quantity: .min, perUnit: perUnit, spot: 25_000) == nil)
    let absurd = try #require(Greeks(delta: 1e300, gamma: 1e300, theta: 1e300, vega: 1e300))
    #expect(PositionGreeks(quantity: 65, perUnit: absurd, spot: 25_000) == nil)
    #expect(Greeks(delta: .nan, gamma: 0, theta: 0, vega: 0) == nil)
  }
}
