import Domain
import Engine
import Foundation
import Logging
import Ports
import StopPoints

/// Everything that concerns one account: its stream, its readings, its token. A fault here is a fault of this account alone
/// (rule 38).
public struct AccountDesk: Sendable {
  /// How often a token file is looked at.
  static let tokenInterval = Duration.seconds(2)
  /// How often an idle connection is used, so that the first order of the day pays no handshake.
  static let warmInterval = Duration.seconds(20)
  public let account: AccountRole
  public let gateway: any BrokerGateway
  let feed: any OrderFeed
  let token: TokenKeeper
  let room: EngineRoom
  let clock: any WallClock
  /// Whether the account has paid for data (`market.quotes`).
  let asksQuotes: Bool
  let logger: Logger
  let quotes = QuoteLane()
  private let wishes: AsyncStream<Reading>
  private let wish: AsyncStream<Reading>.Continuation

  public init(
    account: AccountRole, gateway: any BrokerGateway, feed: any OrderFeed, token: TokenKeeper, room: EngineRoom,
    asksQuotes: Bool = false, clock: any WallClock = SystemClock(), logger: Logger
  ) {
    self.asksQuotes = asksQuotes
    self.account = account
    self.gateway = gateway
    self.feed = feed
    self.token = token
    self.room = room
    self.clock = clock
    var logger = logger
    logger[metadataKey: "account"] = "\(account)"
    self.logger = logger
    (wishes, wish) = AsyncStream.makeStream()
  }

  /// Asks for a reading; its report goes to the room.
  func ask(_ reading: Reading) { wish.yield(reading) }

  /// Works until the task is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await feed.run { hear($0) } }
      group.addTask { await watchToken() }
      group.addTask { await keepWarm() }
      group.addTask {
        // Each reading is a task of its own: a margin does not wait behind a book.
        await withDiscardingTaskGroup { readings in
          for await reading in wishes { readings.addTask { await perform(reading) } }
        }
      }
    }
  }

  // MARK: - Stream

  private func hear(_ event: FeedEvent) {
    switch event {
    case .connected: report(.stream(isConnected: true, reason: ""))
    case .disconnected(let reason):
      // The end that our own stop makes is no news.
      guard !Task.isCancelled else { return }
      let reason = token.withoutToken(reason)
      report(.stream(isConnected: false, reason: reason))
      logger.notice("stream gone: \(reason)")
    case .suspectsToken(let reason):
      logger.warning("the broker may not know the token: \(token.withoutToken(reason))")
      wish.yield(.profile)
    case .order(let update):
      if let client = update.clientID, client != token.clientID {
        logger.warning("an order update of another account was passed over")
        return
      }
      report(
        .order(
          OrderUpdate(
            order: withoutToken(update.order), clientID: update.clientID, referencePrice: update.referencePrice)))
    case .unreadable(let what):
      logger.warning("a message of the stream was passed over: \(token.withoutToken(what))")
    }
  }

  func report(_ report: AccountReport) { room.post(.report(account, report)) }

  /// Reports what was read, and before it what the reading proves whatever it says: that the account can be read, and what the
  /// broker's clock shows, by which orders and days are dated.
  func read(_ content: AccountReport) {
    report(.readable)
    let ahead = gateway.clockAhead
    if account == .leader, let ahead { report(.clock(ahead: ahead)) }
    let brokerNow = Timestamp(microseconds: clock.now().microseconds - (ahead?.count ?? 0))
    report(.day(brokerNow.indianDay))
    report(content)
  }

  /// Makes a call for the engine; its outcome goes to the room.
  func perform(_ dispatch: Dispatch) {
    StopPoint.callUnderWay.passAndGoOn()
    gateway.perform(dispatch.call) { [room, token, account] outcome in
      StopPoint.replied.pass()
      room.post(.report(account, .outcome(dispatch.requestID, outcome.with(token.withoutToken))))
    }
  }

  // MARK: - Token and connections

  private func watchToken() async {
    while (try? await Task.sleep(for: AccountDesk.tokenInterval)) != nil {
      guard token.reloadIfChanged() else { continue }
      logger.notice("the token was read anew")
      feed.reconnect()
      wish.yield(.profile)
    }
  }

  private func keepWarm() async {
    while (try? await Task.sleep(for: AccountDesk.warmInterval)) != nil { await gateway.keepWarm() }
  }
}

extension CallOutcome {
  /// The outcome with its words changed by `edit`.
  func with(_ edit: (String) -> String) -> CallOutcome {
    switch self {
    case .accepted: self
    case .refused(let refusal, let text): .refused(refusal, text: edit(text))
    case .inDoubt(let text): .inDoubt(text: edit(text))
    }
  }
}
