/// What a refusal of the broker or the exchange says, as far as it makes a difference (options-domain.md §3.4).
public enum RefusalMeaning: String, Hashable, Sendable, Codable, CaseIterable {
  /// Money or margin is short.
  case insufficientMargin = "insufficient_margin"
  /// What remains would need more margin: another leg has to leave first.
  case hedgeBreak = "hedge_break"
  /// The price is outside of a band: limit price protection, circuit, day's range.
  case priceBand = "price_band"
  case tick = "tick"
  /// The order carries more units than one order may.
  case freezeQuantity = "freeze_quantity"
  /// Only what reduces a position may be traded in the underlying today.
  case banPeriod = "ban_period"
  case orderTypeNotAllowed = "order_type_not_allowed"
  /// The product is not taken any more today.
  case productCutoff = "product_cutoff"
  /// The account may not trade, or not here.
  case accountBlocked = "account_blocked"
  case marketClosed = "market_closed"
  /// The order itself is wrong, or its contract is not traded.
  case badOrder = "bad_order"
  case unknown = "unknown"
}

/// What follows from a refusal (rule 5).
public enum RefusalTreatment: String, Hashable, Sendable, Codable, CaseIterable {
  /// Once more, changed as the meaning asks: fewer lots, a price nearer to the market, smaller orders. A finite number of
  /// times, and not where there is nothing to change.
  case retry = "retry"
  /// Once more, unchanged, after a pause. A finite number of times.
  case wait = "wait"
  case skip = "skip"
  /// Nothing more is entered in the account until a person resumes it; exits are still tried (rule 16).
  case stopAccount = "stop_account"
  /// Skipped, and a person is told.
  case alarm = "alarm"
}

/// How the texts that stand for one kind of refusal are known, and what follows.
public struct RefusalRule: Hashable, Sendable, Codable {
  /// The phrases that all occur in the text, in lower case.
  public let says: [String]
  public let meaning: RefusalMeaning
  public let treatment: RefusalTreatment

  /// - Parameter says: phrases in any case; at least one.
  public init(says: [String], meaning: RefusalMeaning, treatment: RefusalTreatment) {
    self.says = says.map { $0.lowercased() }
    self.meaning = meaning
    self.treatment = treatment
  }

  /// What is not in the table: nobody knows what it means, so that a person has to read it.
  public static let unknown = RefusalRule(says: [], meaning: .unknown, treatment: .alarm)
}

extension CopySettings {
  /// What `text`, the broker's or the exchange's, asks for: the first rule all of whose phrases it holds. Without a table every
  /// refusal is the end of its request and no more.
  ///
  /// Cost: a walk over the table with a search in the text; for refusals only.
  public func refusal(saying text: String) -> RefusalRule? {
    guard !refusals.isEmpty else { return nil }
    let text = text.lowercased()
    return refusals.first { rule in rule.says.allSatisfy { text.says($0) } } ?? .unknown
  }
}

extension String {
  /// Whether `phrase` stands in the text, and not inside of a longer number: texts begin with the order's (dhan-api-v2.md §1.5),
  /// in which any code may occur.
  fileprivate func says(_ phrase: String) -> Bool {
    guard phrase.first?.isASCIIDigit == true || phrase.last?.isASCIIDigit == true else { return contains(phrase) }
    return ranges(of: phrase).contains { range in
      let isCutBefore =
        phrase.first?.isASCIIDigit == true && range.lowerBound > startIndex
        && self[index(before: range.lowerBound)].isASCIIDigit
      let isCutAfter =
        phrase.last?.isASCIIDigit == true && range.upperBound < endIndex && self[range.upperBound].isASCIIDigit
      return !isCutBefore && !isCutAfter
    }
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
