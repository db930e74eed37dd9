import Domain

extension ConfigurationReader {
  /// The words of `sizing.strategy`.
  private enum Strategy: String, CaseIterable {
    case capitalProportional = "capital_proportional"
    case fixedRatio = "fixed_ratio"
    case fixedLots = "fixed_lots"
    case riskBased = "risk_based"

    /// The keys that only some strategies have; this one has these.
    var options: [String] {
      switch self {
      case .capitalProportional: ["capital_basis", "fixed_capital"]
      // The basis of the capital decides nothing here, and does no harm: who changes the strategy need not delete it.
      case .fixedRatio: ["ratio", "capital_basis"]
      case .fixedLots: ["lots", "capital_basis"]
      case .riskBased: ["risk_percent", "capital_basis", "fixed_capital", "short_stress"]
      }
    }
  }

  private enum Basis: String, CaseIterable {
    case startOfDay = "start_of_day"
    case equity = "equity"
    case available = "available"
    case fixed = "fixed"
  }

  func sizing(_ follower: SectionReader) -> Sizing? {
    guard let section = follower.section("sizing") else { return nil }
    let strategyWord =
      section.has("strategy") ? section.value("strategy", ScalarKind<Strategy>.choice) : .capitalProportional
    let below = section.value("below_one_lot", ScalarKind<BelowOneLotPolicy>.choice)
    let rounding = section.value("exit_rounding", ScalarKind<ExitRounding>.choice)
    let shortfall = section.value("on_shortfall", ScalarKind<ShortfallPolicy>.choice)
    if let strategyWord { refuseForeignOptions(of: strategyWord, in: section) }
    let strategy = strategy(strategyWord, in: section)
    let stress = shortStress(section)
    section.finish()
    return strategy.map {
      Sizing(
        strategy: $0, belowOneLot: below ?? .skip, exitRounding: rounding ?? .byRisk, onShortfall: shortfall ?? .skip,
        shortStress: stress)
    }
  }

  private func shortStress(_ sizing: SectionReader) -> ShortStress? {
    guard sizing.has("short_stress"), let section = sizing.section("short_stress") else {
      _ = sizing.node("short_stress")
      return nil
    }
    let move = section.required(
      "move_percent", .percent(upTo: 100), remedy: "Write how far the underlying may go against it: move_percent: 3")
    let points = section.required(
      "volatility_points", .integer(0...100, of: "points"),
      remedy: "Write by how many points volatility may rise, 0 for none: volatility_points: 5")
    section.finish()
    guard let move, let points else { return nil }
    return ShortStress(move: move, volatilityPoints: points)
  }

  private func refuseForeignOptions(of strategy: Strategy, in section: SectionReader) {
    for option in Strategy.allCases.flatMap(\.options).uniqued where !strategy.options.contains(option) {
      guard section.has(option) else { continue }
      let owners = Strategy.allCases.filter { $0.options.contains(option) }.map(\.rawValue)
      report.mistake(
        .unfitForStrategy, at: section.place(of: option), key: section.path(of: option),
        "\"\(option)\" has no meaning with strategy \(strategy.rawValue).",
        remedy: "Delete the line, or choose the strategy \(owners.joined(separator: " or ")).")
    }
  }

  private func strategy(_ strategy: Strategy?, in section: SectionReader) -> SizingStrategy? {
    // All are read whatever the strategy, so that each is known and a wrong value is told.
    let ratio = section.value("ratio", .ratio)
    let lots = section.value("lots", .lots)
    let risk = section.value("risk_percent", .percent(upTo: 100))
    let basis = basis(section)
    func need(_ key: String, _ remedy: String) {
      if !section.has(key) { section.missing(key, remedy: remedy) }
    }
    switch strategy {
    case .capitalProportional: return basis.map { .capitalProportional($0) }
    case .fixedRatio:
      need("ratio", "Write follower's size over leader's: ratio: 1/2")
      return ratio.map { .fixedRatio($0) }
    case .fixedLots:
      need("lots", "Write how many lots each entry has: lots: 1")
      return lots.map { .fixedLots($0) }
    case .riskBased:
      need("risk_percent", "Write how much of the capital one entry may risk: risk_percent: 2")
      guard let basis, let risk else { return nil }
      return .riskBased(basis, share: risk)
    case nil: return nil
    }
  }

  private func basis(_ section: SectionReader) -> CapitalBasis? {
    let word = section.has("capital_basis") ? section.value("capital_basis", ScalarKind<Basis>.choice) : .startOfDay
    let capital = fixedCapital(section)
    if word == .fixed, !section.has("fixed_capital") {
      section.missing("fixed_capital", remedy: "Write fixed_capital: { leader: 1000000, follower: 400000 }.")
    }
    if let word, word != .fixed, section.has("fixed_capital") {
      report.mistake(
        .contradiction, at: section.place(of: "fixed_capital"), key: section.path(of: "fixed_capital"),
        "fixed_capital is given, but capital_basis is \(word.rawValue).",
        remedy: "Write capital_basis: fixed, or delete fixed_capital.")
    }
    switch word {
    case .startOfDay: return .startOfDay
    case .equity: return .equity
    case .available: return .available
    case .fixed: return capital.map { .fixed(leader: $0.leader, follower: $0.follower) }
    case nil: return nil
    }
  }

  private func fixedCapital(_ sizing: SectionReader) -> (leader: Paise, follower: Paise)? {
    guard sizing.has("fixed_capital"), let section = sizing.section("fixed_capital") else {
      _ = sizing.node("fixed_capital")
      return nil
    }
    let leader = section.required("leader", .rupees, remedy: "Write the leader's capital in rupees: leader: 1000000")
    let follower = section.required(
      "follower", .rupees, remedy: "Write the follower's capital in rupees: follower: 400000")
    section.finish()
    guard let leader, let follower else { return nil }
    return (leader, follower)
  }
}

extension Array where Element: Hashable {
  /// Each element once, where it first stands.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
