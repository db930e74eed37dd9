import OptionPricing
import Testing

/// A row of a table: an option, and what it shall be worth.
struct Reference: Sendable, CustomTestStringConvertible {
  let payoff: Payoff
  let strike, spot, yield, rate, years, volatility, value: Double

  /// In the order of Haug's tables.
  init(
    _ payoff: Payoff, _ strike: Double, _ spot: Double, _ yield: Double, _ rate: Double, _ years: Double,
    _ volatility: Double, _ value: Double = .nan
  ) {
    self.payoff = payoff
    self.strike = strike
    self.spot = spot
    self.yield = yield
    self.rate = rate
    self.years = years
    self.volatility = volatility
    self.value = value
  }

  var testDescription: String { "\(payoff) \(strike), spot \(spot), \(years) years at \(volatility)" }

  func model() throws -> BlackScholes {
    let time = try #require(TimeToExpiry(years: years))
    return try #require(
      BlackScholes(spot: spot, strike: strike, rate: rate, yield: yield, time: time, volatility: volatility))
  }
}

/// The values of options-domain.md §5.3, each held to the digits in which it is printed there.
@Suite("Reference values") struct ReferenceValueTests {
  static let published = 1e-4
  static let computed = 1e-6
  static let week = 7.0 / 365

  @Test(
    "the published values of Haug (1998) come out, for every cost of carry",
    arguments: [
      Reference(.call, 65, 60, 0, 0.08, 0.25, 0.30, 2.1334), Reference(.put, 95, 100, 0.05, 0.10, 0.5, 0.20, 2.4648),
      Reference(.put, 19, 19, 0.10, 0.10, 0.75, 0.28, 1.7011), Reference(.call, 19, 19, 0.10, 0.10, 0.75, 0.28, 1.7011),
      Reference(.call, 1.60, 1.56, 0.08, 0.06, 0.5, 0.12, 0.0291),
      Reference(.put, 70, 75, 0.05, 0.10, 0.5, 0.35, 4.0870), Reference(.call, 40, 42, 0.08, 0.04, 0.75, 0.35, 5.0975),
    ])
  func haug(_ reference: Reference) throws {
    #expect(abs(try reference.model().value(of: reference.payoff) - reference.value) < Self.published)
  }

