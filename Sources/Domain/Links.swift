/// What a link copies: an order of the leader, or, for a link of the engine's own, its purpose and the event that caused it
/// (rule 1), as in `true_up@1234`.
public struct LinkOrigin: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }

  public init(_ order: OrderID) { self.text = order.text }

  public init(_ purpose: OwnLinkPurpose, causedBy sequence: SequenceNumber) {
    self.text = ShortText(stringLiteral: "\(purpose.rawValue)@\(sequence.value)")
  }

  /// The link of our own that closes what surplus orders of the link `origin` filled (rule 29). One for each link, so that its
  /// labels follow from the leader's order as those of the link itself do.
  public init(closingSurplusOf origin: LinkOrigin) {
    let last = origin.text.string.split(separator: "@").last.map(String.init) ?? ""
    self.text = ShortText(stringLiteral: "\(OwnLinkPurpose.surplus.rawValue)@\(last.suffix(23))")
  }

  /// The purpose of a link of our own; `nil` for a link that copies an order of the leader.
  public var ownPurpose: OwnLinkPurpose? {
    // Asked of every link at every look, and most copy an order: those make no string.
    guard text.withBytes({ $0.contains(UInt8(ascii: "@")) }) else { return nil }
    let parts = text.string.split(separator: "@")
    return parts.count == 2 ? OwnLinkPurpose(rawValue: String(parts[0])) : nil
  }
}

/// Why the engine starts a link that copies no order.
public enum OwnLinkPurpose: String, Sendable, Codable {
  /// Closes lots that the follower got and the leader's cancelled order did not (rule 18).
  case trueUp = "true_up"
  /// Closes lots that we hold on a side on which the leader has nothing (promise 6).
  case repair = "repair"
  /// Closes what a surplus order filled (rule 29).
  case surplus = "surplus"
}

/// One broker order of a link: its number within the link, and the generation that a policy opened (rule 5).
public struct ChildID: Hashable, Sendable, Comparable, Codable {
  public let follower: FollowerName
  public let origin: LinkOrigin
  /// Counts from 1 within the link.
  public let number: Int64
  public let generation: Int64

  public init(follower: FollowerName, origin: LinkOrigin, number: Int64, generation: Int64 = 0) {
    self.follower = follower
    self.origin = origin
    self.number = number
    self.generation = generation
  }

  public static func < (left: ChildID, right: ChildID) -> Bool {
    if left.follower != right.follower { return left.follower < right.follower }
    if left.origin != right.origin { return left.origin < right.origin }
    return left.number != right.number ? left.number < right.number : left.generation < right.generation
  }
}

/// What a request does to a child.
public enum RequestKind: String, Sendable, Codable {
  case placement = "p"
  case modification = "m"
  case cancellation = "c"
}

extension RequestID {
  /// The `number`-th request of one kind for the order labelled `label`: the same decision has the same identity.
  public init(_ label: CorrelationID, _ kind: RequestKind, _ number: Int64) {
    self.init(text: ShortText(stringLiteral: "\(label).\(kind.rawValue)\(number)"))
  }
}

/// What a child does to the follower's position, as decided when it was requested.
public enum ChildPurpose: String, Sendable, Codable {
  case entry = "entry"
  case exit = "exit"
}

