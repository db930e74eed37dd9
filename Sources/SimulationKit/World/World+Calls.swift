import Domain
import Engine
import PaperExchange
import Ports

/// Calls on their way to the broker, and what comes back.
extension World {
  /// How long a call waits for its reply.
  static let callTimeout = Microseconds.seconds(5)

  func call(_ dispatch: Dispatch, _ life: Int) {
    let account = AccountRole.follower(dispatch.follower)
    let line = lines[account] ?? Line()
    if line.hasDeadToken { return refuse(dispatch, .deadToken, "DH-901 Invalid_Authentication", life) }
    if line.isRefusedAddress { return refuse(dispatch, .addressRefused, "DH-905 Invalid IP", life) }
    if happens(faults.callsNotWritten) { return refuse(dispatch, .notWritten, "connection refused", life) }
    if happens(faults.callsRateLimited) { return refuse(dispatch, .rateLimited, "DH-904 Rate_Limit", life) }
    if now < line.hangsUntil || happens(faults.callsHang) { return hang(dispatch, life) }
    guard
      case .call(let outcome, let delay) = act(.call(PaperRequest(dispatch.call), account: dispatch.clientID))
    else { return refuse(dispatch, .other, "DH-906 no such account", life) }
    reply(outcome, to: dispatch, after: delay, life)
  }

  private func refuse(_ dispatch: Dispatch, _ refusal: RefusalClass, _ text: String, _ life: Int) {
    reply(.refused(refusal, text: text), to: dispatch, after: between(2, 40), life)
  }

  /// No reply comes in time. The broker may take the call at any moment until long after that.
  private func hang(_ dispatch: Dispatch, _ life: Int) {
    if random.chance(60) {
      act(.failCalls(.takeLate(between(0, 12_000)), times: 1, account: dispatch.clientID))
      act(.call(PaperRequest(dispatch.call), account: dispatch.clientID))
    }
    reply(.inDoubt(text: "no reply in time"), to: dispatch, after: World.callTimeout, life)
  }

  private func reply(_ outcome: CallOutcome, to dispatch: Dispatch, after delay: Microseconds, _ life: Int) {
    agenda.note(
      .message(.report(.follower(dispatch.follower), .outcome(dispatch.requestID, outcome)), life: life),
      at: now + delay)
  }
}
