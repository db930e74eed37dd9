import Domain
import PaperExchange

/// Option chains (dhan-api-v2.md §8.1). Nobody trades the underlying here, and nobody counts open interest: what this
/// market has no figures for is zero.
extension SimulatorCore {
  /// `POST /optionchain` and `/optionchain/expirylist`.
  mutating func optionChain(
    _ parts: ArraySlice<Substring>, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Reply {
    guard parts.isEmpty || parts.elementsEqual(["expirylist"]) else { return .unknownPath(request.path, at: now) }
    if let refusal = dataRefusal(request, account) { return refusal }
    guard let body = JSONValue(request.body), case .number(let number)? = body["UnderlyingScrip"],
      let segment = body["UnderlyingSeg"]?.text
    else { return .badDataRequest }
    guard segment == "IDX_I", let underlying = Contract.underlying(ofChain: number) else {
      return .dataRefusal("813", "Invalid SecurityId")
    }
    let today = now.indianDay
    let options = listed.filter { contract in
      contract.instrument.underlying == underlying && contract.id.option.map { $0.expiry >= today } ?? false
    }
    let expiries = Set(options.compactMap(\.id.option?.expiry))
    if parts.first == "expirylist" { return expiryList(expiries.sorted()) }
    guard let expiry = body["Expiry"]?.text.flatMap({ Day($0) }) else {
      return .dataRefusal("812", "Invalid Date Format")
    }
    guard expiries.contains(expiry) else { return .dataRefusal("811", "Invalid Expiry Date") }
    guard admitsChain(ChainRequest(underlying: underlying, expiry: expiry), account, at: now) else {
      accounts[account]?.tally.rateLimited += 1
      return .tooManyDataCalls
    }
    return chain(options.filter { $0.id.option?.expiry == expiry })
  }

  private mutating func admitsChain(_ asked: ChainRequest, _ account: ClientID, at now: Timestamp) -> Bool {
    if let last = accounts[account]?.chainCalls[asked], now - last < limits.chainInterval { return false }
    accounts[account]?.chainCalls[asked] = now
    return true
  }

  private func expiryList(_ expiries: [Day]) -> Reply {
    .json { writer in
      writer.object { reply in
        reply.array("data") { list in for expiry in expiries { list.value(expiry.description) } }
        reply.field("status", "success")
      }
    }
  }

  private func chain(_ options: [Contract]) -> Reply {
    let figures = dayFigures
    let strikes = Dictionary(grouping: options) { $0.id.option?.strike ?? .zero }.sorted { $0.key < $1.key }
    return .json { writer in
      writer.object { reply in
        reply.object("data") { data in
          data.field("last_price", rupees: underlyingPrice(strikes))
          data.object("oc") { rows in
            for (strike, contracts) in strikes {
              rows.object(strike.description + "0000") { row in
                for (name, type) in [("ce", OptionType.call), ("pe", .put)] {
                  guard let contract = contracts.first(where: { $0.id.option?.type == type }) else { continue }
                  row.object(name) { option(contract, figures[contract.id], to: &$0) }
                }
              }
            }
          }
        }
        reply.field("status", "success")
      }
    }
  }

  /// Where call and put are nearest to each other, what put–call parity makes of them; without any pair the middle
  /// strike.
  private func underlyingPrice(_ strikes: [(key: Paise, value: [Contract])]) -> Paise {
    let parities = strikes.compactMap { strike, contracts -> (gap: Int64, strike: Paise)? in
      func price(_ type: OptionType) -> Paise? {
        contracts.first { $0.id.option?.type == type }.flatMap { exchange.referencePrice(of: $0.id) }
      }
      guard let call = price(.call), let put = price(.put) else { return nil }
      return (call.count - put.count, strike)
    }
    if let nearest = parities.min(by: { abs($0.gap) < abs($1.gap) }) { return nearest.strike + Paise(nearest.gap) }
    return strikes.isEmpty ? .zero : strikes[strikes.count / 2].key
  }

  private func option(_ contract: Contract, _ figures: DayFigures?, to row: inout JSONWriter) {
    let offered = exchange.quote(of: contract.id)
    row.field("average_price", rupees: figures?.average ?? .zero)
    row.object("greeks") { greeks in
      for name in ["delta", "theta", "gamma", "vega"] { greeks.field(name, rupees: .zero) }
    }
    row.field("implied_volatility", rupees: .zero)
    row.field("last_price", rupees: exchange.referencePrice(of: contract.id) ?? .zero)
    row.field("oi", 0)
    row.field("previous_close_price", rupees: .zero)
    row.field("previous_oi", 0)
    row.field("previous_volume", 0)
    row.field("security_id", Int64(contract.id.securityID.description) ?? 0)
    row.field("top_ask_price", rupees: offered?.ask ?? .zero)
    row.field("top_ask_quantity", offered?.askSize.units ?? 0)
    row.field("top_bid_price", rupees: offered?.bid ?? .zero)
    row.field("top_bid_quantity", offered?.bidSize.units ?? 0)
    row.field("volume", figures?.volume.units ?? 0)
  }
}

/// What makes one request for a chain another than the last one.
struct ChainRequest: Hashable {
  let underlying: Underlying
  let expiry: Day
}

extension Contract {
  /// The option chain has numbers of its own for indices: not those of the instrument file.
  static func underlying(ofChain number: String) -> Underlying? {
    switch number {
    case "13": "NIFTY"
    case "25": "BANKNIFTY"
    case "27": "FINNIFTY"
    case "442": "MIDCPNIFTY"
    case "51": "SENSEX"
    default: nil
    }
  }
}
