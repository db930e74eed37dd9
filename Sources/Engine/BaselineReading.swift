import Domain
import Ports

/// An account's positions, trades and order book, read so that they tell of one moment (rule 6).
///
/// Positions lag behind fills at the broker (dhan-api-v2.md §7.1), so that what an account holds is what it carried
/// forward plus what it traded today; and the book has to agree with the trades, or a fill that falls between two readings
/// would count twice or never.
public struct BaselineReading: Hashable, Sendable {
  public let holdings: [BaselinePosition]
  public let book: [BrokerOrder]

  /// The readings of one round.
  public struct Round: Hashable, Sendable {
    public var positions: [BrokerPosition]
    public var trades: [BrokerTrade]
    public var book: [BrokerOrder]

    public init(positions: [BrokerPosition], trades: [BrokerTrade], book: [BrokerOrder]) {
      self.positions = positions
      self.trades = trades
      self.book = book
    }
  }

  /// What two rounds, one after the other, prove; `nil` while something moved between them or they contradict themselves.
  ///
  /// - Parameters:
  ///   - trustsPositions: takes the net quantities of the positions where they stand still and yet differ from
  ///     carry-forward plus trades. A broker that tells no trades would else never be understood.
  ///   - now: the time on the broker's clock, give or take seconds. Positions that do not add up with trades which the book
  ///     bears out lag behind them, and are not trusted while the newest of those is younger than ``longestLag``.
  public init?(_ before: Round, _ after: Round, trustsPositions: Bool = false, now: Timestamp = .latest) {
    let carried = BaselineReading.sums(after.positions.map { ($0.key, $0.carriedForward) })
    let net = BaselineReading.sums(after.positions.map { ($0.key, $0.net) })
    guard BaselineReading.sums(before.positions.map { ($0.key, $0.net) }) == net,
      BaselineReading.sums(before.positions.map { ($0.key, $0.carriedForward) }) == carried,
      Set(before.trades.map(\.identity)) == Set(after.trades.map(\.identity)),
      BaselineReading.fills(before.book) == BaselineReading.fills(after.book)
    else { return nil }
    let traded = BaselineReading.sums(
      after.trades.uniqued.map { ($0.key, Quantity($0.side.sign * $0.quantity.units)) })
    let derived = carried.merging(traded, uniquingKeysWith: +).filter { $0.value != .zero }
    let areTradesWhole = BaselineReading.fills(after.book) == BaselineReading.fills(after.trades.uniqued)
    let agrees = derived == net && areTradesWhole
    guard agrees || trustsPositions else { return nil }
    if !agrees, areTradesWhole {
      // What was converted is the same in sum, whatever its product.
      let (told, held) = (BaselineReading.byContract(derived), BaselineReading.byContract(net))
      let isLagging = after.trades.contains { trade in
        told[trade.key.contract] != held[trade.key.contract]
          && trade.tradedAt.map { now < $0 + BaselineReading.longestLag } ?? false
      }
      if isLagging { return nil }
    }
    holdings = (agrees ? derived : net).map { BaselinePosition(key: $0.key, quantity: $0.value) }
      .sorted { $0.key < $1.key }
    book = after.book
  }

  /// For brokers whose readings are of one moment by nature.
  public init(holdings: [BaselinePosition], book: [BrokerOrder]) {
    self.holdings = holdings
    self.book = book
  }

  private static func sums(_ entries: [(PositionKey, Quantity)]) -> [PositionKey: Quantity] {
    entries.reduce(into: [:]) { $0[$1.0, default: .zero] += $1.1 }.filter { $0.value != .zero }
  }

  /// How long positions may lag behind trades; the broker names no figure (dhan-api-v2.md §7.1).
  static let longestLag = Microseconds.seconds(60)

  private static func byContract(_ sums: [PositionKey: Quantity]) -> [ContractID: Quantity] {
    sums.reduce(into: [:]) { $0[$1.key.contract, default: .zero] += $1.value }.filter { $0.value != .zero }
  }

  private static func fills(_ book: [BrokerOrder]) -> [OrderID: Quantity] {
    book.reduce(into: [:]) { if $1.filled > .zero { $0[$1.orderID] = $1.filled } }
  }

  private static func fills(_ trades: [BrokerTrade]) -> [OrderID: Quantity] {
    trades.reduce(into: [:]) { $0[$1.orderID, default: .zero] += $1.quantity }
  }
}

extension BrokerTrade {
  /// The key of a trade (dhan-api-v2.md §4.7).
  fileprivate struct Identity: Hashable {
    let segment: ExchangeSegment
    let trade: ShortText
    let order: OrderID
  }
  fileprivate var identity: Identity { Identity(segment: key.contract.segment, trade: tradeID, order: orderID) }
}

extension [BrokerTrade] {
  fileprivate var uniqued: [BrokerTrade] {
    var seen: Set<BrokerTrade.Identity> = []
    return filter { seen.insert($0.identity).inserted }
  }
}
