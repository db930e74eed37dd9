import Domain
import Projections
import Reactors
import Testing

/// A broker's table of refusals, and accounts that know it.
extension Harness {
  static let refusals = [
    RefusalRule(says: ["hedge"], meaning: .hedgeBreak, treatment: .retry),
    RefusalRule(says: ["ban period"], meaning: .banPeriod, treatment: .skip),
    RefusalRule(says: ["Suspended"], meaning: .accountBlocked, treatment: .stopAccount),
    RefusalRule(says: ["freeze"], meaning: .freezeQuantity, treatment: .retry),
    RefusalRule(says: ["17181"], meaning: .orderTypeNotAllowed, treatment: .alarm),
    RefusalRule(says: ["17070"], meaning: .priceBand, treatment: .retry),
    RefusalRule(says: ["margin shortfall"], meaning: .insufficientMargin, treatment: .retry),
    RefusalRule(says: ["LPP"], meaning: .priceBand, treatment: .retry),
    RefusalRule(says: ["closed"], meaning: .marketClosed, treatment: .wait),
    RefusalRule(says: ["intraday", "not allowed"], meaning: .productCutoff, treatment: .skip),
    RefusalRule(says: ["insufficient"], meaning: .insufficientMargin, treatment: .retry),
  ]

  static func refusing(
    ratio: String = "1", _ shortfall: ShortfallPolicy = .skip, freeze: Int64? = nil,
    table: [RefusalRule] = refusals
  ) throws -> Harness {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(try #require(Ratio(ratio))), exitRounding: .lagging, onShortfall: shortfall),
      freeze: freeze, entries: EntrySettings(maximumAge: .seconds(300)))
    var settings = try #require(harness.state.settings)
    settings.refusals = table
    harness.observe(.configuration(settings))
    harness.fillsAtOnce = false
    return harness
  }
}
