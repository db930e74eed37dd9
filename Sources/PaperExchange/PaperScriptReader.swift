import Domain

/// Reads lines into steps, and keeps what later lines refer to: the time of the last one, and the names of orders.
struct PaperScriptReader {
  typealias Mistake = ScriptWords.Mistake

  let symbols: PaperSymbols
  let accounts: [String: ClientID]
  private var last = Microseconds(0)
  /// The contract of every named order, for lots in modifications.
  private var named: [ClientID: [String: Instrument]] = [:]

  init(symbols: PaperSymbols, accounts: [String: ClientID]) {
    self.symbols = symbols
    self.accounts = accounts
  }

  /// `nil` for an empty line and for a comment.
  mutating func step(_ line: Substring, number: Int) throws(Mistake) -> PaperScript.Step? {
    var words = try ScriptWords(line)
    if words.isAtEnd { return nil }
    let at = try words.span("The time")
    guard at >= last else {
      throw Mistake(
        problem: "The time is before that of the line above.", remedy: "Put the lines in the order of time.")
    }
    last = at
    let kind = try kind(&words)
    try words.end()
    return PaperScript.Step(at: at, line: number, kind: kind)
  }

  private mutating func kind(_ words: inout ScriptWords) throws(Mistake) -> PaperScript.Kind {
    let who = try words.take("Who does something", like: "leader, market, fault or the name of a follower")
    switch who.lowercased() {
    case "crash": return .crash
    case "say": return .say(try words.take("What is said", like: "\"the service is killed\""))
    case "market": return .act(try market(&words))
    case "fault": return .act(try fault(&words))
    case "end-of-day": return .act(.endOfDay)
    case "start-of-day": return .act(.startOfDay)
    case "follower": return .act(try trade(&words, account(try words.take("The follower's name", like: "asha"))))
    default: return .act(try trade(&words, account(who)))
    }
  }

  private func account(_ name: String) throws(Mistake) -> ClientID {
    guard let account = accounts[name] ?? accounts[name.lowercased()] else {
      let known = (accounts.keys.sorted() + ["market", "fault", "say", "crash", "end-of-day"]).joined(separator: ", ")
      throw Mistake(problem: "Nobody is called \"\(name)\".", remedy: "Known are \(known).")
    }
    return account
  }

  private func instrument(_ words: inout ScriptWords) throws(Mistake) -> Instrument {
    let symbol = try words.take("The contract", like: symbols.examples)
    let found = symbols.instruments(named: symbol)
    guard let instrument = found.first else {
      throw Mistake(problem: "No contract is called \"\(symbol)\".", remedy: "Known are \(symbols.examples).")
    }
    guard found.count == 1 else {
      throw Mistake(
        problem: "\"\(symbol)\" names \(found.count) contracts.", remedy: "Write the exchange's number of one.")
    }
    return instrument
  }

  private func market(_ words: inout ScriptWords) throws(Mistake) -> PaperAction {
    let instrument = try instrument(&words)
    let prices = try words.take("Bid and offer", like: "152.00/152.40")
    let parts = prices.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let bid = PaperScriptReader.side(parts[0]), let ask = PaperScriptReader.side(parts[1])
    else {
      throw Mistake(
        problem: "\"\(prices)\" is no bid and offer.", remedy: "Write 152.00/152.40, with - for a side without a price."
      )
    }
    guard bid < ask || bid == .zero || ask == .zero else {
      throw Mistake(problem: "The bid \(bid) is not below the offer \(ask).", remedy: "Write the lower price first.")
    }
    guard words.take(oneOf: "size") != nil else {
      throw Mistake(problem: "The size is missing.", remedy: "Write size 6500, or size 6500/1300 for bid and offer.")
    }
    let size = try words.take("The size", like: "6500").split(separator: "/").map { Int64($0) ?? 0 }
    guard let bidSize = size.first, let askSize = size.last, size.count <= 2, bidSize > 0, askSize > 0,
      max(bidSize, askSize) <= 1_000_000_000
    else { throw Mistake(problem: "The size is no number of units.", remedy: "Write size 6500, or size 6500/1300.") }
    return .quote(
      PaperQuote(
        contract: instrument.contract, bid: bid, ask: ask, bidSize: Quantity(bidSize), askSize: Quantity(askSize)))
  }

  private static func side(_ text: Substring) -> Paise? {
    if text == "-" { return .zero }
    guard let price = Paise(rupees: text), price > .zero else { return nil }
    return price
  }

  // MARK: What an account does

  private mutating func trade(_ words: inout ScriptWords, _ account: ClientID) throws(Mistake) -> PaperAction {
    let verb = try words.take("What is done", like: "buy, sell, modify, cancel, convert or square-off")
    switch verb.lowercased() {
    case "buy": return try place(&words, account, .buy)
    case "sell": return try place(&words, account, .sell)
    case "modify":
      let (name, instrument) = try order(&words, account)
      let change = try change(&words, instrument)
      byHand(&words)
      return .phone(.modify(.name(name), change), account: account)
    case "cancel":
      let (name, _) = try order(&words, account)
      byHand(&words)
      return .phone(.cancel(.name(name)), account: account)
    case "convert": return try convert(&words, account)
    case "square-off": return .squareOff(account: account)
    default:
      throw Mistake(
        problem: "Nobody can \"\(verb)\".", remedy: "Write buy, sell, modify, cancel, convert or square-off.")
    }
  }

