import Domain
import Foundation
import Testing

@testable import Daemon

@Suite("Rendering") struct RenderingTests {
  @Test("JSON is what a JSON reader reads") func json() throws {
    let text = "quote \" backslash \\ line \n tab \t bell \u{7} Größe 🎯"
    let value = JSONValue.object([
      ("text", .string(text)), ("number", .int(-5)), ("yes", .bool(true)), ("none", .null), ("empty", .array([])),
      ("list", .array([.int(1), .object([])])), ("raw", .raw("{\"a\":1}")),
    ])
    for rendered in [value.text, value.indentedText] {
      let read = try #require(try JSONSerialization.jsonObject(with: Data(rendered.utf8)) as? [String: Any])
      #expect(read["text"] as? String == text)
      #expect(read["number"] as? Int == -5)
      #expect(read["none"] is NSNull)
      #expect((read["list"] as? [Any])?.count == 2)
      #expect((read["raw"] as? [String: Int]) == ["a": 1])
    }
    #expect(value.text.hasPrefix("{\"text\":"))
    #expect(!value.text.contains("\n"))
    #expect(value.indentedText.contains("\n  \"number\": -5,"))
  }

  @Test("columns are as wide as their widest cell") func table() {
    var table = TextTable([("NAME", .left), ("N", .right)])
    table.add("a", "1")
    table.add("longer", "-100")
    #expect(table.text == "NAME       N\na          1\nlonger  -100")
  }

  @Test("durations are as long as a person can use") func durations() {
    let pairs: [(Int64, String)] = [
      (0, "0µs"), (999, "999µs"), (1_000, "1ms"), (12_345, "12.34ms"), (1_050_000, "1.05s"), (59_999_999, "59.99s"),
      (61_000_000, "1m 1s"), (3_725_000_000, "1h 2m"), (-5_000, "-5ms"),
    ]
    for (count, text) in pairs { #expect(Microseconds(count).readable == text) }
  }

  @Test("every reason and alert has words of its own") func words() {
    #expect(Set(SkipReason.allCases.map(\.words)).count == SkipReason.allCases.count)
    #expect(Set(AlertKind.allCases.map(\.words)).count == AlertKind.allCases.count)
  }

  @Test("the arithmetic of each rule is told") func arithmetic() throws {
    let names = ContractNames()
    let third = try #require(Ratio(1, 3))
    func words(_ why: Arithmetic, _ sized: EntrySized? = nil) -> String { why.words(names, sized: sized) }
    #expect(
      words(Arithmetic(rule: 3, leaderLots: Lots(2), ratio: third, target: .one, filled: .zero, working: .zero))
        == "rule 3: floor(1/3 × 2 lots) = 0 lots, raised to 1 lot (below_one_lot: one_lot); filled 0, working 0, forgone 0"
    )
    let sized = EntrySized(
      follower: "asha", key: ReportSession.key, origin: "1001", lots: Lots(3), budget: .rupees(20_000),
      perLot: .rupees(6_500))
    #expect(
      words(
        Arithmetic(rule: 3, leaderLots: Lots(2), target: Lots(3), filled: .zero, working: .zero), sized
      ).contains("floor(20000.00 at risk / 6500.00 a lot) = 3 lots for this order"))
    #expect(
      words(Arithmetic(rule: 11, leaderLots: Lots(1), target: .zero, filled: .zero, working: Lots(2)))
        .contains("rule 11: the leader became smaller and holds 1 lot"))
    #expect(
      words(Arithmetic(rule: 23, leaderLots: Lots(6), target: Lots(2), filled: .zero, working: .zero))
        == "rule 23: of its basket the follower takes 2 lots for the leader's 6 lots; filled 0, working 0, forgone 0")
    #expect(
      words(Arithmetic(rule: 18, leaderLots: Lots(3), ratio: third, target: .one, filled: Lots(2), working: .zero))
        .contains("the follower got 2 lots and gives back 1 lot"))
    #expect(
      words(Arithmetic(rule: 18, leaderLots: Lots(3), target: .zero, filled: .one, working: Lots(2)))
        .contains("ours did not in time: what rests of it is taken back"))
    #expect(
      words(
        Arithmetic(
          rule: 18, leaderLots: Lots(6), ratio: third, target: Lots(2), filled: .zero, working: Lots(2),
          reference: PriceReference(price: Paise(15_235), source: .leaderTrade, age: .milliseconds(1_500)),
          bound: Paise(15_995))
      ).hasSuffix(
        "price made of what the leader's order traded at, 152.35, 1.5s old (rule 19), not beyond 159.95"))
    #expect(
      words(
        Arithmetic(
          rule: 14, leaderLots: Lots(5), leaderWhole: Lots(10), target: Lots(2), filled: .zero, working: Lots(2))
      ).hasPrefix(
        "rule 14: the leader is out and ours rests, so that its price goes a step further; the leader leaves 5"))
    #expect(
      words(Arithmetic(rule: 1, leaderLots: .zero, target: .zero, filled: Lots(3), working: .zero))
        .contains("no order of his closes our 3 lots: all of them are closed"))
    #expect(
      words(Arithmetic(rule: 36, leaderLots: .zero, target: .zero, filled: .zero, working: Lots(3)))
        .contains("what rests of the entry is taken back"))
  }
}
