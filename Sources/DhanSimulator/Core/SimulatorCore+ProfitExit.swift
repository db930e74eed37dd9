import Domain
import PaperExchange

/// The exit of an account at a profit or a loss (dhan-api-v2.md §5.4).
struct ProfitExit {
  /// `INTRADAY` and `DELIVERY`, which is whatever is carried.
  static let productWords = ["INTRADAY", "DELIVERY"]

  let profit: Paise
  /// Without sign.
  let loss: Paise
  let products: [String]
  let killsAccount: Bool

  func counts(_ product: ProductType) -> Bool { products.contains(product == .intraday ? "INTRADAY" : "DELIVERY") }
}

extension SimulatorCore {
  private static let profitExitFields: Set<String> = [
    "dhanClientId", "profitValue", "lossValue", "productType", "enableKillSwitch",
  ]

  mutating func profitExit(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Reply {
    switch request.method {
    case .get: return profitExit(of: account)
    case .delete:
      profitExits[account] = nil
      return profitExitReply("DISABLED", "P&L based exit stopped successfully")
    case .post:
      guard let exit = profitExit(in: request, account) else { return .badInput }
      profitExits[account] = exit
      // It fires at once when it is breached already.
      watchPrices(at: now)
      return profitExitReply("ACTIVE", "P&L based exit configured successfully")
    case .put, .other: return .unknownPath(request.path, at: now)
    }
  }

  private func profitExit(in request: SimulatedRequest, _ account: ClientID) -> ProfitExit? {
    var tolerant = switches
    // The documentation's sample sends its amounts as strings.
    tolerant.acceptsStringNumbers = true
    guard let body = OrderBody(request.body, tolerant), body.holdsOnly(SimulatorCore.profitExitFields),
      body.text("dhanClientId") == account.description, let profit = body.rupees("profitValue"), profit > .zero,
      let loss = body.rupees("lossValue"), loss > .zero, case .array(let values)? = body.value("productType"),
      let isKilling = body.flag("enableKillSwitch")
    else { return nil }
    let products = values.compactMap(\.text)
    guard !products.isEmpty, products.count == values.count,
      products.allSatisfy({ ProfitExit.productWords.contains($0) })
    else { return nil }
    return ProfitExit(profit: profit, loss: loss, products: products, killsAccount: isKilling)
  }

  /// Under other names than it was set.
  private func profitExit(of account: ClientID) -> Reply {
    let exit = profitExits[account]
    return object { row in
      row.field("pnlExitStatus", exit == nil ? "DISABLED" : "ACTIVE")
      row.field("profit", rupees: exit?.profit ?? .zero)
      row.field("loss", rupees: exit?.loss ?? .zero)
      row.array("productType") { list in for product in exit?.products ?? [] { list.value(product) } }
      row.field("enable_kill_switch", exit?.killsAccount ?? false)
    }
  }

  /// The trader's controls last for the day.
  mutating func endControls() {
    profitExits = [:]
    for account in exchange.accountIDs { accounts[account]?.isKilled = false }
  }

  private func profitExitReply(_ status: String, _ message: String) -> Reply {
    .json { writer in
      writer.object {
        $0.field("pnlExitStatus", status)
        $0.field("message", message)
      }
    }
  }
}
