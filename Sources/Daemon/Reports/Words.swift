import Domain

extension SkipReason {
  /// Why nothing, or less, was copied, as an ending of "not copied: …".
  var words: String {
    switch self {
    case .notAnOption: "it is not an option"
    case .segmentNotCopied: "options of this exchange segment are not copied"
    case .productNotCopied: "only INTRADAY and MARGIN are copied"
    case .instrumentUnknown: "the instrument file does not know the contract"
    case .underlyingFiltered: "the follower's filters leave the underlying out"
    case .productFiltered: "the follower's filters leave the product out"
    case .beforeBaseline: "the leader had placed it before copying began"
    case .belowOneLot: "the follower's share is less than one lot"
    case .tooOld: "it was older than entries.max_age when it could have gone out"
    case .ratioUndefined: "a capital is unknown or not positive, so there is no ratio"
    case .ownerHoldsOpposite: "the follower's owner holds the opposite by hand"
    case .lotsPerOrder: "limit max_lots_per_order is reached"
    case .lotsPerUnderlying: "limit max_lots_per_underlying is reached"
    case .openLots: "limit max_open_lots is reached"
    case .premiumBudget: "one lot costs more premium than may be put at risk"
    case .insufficientMargin: "one lot needs more margin than may be put at risk"
    case .marginUnknown: "the broker's margin for one lot is not known"
    case .noReferencePrice: "no price is known to protect the order with"
    case .refused: "the broker refused it"
    case .leaderDecreased: "the leader had become smaller again before it filled"
    case .cancelledByOthers: "the order was cancelled by somebody else or by the exchange"
    case .freezeBelowLot: "the freeze limit is below one lot"
    case .nothingHeld: "the follower holds nothing that it could close"
    case .leaderEndedUnfilled: "the leader's order ended without a fill"
    case .halted: "the operator had halted the follower"
    case .closeOnly: "the operator allowed exits only"
    case .unfilled: "the leader's order filled and the follower's did not in time"
    case .followedElsewhere: "it closes what the leader holds under another product, and is followed there"
    }
  }
}

extension AlertKind {
  /// What a person has to look at.
  var words: String {
    switch self {
    case .exitRefused: "an exit was refused and is not tried again until the leader moves; close the lots by hand"
    case .excessKept: "the follower keeps lots that the leader never got (true_up)"
    case .closedByOthers: "somebody else closed lots that we had opened"
    case .inDoubt: "a request has no known outcome; `copytrade orders --in-doubt` names it"
    case .freezeBelowLot: "the freeze limit is below one lot, nothing can be sent"
    case .oddLot: "the leader holds a quantity that is not a whole number of lots"
    case .notFlat: "the leader is flat and our lots are not; close them by hand"
    case .exitExhausted: "an exit rests at the end of its band and does not fill; close the lots by hand, or wait"
    case .noReference: "an exit went out at the edge of its band, because nobody tells a price"
    case .productUnsettled:
      "an order of the leader may close what he holds under another product, and his positions cannot be read"
    }
  }
}

extension WithdrawalReason {
  var words: String {
    switch self {
    case .desiredChanged: "something else was wanted before it left"
    case .tooOld: "it had become too old"
    }
  }
}

extension LinkEnd {
  func words(_ names: ContractNames) -> String {
    switch self {
    case .copied(let lots): "copied, \(names.lots(lots))"
    case .skipped(let reason): "not copied: \(reason.words)"
    case .tooOld: "not copied: \(SkipReason.tooOld.words)"
    case .refused: "not copied: \(SkipReason.refused.words)"
    }
  }
}

extension BlockReason {
  /// What is wrong, and whose turn it is.
  var words: String {
    switch self {
    case .deadToken: "the broker does not know its token; put a new one where the configuration reads it"
    case .addressRefused:
      "the broker refuses calls from this address; register it for the account, then `copytrade resume`"
    case .noReading: "its positions and orders cannot be read"
    }
  }
}

extension OperatorMode {
  var words: String {
    switch self {
    case .running: "resume"
    case .closeOnly: "exits only"
    case .halted: "halt"
    }
  }
}
