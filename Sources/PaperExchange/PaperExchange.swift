import Domain
import Ports

/// An options exchange and a broker in memory: a pure state machine with Dhan's manners (dhan-api-v2.md §13).
///
/// Time comes in with every call and never goes back: an earlier time counts as ``now``. Nothing happens by itself.
/// What is due between two calls is done, in the order of time, at the beginning of the later one, so that it makes no
/// difference how often ``advance(to:)`` is called in between.
///
/// ```swift
/// var exchange = PaperExchange(settings: PaperSettings(seed: 7), instruments: instruments, accounts: accounts)
/// _ = exchange.act(.quote(quote), at: start)
/// let outcome = exchange.perform(.place(ticket), for: "1000000002", at: start)   // accepted: only "taken"
/// let updates = exchange.advance(to: start + .seconds(1))                        // TRANSIT, PENDING, TRADED
/// ```
///
/// Two orders of one account may trade with each other: there is no self-trade prevention.
public struct PaperExchange: Hashable, Sendable, BrokerDesk, AccountReadings {
  /// What the exchange still has to do.
  enum Due: Hashable, Sendable {
    case placement(Int, rejection: String?)
    case modification(Int, PaperChange, rejection: String?)
    case cancellation(Int, rejection: String?)
    /// A call whose caller gave up long ago.
    case lateCall(PaperRequest, ClientID)
  }

  public internal(set) var settings: PaperSettings
  /// The latest time the exchange has seen.
  public internal(set) var now: Timestamp
  public internal(set) var isOpen = true

  let instruments: [ContractID: Instrument]
  /// Sorted: what concerns all accounts goes through them in this order.
  let clientIDs: [ClientID]
  var accounts: [ClientID: AccountState]
  var books: [ContractID: ContractBook] = [:]
  var orders: [PaperOrder] = []
  var indexes: [OrderID: Int] = [:]
  var due = Timeline<Due>()
  var outbox = Timeline<PaperUpdate>()
  var generator: SplitMix64
  var nextRank: Int64 = 1
  var nextTrade: Int64 = 1

  /// - Precondition: no two accounts have one client id, and no two instruments one contract.
  public init(settings: PaperSettings, instruments: [Instrument], accounts: [PaperAccount]) {
    self.settings = settings
    self.instruments = Dictionary(uniqueKeysWithValues: instruments.map { ($0.contract, $0) })
    self.accounts = Dictionary(uniqueKeysWithValues: accounts.map { ($0.clientID, AccountState($0)) })
    self.clientIDs = accounts.map(\.clientID).sorted()
    self.generator = SplitMix64(seed: settings.seed)
    self.now = Timestamp(microseconds: 0)
  }

  /// A call through the API, as a gateway makes it. ``act(_:at:)`` also tells how long the reply takes.
  ///
  /// *Accepted* means taken: the order is TRANSIT, and an update tells later what became of it. A label that was used
  /// before makes a second order.
  public mutating func perform(_ call: BrokerCall, for account: ClientID, at time: Timestamp) -> CallOutcome {
    act(.call(PaperRequest(call), account: account), at: time).outcome
  }

  /// Does one thing. Updates that it causes come out of ``advance(to:)``.
  public mutating func act(_ action: PaperAction, at time: Timestamp) -> PaperReply {
    settle(to: time)
    switch action {
    case .call(let request, let account): return apiCall(request, account)
    case .phone(let request, let account):
      guard accounts[account] != nil else { return unknown(account) }
      let delay = settings.replyDelay.draw(from: &generator)
      return .call(take(request, for: account, byHand: true, rejection: nil), after: delay)
    case .quote(let quote): return show(quote)
    case .convert(let conversion, let account): return convert(conversion, account)
    case .squareOff(let account): return squareOff(account)
    case .end(let reference, let verdict, let account): return end(reference, verdict, of: account)
    case .failCalls(let fault, let times, let account):
      guard accounts[account] != nil else { return unknown(account) }
      accounts[account]?.callFaults += Array(repeating: fault, count: max(0, times))
    case .failUpdates(let fault, let times, let account):
      guard accounts[account] != nil else { return unknown(account) }
      accounts[account]?.updateFaults += Array(repeating: fault, count: max(0, times))
    case .forgetFaults:
      for account in clientIDs {
        accounts[account]?.callFaults = []
        accounts[account]?.updateFaults = []
      }
    case .silenceUpdates(let isSilent, let account):
      guard accounts[account] != nil else { return unknown(account) }
      accounts[account]?.isSilent = isSilent
    case .endOfDay: endDay()
    case .startOfDay: return startDay()
    case .configure(let settings): self.settings = settings
    }
    return .done
  }

  /// Does what is due by `time` and returns the updates that are visible by then, oldest first, each once.
  public mutating func advance(to time: Timestamp) -> [PaperUpdate] {
    settle(to: time)
    var visible: [PaperUpdate] = []
    while let (_, update) = outbox.take(by: now) { visible.append(update) }
    return visible
  }

  /// When something happens next: a transition, or an update that becomes visible. `nil` when nothing is under way.
  public var nextDue: Timestamp? {
    guard let transition = due.nextDue else { return outbox.nextDue }
    return min(transition, outbox.nextDue ?? transition)
  }

  func unknown(_ account: ClientID) -> PaperReply { .refused("The paper exchange has no account \(account).") }

  private mutating func settle(to time: Timestamp) {
    while let (moment, element) = due.take(by: max(time, now)) {
      now = max(now, moment)
      switch element {
      case .placement(let index, let rejection): arrive(index, rejection: rejection)
      case .modification(let index, let change, let rejection): modify(index, change, rejection: rejection)
      case .cancellation(let index, let rejection): cancel(index, rejection: rejection)
      case .lateCall(let request, let account): _ = take(request, for: account, byHand: false, rejection: nil)
      }
    }
    now = max(now, time)
  }
}
