import Domain
import PaperExchange

/// The control calls under `/simulator`: the leader's phone, the market, and what goes wrong.
extension SimulatorCore {
  mutating func control(_ request: SimulatedRequest, at now: Timestamp) -> Reply {
    advance(to: now)
    // A new quote may be the one that somebody waits for.
    defer { watchPrices(at: now) }
    let parts = request.parts.dropFirst()
    let body = String(decoding: request.body, as: UTF8.self)
    do throws(SettingsMistakes) {
      switch (request.method, parts.first, parts.count) {
      case (.post, "orders", 1): return try phonePlace(body, at: now)
      case (.put, "orders", 2): return try phoneModify(String(parts[parts.startIndex + 1]), body, at: now)
      case (.delete, "orders", 2): return phoneCancel(String(parts[parts.startIndex + 1]), at: now)
      case (.post, "quotes", 1): return try showQuote(body, at: now)
      case (.post, "faults", 1): return try addFaults(body)
      case (.delete, "faults", 1):
        faults = []
        return .done
      case (.post, "switches", 1): return try change(body, at: now)
      case (.post, "convert", 1): return try phoneConvert(body, at: now)
      case (.post, "square-off", 1): return try squareOff(body, at: now)
      case (.post, "exchange", 1): return try endByExchange(body, at: now)
      case (.post, "tokens", 1): return try changeToken(body, at: now)
      case (.get, "state", 1): return state(at: now)
      case (.get, "positions", 1): return allPositions
      default: return .unknownPath(request.path, at: now)
      }
    } catch {
      return .controlRefusal(error.description)
    }
  }

  func reply(to answer: PaperReply) -> Reply {
    switch answer {
    case .done: .done
    case .refused(let text), .call(.refused(_, let text), after: _), .call(.inDoubt(let text), after: _):
      .controlRefusal(text)
    case .call(.accepted(let id), after: _): .json { $0.object { $0.field("order_id", id.description) } }
    }
  }

  private mutating func showQuote(_ body: String, at now: Timestamp) throws(SettingsMistakes) -> Reply {
    let quote = try SettingsReader.read(body) { SettingsReader.quote($0) }
    guard let contract = contract(quote.segment, quote.securityID) else {
      return .controlRefusal("The simulator has no contract \(quote.securityID).")
    }
    let shown = PaperQuote(
      contract: contract, bid: quote.bid, ask: quote.ask, bidSize: quote.bidSize, askSize: quote.askSize)
    return reply(to: exchange.act(.quote(shown), at: now))
  }

  /// One fault, or a list of them below `faults`.
  private mutating func addFaults(_ body: String) throws(SettingsMistakes) -> Reply {
    let added = try SettingsReader.read(body) { root -> [Fault]? in
      root.has("faults") ? SettingsReader.faults(root) : SettingsReader.fault(root).map { [$0] }
    }
    for fault in added {
      if fault.on == .stream { disturb(fault) } else { faults.append(fault) }
    }
    return .done
  }

  private mutating func change(_ body: String, at now: Timestamp) throws(SettingsMistakes) -> Reply {
    var changed = switches
    var paper = exchange.settings
    _ = try SettingsReader.read(body) { root -> Bool? in
      SettingsReader.switches(root, &changed, &paper)
      return true
    }
    // Time never goes back.
    if let behind = changed.clockBehind, behind > switches.clockBehind ?? Microseconds(0) {
      return .controlRefusal("clock_behind can only become less.")
    }
    if paper != exchange.settings { _ = exchange.act(.configure(paper), at: now) }
    if changed.marketHours != switches.marketHours {
      _ = exchange.act(changed.marketHours == .closed ? .endOfDay : .startOfDay, at: now)
      if changed.marketHours == .alwaysOpen {
        endControls()
        showStartingQuotes(at: now)
      }
    }
    switches = changed
    return .done
  }

  private mutating func phoneConvert(_ body: String, at now: Timestamp) throws(SettingsMistakes) -> Reply {
    let asked = try SettingsReader.read(body) { root -> (ClientID, SecurityID, ProductType, ProductType, Int64)? in
      let account = root.required("account", SettingsSection.clientWords, SettingsSection.client)
      let securityID = root.required("security_id", "a security id") { SecurityID(validating: $0) }
      let from = root.required("from", "INTRADAY or MARGIN") { ProductType(rawValue: $0) }
      let to = root.required("to", "INTRADAY or MARGIN") { ProductType(rawValue: $0) }
      let quantity = root.required("quantity", "a number of units") { Int64($0) }
      guard let account, let securityID, let from, let to, let quantity else { return nil }
      return (account, securityID, from, to, quantity)
    }
    guard let contract = contract(nil, asked.1) else {
      return .controlRefusal("The simulator has no contract \(asked.1).")
    }
    let conversion = PaperConversion(contract: contract, from: asked.2, to: asked.3, quantity: Quantity(asked.4))
    return reply(to: exchange.act(.convert(conversion, account: asked.0), at: now))
  }

  private mutating func squareOff(_ body: String, at now: Timestamp) throws(SettingsMistakes) -> Reply {
    let account = try SettingsReader.read(body) {
      $0.required("account", SettingsSection.clientWords, SettingsSection.client)
    }
    return reply(to: exchange.act(.squareOff(account: account), at: now))
  }

  /// Mints a token (`mint`, or `set` with a text of one's own), or ends the one there is (`kill`, `expire`).
  private mutating func changeToken(_ body: String, at now: Timestamp) throws(SettingsMistakes) -> Reply {
    let asked = try SettingsReader.read(body) { root -> (ClientID, String, String?)? in
      let account = root.required("account", SettingsSection.clientWords, SettingsSection.client)
      let action = root.required("action", "mint, kill or expire") {
        ["mint", "kill", "expire"].contains($0) ? $0 : nil
      }
      let token = root.value("token", "a token") { $0.isEmpty ? nil : $0 }
      guard let account, let action else { return nil }
      return (account, action, token)
    }
    guard accounts[asked.0] != nil else { return .controlRefusal("There is no account \(asked.0).") }
    switch asked.1 {
    case "mint":
      let token = mint(asked.2, for: asked.0, at: now)
      return .json { $0.object { $0.field("access_token", token) } }
    case "kill": killToken(of: asked.0)
    default: accounts[asked.0]?.tokenValidUntil = now
    }
    return .done
  }
}
