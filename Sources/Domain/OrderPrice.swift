/// At what price an order of ours works. Only these two leave this program: a MARKET order goes out as a protected LIMIT and
/// a STOP_LOSS_MARKET as a STOP_LOSS with a limit, since the broker would convert them its own way (rule 20).
public enum OrderPrice: Hashable, Sendable, Codable {
  case limit(Paise)
  /// Waits until the market trades at `trigger`, and is a LIMIT from then on.
  case stop(trigger: Paise, limit: Paise)

  /// The limit, which bounds what may be paid or taken.
  public var limit: Paise {
    switch self {
    case .limit(let price), .stop(_, let price): price
    }
  }
  public var trigger: Paise? {
    if case .stop(let trigger, _) = self { return trigger }
    return nil
  }
  public var type: OrderType { trigger == nil ? .limit : .stopLoss }

  public init(limit: Paise, trigger: Paise?) {
    self = trigger.map { .stop(trigger: $0, limit: limit) } ?? .limit(limit)
  }
}

extension OrderPrice: CustomStringConvertible {
  /// `152.35`, or `260.00 when 264.10 trades`.
  public var description: String { trigger.map { "\(limit) when \($0) trades" } ?? "\(limit)" }
}

extension Validity {
  /// The validity of a copy: immediate where the leader's is, else for the day.
  public var copied: Validity { self == .immediateOrCancel ? .immediateOrCancel : .day }
}