  @Test(
    "the published values of Haug (1998) for options on a future come out of Black-76",
    arguments: [
      Reference(.call, 100, 90, 0.10, 0.10, 0.1, 0.15, 0.0205),
      Reference(.call, 100, 100, 0.10, 0.10, 0.1, 0.15, 1.8734),
      Reference(.call, 100, 110, 0.10, 0.10, 0.1, 0.15, 9.9413),
      Reference(.put, 100, 90, 0.10, 0.10, 0.1, 0.15, 9.9210),
      Reference(.put, 100, 110, 0.10, 0.10, 0.1, 0.15, 0.0408),
      Reference(.call, 100, 90, 0.10, 0.10, 0.5, 0.25, 2.7026),
      Reference(.call, 100, 100, 0.10, 0.10, 0.5, 0.25, 6.6997),
      Reference(.call, 100, 110, 0.10, 0.10, 0.5, 0.25, 12.7857),
      Reference(.put, 100, 90, 0.10, 0.10, 0.5, 0.25, 12.2149),
      Reference(.put, 100, 110, 0.10, 0.10, 0.5, 0.25, 3.2734),
      Reference(.call, 100, 100, 0.10, 0.10, 0.5, 0.35, 9.3679),
      Reference(.put, 100, 90, 0.10, 0.10, 0.5, 0.35, 14.4452),
    ])
  func haugOnFutures(_ reference: Reference) throws {
    let time = try #require(TimeToExpiry(years: reference.years))
    let black = try #require(
      Black76(
        forward: reference.spot, strike: reference.strike, rate: reference.rate, time: time,
        volatility: reference.volatility))
    #expect(abs(black.value(of: reference.payoff) - reference.value) < Self.published)
    #expect(abs(try reference.model().value(of: reference.payoff) - black.value(of: reference.payoff)) < 1e-12)
  }

  @Test("the published Greeks of Haug (1998) come out") func haugGreeks() throws {
    let delta = try Reference(.call, 100, 105, 0.10, 0.10, 0.5, 0.36).model()
    #expect(abs(delta.greeks(of: .call).delta - 0.5946) < Self.published)
    #expect(abs(delta.greeks(of: .put).delta - -0.3566) < Self.published)

    let gamma = try Reference(.call, 60, 55, 0, 0.10, 0.75, 0.30).model().greeks(of: .call)
    #expect(abs(gamma.gamma - 0.0278) < Self.published)
    #expect(abs(gamma.vega * 100 - 18.9358) < Self.published)

    let theta = try Reference(.put, 405, 430, 0.05, 0.07, 1.0 / 12, 0.20).model().greeks(of: .put).theta
    #expect(abs(theta * 365 - -31.1924) < Self.published)
    #expect(abs(theta - -0.0855) < Self.published)

    let rho = try Reference(.call, 75, 72, 0, 0.09, 1, 0.19).model().rho(of: .call)
    #expect(abs(rho * 100 - 38.7325) < Self.published)
  }

  @Test("the options of Hull's textbook come out") func hull() throws {
    let first = try Reference(.call, 40, 42, 0, 0.10, 0.5, 0.20).model()
    #expect(abs(first.value(of: .call) - 4.759422) < Self.computed)
    #expect(abs(first.value(of: .put) - 0.808599) < Self.computed)

    // Hull's 20 weeks are 0.3846 years in his print; 20/52 would change the fourth digit.
    let second = try Reference(.call, 50, 49, 0, 0.05, 0.3846, 0.20).model()
    let greeks = second.greeks(of: .call)
    #expect(abs(second.value(of: .call) - 2.400461) < Self.computed)
    #expect(abs(greeks.delta - 0.521602) < Self.computed)
    #expect(abs(greeks.gamma - 0.065545) < Self.computed)
    #expect(abs(greeks.vega * 100 - 12.105243) < Self.computed)
    #expect(abs(greeks.theta * 365 - -4.305390) < Self.computed)
    #expect(abs(second.rho(of: .call) * 100 - 8.906574) < Self.computed)

    let time = try #require(TimeToExpiry(years: 4.0 / 12))
    let third = try #require(Black76(forward: 20, strike: 20, rate: 0.09, time: time, volatility: 0.25))
    #expect(abs(third.value(of: .put) - 1.116641) < Self.computed)
  }

  @Test("options of the size of NIFTY come out, from the spot and from the forward alike") func india() throws {
    let spot = try Reference(.call, 25_000, 25_000, 0, 0.065, Self.week, 0.12).model()
    #expect(abs(spot.onForward.forward - 25_031.183816) < Self.computed)
    let forward = try #require(
      Black76(
        forward: spot.onForward.forward, strike: 25_000, rate: 0.065, time: spot.onForward.time, volatility: 0.12))
    for (call, put, callValue, putValue) in [
      (spot.greeks(of: .call), spot.greeks(of: .put), spot.value(of: .call), spot.value(of: .put)),
      (forward.greeks(of: .call), forward.greeks(of: .put), forward.value(of: .call), forward.value(of: .put)),
    ] {
      #expect(abs(callValue - 181.675629) < Self.computed)
      #expect(abs(putValue - 150.530662) < Self.computed)
      #expect(abs(call.delta - 0.533202) < Self.computed)
      #expect(abs(put.delta - -0.466798) < Self.computed)
      #expect(abs(call.gamma - 0.000957) < Self.computed)
      #expect(abs(call.vega - 13.76401) < 1e-5)
      #expect(abs(call.theta - -14.1392) < 1e-4)
      #expect(abs(put.theta - -9.6927) < 1e-4)
    }
  }

  @Test("options far from the money, on a forward, and in their last hours come out") func indiaEdges() throws {
    let call = try Reference(.call, 26_000, 25_000, 0, 0.065, Self.week, 0.14).model()
    #expect(abs(call.value(of: .call) - 4.682253) < Self.computed)
    #expect(abs(call.greeks(of: .call).delta - 0.025650) < Self.computed)
    let put = try Reference(.put, 24_000, 25_000, 0, 0.065, Self.week, 0.14).model()
    #expect(abs(put.value(of: .put) - 2.526187) < Self.computed)
    #expect(abs(put.greeks(of: .put).delta - -0.014646) < Self.computed)

    let week = try #require(TimeToExpiry(days: 7))
    let black = try #require(Black76(forward: 25_050, strike: 25_000, rate: 0.065, time: week, volatility: 0.12))
    #expect(abs(black.value(of: .call) - 191.864655) < Self.computed)
    #expect(abs(black.value(of: .put) - 141.926945) < Self.computed)

    let hours = try #require(TimeToExpiry(seconds: 3 * 3_600))
    let last = try #require(BlackScholes(spot: 25_000, strike: 25_000, rate: 0.065, time: hours, volatility: 0.15))
    #expect(abs(last.value(of: .call) - 27.964166) < Self.computed)
    #expect(abs(last.greeks(of: .call).gamma - 0.005748) < Self.computed)
  }

  @Test("the reference inversions come out") func inversions() throws {
    let week = try #require(TimeToExpiry(days: 7))
    let half = try #require(TimeToExpiry(years: 0.5))
    let call = try ImpliedVolatility.solve(.call, price: 200, forward: 25_050, strike: 25_000, rate: 0.065, time: week)
    let put = try ImpliedVolatility.solve(.put, price: 150, forward: 25_050, strike: 25_000, rate: 0.065, time: week)
    let haug = try ImpliedVolatility.solve(.call, price: 6.6997, forward: 100, strike: 100, rate: 0.10, time: half)
    #expect(abs(call - 0.125932) < Self.computed)
    #expect(abs(put - 0.125887) < Self.computed)
    #expect(abs(haug - 0.250000) < Self.computed)
  }

  @Test("Greeks are told in the units of Dhan's option chain") func dhanSample() throws {
    // The sample of Dhan's documentation; its time to expiry is the one that its vega implies (options-domain.md §5.2).
    let time = try #require(TimeToExpiry(days: 6.21))
    let model = try #require(
      BlackScholes(spot: 24_964.25, strike: 25_000, rate: 0.10, time: time, volatility: 0.089452))
    let greeks = model.greeks(of: .call)
    #expect(abs(greeks.delta - 0.52546) < 0.02)
    #expect(abs(greeks.gamma - 0.00136) < 0.00002)
    #expect(abs(greeks.vega - 12.98931) < 0.01)
    #expect(abs(greeks.theta / -12.88756 - 1) < 0.03)
  }
}
