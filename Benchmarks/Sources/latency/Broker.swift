import NIOCore

/// A broker that does next to nothing, so that what is measured is the service: it takes every order, answers at once,
/// tells the account's stream that the order rests, and shows it in the book. Confined to its event loop.
final class Broker {
  enum Health {
    case well
    /// HTTP 401, DH-901, to everything.
    case refusing
    /// Takes connections and requests, and never says a word.
    case silent
  }

  final class Account {
    let client: Int
    var health = Health.well
    var stream: Connection?
    /// The rows of the order book, comma-separated.
    var book = ByteBuffer()
    var booksRead = 0

    init(client: Int) { self.client = client }
  }

  /// One order of the leader's and when each follower's request for it was there.
  struct Sample {
    let sentAt: Int64
    /// By account; 0 while nothing has come.
    var arrivals: [Int64]
  }

  static let firstClient = 1_000_000_000
  static let firstPrice = 10_000
  static let tick = 5

  /// The leader, then the followers.
  let accounts: [Account]
  private(set) var samples: [Sample] = []
  private(set) var lastRequestAt = Int64(0)
  /// Requests that should not come: they would say that the service does other things than is measured.
  private(set) var surprises: [String] = []
  var lastFloorArrival = Int64(0)
  private let replyDelay: TimeAmount
  private var orders = 200_000_000_000

  init(followers: Int, replyDelay: TimeAmount) {
    accounts = (0...followers).map { Account(client: Broker.firstClient + $0) }
    self.replyDelay = replyDelay
  }

  func account(_ client: Int) -> Account? {
    let index = client - Broker.firstClient
    return accounts.indices.contains(index) ? accounts[index] : nil
  }

  /// Whether every account that is well logged in and read its book again after its baseline (two rounds).
  var isWatchedByAll: Bool {
    accounts.allSatisfy { $0.health != .well || ($0.stream != nil && $0.booksRead >= 3) }
  }

  /// The leader places an order: its frame goes out, and the time is taken.
  func leaderOrders() {
    guard let stream = accounts[0].stream else { return surprises.append("the leader's stream is gone") }
    let price = Broker.firstPrice + Broker.tick * samples.count
    let order = order(accounts[0], label: "", contract: samples.count % BrokerTexts.contracts, price: price)
    let frame = BrokerTexts.frame(order)
    BrokerTexts.addRow(order, to: &accounts[0].book)
    samples.append(Sample(sentAt: Moment.now(), arrivals: Array(repeating: 0, count: accounts.count)))
    stream.sendFrame(frame)
  }

  func turn(_ index: Int, _ health: Health) {
    accounts[index].health = health
    if health == .refusing { accounts[index].stream?.close() }
  }

  // MARK: - Requests

  func noteRequest(at moment: Int64) { lastRequestAt = moment }

  /// - Parameter receivedAt: when the last byte of the request had been read.
  func place(_ body: UnsafeRawBufferPointer, for account: Account, receivedAt: Int64, on connection: Connection) {
    guard let price = body.paise(after: "\"price\":"), let label = body.text(after: "\"correlationId\":\"") else {
      return surprises.append("an order without price or label")
    }
    let index = (price - Broker.firstPrice) / Broker.tick
    if samples.indices.contains(index), samples[index].arrivals[account.client - Broker.firstClient] == 0 {
      samples[index].arrivals[account.client - Broker.firstClient] = receivedAt
    } else {
      surprises.append("a second or unknown order of account \(account.client)")
    }
    guard account.health != .silent else { return }
    guard account.health == .well else { return connection.answer(401, BrokerTexts.deadToken) }
    let order = order(account, label: label, contract: index % BrokerTexts.contracts, price: price)
    BrokerTexts.addRow(order, to: &account.book)
    if replyDelay == .zero {
      confirm(order, of: account, on: connection)
    } else {
      connection.eventLoop?.assumeIsolated().scheduleTask(in: replyDelay) {
        self.confirm(order, of: account, on: connection)
      }
    }
  }

  private func confirm(_ order: BrokerTexts.Order, of account: Account, on connection: Connection) {
    connection.answer(200, "{\"orderId\":\"\(order.number)\",\"orderStatus\":\"TRANSIT\"}")
    account.stream?.sendFrame(BrokerTexts.frame(order))
  }

  func answer(_ path: String, for account: Account, on connection: Connection) {
    switch account.health {
    case .silent: return
    case .refusing: return connection.answer(401, BrokerTexts.deadToken)
    case .well: break
    }
    switch path {
    case "/v2/orders":
      account.booksRead += 1
      connection.answerList(account.book)
    case "/v2/trades", "/v2/positions": connection.answer(200, "[]")
    case "/v2/fundlimit": connection.answer(200, BrokerTexts.funds(account.client))
    case "/v2/profile": connection.answer(200, BrokerTexts.profile(account.client))
    default:
      surprises.append("a request for \(path)")
      connection.answer(404, "{\"status\":404,\"error\":\"Not Found\"}")
    }
  }

  private func order(_ account: Account, label: String, contract: Int, price: Int) -> BrokerTexts.Order {
    orders += 1
    return BrokerTexts.Order(
      client: account.client, number: orders, label: label, contract: BrokerTexts.firstContract + contract, price: price
    )
  }
}
