import Domain
import PaperExchange

/// Orders from the leader's phone, and what the exchange does to orders by itself.
extension SimulatorCore {
  mutating func phonePlace(_ body: String, at now: Timestamp) throws(SettingsMistakes) -> Reply {
    let contracts = self
    let order = try SettingsReader.read(body) { root -> (ClientID, PaperTicket)? in
      let account = root.required("account", SettingsSection.clientWords, SettingsSection.client)
      let securityID = root.required("security_id", "a security id") { SecurityID(validating: $0) }
      let segment: ExchangeSegment? = root.choice("segment")
      let side = root.required("side", "BUY or SELL") { Side(rawValue: $0.uppercased()) }
      let quantity = root.required("quantity", "a positive number of units") {
        Int64($0).flatMap { $0 > 0 ? Quantity($0) : nil }
      }
      let price = root.rupees("price") ?? .zero
      let trigger = root.rupees("trigger_price") ?? .zero
      let type: OrderType = root.choice("order_type") ?? (price == .zero ? .market : .limit)
      let product: ProductType = root.choice("product") ?? .margin
      let validity: Validity = root.choice("validity") ?? .day
      let disclosed = root.integer("disclosed_quantity", 0...10_000_000) ?? 0
      let isAfterMarket = root.flag("after_market") ?? false
      guard let account, let securityID, let side, let quantity else { return nil }
      guard let contract = contracts.contract(segment, securityID) else {
        root.mistake("security_id", "The simulator has no such contract.")
        return nil
      }
      return (
        account,
        PaperTicket(
          key: PositionKey(contract: contract, product: product), side: side, type: type, validity: validity,
          quantity: quantity, price: price, triggerPrice: trigger, afterMarket: isAfterMarket ? true : nil,
          disclosedQuantity: disclosed > 0 ? Quantity(disclosed) : nil)
      )
    }
    return reply(to: exchange.act(.phone(.place(order.1), account: order.0), at: now))
  }

  mutating func phoneModify(
    _ id: String, _ body: String, at now: Timestamp
  ) throws(SettingsMistakes) -> Reply {
    guard let (orderID, account) = find(id) else { return .controlRefusal("There is no order \(id).") }
    let change = try SettingsReader.read(body) { root -> PaperChange? in
      PaperChange(
        quantity: root.integer("quantity", 1...10_000_000).map { Quantity($0) }, price: root.rupees("price"),
        triggerPrice: root.rupees("trigger_price"), type: root.choice("order_type"),
        validity: root.choice("validity"),
        disclosedQuantity: root.integer("disclosed_quantity", 0...10_000_000).map { Quantity($0) })
    }
    return reply(to: exchange.act(.phone(.modify(.id(orderID), change), account: account), at: now))
  }

  mutating func phoneCancel(_ id: String, at now: Timestamp) -> Reply {
    guard let (orderID, account) = find(id) else { return .controlRefusal("There is no order \(id).") }
    return reply(to: exchange.act(.phone(.cancel(.id(orderID)), account: account), at: now))
  }

  func find(_ id: String) -> (OrderID, ClientID)? {
    guard let orderID = OrderID(validating: id) else { return nil }
    return exchange.accountIDs.first { exchange.order(orderID, of: $0) != nil }.map { (orderID, $0) }
  }

  /// The exchange ends an order that it has accepted; nobody asked it to.
  mutating func endByExchange(_ body: String, at now: Timestamp) throws(SettingsMistakes) -> Reply {
    let asked = try SettingsReader.read(body) { root -> (String, PaperVerdict)? in
      let order = root.required("order_id", "the number of an order") { $0.isEmpty ? nil : $0 }
      let action = root.required("action", "cancel or reject") { ["cancel", "reject"].contains($0) ? $0 : nil }
      let reason = root.value("reason", "a text") { $0.isEmpty ? nil : $0 }
      guard let order, let action else { return nil }
      return action == "cancel"
        ? (order, .cancel(reason: reason ?? "Order cancelled by the exchange"))
        : (order, .reject(reason: reason ?? "Order rejected by the exchange"))
    }
    guard let (orderID, account) = find(asked.0) else { return .controlRefusal("There is no order \(asked.0).") }
    return reply(to: exchange.act(.end(.id(orderID), asked.1, account: account), at: now))
  }
}
