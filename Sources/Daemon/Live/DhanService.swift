import Dhan
import Domain
import Engine
import Foundation
import Ports
import Logging
import NIOPosix
import ServiceLifecycle

/// The background service at Dhan: wires accounts, instruments and the engine together, and stops them in order.
public struct DhanService: Service {
  /// How often a newer instrument file is looked for, and how often SIGHUP and the log are looked at.
  static let instrumentInterval = Duration.seconds(30)
  static let marketInterval = Duration.seconds(30)
  static let lookInterval = Duration.milliseconds(100)

  private let configuration: Configuration
  private let cancelsEntries: Bool
  private let reload: ConfigurationReload
  private let room: EngineRoom
  private let notifier: SystemdNotifier
  private let market: MarketWatch
  /// One for everybody: how far the broker's clock is off is measured on it.
  private let clock = SteadyClock()
  private let logger: Logger

  public init(
    _ configuration: Configuration, cancelsEntries: Bool = false, room: EngineRoom, reload: ConfigurationReload,
    notifier: SystemdNotifier = SystemdNotifier(environment: ProcessInfo.processInfo.environment), logger: Logger
  ) {
    self.configuration = configuration
    self.cancelsEntries = cancelsEntries
    self.reload = reload
    self.room = room
    self.notifier = notifier
    market = MarketWatch(configuration.market)
    self.logger = logger
  }

  public func run() async throws {
    let instruments = makeInstruments()
    // What is wrong with the configuration shows here, before anything is asked of anybody.
    let desks = try await makeDesks(instruments)
    let outcome: Result<EngineRoom.Rest?, any Error>
    do {
      outcome = .success(try await serve(desks, instruments))
    } catch {
      outcome = .failure(error)
    }
    await shutDown(desks)
    // After everything else, so that whoever looks at the end of the log finds it.
    if let rest = try outcome.get() { say(rest) }
  }

  private func serve(_ desks: [AccountDesk], _ instruments: InstrumentStore) async throws -> EngineRoom.Rest? {
    let report: InstrumentReport
    do {
      report = try await cancelWhenGracefulShutdown { try await instruments.load(now: SystemClock().now()) }
    } catch {
      if Task.isShuttingDownGracefully { return nil }
      throw error
    }
    logger.log(level: report.problem == nil ? .info : .warning, "instruments: \(report)")
    let byAccount = Dictionary(uniqueKeysWithValues: desks.map { ($0.account, $0) })
    let intake = Intake(
      settings: configuration.copySettings, contracts: instruments,
      asksQuotes: configuration.market.quotes == .broker
    ) { [market] underlying, day in market.freezeLimit(of: underlying, on: day) }
    let pulse = Pulse(notifier)
    let outside = EngineRoom.Outside(
      perform: { dispatch in
        // The engine knows no follower that this configuration did not name, and none joins before the next start.
        byAccount[.follower(dispatch.follower)]?.perform(dispatch)
      },
      read: { account, reading in byAccount[account]?.ask(reading) },
      reconnect: { byAccount[$0]?.feed.reconnect() }, beat: { pulse.beat() })
    logger.notice("starting at Dhan", metadata: ["store": "\(configuration.store)"])
    return try await withThrowingTaskGroup(of: EngineRoom.Rest?.self) { group in
      group.addTask {
        try await room.run(store: configuration.store, intake: intake, outside: outside, clock: clock, logger: logger)
      }
      for desk in desks {
        group.addTask {
          // A second service on this store ends before the broker hears of it: its logins could end the first one's streams.
          try await untilStoreIsOpen()
          await desk.run()
          return nil
        }
      }
      group.addTask { await refresh(instruments) }
      group.addTask { await watchMarket() }
      group.addTask { await lookAfterReloads() }
      group.addTask { await narrate(instruments) }
      group.addTask {
        try await untilStoreIsOpen()
        notifier.ready()
        try await listen()
        return nil
      }
      group.addTask {
        try? await gracefulShutdown()
        notifier.stopping()
        room.post(.stop(takesEntriesBack: cancelsEntries))
        return nil
      }
      // Whatever ends first with an error, or the room in order, ends the service.
      defer { group.cancelAll() }
      while let rest = try await group.next() {
        if let rest { return rest }
      }
      return nil
    }
  }

  // MARK: - Wiring

  private func makeInstruments() -> InstrumentStore {
    let dhan = configuration.broker.dhan
    let source: InstrumentSource =
      switch dhan.instruments {
      case .url(let address): .address("\(address)")
      case .file(let path): .file(path)
      }
    return InstrumentStore(
      source: source, cacheFolder: configuration.store + ".instruments", trustRootsFile: dhan.trustRoots)
  }

