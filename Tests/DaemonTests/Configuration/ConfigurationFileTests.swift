import Daemon
import Foundation
import Testing

@Suite("Configuration files") struct ConfigurationFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func check(_ path: String, purpose: ConfigurationCheck.Purpose = .check) -> ConfigurationCheck {
    ConfigurationCheck(file: path, purpose: purpose, environment: [:])
  }

  @Test("what is no readable file is said so") func unreadable() throws {
    #expect(check(folder.path + "/none.yaml").mistakes.map(\.code) == [.unreadable])
    #expect(check(folder.path).mistakes.map(\.code) == [.unreadable])
    #expect(check("/dev/zero").mistakes.map(\.code) == [.unreadable])
    #expect(check("").mistakes.map(\.code) == [.unreadable])
    #expect(check(folder.path + "/none.yaml").exitStatus == .configuration)
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(check(pipe).mistakes.map(\.code) == [.unreadable])
  }

  @Test(
    "a file that others may write is refused with 77",
    arguments: [(0o600, true), (0o644, true), (0o400, true), (0o660, false), (0o602, false), (0o666, false)])
  func modes(mode: Int, isFine: Bool) throws {
    let check = check(try folder.file("a.yaml", ConfigurationTemplate.text, mode: mode))
    #expect(check.isValid == isFine)
    #expect(check.exitStatus == (isFine ? .done : .modesTooOpen))
    if !isFine { #expect(check.mistakes[0].remedy.contains("chmod 600")) }
  }

  @Test("modes and other mistakes together are a configuration mistake") func modesAndMore() throws {
    let check = check(try folder.file("a.yaml", "stroe: 1\n", mode: 0o666))
    #expect(check.mistakes[0].code == .modesTooOpen)
    #expect(check.exitStatus == .configuration)
  }

  @Test(
    "bytes that are no text of ours are said to be so, with their line",
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x00], .encoding, nil), (Array("a: 1\nb: ".utf8) + [0xE9, 0x0A], .encoding, 2),
      (Array("a: 1\n\u{0}".utf8), .encoding, 2), (Array("a: \u{1B}[31m".utf8), .encoding, 1), ([], .empty, nil),
      (Array("# nothing\n\n".utf8), .empty, nil), (Array("---\n...\n".utf8), .empty, nil),
      ([0xEF, 0xBB, 0xBF], .empty, nil),
      (Array("a: 1\nleader:\n\tclient_id: 1\n".utf8), .syntax, 3), (Array("a: 1\nb: \"open\nc: 1\n".utf8), .syntax, 2),
      (Array("a: b: c\n".utf8), .syntax, 1), (Array("a: [1\nb: 2\n".utf8), .syntax, 2),
      (Array("a: *nowhere\n".utf8), .syntax, 1), (Array("a: 1\n---\nb: 1\n".utf8), .syntax, 2),
      (Array("hello".utf8), .wrongType, 1), (Array("- a\n".utf8), .wrongType, 1),
      ([UInt8](repeating: 0x23, count: (1 << 20) + 1), .tooLarge, nil),
    ] as [([UInt8], ConfigurationMistake.Code, Int?)])
  func bytes(bytes: [UInt8], code: ConfigurationMistake.Code, line: Int?) throws {
    let mistakes = check(try folder.file("a.yaml", bytes: bytes)).mistakes
    #expect(mistakes.first?.code == code, "\(mistakes)")
    #expect(mistakes.first?.line == line)
    #expect(mistakes.first?.remedy.isEmpty == false)
  }

  @Test("a byte order mark and the line ends of other systems change nothing") func harmless() throws {
    let bytes = [0xEF, 0xBB, 0xBF] + Array(ConfigurationTemplate.text.replacing("\n", with: "\r\n").utf8)
    #expect(check(try folder.file("a.yaml", bytes: bytes)).mistakes == [])
    let wrong = "a: 1\r\nb: 2\r\n"
    #expect(check(try folder.file("b.yaml", wrong)).mistakes.filter { $0.code == .unknownKey }.map(\.line) == [1, 2])
  }

  @Test("an alias that unfolds without end, and nesting without end, end") func bombs() throws {
    var bomb = "a: &a [1, 1]\n"
    for letter in "bcdefghijklmnopqrstuvwxyz" {
      let before = UnicodeScalar((letter.asciiValue ?? 98) - 1)
      bomb += "\(letter): &\(letter) [*\(before), *\(before)]\n"
    }
    #expect(ConfigurationCheck(text: bomb).mistakes.map(\.code) == [.tooLarge])
    #expect(!ConfigurationCheck(text: "a: " + String(repeating: "[", count: 50_000)).isValid)
    #expect(!ConfigurationCheck(text: String(repeating: "- ", count: 50_000)).isValid)
    #expect(!ConfigurationCheck(text: String(repeating: "a: 1\n", count: 5_000)).isValid)
  }

  @Test("relative paths are relative to the file's folder") func paths() throws {
    let file = try folder.file("a.yaml", ConfigurationTemplate.text)
    #expect(try check(file).configuration().store == folder.path + "/copytrade.db")
  }

  @Test("a missing secret is a note when checking and a mistake when running") func secrets() throws {
    let file = try folder.file("a.yaml", SampleConfiguration.small)
    let checked = check(file)
    #expect(checked.isValid)
    #expect(
      checked.notes.map(\.key).filter { !$0.hasPrefix("market.") }
        == ["leader.access_token", "followers[0].access_token", "followers[1].access_token"])
    let run = check(file, purpose: .run)
    #expect(run.mistakes.map(\.code) == [.secretMissing, .secretMissing, .secretMissing])
    #expect(run.exitStatus == .configuration)

    _ = try folder.file("ravi-token", "topsecret\n")
    let environment = ["DHAN_LEADER_TOKEN": "a", "DHAN_ASHA_TOKEN": "b"]
    #expect(ConfigurationCheck(file: file, purpose: .run, environment: environment).isValid)
    _ = try folder.file("ravi-token", "topsecret\n", mode: 0o644)
    let open = ConfigurationCheck(file: file, environment: environment)
    #expect(open.mistakes.map(\.code) == [.modesTooOpen])
    #expect(open.exitStatus == .modesTooOpen)
    #expect(!open.text.contains("topsecret"))
  }

  @Test("JSON holds what the text says") func json() throws {
    struct Report: Decodable {
      var file: String
      var valid: Bool
      var mistakes: [ConfigurationMistake]
      var notes: [ConfigurationNote]
    }
    let check = ConfigurationCheck(text: SampleConfiguration.whole.replacing("kind: dhan", with: "kind: dahn"))
    let report = try JSONDecoder().decode(Report.self, from: Data(try check.json().utf8))
    #expect(report.valid == false)
    #expect(report.mistakes == check.mistakes)
    #expect(report.notes == check.notes)
  }
}
