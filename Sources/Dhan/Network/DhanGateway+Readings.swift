import AsyncHTTPClient
import Domain
import NIOCore
import Ports
import Synchronization

extension DhanGateway {
  public func orderBook() async throws(ReadingFault) -> [BrokerOrder] {
    try await read("/orders") { body throws(WireFault) in
      try BookReader.orders(body, contracts: contracts, of: clientID)
    }
  }

  public func trades() async throws(ReadingFault) -> [BrokerTrade] {
    try await read("/trades") { body throws(WireFault) in
      try BookReader.trades(body, contracts: contracts, of: clientID)
    }
  }

  public func positions() async throws(ReadingFault) -> [BrokerPosition] {
    try await read("/positions") { body throws(WireFault) in
      try BookReader.positions(body, contracts: contracts, of: clientID)
    }
  }

  public func funds() async throws(ReadingFault) -> Funds {
    try await read("/fundlimit") { body throws(WireFault) in try BookReader.funds(body, of: clientID) }
  }

  public func profile() async throws(ReadingFault) -> AccountProfile {
    try await read("/profile") { body throws(WireFault) in try BookReader.profile(body) }
  }

  /// How many holdings the account has; the broker's error for none is none (dhan-api-v2.md §7.2).
  public func holdings() async throws(ReadingFault) -> Int {
    try await read("/holdings") { body throws(WireFault) in try BookReader.holdings(body) }
  }

  public func margin(
    for key: PositionKey, side: Side, quantity: Quantity, price: Paise
  ) async throws(ReadingFault) -> Paise {
    let body = RequestBody.margin(for: key, side: side, quantity: quantity, price: price, clientID: clientID)
    return try await read(Outgoing(method: .POST, path: "/margincalculator", body: body)) { body throws(WireFault) in
      try BookReader.margin(body)
    }
  }

  public func margin(for legs: [MarginLeg]) async throws(ReadingFault) -> Paise {
    let body = RequestBody.margin(for: legs, clientID: clientID)
    let asked = Outgoing(method: .POST, path: "/margincalculator/multi", body: body)
    return try await read(asked) { body throws(WireFault) in try BookReader.margin(body) }
  }

  /// - Throws: ``ReadingFault/Reason/unreadable`` with the broker's words where the account has no data plan (806). What the
  /// data side says holds up no order: it has budgets and tokens of its own.
  public func lastPrices(of contracts: [ContractID]) async throws(ReadingFault) -> [ContractID: Paise] {
    guard let body = RequestBody.lastPrices(of: contracts) else { return [:] }
    let quotes = Outgoing(method: .POST, path: "/marketfeed/ltp", body: body)
    return try await read(quotes, concernsOrders: false) { body throws(WireFault) in
      try BookReader.lastPrices(body, of: contracts)
    }
  }

  /// - Throws: as ``lastPrices(of:)``.
  public func optionChain(of series: ChainSeries) async throws(ReadingFault) -> OptionChain? {
    guard let body = RequestBody.optionChain(of: series) else { return nil }
    let chain = Outgoing(method: .POST, path: "/optionchain", body: body)
    return try await read(chain, concernsOrders: false) { body throws(WireFault) in try BookReader.optionChain(body) }
  }

  private func read<Value>(
    _ path: String, _ understand: ([UInt8]) throws(WireFault) -> Value
  ) async throws(ReadingFault) -> Value {
    try await read(Outgoing(method: .GET, path: path), understand)
  }

  /// - Parameter concernsOrders: whether a rate limit that is met here is one of the order APIs (dhan-api-v2.md §3).
  private func read<Value>(
    _ outgoing: Outgoing, concernsOrders: Bool = true, _ understand: ([UInt8]) throws(WireFault) -> Value
  ) async throws(ReadingFault) -> Value {
    let reply: Reply
    switch try await inTurn(outgoing) {
    case .success(let received): reply = received
    // A kept connection that was closed meanwhile says nothing of the broker, and asking twice changes nothing there.
    case .failure(let failure) where failure.isConnectionGone:
      reply = try await inTurn(outgoing).mapError { unreached($0, outgoing) }.get()
    case .failure(let failure): throw unreached(failure, outgoing)
    }
    let fault = ReplyClassifier.readingFault(status: reply.status, body: reply.body)
    if concernsOrders { note(rateLimited: reply.status == 429 || fault?.reason == .rateLimited) }
    if let fault { throw fault }
    do {
      return try understand(reply.body)
    } catch {
      throw ReadingFault(.unreadable, "\(outgoing.name): \(error)")
    }
  }

  private func unreached(_ failure: TransportFailure, _ outgoing: Outgoing) -> ReadingFault {
    ReadingFault(failure.kind == .noToken ? .deadToken : .unreachable, "\(outgoing.name): \(failure.text)")
  }

  /// One exchange, when the pace lets a reading go.
  private func inTurn(_ outgoing: Outgoing) async throws(ReadingFault) -> Result<Reply, TransportFailure> {
    guard await pace.readingTurn() else {
      throw ReadingFault(.unreachable, "\(outgoing.name): given up before it was sent")
    }
    defer { pace.readingEnded() }
    return await answer(to: outgoing)
  }

  /// The exchange as a task sees it; cancelling the task ends it.
  private func answer(to outgoing: Outgoing) async -> Result<Reply, TransportFailure> {
    let running = Mutex<HTTPClient.Task<Reply>?>(nil)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let task = exchange(outgoing) { continuation.resume(returning: $0) }
        running.withLock { $0 = task }
        if Task.isCancelled { task?.cancel() }
      }
    } onCancel: {
      running.withLock { $0 }?.cancel()
    }
  }
}

extension DhanGateway.Outgoing {
  fileprivate var name: String { "\(method.rawValue) \(path)" }
}
