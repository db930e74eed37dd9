import Domain

/// What has to be read before an order of the leader's counts as an opening, or as one that left shorts of his uncovered.
public struct OpeningQuestion: Hashable, Sendable, Codable {
  /// The reading has to be asked for at this moment, or later.
  public let since: Timestamp
  /// When the question arose.
  public let at: Timestamp
  /// Whether one of his own orders speaks against it: else a book that cannot be read holds nothing back for long.
  public let isGrounded: Bool

  /// How long a question without grounds stays open.
  public static let patience = Microseconds.seconds(3)
}

/// Messages of different orders come in any order, and some never (dhan-api-v2.md §6.5, §6.6): what looks like an opening may
/// close what an order opened of which nothing, or not all, was told yet. His whole book tells.
extension LeaderBook {
  /// Notes which orders open a position only as the log has it, after `order` changed:
  ///
  /// - itself, where it stands in a book of which the other rows are still to come; where the stream was gone, or opened anew,
  ///   since the book was last read; and where other orders that would open the other side may have filled unseen;
  /// - others that would close what it opens, when it is told of for the first time: it may be older than they are;
  /// - others that rest on its side, where it took away what they were to close: he may have taken them back.
  ///
  /// And itself, where it sold what may cover shorts of his: he may be about to buy those back, or be told of it later (rule 22).
  mutating func question(
    _ order: LeaderOrder, isFirst: Bool, newlyFilled: Quantity, before: Quantity, _ source: OrderSource,
    at now: Timestamp
  ) {
    let side = order.order.side
    if opened(by: newlyFilled + order.order.open, side, from: before) > .zero {
      if source == .book { ask(order.order.orderID, since: .earliest, isGrounded: false, at: now) }
      if let changed = access.streamChangedAt, source != .book, bookReadAt ?? .earliest < changed {
        ask(order.order.orderID, since: changed, isGrounded: false, at: now)
      }
      // Two of them may have filled: the first closed what the log has him hold, the other opened what this one closes.
      let unseen = (others(than: order) + unsettledOrders(besides: order)).reduce(into: Quantity.zero) {
        if $1.side == side.opposite { $0 += $1.open }
      }
      if opened(by: unseen, side.opposite, from: before) > .zero {
        ask(order.order.orderID, since: now, isGrounded: true, at: now)
      }
      // Told of first it looked like an opening, and may not have been entered yet.
      for other in others(than: order) where isFirst && other.side == side.opposite {
        if opened(by: other.open, other.side, from: before) > .zero {
          ask(other.orderID, since: now, isGrounded: true, at: now)
        }
      }
    }
    guard newlyFilled > .zero, Side(holding: before) == side.opposite, let net = positions[order.key]?.net else {
      return
    }
    for other in others(than: order) where other.side == side && opened(by: other.open, side, from: net) > .zero {
      ask(other.orderID, since: now, isGrounded: true, at: now)
    }
    if side == .sell, hasShorts(beside: order.key) {
      ask(order.order.orderID, since: now + LeaderBook.otherLegTime, isGrounded: false, at: now)
    }
  }

  /// Within which time who leaves several legs at once sends the orders for all of them.
  private static let otherLegTime = Microseconds.seconds(1)

  /// Whether he is short of an option that this one may cover. Whose underlying it is, is asked by whoever decides.
  private func hasShorts(beside sold: PositionKey) -> Bool {
    guard let option = sold.contract.option else { return false }
    // By place: a copy of each position would cost every fold of an exit more than the fold itself.
    return positions.indices.contains { place in
      guard positions.values[place].net < .zero else { return false }
      let key = positions.keys[place]
      return key != sold && key.contract.option?.expiry == option.expiry && key.contract.option?.type == option.type
    }
  }

