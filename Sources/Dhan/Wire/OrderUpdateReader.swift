import Domain
import Ports

/// What one frame of the order stream holds, piece by piece in the order of arrival.
enum FrameItem: Hashable, Sendable {
  case update(OrderUpdate)
  /// A message of another kind, whose name is given.
  case ignored(type: String)
  /// What could not be read, described without its content.
  case unreadable(String)
}

/// Reads the frames of the order stream (dhan-api-v2.md §6.3–6.5).
///
/// A frame gives at least one item, unless it holds nothing but blanks. Good messages are delivered whatever stands
/// before or behind them; damage is told once a frame.
enum OrderUpdateReader {
  static func read(_ frame: [UInt8], contracts: some ContractDirectory) -> [FrameItem] {
    let document = LenientJSON(frame: frame)
    var items: [FrameItem] = []
    for message in document.soundValues { append(message, contracts, to: &items) }
    guard let damage = document.damage else { return items }
    items.append(.unreadable("a frame with \(damage)"))
    for message in document.recoveredValues where message.field("data", "type") != nil {
      append(message, contracts, to: &items)
    }
    return items
  }

  private static func append(
    _ message: LenientJSON.Value, _ contracts: some ContractDirectory, to items: inout [FrameItem]
  ) {
    let type = message.telling("type")
    if let type, type.word != "ORDERALERT" {
      items.append(.ignored(type: name(type)))
      return
    }
    guard let data = message.telling("data") else {
      // Some clients tolerate an answer to the login (§6.1); it would say nothing that is relied upon.
      let isLogin = type == nil && message.field("loginRsp", "loginResp", "msgCode") != nil
      items.append(isLogin ? .ignored(type: "LoginRsp") : .unreadable("a message without data"))
      return
    }
    let rows = data.isArray ? data.children : [data]
    if rows.isEmpty { items.append(.unreadable("a message without data")) }
    for row in rows { items.append(read(row, contracts)) }
  }

  private static func read(_ row: LenientJSON.Value, _ contracts: some ContractDirectory) -> FrameItem {
    do {
      let reader = try RowReader(row, contracts)
      if reader.isArmed { return .ignored(type: "armed forever order") }
      return .update(
        OrderUpdate(order: try reader.order(), clientID: reader.clientID, referencePrice: reader.referencePrice))
    } catch {
      return .unreadable("an order message with \(error.text)")
    }
  }

  /// The name of a message, if it looks like one: what else stands there must not get into a log.
  private static func name(_ type: LenientJSON.Value) -> String {
    guard let text = type.text, text.utf8.count <= 31, !text.contains("eyJ"),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & ~0x20) || $0 == 0x5F })
    else { return "(unprintable)" }
    return text
  }
}

extension RowReader {
  /// `RefLtp`, where it says something.
  fileprivate var referencePrice: Paise? {
    guard let price = try? price(orZero: row.field("refLtp"), "refLtp"), price > .zero else { return nil }
    return price
  }
}
