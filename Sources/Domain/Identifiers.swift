/// A typed name of one thing of the trade: two kinds of identifier never mix, though both are text.
public protocol ShortIdentifier: Hashable, Sendable, Comparable, Codable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  var text: ShortText { get }
  init(text: ShortText)
}

extension ShortIdentifier {
  /// `nil` when the text is empty, longer than 31 bytes, or holds a NUL.
  public init?(validating string: some StringProtocol) {
    guard let text = ShortText(validating: string), !text.isEmpty else { return nil }
    self.init(text: text)
  }

  public init(stringLiteral value: String) { self.init(text: ShortText(stringLiteral: value)) }
  public init(from decoder: any Decoder) throws { self.init(text: try ShortText(from: decoder)) }
  public func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
  public var description: String { text.string }
}

/// Dhan's `dhanClientId`: the number of an account, kept as text.
public struct ClientID: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }
}

/// A follower's name in the configuration; never changes while it has lots.
public struct FollowerName: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }
}

/// The broker's number of an order (12–16 digits at Dhan), kept as text.
public struct OrderID: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }

  /// Whether the broker gave this number before the other: numbers are digits that grow, and a longer one is newer.
  public func isOlder(than other: OrderID) -> Bool {
    let (left, right) = (text.string, other.text.string)
    return left.utf8.count != right.utf8.count ? left.utf8.count < right.utf8.count : left < right
  }
}

/// The exchange's number of a contract, unique within a segment on one day.
public struct SecurityID: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }
}

/// The trading name of an underlying, such as `NIFTY`.
public struct Underlying: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }
}

/// The label of one broker order of ours (rule 26): at most 25 of `A-Za-z0-9_-`, derived, never random.
public struct CorrelationID: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }
}

/// One durable decision to send something to the broker. Derived from the child, the kind and its number.
public struct RequestID: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }
}

/// The name of a stream of the log, such as `leader` or `follower/asha`.
public struct StreamName: ShortIdentifier {
  public let text: ShortText
  public init(text: ShortText) { self.text = text }
}
