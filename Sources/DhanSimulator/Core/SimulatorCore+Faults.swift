import Domain
import PaperExchange

/// What a request is for, as far as faults and limits go.
enum CallKind {
  case place, modify, cancel, read, data, quote

  var changesOrders: Bool {
    switch self {
    case .place, .modify, .cancel: true
    case .read, .data, .quote: false
    }
  }

  fileprivate func isMeant(by place: Fault.Place) -> Bool {
    switch place {
    case .any: true
    case .orders: changesOrders
    case .place: self == .place
    case .modify: self == .modify
    case .cancel: self == .cancel
    case .reads: !changesOrders
    case .handshake, .login, .update, .stream: false
    }
  }
}

extension SimulatorCore {
  /// The fault that this call meets; `nil` when it goes well.
  mutating func takeFault(_ route: Route, _ account: ClientID) -> Fault? {
    takeFault { fault in
      route.kind.isMeant(by: fault.on) && (fault.account == nil || fault.account == account)
        && (route.reachesExchange || (fault.kind != .rejectLate && fault.kind != .takeLate))
    }
  }

  /// The fault that a handshake meets, or a login or an update of an account.
  mutating func takeFault(on place: Fault.Place, _ account: ClientID?) -> Fault? {
    takeFault { $0.on == place && ($0.account == nil || $0.account == account) }
  }

  private mutating func takeFault(where isMeant: (Fault) -> Bool) -> Fault? {
    if faults.isEmpty { return nil }
    for index in faults.indices where isMeant(faults[index]) {
      let fault = faults[index]
      guard happens(fault.chance) else { continue }
      if let times = fault.times {
        if times > 1 { faults[index].times = times - 1 } else { faults.remove(at: index) }
      }
      return fault.kind == .pass ? nil : fault
    }
    return nil
  }

  /// Answers a call in the manner of a fault. `take` lets the call happen as if nothing were wrong.
  mutating func answer(
    _ fault: Fault, _ account: ClientID, at now: Timestamp, take: (inout SimulatorCore) -> Delivery
  ) -> Delivery {
    switch fault.kind {
    case .delay:
      var delivery = take(&self)
      delivery.delay = Microseconds(delivery.delay.count + fault.delay.count)
      return delivery
    case .rejectLate:
      _ = exchange.act(.failCalls(.rejectLate(text: fault.text), times: 1, account: account), at: now)
      return take(&self)
    case .takeLate:
      _ = exchange.act(.failCalls(.takeLate(fault.delay), times: 1, account: account), at: now)
      _ = take(&self)
      return Delivery(.empty(200), .hang)
    case .deadToken: return Delivery(deadToken(.unauthorised))
    case .invalidToken: return Delivery(deadToken(.invalidToken))
    case .invalidAddress: return Delivery(.invalidAddress)
    case .rateLimit: return Delivery(.tooManyCalls)
    case .refuse: return Delivery(.refusal(Int(fault.status), fault.code, fault.text))
    case .pass, .hang, .reset, .halfReply, .emptyBody, .htmlBody, .errorBody, .serverError, .drop, .duplicate,
      .reorder, .garbage, .binary, .concatenate, .close, .silence, .resume:
      break
    }
    let taken = fault.isTaken ? take(&self) : nil
    let pause = taken?.delay ?? Microseconds(0)
    switch fault.kind {
    case .hang: return Delivery(.empty(200), .hang)
    case .reset: return Delivery(.empty(200), .reset, after: pause)
    case .halfReply: return Delivery(taken?.reply ?? .emptyArray, .half, after: pause)
    case .emptyBody: return Delivery(.empty(200), after: pause)
    case .htmlBody:
      return Delivery(
        .text(Int(fault.status), "text/html", "<html><body><h1>Service Unavailable</h1></body></html>"), after: pause)
    case .errorBody, .serverError:
      return Delivery(.refusal(Int(fault.status), fault.code, fault.text), after: pause)
    default: return taken ?? take(&self)
    }
  }
}
