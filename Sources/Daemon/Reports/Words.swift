import Domain
import Reactors

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
    case .premiumBudget: "its premium is more than may be put at risk"
    case .insufficientMargin: "the account has too little money or margin for it"
    case .banPeriod: "the exchange bans opening in this underlying today"
    case .belowOneUnit: "the share of the basket is less than one of its units"
    case .basketBroken: "another leg of the basket may not be entered, or was not"
    case .accountStopped: "the broker does not let the account trade, and nobody has resumed it since"
    case .marginUnknown: "the broker's margin for one lot is not known"
    case .noReferencePrice: "no price is known to protect the order with"
    case .refused: "the broker refused it"
    case .leaderDecreased: "the leader had become smaller again before it filled"
    case .cancelledByOthers: "the order was cancelled by somebody else or by the exchange"
    case .freezeBelowLot: "the freeze limit is below one lot"
    case .nothingHeld: "the follower holds nothing that it could close"
    case .alreadyLeft: "the follower had closed these lots already, through an order that filled ahead of the leader's"
    case .leaderEndedUnfilled: "the leader's order ended without a fill"
    case .halted: "the operator had halted the follower"
    case .closeOnly: "the operator allowed exits only"
    case .lowDisk: "the disk had too little room left to enter anything"
    case .unfilled: "the leader's order filled and the follower's did not in time"
    case .leaderUnseen: "nobody could see what the leader did (leader.blind_after)"
    case .specialSession: "it is a special session whose entries are not copied (market.special_sessions)"
    case .expiryCutoff: "the contract expires today and is in its last minutes (market.expiry_cutoff)"
    case .physicalSettlement:
      "the stock option is so near its expiry that it may be settled in shares (market.physical_settlement_days)"
    case .contractExpired: "the contract has expired"
    case .followedElsewhere: "it closes what the leader holds under another product, and is followed there"
    case .rupeeDelta: "limit max_rupee_delta of the underlying is reached"
    case .vega: "limit max_vega of the underlying is reached"
    case .riskBudget: "one lot may lose more than may be put at risk (sizing.short_stress)"
    case .greeksUnknown: "a limit or a size depends on Greeks that nobody could tell"
    case .uncovered: "the leg that covers this short did not fill in time"
    }
  }
}

extension SkipReason {
  /// The rule of the copying rules that says so; `nil` where it is what the program copies at all, a filter or a sizing.
  var rule: Int64? {
    switch self {
    case .belowOneLot, .ratioUndefined, .cancelledByOthers: 3
    case .lotsPerOrder, .lotsPerUnderlying, .openLots, .rupeeDelta, .vega: 4
    case .refused: 5
    case .beforeBaseline: 6
    case .followedElsewhere: 8
    case .uncovered: 22
    case .belowOneUnit, .basketBroken: 23
    case .nothingHeld, .alreadyLeft: 10
    case .leaderDecreased: 11
    case .tooOld: 17
    case .unfilled: 18
    case .noReferencePrice: 19
    case .ownerHoldsOpposite: 21
    case .freezeBelowLot: 24
    case .leaderUnseen: 35
    case .halted, .closeOnly: 36
    case .lowDisk: 37
    case .notAnOption, .segmentNotCopied, .productNotCopied, .instrumentUnknown, .underlyingFiltered, .productFiltered,
      .premiumBudget, .insufficientMargin, .banPeriod, .accountStopped, .marginUnknown, .greeksUnknown, .riskBudget,
      .leaderEndedUnfilled, .specialSession, .expiryCutoff,
      .physicalSettlement, .contractExpired:
      nil
    }
  }

  /// The words with the rule, where there is one.
  var explained: String { rule.map { "\(words) (rule \($0))" } ?? words }
}

extension AlertKind {
  /// What a person has to look at.
  var words: String {
    switch self {
    case .exitRefused:
      "an exit was refused, or a change of one, and is not tried again until the leader moves or you resume; close the lots by hand"
    case .excessKept: "the follower keeps lots that the leader never got (true_up)"
    case .closedByOthers: "somebody else closed lots that we had opened"
    case .inDoubt:
      "a request has no known outcome; readings of the order book settle it, and `copytrade orders --in-doubt` names it for "
        + "`copytrade resolve`"
    case .freezeBelowLot: "the freeze limit is below one lot, nothing can be sent"
    case .oddLot: "the leader holds a quantity that is not a whole number of lots"
    case .cancelRefused: "an order cannot be taken back and may still fill; cancel it by hand"
    case .notFlat: "the leader is out and our lots are not; exits go on, close them by hand where that is too slow"
    case .exitExhausted: "an exit rests at the end of its band and does not fill; close the lots by hand, or wait"
    case .noReference: "an exit went out at the edge of its band, because nobody tells a price"
    case .productUnsettled:
      "an order of the leader may close what he holds under another product, and his positions cannot be read"
    case .hedgeKept: "the leader left a leg that covers shorts of ours; it stays until they are bought back (rule 22)"
    case .uncovered: "shorts of ours are not covered although the leader's are (rule 22)"
    case .basketBroken: "a leg of a basket is missing, and others of it were entered (rule 23)"
    case .refusalAlarm:
      "the broker refused an entry or a change of one, for a reason that has to be looked at (market.refusals)"
    case .refusalUnknown: "the broker refused an entry in words that market.refusals does not know"
    case .accountStopped: "the broker does not let the account trade; nothing is entered until `copytrade resume`"
    case .surplus: "the broker took an order twice; the second is cancelled, and what it filled is closed (rule 29)"
    case .anotherInstance:
      "an order with our prefix that this log does not know: stop the other instance, or settle by hand what a restored log "
        + "does not know, then `copytrade resume` (rule 34)"
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
    case .skipped(let reason): "not copied: \(reason.explained)"
    case .tooOld: "not copied: \(SkipReason.tooOld.explained)"
    case .refused: "not copied: \(SkipReason.refused.explained)"
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
    case .noReading: "its funds, positions or orders cannot be read"
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

extension Urgency {
  /// As counted in `status`.
  var words: String {
    switch self {
    case .exit: "exits"
    case .cancel: "cancels"
    case .modification: "modifications"
    case .entry: "entries"
    }
  }
}

extension OwnLinkPurpose {
  /// What a link of our own is for.
  var words: String {
    switch self {
    case .trueUp: "lots that the leader never got are given back (rule 18)"
    case .repair: "lots on a side on which the leader holds nothing are closed (rule 1)"
    case .surplus: "what an order filled that the broker took twice is closed (rule 29)"
    }
  }
}

extension ReferenceSource {
  /// Where a price came from.
  var words: String {
    switch self {
    case .leaderLimit: "the limit of the leader's order"
    case .leaderTrade: "what the leader's order traded at"
    case .leaderTrigger: "the trigger of the leader's stop"
    case .frame: "the market when the leader placed his order"
    case .quote: "a quote of the broker's"
    case .leaderPosition: "what the leader last traded at here by another order"
    case .ownEntry: "what we entered at ourselves"
    }
  }
}
