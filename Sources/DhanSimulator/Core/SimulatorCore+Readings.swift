import Domain
import PaperExchange

/// Everything under `/v2` that is no order call.
extension SimulatorCore {
  mutating func reading(
    _ request: SimulatedRequest, _ parts: [Substring], _ account: ClientID, at now: Timestamp
  ) -> Reply {
    let rest = parts.dropFirst()
    switch (request.method, parts.first) {
    case (.get, "orders"): return orders(rest, request, account, at: now)
    case (.get, "trades"): return trades(rest, request, account, at: now)
    case (.get, "positions") where rest.isEmpty: return positions(account)
    case (.delete, "positions") where rest.isEmpty: return exitAll(account, at: now)
    case (.post, "positions") where rest.elementsEqual(["convert"]): return convert(request, account, at: now)
    case (.get, "holdings") where rest.isEmpty: return .refusal(500, "DH-1111", "No holdings available")
    case (.get, "fundlimit") where rest.isEmpty: return fundLimit(account)
    case (.post, "margincalculator"): return margin(rest, request, account)
    case (_, "killswitch") where rest.isEmpty: return killSwitch(request, account, at: now)
    case (.get, "profile") where rest.isEmpty: return profile(account, at: now)
    case (_, "RenewToken") where rest.isEmpty: return renew(request, account, at: now)
    case (_, "ip") where rest.count == 1: return addresses(String(rest.first ?? ""), request, account, at: now)
    case (.post, "marketfeed") where rest.count == 1:
      return marketQuotes(String(rest.first ?? ""), request, account, at: now)
    case (.post, "optionchain"): return optionChain(rest, request, account, at: now)
    case (.get, "super") where rest.elementsEqual(["orders"]): return superOrderList(account)
    case (.get, "forever") where rest.elementsEqual(["orders"]): return foreverOrderList(account)
    case (.get, "alerts"): return conditionalOrderList(rest, request, account, at: now)
    case (_, "pnlExit") where rest.isEmpty: return profitExit(request, account, at: now)
    case (.get, "ledger") where rest.isEmpty: return ledger(request)
    default: return .unknownPath(request.path, at: now)
    }
  }

  var readingWriter: ReadingWriter { ReadingWriter(contracts: contracts, legs: legNames) }

  func array(_ write: (inout JSONWriter) -> Void) -> Reply {
    var writer = JSONWriter(numbersAreStrings: switches.numbersAsStrings)
    writer.array(write)
    return Reply(status: 200, body: writer.bytes)
  }

  func object(_ status: Int = 200, _ write: (inout JSONWriter) -> Void) -> Reply {
    var writer = JSONWriter(numbersAreStrings: switches.numbersAsStrings)
    writer.object(write)
    return Reply(status: status, body: writer.bytes)
  }

  private func orders(
    _ parts: ArraySlice<Substring>, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Reply {
    let writer = readingWriter
    let name = parts.last.map(String.init) ?? ""
    switch parts.count {
    case 0:
      return array { list in
        for report in exchange.orderReports(of: account) { writer.order(report, account, to: &list) }
      }
    case 1:
      guard let id = OrderID(validating: name), let report = exchange.orderReport(id, of: account) else {
        return .emptyArray
      }
      return shaped(switches.orderByID) { writer.order(report, account, to: &$0) }
    case 2 where parts.first == "external":
      // An order in TRANSIT is not found either (S2).
      guard let label = CorrelationID(validating: name),
        let report = exchange.orderReport(labelled: label, of: account), report.order.status != .transit
      else { return .refusal(404, "DH-906", Reply.noSuchOrder) }
      return shaped(switches.orderByID) { writer.order(report, account, to: &$0) }
    default: return .unknownPath(request.path, at: now)
    }
  }

  private func trades(
    _ parts: ArraySlice<Substring>, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Reply {
    let writer = readingWriter
    func write(_ trade: PaperTrade, to list: inout JSONWriter) {
      guard let report = exchange.orderReport(trade.orderID, of: account) else { return }
      writer.trade(trade, of: report, account, to: &list)
    }
    switch parts.count {
    case 0: return array { list in for trade in exchange.trades(of: account) { write(trade, to: &list) } }
    case 1:
      let name = String(parts.first ?? "")
      let chosen = exchange.trades(of: account).filter { $0.orderID.description == name }
      if switches.tradesByID == .object, let last = chosen.last { return shaped(.object) { write(last, to: &$0) } }
      return array { list in for trade in chosen { write(trade, to: &list) } }
    // Nothing here is older than today.
    case 3: return .emptyArray
    default: return .unknownPath(request.path, at: now)
    }
  }

  private func shaped(_ shape: Switches.ReplyShape, _ write: (inout JSONWriter) -> Void) -> Reply {
    var writer = JSONWriter(numbersAreStrings: switches.numbersAsStrings)
    if shape == .array { writer.array(write) } else { write(&writer) }
    return Reply(status: 200, body: writer.bytes)
  }
}
