import Daemon
import Foundation
import TestSupport
import Testing

/// Whatever is in the file: reading it ends, without a crash, with mistakes or with a configuration that can be used.
@Suite("Configuration fuzzing") struct ConfigurationFuzzTests {
  static let seed: UInt64 = ProcessInfo.processInfo.environment["COPYTRADE_SEED"].flatMap { UInt64($0) } ?? 20_261_122
  static let rounds = ProcessInfo.processInfo.environment["COPYTRADE_ROUNDS"].flatMap { Int($0) } ?? 1_500

  static let tokens = [
    ":", "- ", "\n", "  ", "{", "}", "[", "]", ",", "#", "\"", "'", "|", ">", "&a ", "*a", "!!int ", "? ", "<<: ",
    "---\n",
    "...", "%YAML 1.1\n", "\t", "null", "~", "0", "-1", "1e9", "9999999999999999999", "0.1", "1/0", "true", "off", "é",
    "₹",
    "\u{0}", "\u{FEFF}", "\u{2028}", "\r", "name: asha", "client_id: 1", "ratio: 0/0", "@", "`", "\\x00", "\"\\0\"",
    "''",
  ]

  static func mutated(_ text: String, _ random: inout SeededGenerator) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      guard !scalars.isEmpty else { break }
      let place = Int.random(in: 0..<scalars.count, using: &random)
      let end = min(scalars.count, place + Int.random(in: 0...12, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: scalars.removeSubrange(place..<end)
      case 1: scalars.insert(contentsOf: (tokens.randomElement(using: &random) ?? "").unicodeScalars, at: place)
      case 2: scalars.replaceSubrange(place..<end, with: (tokens.randomElement(using: &random) ?? "").unicodeScalars)
      case 3: scalars.insert(contentsOf: scalars[place..<end], at: Int.random(in: 0...scalars.count, using: &random))
      case 4: scalars[place] = UnicodeScalar(UInt8.random(in: 0...127, using: &random))
      default:
        // Whole lines, so that keys are doubled and sections torn apart.
        var lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
        let line = Int.random(in: 0..<lines.count, using: &random)
        let other = Int.random(in: 0..<lines.count, using: &random)
        if Bool.random(using: &random) { lines.insert(lines[line], at: other) } else { lines.swapAt(line, other) }
        scalars = Array(lines.joined(separator: "\n".unicodeScalars))
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  @Test(
    "a damaged file gives mistakes or a configuration",
    arguments: [SampleConfiguration.whole, SampleConfiguration.small, ConfigurationTemplate.text].enumerated().map(
      \.offset))
  func fuzz(sample: Int) {
    let text = [SampleConfiguration.whole, SampleConfiguration.small, ConfigurationTemplate.text][sample]
    for round in 0..<ConfigurationFuzzTests.rounds {
      var random = SeededGenerator(seed: ConfigurationFuzzTests.seed &+ UInt64(sample * 1_000_003 + round))
      let damaged = ConfigurationFuzzTests.mutated(text, &random)
      let check = ConfigurationCheck(text: damaged)
      let configuration = try? check.configuration()
      let replay: Comment = "round \(round); COPYTRADE_SEED=\(ConfigurationFuzzTests.seed) swift test --filter Fuzz"
      #expect((configuration != nil) == check.mistakes.isEmpty, replay)
      #expect(check.mistakes.allSatisfy { !$0.message.isEmpty && !$0.remedy.isEmpty }, replay)
      let lines =
        damaged.unicodeScalars.count { $0 == "\n" || $0 == "\r" || $0 == "\u{85}" || $0.value >> 1 == 0x1014 } + 2
      #expect(check.mistakes.allSatisfy { (1...lines).contains($0.line ?? 1) }, replay)
      let places = check.mistakes.map { [$0.line ?? 0, $0.column ?? 0] }
      #expect(zip(places, places.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) }, replay)
      guard let configuration else { continue }
      // What was accepted can be written to the log and read from it.
      let settings = configuration.copySettings
      #expect(!settings.followers.isEmpty, replay)
      #expect(Set(settings.followers.map(\.name)).count == settings.followers.count, replay)
      #expect(!settings.followers.contains { $0.clientID == settings.leader }, replay)
    }
  }

  @Test("any bytes at all give mistakes") func noise() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(seed: ConfigurationFuzzTests.seed)
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(!ConfigurationCheck(file: try folder.file("a.yaml", bytes: bytes), environment: [:]).isValid)
    }
  }
}
