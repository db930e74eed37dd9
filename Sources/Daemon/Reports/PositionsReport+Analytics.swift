import Domain
import Engine
import OptionPricing

extension PositionsReport {
  /// A table of what the prices say; empty where the log knows none.
  var analyticsText: [String] {
    let contracts = distinctContracts.compactMap { key, name in analytics[key].map { (name, $0) } }
    guard !contracts.isEmpty else { return [] }
    var table = TextTable([
      ("CONTRACT", .left), ("PRICE", .right), ("OF", .left), ("DAYS", .right), ("FORWARD", .right), ("", .left),
      ("IV %", .right), ("DELTA", .right), ("GAMMA", .right), ("THETA", .right), ("VEGA", .right),
    ])
    for (name, contract) in contracts {
      let head = [name, "\(contract.price)", times.text(contract.priceAt), fixed(contract.days, 1)]
      switch contract.figures {
      case .success(let figures):
        let greeks = figures.greeks
        table.add(
          head + [
            fixed(figures.forward, 2), figures.moneyness.word, fixed(figures.volatility * 100, 2),
            fixed(greeks.delta, 3), fixed(greeks.gamma, 5), fixed(greeks.theta, 2), fixed(greeks.vega, 2),
          ])
      case .failure(let absence): table.add(head + [absence.words] + [String](repeating: "", count: 6))
      }
    }
    return table.lines + totals
  }

  /// What the Greeks of everything that is held come to, for each follower and underlying.
  private var totals: [String] {
    var sums: [(follower: FollowerName, underlying: Underlying, rupeeDelta: Double, vega: Double, theta: Double)] = []
    for (follower, position) in rows where position.actual != .zero {
      guard case .success(let figures)? = analytics[position.key.contract]?.figures else { continue }
      let units = Double(position.actual.units)
      let place = sums.firstIndex { $0.follower == follower && $0.underlying == position.underlying }
      if place == nil { sums.append((follower, position.underlying, 0, 0, 0)) }
      let index = place ?? sums.count - 1
      sums[index].rupeeDelta += units * figures.greeks.delta * figures.forward
      sums[index].vega += units * figures.greeks.vega
      sums[index].theta += units * figures.greeks.theta
    }
    return sums.map {
      "\($0.follower) \($0.underlying): rupee delta \(fixed($0.rupeeDelta, 0)), vega \(fixed($0.vega, 0)) a point, "
        + "theta \(fixed($0.theta, 0)) a day"
    }
  }

  private var distinctContracts: [(ContractID, String)] {
    var seen: Set<ContractID> = []
    return rows.compactMap {
      seen.insert($0.position.key.contract).inserted ? ($0.position.key.contract, $0.position.name) : nil
    }
  }

  func analyticsJSON(_ contract: ContractID) -> JSONValue {
    guard let known = analytics[contract] else { return .null }
    let head: [(String, JSONValue)] = [
      ("price", .raw("\(known.price)")), ("price_at", .time(known.priceAt)), ("days_to_expiry", number(known.days, 4)),
    ]
    switch known.figures {
    case .failure(let absence): return .object(head + [("absent", .string(absence.word))])
    case .success(let figures):
      let greeks = figures.greeks
      return .object(
        head + [
          ("source", .string(figures.source.rawValue)), ("forward", number(figures.forward, 4)),
          ("moneyness", .string(figures.moneyness.word)),
          ("implied_volatility", number(figures.volatility, 6)), ("delta", number(greeks.delta, 6)),
          ("gamma", number(greeks.gamma, 8)), ("theta", number(greeks.theta, 4)), ("vega", number(greeks.vega, 4)),
        ])
    }
  }

  private func number(_ value: Double, _ places: Int) -> JSONValue { .raw(fixed(value, places)) }

  /// A number with so many decimals.
  private func fixed(_ value: Double, _ places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e18 else { return "\(value)" }
    let whole = Int64(scaled)
    let digits = String(whole / Int64(scale))
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard places > 0 else { return sign + digits }
    let fraction = String(whole % Int64(scale))
    return sign + digits + "." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}

extension Moneyness.Side {
  fileprivate var word: String {
    switch self {
    case .itm: "itm"
    case .atm: "atm"
    case .otm: "otm"
    }
  }
}

extension ContractAnalytics.Absence {
  fileprivate var word: String {
    switch self {
    case .noForward: "no_forward"
    case .expired: "expired"
    case .noVolatility: "no_volatility"
    }
  }

  fileprivate var words: String {
    switch self {
    case .noForward: "no forward"
    case .expired: "expired"
    case .noVolatility: "no IV"
    }
  }
}
