import Domain
import Logging
import Ports
import Synchronization
import Testing

@testable import Dhan

/// A token that tests choose, and may change.
final class TestToken: AccessToken {
  struct Missing: Error, CustomStringConvertible {
    let description = "the file token.txt is empty"
  }
  private let text: Mutex<String?>
  init(_ text: String?) { self.text = Mutex(text) }
  func change(to new: String?) { text.withLock { $0 = new } }

  func withToken<Result>(_ body: (String) throws -> Result) throws -> Result {
    guard let token = text.withLock({ $0 }) else { throw Missing() }
    return try body(token)
  }
}

struct NoContracts: ContractDirectory {
  func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? { nil }
}

let secret = "eyJhbGciOi.test-token.0123456789"
let account: ClientID = "1000000001"

func ticket(_ label: CorrelationID = "ct-1") -> OrderTicket {
  OrderTicket(
    correlationID: label,
    key: PositionKey(
      contract: ContractID(segment: .nseFNO, securityID: "47317", option: nil), product: .margin),
    side: .buy, terms: OrderTerms(quantity: Quantity(65), price: .limit(Paise(15235))))
}

extension Logger {
  static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// Keeps the lines that are logged.
final class LogLines: LogHandler {
  let lines = Mutex<[String]>([])
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey _: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) { lines.withLock { $0.append("\(event.message)") } }
}

extension CallTiming {
  /// For servers that never answer.
  static var short: CallTiming {
    var timing = CallTiming()
    timing.answer = .seconds(1)
    return timing
  }
}

/// Runs `body` with a gateway to `url`, and shuts it down.
func withGateway<Result>(
  _ url: String, token: any AccessToken = TestToken(secret), localAddress: String? = nil,
  trustRootsFile: String? = nil, timing: CallTiming = CallTiming(), logger: Logger = .silent,
  _ body: (DhanGateway) async throws -> Result
) async throws -> Result {
  let gateway = try DhanGateway(
    baseURL: url, clientID: account, token: token, contracts: NoContracts(), localAddress: localAddress,
    trustRootsFile: trustRootsFile, timing: timing, logger: logger)
  do {
    let result = try await body(gateway)
    await gateway.shutdown()
    return result
  } catch {
    await gateway.shutdown()
    throw error
  }
}

extension DhanGateway {
  /// The continuation traps when the gateway completes twice.
  func outcome(of call: BrokerCall) async -> CallOutcome {
    await withCheckedContinuation { continuation in
      perform(call) { continuation.resume(returning: $0) }
    }
  }
}

extension CallOutcome {
  /// What tests compare: the kind, without the text.
  var kind: String {
    switch self {
    case .accepted(let order): "accepted \(order)"
    case .refused(let refusal, _): "refused \(refusal.rawValue)"
    case .inDoubt: "in doubt"
    }
  }
}

/// Waits for something that is bound to happen.
func eventually(_ what: Comment, _ condition: () -> Bool) async throws {
  for _ in 0..<5_000 {
    if condition() { return }
    try await Task.sleep(for: .milliseconds(2))
  }
  Issue.record(what)
}
