import Domain
import PaperExchange

extension SimulatorCore {
  /// Whether a WebSocket may be opened; a fault for handshakes keeps it from that.
  func admitsHandshake(_ path: String) -> Bool {
    !path.hasPrefix("/v2") && !path.hasPrefix("/simulator") && !faults.contains { $0.on == .handshake }
  }

  /// What a handshake gets that is not admitted.
  mutating func handshakeAnswer(_ request: SimulatedRequest, at now: Timestamp) -> Delivery {
    guard !request.path.hasPrefix("/v2"), let fault = takeFault(on: .handshake, nil) else {
      return Delivery(.unknownPath(request.path, at: now))
    }
    switch fault.kind {
    case .hang: return Delivery(.empty(200), .hang)
    case .reset, .close: return Delivery(.empty(200), .reset)
    case .rateLimit: return Delivery(.text(429, "text/plain", "too many requests"))
    case .deadToken, .invalidToken: return Delivery(.empty(401))
    default: return Delivery(.text(Int(fault.status), "text/plain", fault.text))
    }
  }
}
