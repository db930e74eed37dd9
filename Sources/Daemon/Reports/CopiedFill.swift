import Domain

/// One fill of ours beside what the leader did: its price, how much worse it was, and how much later.
public struct CopiedFill: Sendable {
  public let fill: OrderFill
  /// What its own units came to; `nil` where the broker showed no average.
  public let price: UnitPrice?
  /// The leader's average that it is compared with; `nil` for links of our own and where the leader never filled.
  public let leaderPrice: Paise?
  /// Whether that average was told only after this fill.
  public let isLeaderPriceLater: Bool
  public let slippage: Slippage?
  /// The leader's event that the fill answers: his fill that made it due, else, where the follower was ahead of that, the
  /// newest change of his order before the request.
  public let answers: LeaderRecord.Change?

  /// From when the leader's event was recorded to when the fill was; `nil` for links of our own.
  public var latency: Microseconds? { answers.map { fill.at - $0.at } }
  /// Whether the leader had not filled his share yet: the market decides how long such a fill takes.
  public var isAhead: Bool { answers.map { !$0.isFill } ?? false }

  init(_ fill: OrderFill, price: UnitPrice?, side: Side, leader: LeaderRecord?, answers: LeaderRecord.Change?) {
    let average = leader?.average(at: fill.sequence)
    self.fill = fill
    self.price = price
    self.answers = answers
    leaderPrice = average?.price
    isLeaderPriceLater = average?.isLater ?? false
    slippage = average.flatMap { average in price.map { Slippage(side, at: $0, leader: average.price) } }
  }

  /// `at 152.40 each; slippage +3.25 (+0.05 each, the leader's average 152.35); 2ms after the leader's fill #12`
  var words: String {
    var parts = [price.map { "at \($0.perUnit) each" } ?? "at a price that the broker did not tell"]
    if let slippage, let leaderPrice {
      let later = isLeaderPriceLater ? ", told later" : ""
      parts.append(
        "slippage \(slippage.rupees) (\(slippage.perUnit) each, the leader's average \(leaderPrice)\(later))")
    } else if answers != nil, leaderPrice == nil {
      parts.append("no price of the leader's to compare with")
    }
    if let answers, let latency {
      let what = answers.isFill ? "the leader's fill" : "the leader's order, ahead of his fill,"
      parts.append("\(latency.readable) after \(what) #\(answers.sequence)")
    }
    return parts.joined(separator: "; ")
  }

  var json: JSONValue {
    .object([
      ("sequence", .sequence(fill.sequence)), ("at", .time(fill.at)), ("quantity", .units(fill.quantity)),
      ("price", price.map { .string($0.perUnit) } ?? .null), ("value", .rupees(price?.value)),
      ("leader_average_price", .rupees(leaderPrice)),
      ("leader_average_told_later", .bool(isLeaderPriceLater)),
      ("slippage_rupees", .rupees(slippage?.total)), ("slippage_paise_per_unit", .text(slippage?.paisePerUnit)),
      ("latency_us", latency.map { .int($0.count) } ?? .null),
      ("answers_sequence", .sequence(answers?.sequence)),
      ("answers", answers.map { .string($0.isFill ? "leader_fill" : "leader_order") } ?? .null),
    ])
  }
}

extension Sequence<CopiedFill> {
  /// All slippage that is known; `nil` when none is.
  var slippage: Slippage? { compactMap(\.slippage).sum }
}