  /// Until when nobody can tell that shorts of his are uncovered by what the order closed; `nil` where that is known, or has
  /// been asked for too long.
  public func uncoveringWaits(_ order: OrderID, at now: Timestamp) -> Timestamp? {
    guard let question = openingsInQuestion[order] else { return nil }
    let until = question.at + OpeningQuestion.patience
    return now < until ? until : nil
  }

  /// How long the rows of one reading take to be told of.
  private static let rowTime = Microseconds.milliseconds(50)

  /// Until when nobody can tell that the order opens a position; `nil` where nothing speaks against it, or has for too long.
  ///
  /// - Parameters:
  ///   - start: when the service started; what happened before it is not seen by any stream.
  ///   - end: until when a question that has grounds is waited for.
  public func openingWaits(_ known: LeaderOrder, since start: Timestamp, at now: Timestamp, end: Timestamp)
    -> Timestamp?
  {
    let order = known.order
    // It rested before a gap, and may have ended in it.
    let gap = max(start, access.streamChangedAt ?? start)
    let toldAt = max(known.firstSeenAt, known.filledAt ?? known.firstSeenAt)
    if order.open > .zero, toldAt < gap, bookReadAt ?? .earliest < gap { return end }
    // One that rested may have ended, or be no opening any more, by a row that comes later in the same book.
    if let bookRowAt, now < bookRowAt + LeaderBook.rowTime { return bookRowAt + LeaderBook.rowTime }
    let isProductOpen = unsettled.contains { id in
      guard let other = orders[id]?.order else { return false }
      return other.key.contract == order.key.contract && other.side == order.side.opposite
    }
    if isProductOpen { return end }
    guard let question = openingsInQuestion[order.orderID] else { return nil }
    if question.isGrounded { return end }
    let until = question.at + OpeningQuestion.patience
    return now < until ? until : nil
  }

  /// His other orders of the position that can still fill and may open one.
  private func others(than order: LeaderOrder) -> [BrokerOrder] {
    guard let position = positions[order.key], position.orders.count > 1 else { return [] }
    return position.orders.compactMap { orders[$0]?.order }.filter {
      $0.orderID != order.order.orderID && $0.open > .zero && !$0.isExitLeg
    }
  }

  /// His orders of the contract that can still fill, and of which nobody knows yet whether they belong to this position (rule 8).
  private func unsettledOrders(besides order: LeaderOrder) -> [BrokerOrder] {
    unsettled.compactMap { orders[$0]?.order }.filter {
      $0.orderID != order.order.orderID && $0.open > .zero && $0.key.contract == order.key.contract
    }
  }

  private mutating func ask(_ order: OrderID, since moment: Timestamp, isGrounded: Bool, at now: Timestamp) {
    let known = openingsInQuestion[order]
    openingsInQuestion[order] = OpeningQuestion(
      since: max(known?.since ?? .earliest, moment), at: isGrounded ? now : known?.at ?? now,
      isGrounded: isGrounded || known?.isGrounded ?? false)
  }

  /// What so many units on a side open, beyond what they close of a position.
  private func opened(by units: Quantity, _ side: Side, from net: Quantity) -> Quantity {
    Side(holding: net) == side.opposite ? max(.zero, units - net.magnitude) : units
  }

  /// Folds that the book was read whole.
  mutating func apply(_ read: LeaderBookRead) {
    hasReadBook = true
    let askedAt = read.askedAt ?? .earliest
    bookReadAt = max(bookReadAt ?? .earliest, askedAt)
    bookRowAt = nil
    openingsInQuestion = openingsInQuestion.filter { $0.value.since > askedAt }
  }

  /// Whether a whole reading that was asked for at `askedAt` tells anything: it is the first, or is waited for.
  public func isNews(_ askedAt: Timestamp?) -> Bool {
    let moment = askedAt ?? .earliest
    let isFirstOfStream = access.streamChangedAt.map { bookReadAt ?? .earliest < $0 && $0 <= moment } ?? false
    return !hasReadBook || isFirstOfStream || openingsInQuestion.values.contains { $0.since <= moment }
  }
}
