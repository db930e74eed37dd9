import Domain
import PaperExchange

extension SimulatorCore {
  /// Whether a WebSocket may be opened. Where a fault keeps it from that, ``handshakeAnswer(_:at:)`` has to follow.
  mutating func admitsHandshake(_ path: String) -> Bool {
    guard !path.hasPrefix("/v2"), !path.hasPrefix("/simulator") else { return false }
    guard let fault = takeFault(on: .handshake, nil) else { return true }
    refusedHandshakes.append(fault)
    return false
  }

  /// What a handshake gets that is not admitted.
  mutating func handshakeAnswer(_ request: SimulatedRequest, at now: Timestamp) -> Delivery {
    guard !request.path.hasPrefix("/v2"), !request.path.hasPrefix("/simulator"), !refusedHandshakes.isEmpty else {
      return Delivery(.unknownPath(request.path, at: now))
    }
    let fault = refusedHandshakes.removeFirst()
    switch fault.kind {
    case .hang: return Delivery(.empty(200), .hang)
    case .reset, .close: return Delivery(.empty(200), .reset)
    case .rateLimit: return Delivery(.text(429, "text/plain", "too many requests"))
    case .deadToken, .invalidToken: return Delivery(.empty(401))
    default: return Delivery(.text(Int(fault.status), "text/plain", fault.text))
    }
  }
}
