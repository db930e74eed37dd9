import Domain
import Projections

/// Something outside that was observed, before it is known whether it says anything new.
public enum Observation: Equatable, Sendable {
  case started(version: ShortText)
  /// The service stops and takes its resting entries back first.
  case stopping
  case stopped
  case configuration(CopySettings)
  case clock(due: ShortText)
  case instrument(Instrument)
  case margin(FollowerName, ContractID, perLot: Paise)
  /// What so many units of a basket would bind (rule 23).
  case basketMargin(FollowerName, OrderID, units: Int64, margin: Paise)
  case leaderBaseline([BaselinePosition])
  case leaderFunds(Funds)
  case leaderPositions([BaselinePosition])
  case quote(ContractID, Paise)
  /// What an entry waits for.
  case greeks(ContractID, ContractGreeks)
  case leaderOrder(BrokerOrder, OrderSource)
  case followerBaseline(FollowerName, [BaselinePosition])
  case followerFunds(FollowerName, Funds)
  case followerOrder(FollowerName, BrokerOrder, OrderSource)
  /// A clean reading of the book was folded, order by order, just before (rule 28).
  ///
  /// - Parameter tradesAgree: the trade book was read just before, and all its trades are of orders that the book shows.
  ///
  /// - Parameter lacksEnded: orders that had ended are missing, and nothing else is.
  case followerBookRead(
    FollowerName, orders: Int, askedAt: Timestamp? = nil, tradesAgree: Bool = false, lacksEnded: Bool = false)
  /// The leader's book was folded, order by order, just before.
  case leaderBookRead(orders: Int, askedAt: Timestamp? = nil)
  /// A person says what became of a request in doubt: the number of its order, or that there is none (rule 30).
  case resolved(FollowerName, RequestID, OrderID?)
  case accepted(FollowerName, RequestID, OrderID)
  case refused(FollowerName, RequestID, RefusalClass, text: String)
  case doubted(FollowerName, RequestID, text: String)
  case stream(AccountRole, isConnected: Bool, reason: String)
  case blocked(AccountRole, BlockReason, text: String)
  /// A reading of the account succeeded.
  case readable(AccountRole)
  case operatorCommand(OperatorMode, FollowerName?)
  /// Whether the disk of the log has little room left, and how many bytes are free, where that is known.
  case disk(isLow: Bool, free: Int64?)
  /// What our clock shows less what the broker's shows, good to a second.
  case brokerClock(ahead: Microseconds)
  /// An account was read on this day of the broker's.
  case tradingDay(Day)
  /// What an account holds on the first day on which that is not known yet (rule 6).
  case restated(AccountRole, [BaselinePosition])
  /// Since when nobody sees what the leader does; `nil` when somebody does (rule 35).
  case leaderSight(blindSince: Timestamp?)
}