  private func makeDesks(_ instruments: InstrumentStore) async throws -> [AccountDesk] {
    var desks: [AccountDesk] = []
    do {
      let leader = configuration.leader
      desks.append(try desk(.leader, leader.clientID, leader.credentials, leader.localAddress, instruments))
      for follower in configuration.followers {
        desks.append(
          try desk(
            .follower(follower.name), follower.clientID, follower.credentials, follower.localAddress, instruments))
      }
      return desks
    } catch {
      await shutDown(desks)
      throw error
    }
  }

  private func shutDown(_ desks: [AccountDesk]) async {
    for desk in desks { await (desk.gateway as? DhanGateway)?.shutdown() }
  }

  private func desk(
    _ account: AccountRole, _ clientID: ClientID, _ credentials: Configuration.Credentials?, _ localAddress: String?,
    _ instruments: InstrumentStore
  ) throws -> AccountDesk {
    guard case .accessToken(let source)? = credentials else { throw NoToken(account: account) }
    let dhan = configuration.broker.dhan
    let token = TokenKeeper(clientID: clientID, source: source)
    var named = logger
    named[metadataKey: "account"] = "\(account)"
    let trust = dhan.trustRoots
    // Accounts take turns at the loops. Were each to ask for two, all calls would go out of every other loop.
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let feed = try OrderUpdateStream(
      url: "\(dhan.orderUpdateURL)", clientID: clientID, token: token, contracts: instruments, trustRootsFile: trust,
      eventLoop: eventLoop, logger: named)
    // The last that can fail, since it has to be shut down once it is there.
    let gateway = try DhanGateway(
      baseURL: "\(dhan.restURL)", clientID: clientID, token: token, contracts: instruments,
      localAddress: localAddress, trustRootsFile: trust, clock: clock, eventLoop: eventLoop,
      logger: named)
    return AccountDesk(
      account: account, gateway: gateway, feed: feed, token: token, room: room,
      asksQuotes: configuration.market.quotes == .broker, clock: clock, logger: logger)
  }

  // MARK: - Beside the engine

  private func refresh(_ instruments: InstrumentStore) async -> EngineRoom.Rest? {
    while (try? await Task.sleep(for: DhanService.instrumentInterval)) != nil {
      guard let report = try? await instruments.refreshIfDue(now: SystemClock().now()) else { continue }
      logger.log(level: report.problem == nil ? .info : .warning, "instruments: \(report)")
    }
    return nil
  }

  /// Says what of the market's dates is too old, at the start and every morning.
  private func watchMarket() async -> EngineRoom.Rest? {
    repeat {
      for stale in market.alerts(at: SystemClock().now()) { logger.warning("ALERT: stale market data: \(stale)") }
    } while (try? await Task.sleep(for: DhanService.marketInterval)) != nil
    return nil
  }

  private func lookAfterReloads() async -> EngineRoom.Rest? {
    var current = configuration
    while (try? await Task.sleep(for: DhanService.lookInterval)) != nil {
      guard let new = reload.take(replacing: current) else { continue }
      current = new
      market.replace(new.market)
      room.post(.settings(new.copySettings))
    }
    return nil
  }

  /// Whoever has the log open has the right to the accounts and to the socket.
  private func untilStoreIsOpen() async throws {
    while room.lastSequence == 0 { try await Task.sleep(for: DhanService.lookInterval) }
  }

  private func listen() async throws {
    let socket = OperatorSocket(path: OperatorSocket.path(ofStore: configuration.store))
    try await socket.serve { command, reply in
      room.post(.command(command, reply: reply))
    }
  }

  private func narrate(_ instruments: InstrumentStore) async -> EngineRoom.Rest? {
    let teller = LogTeller(
      store: configuration.store, room: room, contracts: instruments, logger: logger)
    while (try? await Task.sleep(for: DhanService.lookInterval)) != nil { teller.tell() }
    teller.tell()
    return nil
  }

  private func say(_ rest: EngineRoom.Rest) {
    var metadata: Logger.Metadata = [
      "resting_orders": "\(rest.restingOrders)", "open_positions": "\(rest.openPositions)",
    ]
    if rest.unansweredCalls > 0 { metadata["unanswered_calls"] = "\(rest.unansweredCalls)" }
    logger.notice("stopped", metadata: metadata)
  }
}

extension DhanService: CustomStringConvertible {
  /// For the log lines of whatever runs it: the configuration is no part of them.
  public var description: String { "DhanService" }
}
