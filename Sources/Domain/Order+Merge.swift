/// Where a picture of an order came from; a book reading outranks the stream's memory of final states.
public enum OrderSource: String, Sendable, Codable {
  case stream = "stream"
  case book = "book"
  /// No picture at all: a reading of positions shows that something was closed, and nobody saw the order (rule 6).
  case positions = "positions"
}

extension BrokerOrder {
  /// What is known after `seen` is added to `self`, or `nil` when `seen` says nothing new.
  ///
  /// The stream has no sequence numbers, doubles messages and changes their order (dhan-api-v2.md §6.5), so pictures of
  /// one order are merged monotonically: the filled quantity only rises, a final status stays (only a book reading may
  /// take it back), a missing label or reason never erases a known one, and the fields that a modification changes come
  /// from the picture with the newer broker time. Pictures of the same second count in the order of their arrival, but for one
  /// that shows fewer fills, or alive what had ended: it was overtaken.
  public func merged(with seen: BrokerOrder, from source: OrderSource) -> BrokerOrder? {
    var result = self
    let isNewer = isAtLeastAsNew(seen, from: source)
    if isNewer {
      result.quantity = seen.quantity
      result.price = seen.price
      result.triggerPrice = seen.triggerPrice
      result.type = seen.type
      result.validity = seen.validity
      result.disclosedQuantity = seen.disclosedQuantity
      result.updatedAt = seen.updatedAt ?? updatedAt
      result.afterMarket = seen.afterMarket
    }
    // Not every picture says so.
    result.isExitLeg = isExitLeg || seen.isExitLeg
    if result.correlationID == nil { result.correlationID = seen.correlationID }
    if seen.filled > filled || (seen.filled == filled && isNewer && seen.averagePrice != .zero) {
      result.filled = max(filled, seen.filled)
      if seen.averagePrice != .zero { result.averagePrice = seen.averagePrice }
    }
    if result.averagePrice == .zero, result.filled > .zero { result.averagePrice = seen.averagePrice }
    // An order that becomes a MARKET order refers to the market of that moment.
    let becomesMarket = isNewer && seen.type == .market && type != .market && seen.referencePrice > .zero
    if result.referencePrice == .zero || becomesMarket { result.referencePrice = seen.referencePrice }
    if !seen.reason.isEmpty, isNewer || reason.isEmpty { result.reason = seen.reason }
    result.status = mergedStatus(with: seen, isNewer: isNewer, source: source)
    if result.filled >= result.quantity, !result.status.isFinal, result.filled > .zero { result.status = .traded }
    if result.filled > .zero, result.status == .pending { result.status = .partTraded }
    return result == self ? nil : result
  }

  /// The picture with its status made to agree with its quantities: brokers report a partial fill as PENDING or TRADED
  /// as well (§6.4), so quantities decide first.
  public var normalised: BrokerOrder {
    var result = self
    switch status {
    case .traded where filled < quantity && filled > .zero: result.status = .partTraded
    case .traded where filled == .zero: result.status = .unknown
    case .pending where filled >= quantity, .partTraded where filled >= quantity, .triggered where filled >= quantity:
      result.status = .traded
    case .pending where filled > .zero: result.status = .partTraded
    default: break
    }
    return result
  }

  private func isAtLeastAsNew(_ seen: BrokerOrder, from source: OrderSource) -> Bool {
    guard let theirs = seen.updatedAt, let ours = updatedAt else { return seen.updatedAt != nil || updatedAt == nil }
    guard theirs == ours else { return theirs > ours }
    // What is on its way to the exchange has never been there: a book that lags behind the stream revives nothing.
    let mayRevive = source == .book && seen.status != .transit
    return seen.filled >= filled && (mayRevive || !status.isFinal || seen.status.isFinal)
  }

  private func mergedStatus(with seen: BrokerOrder, isNewer: Bool, source: OrderSource) -> OrderStatus {
    if status.isFinal { return source == .book && isNewer && !seen.status.isFinal ? seen.status : status }
    if seen.status.isFinal { return seen.status }
    if seen.status == .unknown { return status }
    if seen.status == .transit { return status == .unknown ? .transit : status }
    return isNewer || status == .transit || status == .unknown ? seen.status : status
  }
}
