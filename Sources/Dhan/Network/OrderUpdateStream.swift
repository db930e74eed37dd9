import Domain
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Ports
import Synchronization

/// The live order updates of one account (dhan-api-v2.md §6): logs in, delivers, and comes back after every end.
///
/// A login that the broker accepts is answered by silence, and a stream can die silently. So whoever listens reads the
/// order book after each ``FeedEvent/connected`` and now and then besides, and calls ``reconnect()`` when it shows what
/// the stream did not.
public final class OrderUpdateStream: OrderFeed {
  let address: ServerAddress
  let clientID: ClientID
  let token: any AccessToken
  let contracts: any ContractDirectory
  let timing: StreamTiming
  let security: NIOSSLContext?
  let eventLoop: any EventLoop
  private let logger: Logger
  private let present = Mutex<Stage?>(nil)

  private enum Stage {
    case connection(StreamSession)
    case pause(StreamSession)
    /// The pause after an HTTP 429, which nobody cuts short.
    case coolOff(StreamSession)
  }

  /// - Parameters:
  ///   - url: `wss://…`, or `ws://…` for a server on this machine; its path is asked for, `/` if it has none.
  ///   - trustRootsFile: a PEM file of authorities that are trusted besides the system's own.
  ///   - eventLoop: one of the process's shared ones; that of the account's ``DhanGateway``, so that accounts spread evenly.
  ///   - logger: says what the account is; hears of every end and the pause after it.
  /// - Throws: when one of the settings cannot be used. Whether the server answers is not tried.
  public init(
    url: String, clientID: ClientID, token: any AccessToken, contracts: any ContractDirectory,
    trustRootsFile: String? = nil, timing: StreamTiming = StreamTiming(),
    eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(), logger: Logger
  ) throws(NetworkSetupFault) {
    HandlerTypes.make()
    self.address = try ServerAddress(url, scheme: "ws")
    self.clientID = clientID
    self.token = token
    self.contracts = contracts
    self.timing = timing
    self.logger = logger
    self.eventLoop = eventLoop
    if address.secure {
      let configuration = try TransportSecurity.configuration(trustRootsFile: trustRootsFile)
      do {
        self.security = try NIOSSLContext(configuration: configuration)
      } catch {
        throw NetworkSetupFault("TLS cannot be set up: \(error)")
      }
    } else {
      self.security = nil
    }
  }

  /// Ends the present connection, or the present pause, and connects anew at once: after the token has changed, or when
  /// the stream is silently dead. The pause after an HTTP 429 is kept, and a connection that has not logged in yet goes
  /// on, since it reads the token when it does. Does nothing while ``run(_:)`` does not run.
  public func reconnect() {
    switch present.withLock({ $0 }) {
    case .connection(let session) where session.isLoggedIn: session.finish(.asked, "a new connection was asked for")
    case .pause(let pausing): pausing.finish(.asked, "a new connection was asked for")
    case .connection, .coolOff, nil: break
    }
  }

  /// Not to be called while it runs.
  public func run(_ deliver: @escaping @Sendable (FeedEvent) -> Void) async {
    var plan = ReconnectPlan(timing: timing)
    while !Task.isCancelled {
      let end = await stage(Stage.connection) { connect($0, deliver: deliver) }
      let pause = plan.pause(after: end)
      if plan.isRapid(end) {
        deliver(.suspectsToken("\(end.text) right after the login, \(plan.rapidEnds) times in a row"))
      }
      let text = end.text + (plan.rapidEndsExhausted ? "; \(plan.rapidEnds) times in a row right after the login" : "")
      deliver(.disconnected(text))
      if end.cause == .cancelled { return }
      logger.info("order updates: \(text); next attempt in \(pause.count / 1_000) ms")
      await rest(pause, interruptible: end.cause != .rateLimited)
    }
  }

  private func rest(_ pause: Microseconds, interruptible: Bool) async {
    guard pause > Microseconds(0) else { return }
    _ = await stage(interruptible ? Stage.pause : Stage.coolOff) { pausing in
      eventLoop.scheduleTask(in: pause.timeAmount) { pausing.finish(.failed, "the pause is over") }
    }
  }

  /// Runs one stage of the stream's life until it ends by itself, is asked to, or the task is cancelled.
  private func stage(_ name: (StreamSession) -> Stage, _ begin: (StreamSession) -> Void) async -> SessionEnd {
    let session = StreamSession(eventLoop: eventLoop)
    present.withLock { $0 = name(session) }
    defer { present.withLock { $0 = nil } }
    return await withTaskCancellationHandler {
      begin(session)
      return await session.end
    } onCancel: {
      session.finish(.cancelled, "the stream was stopped")
    }
  }
}
