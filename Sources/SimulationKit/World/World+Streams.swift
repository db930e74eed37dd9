import Domain
import Engine
import PaperExchange
import Ports

/// Streams of order updates: what gets through, how late, and how they end.
extension World {
  func frame(_ update: PaperUpdate) {
    guard let account = role(of: update.account), lines[account, default: Line()].isOpen,
      lines[account]?.isDead == false
    else { return }
    let reference = tellsReferences ? exchange.referencePrice(of: update.order.key.contract) : nil
    var order = update.order
    if !tellsLabels { order.correlationID = nil }
    let heard = OrderUpdate(order: order, clientID: update.account, referencePrice: reference)
    if happens(faults.framesLate) {
      agenda.note(.frame(account, heard), at: now + between(100, 2_000))
    } else {
      hear(heard, of: account)
    }
  }

  /// What was sent through a stream that is gone by now arrives nowhere.
  func hear(_ update: OrderUpdate, of account: AccountRole) {
    guard isRunning, let line = lines[account], line.isOpen, !line.isDead else { return }
    post(.report(account, .order(update)))
  }

  func openStream(of account: AccountRole) {
    guard isRunning else { return }
    guard lines[account, default: Line()].hasDeadToken == false else {
      lines[account]?.isOpening = true
      agenda.note(.streamOpens(account, life: life), at: now + .seconds(1))
      return
    }
    lines[account, default: Line()].isOpen = true
    lines[account]?.isDead = false
    lines[account]?.isOpening = false
    post(.report(account, .stream(isConnected: true, reason: "")))
  }

  /// The stream ends and the service hears of it; a new one opens after a while.
  public func dropStream(of account: AccountRole, for time: Microseconds) {
    guard isRunning, lines[account]?.isOpen == true else { return }
    lines[account]?.isOpen = false
    lines[account]?.isOpening = true
    post(.report(account, .stream(isConnected: false, reason: "reset by peer")))
    agenda.note(.streamOpens(account, life: life), at: now + time)
  }

  /// The stream stays open, and nothing comes through it any more.
  public func silenceStream(of account: AccountRole) { lines[account]?.isDead = true }

  func reopenStream(of account: AccountRole) {
    guard lines[account]?.isOpening != true else { return }
    dropStream(of: account, for: between(50, 800))
  }

  // MARK: - Doors

  /// The broker does not know the account's token for a while.
  public func killToken(of account: AccountRole) {
    lines[account, default: Line()].hasDeadToken = true
    dropStream(of: account, for: .seconds(1))
  }

  /// A new token is there: the service reads its file, opens its stream anew and asks who it is.
  public func renewToken(of account: AccountRole) {
    lines[account]?.hasDeadToken = false
    guard isRunning else { return }
    reopenStream(of: account)
    ask(.profile, of: account)
  }

  public func refuseAddress(of account: AccountRole, _ isRefused: Bool) {
    lines[account, default: Line()].isRefusedAddress = isRefused
  }

  /// Nothing that is asked for the account gets an answer for a while.
  public func hang(_ account: AccountRole, for time: Microseconds) {
    lines[account, default: Line()].hangsUntil = now + time
  }

  /// Everything outside is well from now on.
  public func healOutside() {
    faults = .none
    for account in accounts {
      lines[account, default: Line()].hangsUntil = .earliest
      refuseAddress(of: account, false)
      if lines[account]?.hasDeadToken == true { renewToken(of: account) }
    }
  }
}
