import Domain
import Ports
import TestSupport
import Testing

@testable import Dhan

@Suite("No damage traps, hides a good message, or lets a token out")
struct MutationTests {
  private static let token =
    "eyJhbGciOiJIUzUxMiJ9.eyJpc3MiOiJkaGFuIiwiZGhhbkNsaWVudElkIjoiMTAwMDAwMDAwMSJ9.c2VjcmV0LXNpZ25hdHVyZS1vZi1h"
  /// The shortest piece of the token that must not show: no name or number of the broker's is as long.
  private static let pieceLength = 32
  private let contracts = WireFixture.Contracts()

  @Test(
    "a hundred thousand damaged frames and bodies are each accounted for, and the next good one is read right",
    arguments: [20_261_122])
  func mutations(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let good = try WireFixture.bytes("stream/option-partial.json")
    let expected = OrderUpdateReader.read(good, contracts: contracts)
    let material = try samples()
    let pieces = pieces()
    var seen: [String: Int] = [:]
    for round in 0..<100_000 {
      let bytes = mutated(material[generator.below(material.count)], with: material, &generator)
      var texts: [String] = []
      if round.isMultiple(of: 2) {
        let items = OrderUpdateReader.read(bytes, contracts: contracts)
        #expect(!items.isEmpty || isBlank(bytes), "round \(round) of seed \(seed) lost a frame")
        for item in items { seen[kind(of: item), default: 0] += 1 }
        texts = items.map(told)
      } else {
        texts = readAsBody(bytes, &generator, &seen)
      }
      for text in texts where leaks(text, pieces) { Issue.record("round \(round) of seed \(seed) shows the token") }
      if round.isMultiple(of: 50) {
        #expect(OrderUpdateReader.read(good, contracts: contracts) == expected, "round \(round) of seed \(seed)")
      }
      if round.isMultiple(of: 500) {
        let items = OrderUpdateReader.read(good + bytes, contracts: contracts)
        #expect(items.first == expected[0], "round \(round) of seed \(seed) hid the message before it")
      }
    }
    // Mutations that always end the same way would prove little.
    for kind in ["update", "ignored", "unreadable", "accepted", "refused", "in doubt", "read", "fault"] {
      #expect(seen[kind, default: 0] > 500, "\(kind) was hardly seen under seed \(seed): \(seen)")
    }
  }

  private func kind(of item: FrameItem) -> String {
    switch item {
    case .update: "update"
    case .ignored: "ignored"
    case .unreadable: "unreadable"
    }
  }

  /// Short ones for the most part: what is broken is the structure, and that is in all of them.
  private func samples() throws -> [[UInt8]] {
    var samples = [
      #"{"Data":{"orderNo":"1","txnType":"B","quantity":65,"securityId":"1","exchange":"NSE","segment":"D","product":"M"},"Type":"order_alert"}"#,
      #"{"orderId":"112111182198","orderStatus":"TRANSIT"}"#,
      #"[{"orderId":"1","transactionType":"BUY","quantity":65,"securityId":"1","exchangeSegment":"NSE_FNO","productType":"MARGIN"}]"#,
      #"{"errorType":"x","errorCode":"DH-905","errorMessage":"Invalid \#(Self.token) here"}"#,
      #"{"Data":{"orderNo":"1","quantity":5,"reasonDescription":"\#(Self.token)"},"Type":"\#(Self.token)"}"#,
      "1\n429 \(Self.token)", #"{"status":"failed","data":{"\#(Self.token)":"\#(Self.token)"}}"#, "",
    ].map { Array($0.utf8) }
    for name in ["e4-dead-token", "e5-too-many", "e6-token-expired", "e7-ip", "e8-not-found", "e9-mint", "e10-old"] {
      samples.append(try WireFixture.bytes("errors/\(name).json"))
    }
    for name in ["stream/documented.json", "readings/positions.json", "readings/orders.json", "readings/funds.json"] {
      samples.append(try WireFixture.bytes(name))
    }
    return samples
  }

  private func mutated(
    _ sample: [UInt8], with material: [[UInt8]], _ generator: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = sample
    for _ in 0...generator.below(3) {
      let place = generator.below(bytes.count + 1)
      switch generator.below(6) {
      case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(generator.below(8))
      case 1: bytes.removeSubrange(place...)
      case 2:
        let other = material[generator.below(material.count)]
        bytes.replaceSubrange(place..., with: other[generator.below(other.count + 1)...])
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + generator.below(60))], at: place)
      case 4: bytes.insert(UInt8(generator.below(32)), at: place)
      default: bytes.insert(contentsOf: Array(#"{}[]",:\"#.utf8)[generator.below(8)...].prefix(1), at: place)
      }
    }
    return bytes
  }

  /// Everything that is read from bodies, and what each reader told.
  private func readAsBody(
    _ bytes: [UInt8], _ generator: inout SeededGenerator, _ seen: inout [String: Int]
  ) -> [String] {
    var texts: [String] = []
    let status = [200, 200, 400, 401, 429, 500][generator.below(6)]
    let call = ReplyClassifierTests.calls[generator.below(3)]
    switch ReplyClassifier.outcome(of: call, status: status, body: bytes) {
    case .accepted: seen["accepted", default: 0] += 1
    case .refused(_, let text):
      seen["refused", default: 0] += 1
      texts.append(text)
    case .inDoubt(let text):
      seen["in doubt", default: 0] += 1
      texts.append(text)
    }
    texts.append(ReplyClassifier.readingFault(status: status, body: bytes)?.description ?? "")
    do throws(WireFault) {
      switch generator.below(6) {
      case 0: texts += try BookReader.orders(bytes, contracts: contracts).map(\.reason)
      case 1: _ = try BookReader.trades(bytes, contracts: contracts)
      case 2: _ = try BookReader.positions(bytes, contracts: contracts)
      case 3: _ = try BookReader.funds(bytes)
      case 4: _ = try BookReader.profile(bytes)
      default: _ = try BookReader.holdings(bytes)
      }
      seen["read", default: 0] += 1
    } catch {
      seen["fault", default: 0] += 1
      texts.append(error.description)
    }
    return texts
  }

  private func told(_ item: FrameItem) -> String {
    switch item {
    case .update(let update): update.order.reason
    case .ignored(let type): type
    case .unreadable(let text): text
    }
  }

  /// Every piece of the token that is too long to be anything else.
  private func pieces() -> Set<String> {
    let characters = Array(Self.token)
    return Set((0...(characters.count - Self.pieceLength)).map { String(characters[$0..<($0 + Self.pieceLength)]) })
  }

  private func leaks(_ text: String, _ pieces: Set<String>) -> Bool {
    guard text.utf8.count >= Self.pieceLength else { return false }
    // A piece of 32 has no blank in it, so only long words are looked at.
    for word in text.split(whereSeparator: { $0 == " " || $0 == "«" }) where word.count >= Self.pieceLength {
      let characters = Array(word)
      for start in 0...(characters.count - Self.pieceLength)
      where pieces.contains(String(characters[start..<(start + Self.pieceLength)])) { return true }
    }
    return false
  }

  private func isBlank(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 <= 0x20 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
      || bytes.starts(with: [0xEF, 0xBB, 0xBF])
  }
}
