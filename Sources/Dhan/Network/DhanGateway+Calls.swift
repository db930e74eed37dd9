import Domain
import Ports

extension DhanGateway {
  /// Returns at once: all work is done on the account's event loop. Calls of one account leave in the order in which
  /// they come here.
  public func perform(_ call: BrokerCall, completion: @escaping @Sendable (CallOutcome) -> Void) {
    eventLoop.execute { [self] in
      pace.wait(.call) { [self] granted in
        if granted {
          send(call, completion: completion)
        } else {
          completion(.refused(.notWritten, text: "the account's connections are shut down"))
        }
      }
    }
  }

  private func send(_ call: BrokerCall, completion: @escaping @Sendable (CallOutcome) -> Void) {
    exchange(outgoing(call)) { [self] result in
      switch result {
      case .success(let reply):
        let outcome = ReplyClassifier.outcome(of: call, status: reply.status, body: reply.body)
        note(rateLimited: reply.status == 429 || outcome.isRateLimited)
        completion(outcome)
      case .failure(let failure):
        completion(
          failure.kind == .unknown ? .inDoubt(text: failure.text) : .refused(.notWritten, text: failure.text))
      }
    }
  }

  private func outgoing(_ call: BrokerCall) -> Outgoing {
    let path = RequestBody.path(of: call)
    return switch call {
    case .place(let ticket):
      Outgoing(method: .POST, path: path, body: RequestBody.place(ticket, clientID: clientID))
    case .modify(let order, let terms):
      Outgoing(
        method: .PUT, path: path,
        body: RequestBody.modify(order, terms, clientID: clientID))
    case .cancel: Outgoing(method: .DELETE, path: path)
    }
  }

  func note(rateLimited: Bool) {
    guard rateLimited else { return pace.answered() }
    logger.warning("the broker says that there were too many calls; the account pauses")
    pace.rateLimited()
  }
}

extension CallOutcome {
  fileprivate var isRateLimited: Bool {
    if case .refused(.rateLimited, _) = self { return true }
    return false
  }
}
