import AsyncHTTPClient
import Domain
import Logging
import NIOCore
import NIOPosix
import Ports
import Synchronization

/// One account at Dhan, over HTTP/1.1 and TLS.
///
/// Every account has connections of its own, so that one that hangs holds up nobody else's (rule 38). Nothing is ever
/// sent twice: no redirect is followed and no request repeated.
///
/// Two spare connections stand open from the first reading on; one that the server closes is replaced. So an order
/// after a quiet hour pays for no handshake. ``keepWarm()`` starts this and finds out what died silently.
public final class DhanGateway: BrokerGateway {
  static let spareConnections = 2
  /// A full order book of a day has a few megabytes.
  static let longestReply = 8 << 20

  let baseURL: String
  let clientID: ClientID
  let token: any AccessToken
  let contracts: any ContractDirectory
  let timing: CallTiming
  let logger: Logger
  let http: HTTPClient
  /// All connections of the account live here, so that a request needs no other thread.
  let eventLoop: any EventLoop
  let pace: CallPace
  let clock: any WallClock
  private let ahead = Mutex<Microseconds?>(nil)

  /// - Parameters:
  ///   - baseURL: where the paths of dhan-api-v2.md §4.1 begin, such as `https://api.dhan.co/v2`.
  ///   - localAddress: the IP address that connections come from; the broker knows accounts by it (§2.7).
  ///   - trustRootsFile: a PEM file of authorities that are trusted besides the system's own.
  ///   - eventLoop: one of the process's shared ones.
  ///   - logger: says what the account is; hears of rate limits and of readings made to stay connected.
  /// - Throws: when one of the settings cannot be used. Whether the server answers is not tried.
  public init(
    baseURL: String, clientID: ClientID, token: any AccessToken, contracts: any ContractDirectory,
    localAddress: String? = nil, trustRootsFile: String? = nil, timing: CallTiming = CallTiming(),
    clock: any WallClock = SystemClock(), eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
    logger: Logger
  ) throws(NetworkSetupFault) {
    let address = try ServerAddress(baseURL, scheme: "http")
    if let localAddress, (try? SocketAddress(ipAddress: localAddress, port: 0)) == nil {
      throw NetworkSetupFault("'\(localAddress)' is no IP address of this machine to call from")
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: try TransportSecurity.configuration(trustRootsFile: trustRootsFile),
      redirectConfiguration: .disallow, timeout: .init(connect: timing.connect.timeAmount), decompression: .disabled)
    configuration.httpVersion = .http1Only
    configuration.localAddress = localAddress
    configuration.connectionPool.idleTimeout = .minutes(10)
    configuration.connectionPool.preWarmedHTTP1ConnectionCount = DhanGateway.spareConnections
    // Calls of one second may all be under way at once; more would not help.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 12
    // A connection that cannot be made is proof that nothing was sent. Whoever asked decides anew, at today's price.
    configuration.connectionPool.retryConnectionEstablishment = false
    let connections = ConnectionGuard()
    configuration.http1_1ConnectionDebugInitializer = { channel in
      if connections.admits(at: .now()) { return channel.eventLoop.makeSucceededVoidFuture() }
      // The pool hears of the refusal first, and then finds the closed connection unknown.
      channel.eventLoop.execute { channel.close(promise: nil) }
      return channel.eventLoop.makeFailedFuture(ConnectionsDie())
    }
    self.baseURL = DhanGateway.withoutTrailingSlashes(baseURL, target: address.target)
    self.clientID = clientID
    self.token = token
    self.contracts = contracts
    self.timing = timing
    self.clock = clock
    self.logger = logger
    self.eventLoop = eventLoop
    self.http = HTTPClient(
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
    self.pace = CallPace(eventLoop: eventLoop)
  }

  public var clockAhead: Microseconds? { ahead.withLock { $0 } }

  /// Notes the broker's time of a reply that has just come. It was cut to a whole second: half of one is the best guess.
  func noteTime(of reply: Reply) {
    guard let date = reply.date else { return }
    let difference = clock.now() - (date + .milliseconds(500))
    ahead.withLock { $0 = difference }
  }

  /// Makes a cheap reading when nothing has left for a while (``CallTiming/warmAfter``), so that connections are open,
  /// and known to be alive, when a call comes. What comes of it is only logged.
  public func keepWarm() async {
    guard pace.idle >= timing.warmAfter.timeAmount else { return }
    do {
      _ = try await profile()
    } catch {
      logger.debug("the connection could not be kept warm: \(error)")
    }
  }

  /// Ends all connections; has to be called once, before the gateway is let go. Calls that wait for their turn end as
  /// *not written*, calls under way in doubt.
  public func shutdown() async {
    pace.close()
    do {
      try await http.shutdown()
    } catch {
      logger.debug("the account's connections were shut down before")
    }
  }

  private static func withoutTrailingSlashes(_ url: String, target: String) -> String {
    String(url.dropLast(target.reversed().prefix { $0 == "/" }.count))
  }
}
