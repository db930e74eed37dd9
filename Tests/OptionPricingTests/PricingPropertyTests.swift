import Foundation
import OptionPricing
import TestSupport
import Testing

/// An option as an index market may have it, drawn at random.
struct Draw {
  let spot, strike, rate, yield, volatility: Double
  let time: TimeToExpiry

  init(_ generator: inout SeededGenerator) throws {
    spot = .random(in: 100...80_000, using: &generator)
    volatility = .random(in: 0.05...0.9, using: &generator)
    rate = .random(in: -0.02...0.12, using: &generator)
    yield = .random(in: 0...0.06, using: &generator)
    // From a quarter of an hour to two years, the short ones as often as the long ones.
    time = try #require(TimeToExpiry(seconds: 900 * pow(70_000, .random(in: 0...1, using: &generator))))
    let deviations = Double.random(in: -3...3, using: &generator)
    strike = spot * exp(deviations * volatility * time.years.squareRoot())
  }

  func model(
    spot: Double? = nil, strike: Double? = nil, rate: Double? = nil, seconds: Double? = nil, volatility: Double? = nil
  ) throws -> BlackScholes {
    let time = try seconds.map { try #require(TimeToExpiry(seconds: $0)) } ?? time
    return try #require(
      BlackScholes(
        spot: spot ?? self.spot, strike: strike ?? self.strike, rate: rate ?? self.rate, yield: yield, time: time,
        volatility: volatility ?? self.volatility))
  }
}

@Suite("What holds of every price") struct PricingPropertyTests {
  static let seed: UInt64 = 76