  private mutating func place(
    _ words: inout ScriptWords, _ account: ClientID, _ side: Side
  ) throws(Mistake) -> PaperAction {
    let count = try words.count("The quantity")
    let unit = words.take(oneOf: "lot", "lots", "unit", "units") ?? "units"
    let instrument = try instrument(&words)
    let quantity = unit.hasPrefix("lot") ? instrument.lotSize.quantity(of: Lots(count)) : Quantity(count)
    let product = try product(&words) ?? .margin
    guard words.take(oneOf: "at") != nil else {
      throw Mistake(problem: "The price is missing.", remedy: "Write at 152.35, or at market.")
    }
    let isMarket = words.take(oneOf: "market") != nil
    var ticket = PaperTicket(
      key: PositionKey(contract: instrument.contract, product: product), side: side, type: isMarket ? .market : .limit,
      quantity: quantity, price: isMarket ? .zero : try words.price("The price"))
    while let word = words.take(oneOf: "trigger", "ioc", "as") {
      switch word {
      case "trigger":
        ticket.triggerPrice = try words.price("The trigger")
        ticket.type = .stopLoss
      case "ioc": ticket.validity = .immediateOrCancel
      default:
        let name = try words.take("The order's name", like: "as A")
        ticket.name = name
        named[account, default: [:]][name] = instrument
      }
    }
    guard !(isMarket && ticket.type == .stopLoss) else {
      throw Mistake(problem: "A market order has no trigger.", remedy: "Give it a price: at 140.00 trigger 141.00.")
    }
    byHand(&words)
    return .phone(.place(ticket), account: account)
  }

  /// A remark for the reader: everything in a script is by hand.
  private func byHand(_ words: inout ScriptWords) {
    if words.take(oneOf: "(by") != nil { _ = words.take(oneOf: "hand)") }
  }

  private func product(_ words: inout ScriptWords) throws(Mistake) -> ProductType? {
    switch words.take(oneOf: "margin", "intraday") {
    case "margin": .margin
    case "intraday": .intraday
    default: nil
    }
  }

  private func order(_ words: inout ScriptWords, _ account: ClientID) throws(Mistake) -> (String, Instrument) {
    let name = try words.take("The order's name", like: "A")
    guard let instrument = named[account]?[name] else {
      throw Mistake(
        problem: "No order above is called \"\(name)\".",
        remedy: "Name it where it is placed: buy … at 152.35 as \(name).")
    }
    return (name, instrument)
  }

  private func change(_ words: inout ScriptWords, _ instrument: Instrument) throws(Mistake) -> PaperChange {
    var change = PaperChange()
    while let word = words.take(oneOf: "price", "quantity", "trigger") {
      switch word {
      case "price": change.price = try words.price("The price")
      case "trigger": change.triggerPrice = try words.price("The trigger")
      default: change.quantity = try words.quantity(of: instrument)
      }
    }
    guard change != PaperChange() else {
      throw Mistake(problem: "Nothing is modified.", remedy: "Write price 152.60, quantity 12 lots, or both.")
    }
    return change
  }

  private func convert(_ words: inout ScriptWords, _ account: ClientID) throws(Mistake) -> PaperAction {
    let count = try words.count("The quantity")
    let unit = words.take(oneOf: "lot", "lots", "unit", "units") ?? "units"
    let instrument = try instrument(&words)
    guard words.take(oneOf: "from") != nil, let from = try product(&words), words.take(oneOf: "to") != nil,
      let to = try product(&words)
    else {
      throw Mistake(problem: "The two products are missing.", remedy: "Write from INTRADAY to MARGIN, or the reverse.")
    }
    let quantity = unit.hasPrefix("lot") ? instrument.lotSize.quantity(of: Lots(count)) : Quantity(count)
    return .convert(
      PaperConversion(contract: instrument.contract, from: from, to: to, quantity: quantity), account: account)
  }

  // MARK: Faults

  private func fault(_ words: inout ScriptWords) throws(Mistake) -> PaperAction {
    let account = try account(try words.take("Whose calls or updates fail", like: "fault asha lose-reply 1"))
    let kinds = """
      lose-request, lose-reply, take-late 2s, delay-reply 2s, server-error, server-error-taken, refuse "text", \
      reject "text", drop-updates, duplicate-updates, delay-updates 2s, reorder-updates, silence or speak
      """
    let kind = try words.take("What fails", like: kinds)
    let call: PaperCallFault?
    var update = PaperUpdateFault.none
    switch kind.lowercased() {
    case "lose-request": call = .loseRequest
    case "lose-reply": call = .loseReply
    case "take-late", "accept-late": call = .takeLate(try words.span("The delay"))
    case "delay-reply": call = .delayReply(try words.span("The delay"))
    case "server-error": call = .serverError(taken: false)
    case "server-error-taken": call = .serverError(taken: true)
    case "pass": call = PaperCallFault.none
    case "refuse": call = .refuse(.other, text: try words.take("The broker's words", like: "\"DH-905 Invalid IP\""))
    case "reject": call = .rejectLate(text: try words.take("The broker's words", like: "\"Client not enabled\""))
    case "silence": return .silenceUpdates(true, account: account)
    case "speak": return .silenceUpdates(false, account: account)
    case "drop-updates": (call, update) = (nil, .drop)
    case "duplicate-updates": (call, update) = (nil, .duplicate)
    case "delay-updates": (call, update) = (nil, .delay(try words.span("The delay")))
    case "reorder-updates": (call, update) = (nil, .reorder)
    case "pass-updates": call = nil
    default: throw Mistake(problem: "No fault is called \"\(kind)\".", remedy: "Known are \(kinds).")
    }
    let times = words.isAtEnd ? 1 : try words.count("How many times")
    guard times <= 10_000 else {
      throw Mistake(problem: "\(times) times is too often.", remedy: "Write at most 10000.")
    }
    if let call { return .failCalls(call, times: Int(times), account: account) }
    return .failUpdates(update, times: Int(times), account: account)
  }
}
