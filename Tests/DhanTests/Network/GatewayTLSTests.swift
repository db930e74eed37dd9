import Domain
import NIOSSL
import Ports
import Testing

@testable import Dhan

@Suite(.timeLimit(.minutes(1))) struct GatewayTLSTests {
  @Test(
    "A certificate of a trusted authority is accepted, by name and by address", arguments: ["localhost", "127.0.0.1"])
  func rightAuthority(_ host: String) async throws {
    let certificates = try TestCertificates()
    let server = try await HTTPTestServer.start(tls: certificates.serverContext()) { _, _ in
      .reply(answer(200, GatewayOutcomeTests.accepted))
    }
    let outcome = try await withGateway(
      "https://\(host):\(server.port)/v2", trustRootsFile: certificates.authority
    ) { await $0.outcome(of: .place(ticket())) }
    await server.stop()
    #expect(outcome.kind == "accepted 112111182198")
  }

  @Test(
    "A certificate of another authority, or none at all, proves that nothing was written", arguments: [true, false])
  func wrongAuthority(_ another: Bool) async throws {
    let certificates = try TestCertificates()
    let others = try TestCertificates()
    let server = try await HTTPTestServer.start(tls: certificates.serverContext()) { _, _ in .hang }
    let outcome = try await withGateway(
      "https://localhost:\(server.port)/v2", trustRootsFile: another ? others.authority : nil
    ) { await $0.outcome(of: .place(ticket())) }
    await server.stop()
    #expect(outcome.kind == "refused not_written")
    #expect(server.requests.isEmpty)
  }

  @Test("A certificate for another name proves that nothing was written")
  func wrongName() async throws {
    let certificates = try TestCertificates()
    let server = try await HTTPTestServer.start(host: "127.0.0.2", tls: certificates.serverContext()) { _, _ in .hang }
    let outcome = try await withGateway(
      "https://127.0.0.2:\(server.port)/v2", trustRootsFile: certificates.authority
    ) { await $0.outcome(of: .place(ticket())) }
    await server.stop()
    #expect(outcome.kind == "refused not_written")
    #expect(server.requests.isEmpty)
  }

  @Test("A server that speaks no TLS 1.2 proves that nothing was written")
  func oldTLS() async throws {
    let certificates = try TestCertificates()
    let context = try certificates.serverContext {
      $0.minimumTLSVersion = .tlsv1
      $0.maximumTLSVersion = .tlsv11
    }
    let server = try await HTTPTestServer.start(tls: context) { _, _ in .hang }
    let outcome = try await withGateway(
      "https://localhost:\(server.port)/v2", trustRootsFile: certificates.authority
    ) { await $0.outcome(of: .place(ticket())) }
    await server.stop()
    #expect(outcome.kind == "refused not_written")
  }

  @Test("A server that closes during the handshake proves that nothing was written")
  func closedHandshake() async throws {
    let server = try await HTTPTestServer.start(welcome: .close) { _, _ in .hang }
    let outcome = try await withGateway("https://localhost:\(server.port)/v2") {
      await $0.outcome(of: .place(ticket()))
    }
    await server.stop()
    #expect(outcome.kind == "refused not_written")
  }
}
