import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Control calls and settings") struct ControlTests {
  @Test("the leader's phone places, modifies and cancels")
  func phone() throws {
    var bench = CoreBench()
    let body = #"{"account":"1000000001","security_id":"47317","side":"buy","quantity":650,"price":140.00}"#
    let id = try #require(bench.control(.post, "orders", body)["order_id"] as? String)
    bench.pass(.seconds(1))
    #expect(bench.control(.put, "orders/\(id)", #"{"quantity":325,"price":141.05}"#).status == 200)
    bench.pass(.seconds(1))
    let order = try bench.order(id, account: "1000000001")
    #expect(order["quantity"] as? Int == 325 && order["price"] as? Double == 141.05)
    #expect(order["correlationId"] as? String == "")
    #expect(bench.control(.delete, "orders/\(id)").status == 200)
    bench.pass(.seconds(1))
    #expect(try bench.order(id, account: "1000000001")["orderStatus"] as? String == "CANCELLED")
    #expect(bench.control(.delete, "orders/1").status == 400)
  }

  @Test("a position is converted and squared off from outside, and the state tells of it")
  func positions() throws {
    var bench = CoreBench()
    _ = bench.control(
      .post, "orders",
      #"{"account":"1000000001","security_id":"47317","side":"BUY","quantity":650,"product":"INTRADAY"}"#)
    bench.pass(.seconds(1))
    let convert = #"{"account":"1000000001","security_id":"47317","from":"INTRADAY","to":"MARGIN","quantity":325}"#
    #expect(bench.control(.post, "convert", convert).status == 200)
    let held = try #require(bench.control(.get, "positions")["1000000001"] as? [[String: Any]])
    #expect(held.map { $0["quantity"] as? Int } == [325, 325])
    #expect(bench.control(.post, "square-off", #"{"account":"1000000001"}"#).status == 200)
    bench.pass(.seconds(1))
    let state = bench.control(.get, "state")
    let leader = try #require((state["accounts"] as? [[String: Any]])?.first)
    #expect((leader["positions"] as? [Any])?.isEmpty == true && (leader["orders"] as? [Any])?.count == 3)
  }

  @Test("the state counts calls, the busiest second, refusals and streams")
  func state() throws {
    var bench = CoreBench { $0.limits = CallLimits() }
    _ = bench.login()
    for _ in 0..<12 { _ = bench.post(CoreBench.order()) }
    _ = bench.get("/v2/fundlimit")
    _ = bench.post("{}")
    let accounts = try #require(bench.control(.get, "state")["accounts"] as? [[String: Any]])
    let asha = try #require(accounts.first { $0["client_id"] as? String == CoreBench.asha })
    let calls = try #require(asha["calls"] as? [String: Int])
    #expect(calls == ["orders": 13, "reads": 1, "most_in_one_second": 14, "rate_limited": 3, "refused": 0])
    #expect(asha["stream_connections"] as? Int == 1)
    bench.pass(.seconds(2))
    #expect(bench.post("{}").status == 400)
    let later = try #require(bench.control(.get, "state")["accounts"] as? [[String: Any]])
    #expect((later[1]["calls"] as? [String: Int])?["refused"] == 1)
  }

  @Test("a token is killed, expires, or is replaced from outside")
  func tokens() {
    var bench = CoreBench()
    for action in ["kill", "expire"] {
      #expect(bench.get("/v2/profile").status == 200)
      _ = bench.control(.post, "tokens", #"{"account":"1000000002","action":"\#(action)"}"#)
      #expect(bench.get("/v2/profile").status == 401)
      _ = bench.control(.post, "tokens", #"{"account":"1000000002","action":"mint","token":"simulator-1000000002"}"#)
    }
    #expect(bench.get("/v2/profile").status == 200)
  }

  @Test(
    "a control call with a mistake changes nothing, and says where it is",
    arguments: [
      ("orders", #"{"account":"1000000001","security_id":"9","side":"BUY","quantity":65}"#, "security_id"),
      ("orders", #"{"account":"1000000001","security_id":"47317","sid":"BUY","quantity":65}"#, "sid"),
      ("switches", #"{"cancel_reply":"late"}"#, "one of body, empty"), ("faults", #"{"kind":"bang"}"#, "kind"),
      ("faults", #"{"times":1}"#, "kind"), ("quotes", #"{"security_id":"47317","bid":2,"ask":1}"#, "bid"),
      ("tokens", #"{"account":"1"}"#, "action"), ("faults", "[", "YAML"),
    ])
  func controlMistakes(_ path: String, _ body: String, _ word: String) {
    var bench = CoreBench()
    let answer = bench.control(.post, path, body)
    #expect(answer.status == 400 && (answer["error"] as? String)?.contains(word) == true, "\(answer.text)")
    #expect(bench.core.faults.isEmpty && bench.core.switches == Switches())
  }

  @Test("a settings file gives accounts, contracts, quotes, switches, limits and faults")
  func file() throws {
    let settings = try SimulatorSettings(
      yaml: """
        seed: 7
        accounts:
          - client_id: "2000000001"
            capital: 2_500_000
            token: leader-token
            allowed_addresses: [127.0.0.2]
            positions:
              - {security_id: "47317", product: MARGIN, quantity: 130}
          - {client_id: "2000000002", capital: 500000.50}
        contracts:
          - {underlying: NIFTY, expiry: 2026-12-15, from_strike: 23900, to_strike: 24100, step: 100, lot_size: 65,
             freeze_quantity: 1756, first_security_id: 60000, spot: 24020, expiry_flag: W}
        equities:
          - {security_id: "11536", symbol: TCS}
        market:
          - {security_id: "11536", bid: 3100, ask: 3100.50, bid_size: 10}
        switches: {market_hours: always_open, transit_delay: 1ms..2ms, reply_delay: 0, skipped_statuses: [TRANSIT]}
        limits:
          orders: {per_second: 5, per_minute: none}
        faults:
          - {kind: hang, times: every, account: "2000000002"}
          - {kind: drop, chance: 10}
        """)
    #expect(settings.paper.seed == 7 && settings.paper.replyDelay == .none)
    #expect(settings.paper.transitDelay == PaperDelay(from: .milliseconds(1), to: .milliseconds(2)))
    #expect(settings.limits.orders == CallLimit(perSecond: 5, perMinute: nil, perHour: 1_000, perDay: 7_000))
    #expect(settings.faults.map(\.on) == [.orders, .update] && settings.faults.map(\.times) == [nil, nil])
    #expect(settings.accounts.map(\.token) == ["leader-token", "simulator-2000000002"])
    #expect(settings.contracts.count == 7)
    var core = SimulatorCore(settings, at: PaperDemo.start)
    let strike = try #require(core.contract(.nseFNO, "60002"))
    #expect(strike.option?.strike == .rupees(24_000) && strike.option?.type == .call)
    #expect(core.exchange.quote(of: strike)?.bid == .rupees(120))
    #expect(core.exchange.positions(of: "2000000001").map(\.quantity) == [Quantity(130)])
    let owner = core.owner(of: "leader-token", at: PaperDemo.start)
    #expect(owner == "2000000001")
  }

  @Test(
    "a mistake in a settings file is told with its line and key",
    arguments: [
      ("seeds: 1", "1:1: seeds"), ("switches:\n  cancel_reply: maybe", "2:17: switches.cancel_reply"),
      ("accounts:\n  - capital: 5", "2:5: accounts[0].client_id"), ("limits:\n  orders: 5", "2:11: limits.orders"),
      ("seed: 1\nseed: 2", "twice"), ("faults: {kind: hang}", "1:9: faults"), ("seed: [", "YAML"),
      ("equities:\n  - {security_id: \"1333\", symbol: X}", "contracts"),
    ])
  func fileMistakes(_ text: String, _ expected: String) {
    do {
      _ = try SimulatorSettings(yaml: text)
      Issue.record("\(text) was accepted.")
    } catch {
      #expect(error.description.contains(expected), "\(error)")
    }
  }

  @Test("the instrument file has the live header, a row for each contract, and as many columns in every line")
  func instruments() throws {
    var bench = CoreBench()
    let reply = bench.send(.get, "/api-data/api-scrip-master-detailed.csv", token: "").reply
    let lines = String(decoding: reply.body, as: UTF8.self).split(separator: "\n")
    let columns = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(Set(columns.map(\.count)) == [33] && lines.allSatisfy { $0.hasSuffix(",") })
    #expect(lines[0].hasPrefix("EXCH_ID,SEGMENT,SECURITY_ID,ISIN,INSTRUMENT,UNDERLYING_SECURITY_ID,"))
    #expect(lines[0].hasSuffix(",SM_UPPER_LIMIT,SM_LOWER_LIMIT,SM_FREEZE_QTY,"))
    let nifty = try #require(lines.first { $0.contains(",47317,") })
    let start = "NSE,D,47317,NA,OPTIDX,26000,NIFTY,NIFTY-Dec2026-24000-CE,NIFTY 29 DEC 24000 CALL,OP,NA,65.0,"
    #expect(nifty.hasPrefix(start + "2026-12-29,24000.00000,CE,5.0000,M,N,N,N,NA,A,"))
    #expect(nifty.hasSuffix(",1756,"))
    #expect(lines.contains { $0.hasPrefix("NSE,E,1333,") } && lines.contains { $0.hasPrefix("NSE,I,13,") })
    #expect(lines.contains { $0.hasPrefix("BSE,D,874512,") && $0.contains(",BSXOPT,") })
    let segment = bench.send(.get, "/v2/instrument/BSE_FNO", token: "").reply
    #expect(String(decoding: segment.body, as: UTF8.self).contains(",874512,"))
  }

  @Test("contracts that have expired come back whole weeks later")
  func expiredContracts() throws {
    let day = try #require(Day("2027-03-01"))
    for contract in Contract.standard(on: day) where contract.id.option != nil {
      let expiry = try #require(contract.id.option?.expiry)
      #expect(expiry >= day && expiry.daysSinceEpoch - day.daysSinceEpoch <= 7)
    }
  }
}
