import Domain
import PaperExchange

/// Market quotes, and what all data APIs refuse (dhan-api-v2.md §8).
extension SimulatorCore {
  private static let mostInstruments = 1_000
  private static let depthLevels = 5

  /// The refusals that come before anything is read: the header that these calls want, and the plan that is paid for.
  func dataRefusal(_ request: SimulatedRequest, _ account: ClientID) -> Reply? {
    guard request.dataClientID == account.description else { return .dataRefusal("810", "Client ID is invalid") }
    return switches.dataPlan ? nil : .dataRefusal("806", "Data APIs not Subscribed", status: 401)
  }

  /// `POST /marketfeed/ltp`, `ohlc` and `quote`, as far as this market has figures (§8.2).
  func marketQuotes(
    _ kind: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Reply {
    guard ["ltp", "ohlc", "quote"].contains(kind) else { return .unknownPath(request.path, at: now) }
    if let refusal = dataRefusal(request, account) { return refusal }
    guard let members = JSONValue(request.body)?.members else { return .badDataRequest }
    var segments: [(name: String, numbers: [String])] = []
    for member in members {
      // The official client writes its client id beside the segments.
      guard case .array(let values) = member.value else { continue }
      let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
      guard numbers.count == values.count else { return .badDataRequest }
      segments.append((member.name, numbers))
    }
    guard segments.reduce(0, { $0 + $1.numbers.count }) <= SimulatorCore.mostInstruments else {
      return .dataRefusal("804", "Requested number of instruments exceeds limit")
    }
    let figures = kind == "ltp" ? [:] : dayFigures
    return .json { writer in
      writer.object { reply in
        reply.object("data") { data in
          for (name, numbers) in segments {
            data.object(name) { rows in
              for number in numbers { quote(number, name, kind, figures, to: &rows) }
            }
          }
        }
        reply.field("status", "success")
      }
    }
  }

  private func quote(
    _ number: String, _ segment: String, _ kind: String, _ figures: [ContractID: DayFigures],
    to rows: inout JSONWriter
  ) {
    guard let securityID = SecurityID(validating: number), let segment = ExchangeSegment(rawValue: segment),
      let contract = contract(segment, securityID), let last = exchange.referencePrice(of: contract)
    else { return }
    let day = figures[contract]
    rows.object(number) { row in
      row.field("last_price", rupees: last)
      if kind == "ltp" { return }
      row.object("ohlc") { ohlc in
        ohlc.field("open", rupees: day?.open ?? last)
        ohlc.field("close", rupees: last)
        ohlc.field("high", rupees: day?.high ?? last)
        ohlc.field("low", rupees: day?.low ?? last)
      }
      if kind == "quote" { details(exchange.quote(of: contract), day, last, to: &row) }
    }
  }

  private func details(_ offered: PaperQuote?, _ day: DayFigures?, _ last: Paise, to row: inout JSONWriter) {
    row.field("average_price", rupees: day?.average ?? .zero)
    row.field("buy_quantity", offered?.bidSize.units ?? 0)
    row.field("sell_quantity", offered?.askSize.units ?? 0)
    row.object("depth") { depth in
      for (side, price, size) in [
        ("buy", offered?.bid, offered?.bidSize), ("sell", offered?.ask, offered?.askSize),
      ] {
        depth.array(side) { levels in
          for level in 0..<SimulatorCore.depthLevels {
            let units = level == 0 ? size?.units ?? 0 : 0
            levels.object {
              $0.field("quantity", units)
              $0.field("orders", units > 0 ? 1 : 0)
              $0.field("price", rupees: units > 0 ? price ?? .zero : .zero)
            }
          }
        }
      }
    }
    row.field("last_quantity", day?.last.quantity.units ?? 0)
    row.field("last_trade_time", day.map { IndianTime.slashedSecond($0.last.at) } ?? IndianTime.neverTraded)
    row.field("lower_circuit_limit", rupees: Paise(5))
    row.field("upper_circuit_limit", rupees: Paise(last.count * 10))
    row.field("net_change", rupees: .zero)
    row.field("oi", 0)
    row.field("oi_day_high", 0)
    row.field("oi_day_low", 0)
    row.field("volume", day?.volume.units ?? 0)
  }
}
