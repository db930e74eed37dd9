import Domain
import Ports
import Projections
import Reactors

/// What a picture of an order, or of a whole book, tells.
extension Intake {
  /// How long a book may show an order as it stood before it ended: readings lag, and broker times have whole seconds.
  private static let bookDelay = Microseconds.seconds(5)

  func order(
    _ order: BrokerOrder, of account: AccountRole, _ source: OrderSource, _ state: State
  ) -> [Observation] {
    facts(of: order.key.contract, state) + [observation(order, of: account, source)]
  }

  func observation(_ order: BrokerOrder, of account: AccountRole, _ source: OrderSource) -> Observation {
    account.follower.map { .followerOrder($0, order, source) } ?? .leaderOrder(order, source)
  }

  /// A book, oldest change first, and that it was read whole; for a follower where every order that the log knows of today
  /// stands in it, every trade is of an order in it, and nothing in doubt left after it was asked for (rules 28 and 29).
  func reading(
    _ book: [BrokerOrder], askedAt: Timestamp, _ trades: [BrokerTrade]?, of account: AccountRole, _ state: State
  ) -> [Observation] {
    let telling = book.inOrderOfChange.compactMap {
      isOutlived($0, askedAt: askedAt, of: account, state) ? named(by: $0, of: account, state) : $0
    }
    var observations = telling.flatMap { order($0, of: account, .book, state) }
    let shown = Set(book.map(\.orderID))
    guard let name = account.follower else {
      // Of a book that lacks what works nobody can tell which labels come of it (rules 28 and 34).
      let isWhole = state.leader.orders.values.allSatisfy { known in
        let isOver = known.order.status.isFinal && !book.isEmpty
        let isOfEarlierDay = known.order.updatedAt.map { $0 < state.dayStart } ?? false
        return isOver || isOfEarlierDay || shown.contains(known.order.orderID)
      }
      // A book that is behind the stream tells nothing of what the stream may have missed.
      let isBehind = book.contains { row in
        state.leader.openingsInQuestion[row.orderID] != nil
          && row.filled < state.leader.orders[row.orderID]?.order.filled ?? .zero
      }
      return isWhole && !isBehind
        ? observations + [.leaderBookRead(orders: book.count, askedAt: askedAt)] : observations
    }
    let lacking = state.missing(from: shown, of: name)
    // Orders that had ended may be missing: what works is shown as it is, and absence proves nothing.
    let lacksEnded = lacking.map { !$0.isEmpty && $0.allSatisfy(\.status.isFinal) && !book.isEmpty } ?? false
    // What was asked for before the stream was opened, or was lost, is no reading of what happened since (rule 33).
    if let known = state.account(name),
      known.access.streamChangedAt.map({ $0 <= askedAt + Intake.clockStep }) ?? true,
      lacksEnded || lacking?.isEmpty ?? false,
      trades?.allSatisfy({ shown.contains($0.orderID) }) ?? true,
      known.outbox.requests.allSatisfy({ !$0.isInDoubt || ($0.attemptedAt.map { $0 < askedAt } ?? true) })
    {
      observations.append(
        .followerBookRead(
          name, orders: book.count, askedAt: askedAt, tradesAgree: trades != nil, lacksEnded: lacksEnded))
    }
    return observations
  }

  /// Whether a row shows an order as it stood before it ended: the book was asked for while the stream may not have told of
  /// the end yet. Broker times have whole seconds; a later reading tells for certain, and may take a final status back.
  private func isOutlived(
    _ row: BrokerOrder, askedAt: Timestamp, of account: AccountRole, _ state: State
  ) -> Bool {
    guard let known = state.order(row.orderID, of: account), known.status.isFinal, !row.status.isFinal,
      row.filled <= known.filled, let ended = known.updatedAt
    else { return false }
    // How far the clocks differ may not be known yet; when we heard of it is.
    let toldAt = account.follower.flatMap { state.account($0)?.orders[row.orderID]?.toldAt } ?? .earliest
    return askedAt < max(ended + state.leader.clockAhead, toldAt) + Intake.bookDelay
  }

  /// What such a row tells all the same: whose the order is, which a stream need not say (dhan-api-v2.md §4.8).
  private func named(by row: BrokerOrder, of account: AccountRole, _ state: State) -> BrokerOrder? {
    guard var known = state.order(row.orderID, of: account), known.correlationID == nil, row.correlationID != nil else {
      return nil
    }
    known.correlationID = row.correlationID
    return known
  }
}

extension OrderUpdate {
  /// The order with the price that the message refers to.
  var referenced: BrokerOrder {
    var order = order
    if let referencePrice { order.referencePrice = referencePrice }
    return order
  }
}

extension BrokerOrder {
  /// The order with whatever else the message says, and nothing of its end.
  var withoutEnd: BrokerOrder {
    var order = self
    order.status = .unknown
    return order
  }
}

extension [BrokerOrder] {
  /// Oldest change first. Broker times have whole seconds, so that orders of one second keep the order of the book, read
  /// from its older end.
  var inOrderOfChange: [BrokerOrder] {
    func time(_ order: BrokerOrder) -> Timestamp { order.updatedAt ?? .earliest }
    let isNewestFirst = first.map(time) ?? .earliest > last.map(time) ?? .earliest
    let oldestFirst = isNewestFirst ? reversed() : self
    return oldestFirst.enumerated().sorted {
      time($0.element) != time($1.element) ? time($0.element) < time($1.element) : $0.offset < $1.offset
    }.map(\.element)
  }
}

extension State {
  /// When the day began, by the event that began it: a clock that jumped over midnight must not make an empty book clean.
  var dayStart: Timestamp { (tradingDay ?? now.indianDay).startInIndia }

  /// Whether a reading of a follower's book that shows `orders` holds every order of today that the log knows.
  public func isClean(_ orders: Set<OrderID>, of follower: FollowerName) -> Bool {
    missing(from: orders, of: follower)?.isEmpty ?? false
  }

  /// The orders of today that the log knows and a reading of a follower's book that shows `shown` does not hold; a clean one
  /// lacks none (rule 28). `nil` where an order is missing of which nothing but the number is known.
  public func missing(from shown: Set<OrderID>, of follower: FollowerName) -> [BrokerOrder]? {
    guard let account = account(follower), account.acceptedToday(now).allSatisfy(shown.contains) else { return nil }
    return account.orders.values.filter { known in
      // What ended at the turn of a day is dated to the new one and stands in the book of neither.
      let isOfEarlierDay =
        known.seenOn < dayStart.indianDay || known.order.updatedAt.map { $0 < dayStart } ?? false
      return !isOfEarlierDay && !shown.contains(known.order.orderID)
    }.map(\.order)
  }
}