  @Test("call less put is the discounted forward less the discounted strike") func parity() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for _ in 0..<5_000 {
      let draw = try Draw(&generator)
      let model = try draw.model()
      let years = draw.time.years
      let parity = draw.spot * exp(-draw.yield * years) - draw.strike * exp(-draw.rate * years)
      #expect(abs(model.value(of: .call) - model.value(of: .put) - parity) < 1e-9 * draw.spot)
      let delta = model.greeks(of: .call).delta - model.greeks(of: .put).delta
      #expect(abs(delta - exp(-draw.yield * years)) < 1e-12)
    }
  }

  @Test("a value lies between its discounted intrinsic value and its bound") func bounds() throws {
    var generator = SeededGenerator(seed: Self.seed + 1)
    for _ in 0..<5_000 {
      let draw = try Draw(&generator)
      let (forward, discount) = (try draw.model().onForward.forward, exp(-draw.rate * draw.time.years))
      let (call, put) = (try draw.model().value(of: .call), try draw.model().value(of: .put))
      #expect(call >= discount * max(0, forward - draw.strike) && call <= discount * forward)
      #expect(put >= discount * max(0, draw.strike - forward) && put <= discount * draw.strike)
    }
  }

  @Test("no rounding takes a value out of its bounds, where it all but equals one of them") func boundsInRounding()
    throws
  {
    // Found by search. A call so far out of the money that its two terms differ by less than any normal number:
    let weeks = try #require(TimeToExpiry(days: 22))
    let worthless = try #require(
      Black76(forward: 25_000, strike: 27_410, rate: 0.065, time: weeks, volatility: 0.0098))
    #expect(worthless.value(of: .call) >= 0)
    // A call that is worth the discounted forward to the last digit:
    let decade = try #require(TimeToExpiry(years: 9.933259908723084))
    let whole = try #require(
      Black76(
        forward: 423859.04246938153, strike: 0.3743024730499352, rate: 0.065, time: decade,
        volatility: 4.794598227647206))
    #expect(whole.value(of: .call) <= whole.forward * exp(-0.065 * decade.years))
  }

  @Test("every Greek is the slope of the value") func slopes() throws {
    var generator = SeededGenerator(seed: Self.seed + 2)
    for _ in 0..<2_000 {
      let draw = try Draw(&generator)
      let deviation = draw.volatility * draw.time.years.squareRoot()
      let seconds = draw.time.years * TimeToExpiry.secondsPerYear
      for payoff in Payoff.allCases {
        let greeks = try draw.model().greeks(of: payoff)
        // A hundredth of a deviation: small against the option's bend, and large against the rounding of its value.
        let move = draw.spot * deviation / 100
        let (down, here, up) = (
          try draw.model(spot: draw.spot - move).value(of: payoff), try draw.model().value(of: payoff),
          try draw.model(spot: draw.spot + move).value(of: payoff)
        )
        #expect(abs(greeks.delta - (up - down) / (2 * move)) < 1e-4)
        #expect(abs(greeks.gamma - (up - 2 * here + down) / (move * move)) < 1e-3 / (draw.spot * deviation))

        let bump = draw.volatility * 1e-4
        let vega =
          (try draw.model(volatility: draw.volatility + bump).value(of: payoff)
            - draw.model(volatility: draw.volatility - bump).value(of: payoff)) / (2 * bump)
        #expect(abs(greeks.vega * 100 - vega) < 1e-5 * draw.spot * draw.time.years.squareRoot())

        let later = seconds * 1e-4
        let theta =
          (try draw.model(seconds: seconds - later).value(of: payoff)
            - draw.model(seconds: seconds + later).value(of: payoff)) / (2 * later) * 86_400
        #expect(abs(greeks.theta - theta) < 1e-5 * draw.spot * deviation / draw.time.years / 365)

        let rho =
          (try draw.model(rate: draw.rate + 1e-5).value(of: payoff)
            - draw.model(rate: draw.rate - 1e-5).value(of: payoff)) / 2e-5
        #expect(abs(try draw.model().rho(of: payoff) * 100 - rho) < 1e-4 * draw.strike * draw.time.years + 1e-4)
      }
    }
  }

  @Test("Black-76 tells the Greeks of the spot less its dividends") func spotOfForward() throws {
    var generator = SeededGenerator(seed: Self.seed + 3)
    for _ in 0..<1_000 {
      let draw = try Draw(&generator)
      let black = try draw.model().onForward
      let spot = try #require(
        BlackScholes(
          spot: black.forward * exp(-draw.rate * draw.time.years), strike: draw.strike, rate: draw.rate,
          time: draw.time, volatility: draw.volatility))
      for payoff in Payoff.allCases {
        let (left, right) = (black.greeks(of: payoff), spot.greeks(of: payoff))
        #expect(abs(left.delta - right.delta) < 1e-9 && abs(left.gamma - right.gamma) < 1e-9)
        #expect(abs(left.theta - right.theta) < 1e-6 && abs(left.vega - right.vega) < 1e-6)
        #expect(abs(black.rho(of: payoff) - spot.rho(of: payoff)) < 1e-6)
      }
    }
  }

  @Test("a call rises with spot and volatility and falls with the strike, and a put falls, rises and rises")
  func monotonicity() throws {
    var generator = SeededGenerator(seed: Self.seed + 4)
    for _ in 0..<2_000 {
      let draw = try Draw(&generator)
      let model = try draw.model()
      let (spotUp, strikeUp, volatilityUp) = (
        try draw.model(spot: draw.spot * 1.001), try draw.model(strike: draw.strike * 1.001),
        try draw.model(volatility: draw.volatility * 1.01)
      )
      let rounding = 1e-11 * draw.spot
      #expect(spotUp.value(of: .call) >= model.value(of: .call) - rounding)
      #expect(spotUp.value(of: .put) <= model.value(of: .put) + rounding)
      #expect(strikeUp.value(of: .call) <= model.value(of: .call) + rounding)
      #expect(strikeUp.value(of: .put) >= model.value(of: .put) - rounding)
      for payoff in Payoff.allCases {
        #expect(volatilityUp.value(of: payoff) >= model.value(of: payoff) - rounding)
        #expect((0...1).contains(payoff == .call ? model.greeks(of: .call).delta : -model.greeks(of: .put).delta))
        #expect(model.greeks(of: payoff).gamma >= 0 && model.greeks(of: payoff).vega >= 0)
      }
    }
  }

  @Test("an expired option is worth its intrinsic value and its delta is 0 or ±1", arguments: [0, -1, -1e9])
  func expired(seconds: Double) throws {
    let time = try #require(TimeToExpiry(seconds: seconds))
    for (forward, call, put) in [(25_100.0, 100.0, 0.0), (25_000, 0, 0), (24_900, 0, 100)] {
      let black = try #require(Black76(forward: forward, strike: 25_000, rate: 0.065, time: time, volatility: 0.12))
      #expect(black.value(of: .call) == call && black.value(of: .put) == put)
      #expect(black.greeks(of: .call) == Greeks(delta: call > 0 ? 1 : 0, gamma: 0, theta: 0, vega: 0))
      #expect(black.greeks(of: .put) == Greeks(delta: put > 0 ? -1 : 0, gamma: 0, theta: 0, vega: 0))
      #expect(black.rho(of: .call) == 0)
    }
  }

  @Test("the last minute is priced as a whole minute, and a time is a number") func times() throws {
    #expect(TimeToExpiry(seconds: 1) == TimeToExpiry(seconds: 60))
    #expect(TimeToExpiry(seconds: .leastNonzeroMagnitude)?.years == 60.0 / 31_536_000)
    #expect(TimeToExpiry(seconds: 61) != TimeToExpiry(seconds: 60))
    #expect(TimeToExpiry(seconds: 0)?.hasExpired == true)
    #expect(TimeToExpiry(days: 7)?.years == 7.0 / 365)
    for bad in [Double.nan, .infinity, -.infinity, .greatestFiniteMagnitude] {
      #expect(TimeToExpiry(seconds: bad) == nil && TimeToExpiry(years: bad) == nil && TimeToExpiry(days: bad) == nil)
    }
  }

  @Test("whatever numbers come in, nothing traps, and nothing that comes out is without meaning") func anyNumbers()
    throws
  {
    var generator = SeededGenerator(seed: Self.seed + 5)
    // Half of what is drawn is plausible, or the ranges would turn nearly everything away at the door.
    func number() -> Double {
      switch generator.below(20) {
      case 0: .nan
      case 1: .infinity
      case 2: -.infinity
      case 3: 0
      case 4: -0.0
      case 5:
        generator.pick([.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, .signalingNaN])
      case 6: Double(bitPattern: generator.next())
      case 7: generator.pick([1e-4, 1e9, 5, 1, -1, 60, 10])
      case 8...11: .random(in: -1...1, using: &generator)
      case 12...15: pow(10, .random(in: -5...10, using: &generator))
      default: 25_000 + .random(in: -2_000...2_000, using: &generator)
      }
    }
    func maybe() -> Double? { generator.chance(20) ? nil : number() }
    var priced = 0
    var solved = 0
    for _ in 0..<200_000 {
      let payoff = generator.pick(Payoff.allCases)
      let (first, second, third) = (number(), number(), number())
      if let moneyness = Moneyness(payoff, strike: first, underlying: second, strikeStep: third) {
        #expect(moneyness.intrinsic.isFinite && moneyness.timeValue(of: number())?.isFinite != false)
      }
      _ = Greeks.volatility(chainPercent: maybe()).map { #expect(Black76.volatilities.contains($0)) }
      let chain = Greeks(chain: payoff, delta: maybe(), gamma: maybe(), theta: maybe(), vega: maybe())
      let position = chain.flatMap {
        PositionGreeks(quantity: Int64(bitPattern: generator.next()), perUnit: $0, spot: number())
      }
      if let position { #expect((position + position).rupeeDelta.isFinite) }

      let time = generator.chance(50) ? TimeToExpiry(days: number()) : TimeToExpiry(seconds: number())
      guard let time else { continue }
      #expect(time.hasExpired || (60.0 / 31_536_000...10).contains(time.years))
      let quotes = (0..<generator.below(5)).map { _ in
        StrikeQuotes(strike: number(), call: Quote(bid: maybe(), ask: maybe()), put: Quote(bid: maybe(), ask: maybe()))
      }
      if let forward = Forward(future: maybe(), quotes: quotes, rate: third, time: time) {
        #expect(Black76.prices.contains(forward.price))
      }
      let price =
        generator.chance(50)
        ? number() : max(0, payoff == .call ? first - second : second - first) + abs(number()) / 100
      let answer = try? ImpliedVolatility.solve(
        payoff, price: price, forward: first, strike: second, rate: third, time: time,
        priceTolerance: generator.chance(50) ? number() : ImpliedVolatility.priceTolerance)
      if let answer {
        solved += 1
        #expect(Black76.volatilities.contains(answer))
      }
      guard
        let model = BlackScholes(
          spot: first, strike: second, rate: third, yield: number(), time: time, volatility: number())
      else { continue }
      priced += 1
      for greeks in [model.greeks(of: payoff), model.onForward.greeks(of: payoff)] {
        #expect(greeks.delta.isFinite && greeks.gamma.isFinite && greeks.theta.isFinite && greeks.vega.isFinite)
      }
      let bound = (payoff == .call ? model.onForward.forward : second) * exp(-third * time.years)
      #expect((0...bound).contains(model.value(of: payoff)) && model.rho(of: payoff).isFinite)
    }
    #expect(priced > 1_000 && solved > 100, "\(priced) priced, \(solved) solved: too few to say anything")
  }
}