/// Normalises what was observed and drops what the log already knows: what is left is an event.
public enum Recorder {
  /// The event that `observation` adds to the log, or `nil` when it says nothing new.
  public static func event(for observation: Observation, in state: State) -> Event? {
    switch observation {
    case .started(let version):
      .serviceStarted(ServiceStarted(version: version, decisionVersion: decisionVersion))
    case .stopping: state.takesEntriesBack ? nil : .serviceStopping(ServiceStopping())
    case .stopped: .serviceStopped(ServiceStopped(restingOrders: Int64(state.restingOrders)))
    case .configuration(let settings):
      settings == state.settings ? nil : .configurationApplied(ConfigurationApplied(settings))
    case .clock(let due): .clockObserved(ClockObserved(due: due))
    case .instrument(let instrument):
      state.instruments[instrument.contract] == instrument ? nil : .instrumentSeen(InstrumentSeen(instrument))
    case .basketMargin(let follower, let basket, let units, let margin):
      state.account(follower)?.basketMargins[basket].flatMap { asked in
        asked.units != units || asked.margin != nil
          ? nil
          : .basketMarginQuoted(
            BasketMarginQuoted(basket: basket, follower: follower, margin: margin, units: units))
      }
    case .margin(let follower, let contract, let perLot):
      state.account(follower).flatMap { $0.marginPerLot[contract] } == perLot
        ? nil : .marginQuoted(MarginQuoted(follower: follower, contract: contract, perLot: perLot))
    case .leaderBaseline(let positions):
      state.leader.hasBaseline ? nil : .leaderBaseline(LeaderBaseline(positions: positions.sorted { $0.key < $1.key }))
    case .leaderFunds(let funds): state.leader.funds == funds ? nil : .leaderFunds(LeaderFunds(funds))
    case .leaderPositions(let positions): leaderPositions(positions, state)
    case .quote(let contract, let price):
      price > .zero && state.wantsQuote(contract) ? .quoteSeen(QuoteSeen(contract: contract, price: price)) : nil
    case .greeks(let contract, let greeks):
      state.greeksWanted[contract] == nil ? nil : .greeksSeen(GreeksSeen(contract: contract, greeks: greeks))
    case .leaderOrder(let order, let source): leaderOrder(order, source, state)
    case .followerBaseline(let follower, let positions):
      state.account(follower)?.hasBaseline == false
        ? .followerBaseline(
          FollowerBaseline(follower: follower, positions: positions.sorted { $0.key < $1.key })) : nil
    case .followerFunds(let follower, let funds):
      state.account(follower).map { $0.funds == funds } ?? true
        ? nil : .followerFunds(FollowerFunds(follower: follower, funds: funds))
    case .followerOrder(let follower, let order, let source): followerOrder(follower, order, source, state)
    case .followerBookRead(let follower, let orders, let askedAt, let tradesAgree, let lacksEnded):
      isNews(askedAt ?? state.now, lacksEnded: lacksEnded, of: follower, state)
        ? .followerBookRead(
          FollowerBookRead(
            follower: follower, orders: Int64(orders), askedAt: askedAt, tradesAgree: tradesAgree,
            lacksEnded: lacksEnded)) : nil
    case .leaderBookRead(let orders, let askedAt):
      state.leader.isNews(askedAt)
        ? .leaderBookRead(LeaderBookRead(orders: Int64(orders), askedAt: askedAt)) : nil
    case .resolved(let follower, let request, let order):
      open(follower, request, state).flatMap {
        $0.isInDoubt
          ? .requestResolved(RequestResolved(follower: follower, orderID: order, requestID: request)) : nil
      }
    case .accepted(let follower, let request, let order):
      open(follower, request, state).map { _ in
        .requestAccepted(RequestAccepted(follower: follower, orderID: order, requestID: request))
      }
    case .refused(let follower, let request, let refusal, let text):
      open(follower, request, state).map { _ in
        .requestRefused(RequestRefused(follower: follower, requestID: request, refusal: refusal, text: text))
      }
    case .doubted(let follower, let request, let text):
      open(follower, request, state).flatMap {
        $0.isInDoubt ? nil : .requestDoubted(RequestDoubted(follower: follower, requestID: request, text: text))
      }
    case .stream, .blocked, .readable: access(observation, state)
    case .operatorCommand(let mode, let follower): command(mode, follower, state)
    case .disk(let isLow, let free):
      state.isDiskLow == isLow ? nil : isLow ? .diskLow(DiskLow(free: free)) : .diskRecovered(DiskRecovered(free: free))
    case .brokerClock(let ahead): clock(ahead, state)
    case .tradingDay, .restated, .leaderSight: day(observation, state)
    }
  }

  /// How long a start waits for a reading that lacks nothing; one order that the broker shows no more must not keep an
  /// account from trading for the day.
  private static let completePatience = Microseconds.seconds(30)

  private static func isNews(_ askedAt: Timestamp, lacksEnded: Bool, of follower: FollowerName, _ state: State) -> Bool
  {
    guard let account = state.account(follower) else { return false }
    guard lacksEnded else { return account.isReadingNews }
    let isOverdue = account.bookReadAt == nil && askedAt - state.startedAt >= completePatience
    return isOverdue || account.needsPictures
  }

  /// Broker times have whole seconds: less than two of them are no difference.
  private static let clockStep = Int64(2_000_000)

  private static func clock(_ ahead: Microseconds, _ state: State) -> Event? {
    let known = state.leader.clockAhead.count
    guard abs(ahead.count - known) >= clockStep else { return nil }
    return .brokerClock(BrokerClock(ahead: abs(ahead.count) < clockStep ? Microseconds(0) : ahead))
  }

