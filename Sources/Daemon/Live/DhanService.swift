import Dhan
import Domain
import Engine
import Foundation
import Logging
import NIOPosix
import ServiceLifecycle

/// The background service at Dhan: wires accounts, instruments and the engine together, and stops them in order.
public struct DhanService: Service {
  /// How often a newer instrument file is looked for, and how often SIGHUP and the log are looked at.
  static let instrumentInterval = Duration.seconds(30)
  static let lookInterval = Duration.milliseconds(100)

  private let configuration: Configuration
  private let cancelsEntries: Bool
  private let reload: ConfigurationReload
  private let room: EngineRoom
  private let notifier: SystemdNotifier
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
    self.logger = logger
  }

  public func run() async throws {
    let instruments = try await loadInstruments()
    let desks = try makeDesks(instruments)
    let byAccount = Dictionary(uniqueKeysWithValues: desks.map { ($0.account, $0) })
    let market = configuration.market
    let intake = Intake(settings: configuration.copySettings, contracts: instruments) { underlying in
      market.freezeLimit(of: underlying, on: SystemClock().now().indianDay)
    }
    let pulse = Pulse(notifier)
    let outside = EngineRoom.Outside(
      perform: { dispatch in
        // The engine knows no follower that this configuration did not name, and none joins before the next start.
        byAccount[.follower(dispatch.follower)]?.perform(dispatch)
      },
      read: { account, reading in byAccount[account]?.ask(reading) },
      reconnect: { byAccount[$0]?.feed.reconnect() }, beat: { pulse.beat() })
    logger.notice("starting at Dhan", metadata: ["store": "\(configuration.store)"])
    try await withThrowingTaskGroup(of: EngineRoom.Rest?.self) { group in
      group.addTask { try await room.run(store: configuration.store, intake: intake, outside: outside, logger: logger) }
      for desk in desks {
        group.addTask {
          await desk.run()
          return nil
        }
      }
      group.addTask { await refresh(instruments) }
      group.addTask { await lookAfterReloads() }
      group.addTask { await narrate(instruments) }
      group.addTask { try await listen() }
      group.addTask {
        try? await gracefulShutdown()
        notifier.stopping()
        room.post(.stop(takesEntriesBack: cancelsEntries))
        return nil
      }
      notifier.ready()
      // Whatever ends first with an error, or the room in order, ends the service.
      while let rest = try await group.next() {
        guard let rest else { continue }
        say(rest)
        break
      }
      group.cancelAll()
    }
    for desk in desks { await (desk.gateway as? DhanGateway)?.shutdown() }
  }

  // MARK: - Wiring

  private func loadInstruments() async throws -> InstrumentStore {
    let dhan = configuration.broker.dhan
    let source: InstrumentSource =
      switch dhan.instruments {
      case .url(let address): .address("\(address)")
      case .file(let path): .file(path)
      }
    let store = InstrumentStore(source: source, cacheFolder: configuration.store + ".instruments")
    let report = try await store.load(now: SystemClock().now())
    logger.log(level: report.problem == nil ? .info : .warning, "instruments: \(report)")
    return store
  }

  private func makeDesks(_ instruments: InstrumentStore) throws -> [AccountDesk] {
    let leader = configuration.leader
    var desks = [try desk(.leader, leader.clientID, leader.credentials, leader.localAddress, instruments)]
    for follower in configuration.followers {
      desks.append(
        try desk(
          .follower(follower.name), follower.clientID, follower.credentials, follower.localAddress, instruments))
    }
    return desks
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
    let gateway = try DhanGateway(
      baseURL: "\(dhan.restURL)", clientID: clientID, token: token, contracts: instruments,
      localAddress: localAddress, trustRootsFile: trust, eventLoop: eventLoop, logger: named)
    let feed = try OrderUpdateStream(
      url: "\(dhan.orderUpdateURL)", clientID: clientID, token: token, contracts: instruments, trustRootsFile: trust,
      eventLoop: eventLoop, logger: named)
    return AccountDesk(account: account, gateway: gateway, feed: feed, token: token, room: room, logger: logger)
  }

  // MARK: - Beside the engine

  private func refresh(_ instruments: InstrumentStore) async -> EngineRoom.Rest? {
    while (try? await Task.sleep(for: DhanService.instrumentInterval)) != nil {
      guard let report = try? await instruments.refreshIfDue(now: SystemClock().now()) else { continue }
      logger.log(level: report.problem == nil ? .info : .warning, "instruments: \(report)")
    }
    return nil
  }

  private func lookAfterReloads() async -> EngineRoom.Rest? {
    var current = configuration
    while (try? await Task.sleep(for: DhanService.lookInterval)) != nil {
      guard let new = reload.take(replacing: current) else { continue }
      current = new
      room.post(.settings(new.copySettings))
    }
    return nil
  }

  private func listen() async throws -> EngineRoom.Rest? {
    // Whoever has the log open has the right to the socket.
    while room.lastSequence == 0 { try await Task.sleep(for: DhanService.lookInterval) }
    let socket = OperatorSocket(path: OperatorSocket.path(ofStore: configuration.store))
    try await socket.serve { command, reply in
      room.post(.command(command.mode, command.follower, reply: reply))
    }
    return nil
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

/// The broker needs a token, and this version cannot mint one.
struct NoToken: ExitStatusProviding, CustomStringConvertible {
  let account: AccountRole
  var exitStatus: ExitStatus { .configuration }
  var description: String {
    "\(account) has no access_token. This version does not mint tokens by totp: write access_token: { file: … }."
  }
}
