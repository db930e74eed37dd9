import Domain
import PaperExchange

/// What everybody else does: the market, the owners of followers, the broker, the network, and the power plug.
extension Stage {
  /// New prices with sizes that are sometimes enough for all and sometimes not even for the leader.
  func marketMoves(_ instrument: Instrument? = nil) throws {
    let instrument = instrument ?? random.pick(market.instruments + market.others)
    market.walk(instrument, &random)
    func size() -> Int64 { random.chance(25) ? Int64(random.below(4)) : Int64(5 + random.below(400)) }
    try show(market.quote(instrument, bidLots: size(), askLots: size()))
  }

  func show(_ quote: PaperQuote) throws {
    let (bid, ask) = ("\(quote.bid) (\(quote.bidSize.units))", "\(quote.ask) (\(quote.askSize.units))")
    try act(.quote(quote), "market \(quote.contract.securityID) \(bid) / \(ask)")
  }

  /// A follower's owner trades by hand: a part of what is held, all, more, or the other way.
  func ownerTrades() throws {
    let member = random.pick(settings.members)
    let client = member.client
    let open = exchange.positions(of: client)
    let key: PositionKey
    let side: Side
    let lots: Int64
    if let position = open.randomElement(using: &random), let held = Side(holding: position.quantity) {
      key = position.key
      let whole = instrument(key.contract).lotSize.wholeLots(in: position.quantity.magnitude).count
      switch random.below(5) {
      case 0, 1: (side, lots) = (held.opposite, Int64(1 + random.below(Int(max(1, whole)))))
      case 2: (side, lots) = (held.opposite, whole)
      case 3: (side, lots) = (held.opposite, whole + 1)
      default: (side, lots) = (held, Int64(1 + random.below(2)))
      }
    } else {
      (key, side, lots) = (drawnKey(), random.pick([.buy, .sell]), Int64(1 + random.below(2)))
    }
    try tradeByHand(client, key, side, lots: lots, who: "\(member.name) by hand")
  }

  func tradeByHand(_ client: ClientID, _ key: PositionKey, _ side: Side, lots: Int64, who: String) throws {
    let instrument = instrument(key.contract)
    let most = instrument.maximumLotsPerChild?.count ?? lots
    var left = lots
    while left > 0 {
      let piece = min(left, most)
      left -= piece
      let ticket = PaperTicket(
        key: key, side: side, type: .market, quantity: instrument.lotSize.quantity(of: Lots(piece)), price: .zero)
      checks.handTraded.insert(Checks.Place(client: client, key: key))
      try act(.phone(.place(ticket), account: client), "\(who): \(ticket.words)")
    }
  }

  /// A follower's owner cancels an order of ours in the app.
  func ownerCancels() throws {
    let member = random.pick(settings.members)
    let client = member.client
    guard
      let order = exchange.orderBook(of: client).filter({ !$0.status.isFinal }).randomElement(using: &random)
    else { return }
    try act(
      .phone(.cancel(.id(order.orderID)), account: client),
      "\(member.name) cancels \(order.orderID) by hand")
  }

  /// The broker closes INTRADAY positions of all accounts within a minute, the leader's among them.
  func brokerSquaresOff() throws {
    var clients = [StageSettings.leader] + settings.members.map(\.client)
    clients.shuffle(using: &random)
    for client in clients {
      for order in exchange.orderBook(of: client) where order.key.product == .intraday && !order.status.isFinal {
        try act(.phone(.cancel(.id(order.orderID)), account: client), "broker cancels \(order.orderID) of \(client)")
      }
      for position in exchange.positions(of: client) where position.key.product == .intraday {
        guard let side = Side(holding: position.quantity)?.opposite else { continue }
        let instrument = instrument(position.key.contract)
        try show(market.quote(instrument, bidLots: 5_000, askLots: 5_000))
        try tradeByHand(
          client, position.key, side, lots: instrument.lotSize.wholeLots(in: position.quantity.magnitude).count,
          who: "broker squares off \(client)")
      }
      try pass(between(0, 8_000))
    }
  }

  /// Broker or exchange end an order that nobody cancelled: the leader's, a follower's, or both at once (scenario 27).
  func exchangeEndsAnOrder() throws {
    let clients = [StageSettings.leader] + settings.members.map(\.client)
    for _ in 0..<(random.chance(30) ? 2 : 1) {
      let client = random.chance(40) ? StageSettings.leader : random.pick(clients)
      guard
        let order = exchange.orderBook(of: client).filter({ !$0.status.isFinal }).randomElement(using: &random)
      else { continue }
      let text = random.pick(StageSettings.refusalTexts)
      let verdict: PaperVerdict =
        random.chance(60) ? .cancel(reason: "Cancelled by the exchange") : .reject(reason: "RMS: \(text)")
      try act(
        .end(.id(order.orderID), verdict, account: client),
        "the exchange ends \(order.orderID) of \(client): \(verdict)")
    }
  }

  // MARK: - Faults

  func somethingFails() throws {
    let clients = [StageSettings.leader] + settings.members.map(\.client)
    let client = random.pick(clients)
    count("faults of single frames and calls")
    let text = random.pick(StageSettings.refusalTexts)
    let update: [PaperUpdateFault] = [.drop, .duplicate, .delay(.milliseconds(1_500)), .reorder]
    let call: [PaperCallFault] = [
      .loseRequest, .loseReply, .serverError(taken: true), .serverError(taken: false), .delayReply(.seconds(2)),
      .rejectLate(text: "RMS: \(text)"), .refuse(.other, text: "DH-906 \(text)"),
    ]
    let times = 1 + random.below(3)
    if client == StageSettings.leader || random.chance(50) {
      let fault = random.pick(update)
      try act(.failUpdates(fault, times: times, account: client), "\(times) × \(fault) for frames of \(client)")
    } else {
      let fault = random.pick(call)
      try act(.failCalls(fault, times: times, account: client), "\(times) × \(fault) for calls of \(client)")
    }
  }

  /// A stream is gone for a while, noticed or not; what it would have told then is lost.
  func connectionDrops() throws {
    let account = random.pick(world.accounts)
    let isNoticed = random.chance(70)
    let time = between(500, 9_000)
    tell("the stream of \(account) is gone, noticed: \(isNoticed)")
    if isNoticed { world.dropStream(of: account, for: time) } else { world.silenceStream(of: account) }
    for _ in 0..<(1 + random.below(4)) {
      if random.chance(60) { try leaderActs() } else { try marketMoves() }
      try pass(between(50, 3_000))
    }
  }

  /// The process dies; the world goes on meanwhile; it starts again from the log alone.
  func engineCrashes() throws {
    tell("the service is killed")
    count("killed")
    world.kill()
    for _ in 0..<random.below(4) {
      try pass(between(10, 800))
      if random.chance(50) { try leaderActs() } else { try marketMoves() }
    }
    try pass(between(10, 3_000))
    tell("the service starts again")
    try world.start()
  }
}
