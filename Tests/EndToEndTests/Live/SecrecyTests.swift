import Foundation
import Testing

/// Lines for people and for machines, and what must never stand in any.
@Suite("Logs and secrets", .timeLimit(.minutes(10))) struct SecrecyTests {
  private typealias Contract = LiveStage.Contract

  @Test(
    "promise 13: no token is in a line, a store file, an export or the process list; lines have sequence and correlation",
    arguments: ["text", "json"])
  func lines(format: String) async throws {
    let stage = try await LiveStage.open()
    try stage.configure(lines: ["log: { format: \(format), level: debug }"])
    let secret = "simulator-\(LiveStage.asha)"
    try await stage.startAndWait()
    // The broker repeats the token wherever it says something: refusing a call, rejecting an order, failing a reading.
    try await stage.fault(
      #""kind":"refuse","on":"place","account":"\#(LiveStage.asha)","status":400,"code":"DH-905","text":"no order for \#(secret)""#
    )
    try await stage.fault(
      #""kind":"reject_late","on":"place","account":"\#(LiveStage.asha)","text":"RMS: \#(secret) has no money""#)
    try await stage.fault(
      #""kind":"server_error","on":"reads","account":"\#(LiveStage.asha)","text":"cannot read for \#(secret)""#)
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.put, at: "138.40")
    try await stage.until("both copies are turned down") {
      let refused = try await stage.events("request.refused")
      let rejected = try await stage.events("follower.order").filter { $0.text("status") == "REJECTED" }
      return refused.count == 1 && rejected.count == 1
    }
    let identifier = try #require(stage.service?.identifier)
    let title = try String(contentsOfFile: "/proc/\(identifier)/cmdline", encoding: .utf8)
    #expect(title.contains("run") && !title.contains(secret))
    let export = try await stage.command("audit", "export", "--format", "jsonl")
    let orders = try await stage.command("orders", "--json")
    #expect(export.status == 0 && orders.status == 0)
    #expect(try await stage.stop() == 0)

    let lines = stage.log.split(separator: "\n")
    #expect(lines.count > 10)
    for line in lines {
      if format == "json" {
        let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(fields?["sequence"] is Int && fields?.keys.contains("correlation") == true, "\(line)")
      } else {
        #expect(line.firstMatch(of: /sequence=\d+ correlation=\S/) != nil, "\(line)")
      }
    }
    for text in [stage.log, export.output, orders.output] { #expect(!text.contains(secret)) }
    for file in try FileManager.default.subpathsOfDirectory(atPath: stage.folder.path) where file.contains(".db") {
      let content = FileManager.default.contents(atPath: stage.folder.path + "/" + file) ?? Data()
      #expect(content.range(of: Data(secret.utf8)) == nil, "\(file) holds a token")
    }
  }
}