/// Why the engine did not copy, or copied fewer lots.
public enum SkipReason: String, Sendable, Codable, CaseIterable, Error {
  case notAnOption = "not_an_option"
  case segmentNotCopied = "segment_not_copied"
  case productNotCopied = "product_not_copied"
  case instrumentUnknown = "instrument_unknown"
  case underlyingFiltered = "underlying_filtered"
  case productFiltered = "product_filtered"
  case beforeBaseline = "before_baseline"
  case belowOneLot = "below_one_lot"
  case tooOld = "too_old"
  case ratioUndefined = "ratio_undefined"
  case ownerHoldsOpposite = "owner_holds_opposite"
  case lotsPerOrder = "lots_per_order"
  case lotsPerUnderlying = "lots_per_underlying"
  case openLots = "open_lots"
  case premiumBudget = "premium_budget"
  case insufficientMargin = "insufficient_margin"
  case marginUnknown = "margin_unknown"
  case noReferencePrice = "no_reference_price"
  case refused = "refused"
  case leaderDecreased = "leader_decreased"
  case cancelledByOthers = "cancelled_by_others"
  case freezeBelowLot = "freeze_below_lot"
  case nothingHeld = "nothing_held"
  /// Another exit of ours had filled ahead of the leader's, and these lots had left through it (rule 10).
  case alreadyLeft = "already_left"
  case leaderEndedUnfilled = "leader_ended_unfilled"
  case halted = "halted"
  case closeOnly = "close_only"
  /// The disk of the log had too little room (rule 37).
  case lowDisk = "low_disk"
  /// The leader's entry filled, ours did not in time (rule 18).
  case unfilled = "unfilled"
  /// Nobody could see what the leader did (rule 35).
  case leaderUnseen = "leader_unseen"
  /// The order closes lots that the leader holds under another product (rule 8); it is followed there.
  case followedElsewhere = "followed_elsewhere"
  /// The leg that covers the short did not fill in time (rule 22).
  case uncovered = "uncovered"
  /// The exchange holds a special session, and entries of it are not copied.
  case specialSession = "special_session"
  /// The contract expires today and its last minutes have begun.
  case expiryCutoff = "expiry_cutoff"
  /// A stock option so near its expiry that it may have to be settled in shares.
  case physicalSettlement = "physical_settlement"
  /// The contract does not trade any more.
  case contractExpired = "contract_expired"
  /// Only what reduces a position may be traded in the underlying today.
  case banPeriod = "ban_period"
  /// The broker does not let the account trade, and nobody has resumed it since.
  case accountStopped = "account_stopped"
  /// The follower's share of the basket is less than one of its units: none of its legs is entered (rule 23).
  case belowOneUnit = "below_one_unit"
  /// Another leg of the basket may not be entered, or was not (rule 23).
  case basketBroken = "basket_broken"
  /// What the positions in the underlying gain and lose with it would pass the limit (options-domain.md §5.4).
  case rupeeDelta = "rupee_delta"
  /// What they gain and lose with the volatility would.
  case vega = "vega"
  /// One lot of a short may lose more than may be put at risk.
  case riskBudget = "risk_budget"
  /// A limit or a size depends on Greeks that nobody knows.
  case greeksUnknown = "greeks_unknown"
}

/// How a link ended: every leader order comes to one of these per follower (promise 3).
public enum LinkEnd: Hashable, Sendable {
  case copied(Lots)
  case skipped(SkipReason)
  case tooOld
  case refused
}

/// Where the price came from that a protected limit was made of (rule 19).
public enum ReferenceSource: String, Hashable, Sendable, Codable, CaseIterable {
  /// The limit of the leader's own order.
  case leaderLimit = "leader_limit"
  /// What the leader's order traded at.
  case leaderTrade = "leader_trade"
  /// The trigger of the leader's stop.
  case leaderTrigger = "leader_trigger"
  /// What the market traded at when the leader's order was placed (`RefLtp` of its message).
  case frame = "frame"
  /// A quote of the broker's.
  case quote = "quote"
  /// What the leader last traded at in this position, by another order.
  case leaderPosition = "leader_position"
  /// What we ourselves entered at: nothing better is known, and only an exit uses it.
  case ownEntry = "own_entry"
}

/// The price that a protected limit was made of.
public struct PriceReference: Hashable, Sendable, Codable {
  public var price: Paise
  public var source: ReferenceSource
  /// How old the price was when it was used.
  public var age: Microseconds

  public init(price: Paise, source: ReferenceSource, age: Microseconds) {
    self.price = price
    self.source = source
    self.age = age
  }
}

/// The numbers behind a decision, so that it can be explained and checked years later.
public struct Arithmetic: Hashable, Sendable, Codable {
  /// The rule of copying-rules.md that decided.
  public var rule: Int64
  /// The leader's cumulative lots that count.
  public var leaderLots: Lots
  /// The leader's lots that the decreased ones are a part of; absent for entries.
  public var leaderWhole: Lots?
  public var ratio: Ratio?
  /// The bound for the whole key.
  public var target: Lots
  public var filled: Lots
  public var working: Lots
  public var forgone: Lots
  /// What the price was made of, where it is not the leader's own (rules 14, 18, 19).
  public var reference: PriceReference?
  /// How far the price may go at most, where it goes step by step (rules 14, 18).
  public var bound: Paise?
  /// What a limit on them was compared with, where there is one.
  public var greeks: ContractGreeks?

  public init(
    rule: Int64, leaderLots: Lots, leaderWhole: Lots? = nil, ratio: Ratio? = nil, target: Lots, filled: Lots,
    working: Lots, forgone: Lots = .zero, reference: PriceReference? = nil, bound: Paise? = nil,
    greeks: ContractGreeks? = nil
  ) {
    self.rule = rule
    self.leaderLots = leaderLots
    self.leaderWhole = leaderWhole
    self.ratio = ratio
    self.target = target
    self.filled = filled
    self.working = working
    self.forgone = forgone
    self.reference = reference
    self.bound = bound
    self.greeks = greeks
  }
}
