import Domain
import PaperExchange

extension SimulatorCore {
  /// Answers one request of `/v2` or of the hosts for authentication and files.
  mutating func answer(_ request: SimulatedRequest, at now: Timestamp) -> Delivery {
    advance(to: now)
    let parts = request.parts
    switch parts.first {
    case "v2": return broker(request, parts.dropFirst(), at: now)
    case "app": return Delivery(authentication(request, parts.dropFirst(), at: now))
    case "api-data" where request.method == .get && parts.dropFirst().elementsEqual(["api-scrip-master-detailed.csv"]):
      return Delivery(.text(200, "text/csv", InstrumentFile.text(of: listed)))
    default: return Delivery(.unknownPath(request.path, at: now))
    }
  }

  private mutating func broker(
    _ request: SimulatedRequest, _ parts: ArraySlice<Substring>, at now: Timestamp
  ) -> Delivery {
    if request.method == .get, parts.first == "instrument", parts.count == 2 {
      return Delivery(instrumentFile(of: String(parts[parts.startIndex + 1]), request, at: now))
    }
    guard let token = request.token, let account = owner(of: token, at: now) else {
      return Delivery(deadToken(switches.deadToken))
    }
    let route = Route(request.method, parts)
    accounts[account]?.tally.count(at: now, isOrderCall: route.kind.changesOrders)
    if let refusal = limit(route, account, at: now) {
      accounts[account]?.tally.rateLimited += 1
      return Delivery(refusal)
    }
    guard let fault = takeFault(route, account) else { return perform(route, request, account, at: now) }
    return answer(fault, account, at: now) { $0.perform(route, request, account, at: now) }
  }

  private mutating func perform(
    _ route: Route, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Delivery {
    switch route {
    case .place: return place(request, account, at: now)
    case .slice: return slice(request, account, at: now)
    case .modify(let id): return modify(id, request, account, at: now)
    case .cancel(let id): return cancel(id, request, account, at: now)
    case .placeSuper: return placeSuper(request, account, at: now)
    case .modifySuper(let id): return modifySuper(id, request, account, at: now)
    case .cancelSuper(let id, let leg): return cancelSuper(id, leg: leg, request, account, at: now)
    case .placeForever: return placeForever(request, account, at: now)
    case .modifyForever(let id): return modifyForever(id, request, account, at: now)
    case .cancelForever(let id): return cancelForever(id, request, account, at: now)
    case .placeConditional: return placeConditional(request, account, at: now)
    case .modifyConditional(let id): return modifyConditional(id, request, account, at: now)
    case .cancelConditional(let id): return cancelConditional(id, request, account)
    case .read(let parts): return Delivery(reading(request, parts, account, at: now))
    }
  }

  private mutating func limit(_ route: Route, _ account: ClientID, at now: Timestamp) -> Reply? {
    let limits = limits
    func admits(_ log: WritableKeyPath<AccountRecord, CallLog>, _ limit: CallLimit) -> Bool {
      accounts[account]?[keyPath: log].admits(at: now, limit) == true
    }
    switch route.kind {
    case .place, .modify, .cancel: return admits(\.orderCalls, limits.orders) ? nil : .tooManyCalls
    case .data: return admits(\.dataCalls, limits.data) ? nil : .tooManyDataCalls
    case .quote: return admits(\.quoteCalls, limits.quotes) ? nil : .tooManyDataCalls
    case .read where switches.readsCountAs == .orders && route.readsOrders:
      return admits(\.orderCalls, limits.orders) ? nil : .tooManyCalls
    case .read: return admits(\.otherCalls, limits.nonTrading) ? nil : .tooManyCalls
    }
  }

  private func instrumentFile(of segment: String, _ request: SimulatedRequest, at now: Timestamp) -> Reply {
    guard ExchangeSegment(rawValue: segment) != nil || segment == "IDX_I" else {
      return .unknownPath(request.path, at: now)
    }
    let chosen = listed.filter { $0.id.segment.rawValue == segment }
    return .text(200, "text/csv", InstrumentFile.text(of: chosen))
  }
}

/// Where a request under `/v2` goes.
enum Route {
  case place, slice
  case modify(String)
  case cancel(String)
  case placeSuper
  case modifySuper(String)
  case cancelSuper(String, leg: String)
  case placeForever
  case modifyForever(String)
  case cancelForever(String)
  case placeConditional
  case modifyConditional(String)
  case cancelConditional(String)
  case read([Substring])

  init(_ method: SimulatedRequest.Method, _ parts: ArraySlice<Substring>) {
    let parts = Array(parts)
    switch (method, parts.first, parts.count) {
    case (.post, "orders", 1): self = .place
    case (.post, "orders", 2) where parts[1] == "slicing": self = .slice
    case (.put, "orders", 2): self = .modify(String(parts[1]))
    case (.delete, "orders", 2): self = .cancel(String(parts[1]))
    case (.post, "super", 2) where parts[1] == "orders": self = .placeSuper
    case (.put, "super", 3) where parts[1] == "orders": self = .modifySuper(String(parts[2]))
    case (.delete, "super", 4) where parts[1] == "orders":
      self = .cancelSuper(String(parts[2]), leg: String(parts[3]))
    case (.post, "forever", 2) where parts[1] == "orders": self = .placeForever
    case (.put, "forever", 3) where parts[1] == "orders": self = .modifyForever(String(parts[2]))
    case (.delete, "forever", 3) where parts[1] == "orders": self = .cancelForever(String(parts[2]))
    case (.post, "alerts", 2) where parts[1] == "orders": self = .placeConditional
    case (.put, "alerts", 3) where parts[1] == "orders": self = .modifyConditional(String(parts[2]))
    case (.delete, "alerts", 3) where parts[1] == "orders": self = .cancelConditional(String(parts[2]))
    default: self = .read(parts)
    }
  }

  var kind: CallKind {
    switch self {
    case .place, .slice, .placeSuper, .placeForever, .placeConditional: .place
    case .modify, .modifySuper, .modifyForever, .modifyConditional: .modify
    case .cancel, .cancelSuper, .cancelForever, .cancelConditional: .cancel
    case .read(let parts):
      switch parts.first {
      case "marketfeed": .quote
      case "optionchain": .data
      default: .read
      }
    }
  }

  /// Whether it reaches the exchange, so that it can be rejected or taken there later.
  var reachesExchange: Bool {
    switch self {
    case .place, .slice, .modify, .cancel, .placeSuper, .modifySuper, .cancelSuper: true
    case .placeForever, .modifyForever, .cancelForever, .placeConditional, .modifyConditional, .cancelConditional,
      .read:
      false
    }
  }

  /// Whether it is a reading of orders or trades, of which nobody knows how they count (§3 of the sheet).
  var readsOrders: Bool {
    guard case .read(let parts) = self else { return false }
    return parts.first == "orders" || parts.first == "trades"
  }
}
