import Foundation
import Testing

/// https and wss, with an authority that only the configuration knows.
@Suite("Over TLS", .timeLimit(.minutes(10))) struct TransportSecurityTests {
  private typealias Contract = LiveStage.Contract

  @Test("with the authority in broker.trust_roots everything works over TLS, the instrument file included")
  func trusted() async throws {
    let stage = try await LiveStage.open(certificate: TestAuthority())
    #expect(stage.address.hasPrefix("https://"))
    try stage.configure(trustRoots: "./authority.pem")
    try await stage.startAndWait()
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }

  @Test("without it every account is blocked because of the certificate, and nothing is sent")
  func untrusted() async throws {
    let stage = try await LiveStage.open(certificate: TestAuthority())
    let file = try await stage.run(
      "/usr/bin/curl",
      [
        "-s", "-S", "--cacert", "authority.pem", "-o", "instruments.csv",
        stage.address + "/api-data/api-scrip-master-detailed.csv",
      ])
    try #require(file.status == 0, "\(file)")
    try stage.configure(instruments: "./instruments.csv")
    try stage.start()
    try await stage.untilStatus("all are blocked because of the certificate") { status in
      status.followers.count == 2
        && status.followers.allSatisfy { $0.reason("blocked").lowercased().contains("certificate") }
    }
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.until("the leader's order is done") {
      try await stage.holdings(of: LiveStage.leader) == [Contract.call: 650]
    }
    #expect(try await stage.stop() == 0)
    let calls = try await stage.calls()
    #expect(calls.values.allSatisfy { $0.orders == 0 || $0.orders == calls[LiveStage.leader]?.orders }, "\(calls)")
    #expect(calls[LiveStage.asha]?.orders == 0 && calls[LiveStage.vikram]?.orders == 0, "\(calls)")
  }
}
