import Domain
import Testing

@testable import PaperExchange

@Suite("Scripts") struct ScriptTests {
  static let names: [String: ClientID] = ["leader": Bench.leader, "asha": Bench.asha]

  func read(_ text: String) throws -> [PaperScript.Step] {
    try PaperScript(text, instruments: Bench.instruments, accounts: ScriptTests.names).steps
  }

  @Test("a line says when, who and what") func lines() throws {
    let steps = try read(
      """
      # when   who      what

      0s       market   NIFTY29DEC24000CE 152.00/152.40 size 6500   # a remark
      1.5s     leader   buy 10 lots 47317 INTRADAY at 152.35 ioc as A
      250ms    leader   cancel A
      """.replacing("250ms", with: "2000ms"))
    #expect(steps.map(\.line) == [3, 4, 5])
    #expect(steps.map(\.at) == [Microseconds(0), .milliseconds(1_500), .seconds(2)])
    #expect(
      steps[0].kind
        == .act(
          .quote(
            PaperQuote(
              contract: Bench.nifty.contract, bid: Paise(15_200), ask: Paise(15_240), bidSize: Quantity(6_500),
              askSize: Quantity(6_500)))))
    let ticket = Bench.ticket(.buy, 650, at: 15_235, product: .intraday, validity: .immediateOrCancel, name: "A")
    #expect(steps[1].kind == .act(.phone(.place(ticket), account: Bench.leader)))
    #expect(steps[2].kind == .act(.phone(.cancel(.name("A")), account: Bench.leader)))
  }

  @Test("all kinds of lines are read") func kinds() throws {
    let steps = try read(
      """
      0s leader buy 1 lot NIFTY29DEC24000CE at 152 trigger 151 as A
      0s leader modify A price 152.60 quantity 12 lots trigger 152
      0s follower asha sell 20 units SENSEX29DEC80000CE at market (by hand)
      0s asha convert 1 lot 47317 from INTRADAY to MARGIN
      0s asha square-off
      0s fault asha lose-reply
      0s fault asha take-late 2s 3
      0s fault asha refuse "DH-905 Invalid IP" 2
      0s fault asha duplicate-updates 5
      0s fault asha silence
      0s market 47317 -/152.40 size 100/200
      0s say "the service is killed"
      0s crash
      0s end-of-day
      """)
    #expect(steps.count == 14)
    let change = PaperChange(quantity: Quantity(780), price: Paise(15_260), triggerPrice: Paise(15_200))
    #expect(steps[1].kind == .act(.phone(.modify(.name("A"), change), account: Bench.leader)))
    #expect(
      steps[2].kind
        == .act(.phone(.place(Bench.ticket(.sell, 20, at: 0, of: Bench.sensex, type: .market)), account: Bench.asha)))
    #expect(steps[6].kind == .act(.failCalls(.takeLate(.seconds(2)), times: 3, account: Bench.asha)))
    #expect(
      steps[7].kind == .act(.failCalls(.refuse(.other, text: "DH-905 Invalid IP"), times: 2, account: Bench.asha)))
    #expect(steps[9].kind == .act(.silenceUpdates(true, account: Bench.asha)))
    #expect(steps[11].kind == .say("the service is killed"))
    #expect(steps[12].kind == .crash)
  }

  @Test(
    "an error names the line, the mistake and the remedy",
    arguments: [
      ("soon leader square-off", "no span of time", "0s, 1.5s"),
      ("-1s leader square-off", "no span of time", "0s, 1.5s"),
      ("0s", "Who does something is missing", "leader"),
      ("0s ravi square-off", "Nobody is called \"ravi\"", "asha, leader"),
      ("0s leader dance", "Nobody can \"dance\"", "buy, sell"),
      ("0s leader buy ten lots 47317 at 1", "no whole number", "like 10"),
      ("0s leader buy 10 lots NIFTY at 1", "No contract is called \"NIFTY\"", "NIFTY29DEC24000CE"),
      ("0s leader buy 10 lots 47317 152.00", "The price is missing", "at market"),
      ("0s leader buy 10 lots 47317 at 152.005", "is no price", "two decimals"),
      ("0s leader buy 10 lots 47317 at 152 tomorrow", "\"tomorrow\"", "#"),
      ("0s leader buy 10 lots 47317 at market trigger 5", "no trigger", "Give it a price"),
      ("0s leader modify A price 1", "No order above is called \"A\"", "as A"),
      ("0s market 47317 153/152 size 5", "not below", "lower price first"),
      ("0s market 47317 152", "no bid and offer", "152.00/152.40"),
      ("0s market 47317 152/153", "size is missing", "size 6500"),
      ("0s market 47317 152/153 size none", "no number of units", "size 6500"),
      ("0s fault asha burn", "No fault is called \"burn\"", "lose-reply"),
      ("0s fault asha refuse", "broker's words is missing", "DH-905"),
      ("0s say \"hello", "does not end", "Close it"),
    ]) func errors(_ line: String, _ problem: String, _ remedy: String)
  {
    #expect { try read("0s crash\n" + line) } throws: { error in
      guard let error = error as? PaperScriptError else { return false }
      return error.line == 2 && error.problem.contains(problem) && error.remedy.contains(remedy) && error.text == line
    }
  }

  @Test("time does not run backwards in a script") func backwards() {
    #expect { try read("2s crash\n1s crash") } throws: { ($0 as? PaperScriptError)?.problem.contains("before") == true }
  }

  @Test("a symbol of two contracts asks for the exchange's number") func ambiguous() {
    let twin = Bench.instrument("47317", .bseFNO, "NIFTY", 24_000, .call, lot: 65, freeze: nil)
    #expect {
      try PaperScript(
        "0s leader buy 1 lot NIFTY29DEC24000CE at 1", instruments: [Bench.nifty, twin], accounts: ScriptTests.names)
    } throws: { ($0 as? PaperScriptError)?.problem.contains("names 2 contracts") == true }
  }

  @Test("a modification finds the latest order of its name") func latestName() {
    var bench = Bench()
    let first = bench.place(Bench.ticket(.buy, 65, at: 10_000, name: "A"))
    let second = bench.place(Bench.ticket(.buy, 65, at: 10_000, name: "A"))
    bench.act(.phone(.cancel(.name("A")), account: Bench.leader))
    #expect(bench.order(first)?.status == .pending)
    #expect(bench.order(second)?.status == .cancelled)
  }
}
