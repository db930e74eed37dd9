import Domain
import Logging
import Ports
import Synchronization
import Testing

@testable import Dhan

extension StreamTiming {
  /// Pauses of milliseconds; everything else long enough never to matter.
  static var test: StreamTiming {
    var timing = StreamTiming()
    timing.firstPause = .milliseconds(2)
    timing.longestPause = .milliseconds(20)
    timing.rateLimitPause = .milliseconds(50)
    timing.jitter = { $0 }
    return timing
  }
}

/// The events of a stream, as they come.
final class EventBox: Sendable {
  private let events = Mutex<[FeedEvent]>([])
  func take(_ event: FeedEvent) { events.withLock { $0.append(event) } }
  var all: [FeedEvent] { events.withLock { $0 } }
  func count(_ matches: (FeedEvent) -> Bool) -> Int { all.count { matches($0) } }

  /// What tests compare: the kinds, without the texts.
  var kinds: [String] {
    all.map {
      switch $0 {
      case .connected: "connected"
      case .disconnected: "disconnected"
      case .suspectsToken: "suspects"
      case .order(let update): "order \(update.order.orderID)"
      case .unreadable: "unreadable"
      }
    }
  }
}

/// Runs a stream to `url` while `body` runs; afterwards its task is cancelled and has ended.
func withStream(
  _ url: String, token: any AccessToken = TestToken(secret), trustRootsFile: String? = nil,
  timing: StreamTiming = .test, _ body: (EventBox, OrderUpdateStream) async throws -> Void
) async throws {
  let stream = try OrderUpdateStream(
    url: url, clientID: account, token: token, contracts: NoContracts(), trustRootsFile: trustRootsFile,
    timing: timing, logger: .silent)
  let box = EventBox()
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await stream.run { box.take($0) } }
    do {
      try await body(box, stream)
    } catch {
      group.cancelAll()
      throw error
    }
    group.cancelAll()
  }
}

/// An order update as the wire shows it.
func update(_ order: String) -> String {
  """
  {"Data":{"exchange":"NSE","segment":"D","source":"N","securityId":"47317","clientId":"1000000001",\
  "exchOrderNo":"1400000000404591","orderNo":"\(order)","product":"M","txnType":"B","orderType":"LMT",\
  "validity":"DAY","remainingQuantity":65,"quantity":65,"tradedQty":0,"price":152.35,"triggerPrice":0,\
  "tradedPrice":0,"avgTradedPrice":0,"offMktFlag":"0","lastUpdatedTime":"2026-11-20 10:00:00",\
  "reasonDescription":"CONFIRMED","status":"Pending","strikePrice":24000.0,"expiryDate":"2026-12-29",\
  "optType":"CE","correlationId":""},"Type":"order_alert"}
  """
}
