import Domain
import PaperExchange

/// What sources disagree about, or what a test wants to choose (dhan-api-v2.md §13). Documented in docs/simulator.md.
public struct Switches: Hashable, Sendable {
  public enum MarketHours: String, CaseIterable, Sendable { case alwaysOpen = "always_open", closed }
  public enum CancelReply: String, CaseIterable, Sendable { case body, empty }
  public enum ReplyShape: String, CaseIterable, Sendable { case object, array }
  public enum StreamNames: String, CaseIterable, Sendable {
    case camelCase = "camel_case"
    case pascalCase = "pascal_case"
    /// Both in one message, some of them twice.
    case mixed
  }
  public enum StreamFrames: String, CaseIterable, Sendable { case single, concatenated, lines, array }
  public enum PartFillWord: String, CaseIterable, Sendable { case partTraded = "part_traded", pending, traded }
  /// What the stream calls an order whose modification or cancellation came back.
  public enum RefusedChangeWord: String, CaseIterable, Sendable { case pending, rejected }
  public enum DeadToken: String, CaseIterable, Sendable {
    /// 401 DH-901.
    case unauthorised
    /// 400 DH-906 "Invalid Token".
    case invalidToken = "invalid_token"
  }
  public enum DeadTokenOnStream: String, CaseIterable, Sendable { case binaryFrame = "binary_frame", reset }
  public enum SecondStream: String, CaseIterable, Sendable { case allow, kickOldest = "kick_oldest", refuse }
  public enum MintedStreams: String, CaseIterable, Sendable { case keep, close }
  public enum ReadsCountAs: String, CaseIterable, Sendable { case nonTrading = "non_trading", orders }
  public enum ActiveSegment: String, CaseIterable, Sendable { case words, letters }
  public enum SourceAddress: String, CaseIterable, Sendable { case connection, header }

  public var marketHours = MarketHours.alwaysOpen
  public var correlationIDCap: Int64 = 25
  public var cancelReply = CancelReply.body
  public var orderByID = ReplyShape.object
  public var tradesByID = ReplyShape.array
  public var slicingReply = ReplyShape.array
  public var numbersAsStrings = false
  /// Whether an order's numbers may come as JSON strings.
  public var acceptsStringNumbers = false
  public var streamNames = StreamNames.camelCase
  public var streamFrames = StreamFrames.single
  public var partFillWord = PartFillWord.partTraded
  public var refusedChangeWord = RefusedChangeWord.pending
  /// Statuses that the stream leaves out.
  public var skippedStatuses: [String] = []
  public var deadToken = DeadToken.unauthorised
  public var deadTokenOnStream = DeadTokenOnStream.binaryFrame
  public var secondStream = SecondStream.allow
  public var mintedStreams = MintedStreams.keep
  public var readsCountAs = ReadsCountAs.nonTrading
  public var activeSegment = ActiveSegment.words
  public var sourceAddress = SourceAddress.connection
  public var serverPing = false
  public var checksTOTP = false
  /// 200 or 400: envelope E9 was seen without its status.
  public var mintRefusalStatus: Int64 = 200
  /// Whether the accounts have paid for market data.
  public var dataPlan = true
  public var tokenValidity: Microseconds = .seconds(86_400)
  public var mintInterval: Microseconds = .seconds(120)
  /// How far the simulator's clock is behind the machine's. Replies say what it shows, unless this is `nil`.
  public var clockBehind: Microseconds?

  public init() {}
}

/// The most calls of one client in any second, minute, hour and day; `nil` is no limit.
public struct CallLimit: Hashable, Sendable {
  public var perSecond: Int64?
  public var perMinute: Int64?
  public var perHour: Int64?
  public var perDay: Int64?

  public init(perSecond: Int64? = nil, perMinute: Int64? = nil, perHour: Int64? = nil, perDay: Int64? = nil) {
    self.perSecond = perSecond
    self.perMinute = perMinute
    self.perHour = perHour
    self.perDay = perDay
  }

  public static let none = CallLimit()
}

/// The limits of dhan-api-v2.md §3, per client.
public struct CallLimits: Hashable, Sendable {
  public var orders = CallLimit(perSecond: 10, perMinute: 250, perHour: 1_000, perDay: 7_000)
  public var data = CallLimit(perSecond: 5, perDay: 100_000)
  public var quotes = CallLimit(perSecond: 1)
  public var nonTrading = CallLimit(perSecond: 20)
  /// How long the same option chain cannot be read again.
  public var chainInterval: Microseconds = .seconds(3)

  public init() {}

  public static var none: CallLimits {
    var limits = CallLimits()
    limits.orders = .none
    limits.data = .none
    limits.quotes = .none
    limits.nonTrading = .none
    limits.chainInterval = Microseconds(0)
    return limits
  }
}