  private static func access(_ observation: Observation, _ state: State) -> Event? {
    switch observation {
    case .stream(let account, let isConnected, let reason):
      guard let known = state.access(of: account), known.isConnected != isConnected else { return nil }
      return .streamChanged(StreamChanged(account: account, isConnected: isConnected, reason: reason))
    case .blocked(let account, let reason, let text):
      guard let known = state.access(of: account), known.blockage?.reason != reason else { return nil }
      return .accountBlocked(AccountBlocked(account: account, reason: reason, text: text))
    case .readable(let account):
      // A reading needs no registered address: it proves nothing about that.
      guard let blockage = state.access(of: account)?.blockage, blockage.reason != .addressRefused else { return nil }
      return .accountUnblocked(AccountUnblocked(account: account))
    default: return nil
    }
  }

  /// A command that changes nothing is not recorded, but for a resume that lets what was refused be tried again.
  private static func command(_ mode: OperatorMode, _ follower: FollowerName?, _ state: State) -> Event? {
    let event = Event.operatorCommanded(OperatorCommanded(follower: follower, mode: mode))
    guard let follower else {
      let resumes =
        mode == .running
        && state.followers.contains { $0.mode != .running || $0.awaitsResume }
      return state.mode != mode || resumes ? event : nil
    }
    guard let account = state.account(follower) else { return nil }
    return account.mode != mode || (mode == .running && account.awaitsResume) ? event : nil
  }

  /// They are read to settle a question, and say nothing where none is open.
  private static func leaderPositions(_ positions: [BaselinePosition], _ state: State) -> Event? {
    let pairs = state.leader.nettedPairs(positions)
    let suspected = state.leader.suspectedPairs
    guard !state.leader.unsettled.isEmpty || !pairs.isEmpty || suspected != nil else { return nil }
    return .leaderPositions(LeaderPositionsRead(positions: positions.sorted { $0.key < $1.key }))
  }

  private static func open(_ follower: FollowerName, _ request: RequestID, _ state: State) -> OpenRequest? {
    state.account(follower)?.outbox[request]
  }

  private static func leaderOrder(_ order: BrokerOrder, _ source: OrderSource, _ state: State) -> Event? {
    guard let order = state.asOfToday(order, known: state.leader.orders[order.orderID]?.order, of: .leader) else {
      return nil
    }
    guard let known = state.leader.orders[order.orderID] else {
      // Over for days and forgotten: history, which the log already holds.
      if state.hasForgotten(order) { return nil }
      return .leaderOrder(LeaderOrderSeen(OrderPicture(order: order.normalised, revision: 1, source: source)))
    }
    guard let merged = known.order.merged(with: order.normalised, from: source) else { return nil }
    return .leaderOrder(LeaderOrderSeen(OrderPicture(order: merged, revision: known.revision + 1, source: source)))
  }

  private static func followerOrder(
    _ follower: FollowerName, _ order: BrokerOrder, _ source: OrderSource, _ state: State
  ) -> Event? {
    guard let account = state.account(follower),
      let order = state.asOfToday(order, known: account.orders[order.orderID]?.order, of: .follower(follower))
    else { return nil }
    guard let known = account.orders[order.orderID] else {
      if state.hasForgotten(order) { return nil }
      let picture = OrderPicture(order: order.normalised, revision: 1, source: source)
      return .followerOrder(FollowerOrderSeen(follower: follower, picture))
    }
    guard let merged = known.order.merged(with: order.normalised, from: source) else { return nil }
    let picture = OrderPicture(order: merged, revision: known.revision + 1, source: source)
    return .followerOrder(FollowerOrderSeen(follower: follower, picture))
  }
}

extension State {
  public func account(_ follower: FollowerName) -> FollowerAccount? { index(of: follower).map { followers[$0] } }

  /// Positions of ours that are not flat.
  public var openPositions: Int {
    followers.reduce(0) { $0 + $1.ledgers.values.count { $0.held != .zero } }
  }

  /// Orders of ours that rest at the broker.
  public var restingOrders: Int {
    followers.reduce(0) { sum, account in
      sum + account.ledgers.values.reduce(0) { $0 + $1.links.reduce(0) { $0 + $1.children.count(where: \.isOpen) } }
    }
  }
}
