import Daemon
import Foundation
import Testing

@Suite("Secrets") struct SecretTests {
  static let value = "eyJhbGciOiJIUzUxMiJ9.topsecret"

  @Test("a secret never shows itself (promise 13)") func hidden() throws {
    let secret = try SecretResolver(environment: ["TOKEN": SecretTests.value]).secret(at: .environment("TOKEN"))
    var dumped = ""
    dump(secret, to: &dumped)
    dump([secret], to: &dumped)
    for text in [
      "\(secret)", String(reflecting: secret), String(describing: [secret]), String(reflecting: Optional(secret)),
      dumped,
    ] {
      #expect(!text.contains("topsecret"))
      #expect(!text.contains("eyJ"))
    }
    #expect("\(secret)" == "«secret from env TOKEN»")
    #expect(secret.withValue { $0 } == SecretTests.value)
  }

  @Test("a file is read anew each time, without its line end") func file() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("token", " one\n")
    let resolver = SecretResolver(environment: [:])
    #expect(try resolver.secret(at: .file(path)).withValue { $0 } == "one")
    _ = try folder.file("token", "two\r\n")
    #expect(try resolver.secret(at: .file(path)).withValue { $0 } == "two")
  }

  @Test(
    "what is no secret is refused with its reason, and not repeated",
    arguments: [
      ([], 0o600, .empty), (Array("\n \n".utf8), 0o600, .empty), (Array("top secret".utf8), 0o600, .notText),
      (Array("topsecret\nsecond".utf8), 0o600, .notText), ([0x74, 0xFF], 0o600, .notText),
      (Array("topsecret".utf8), 0o604, .modesTooOpen), (Array("topsecret".utf8), 0o620, .modesTooOpen),
      ([UInt8](repeating: 0x61, count: 16_385), 0o600, .unreadable),
    ] as [([UInt8], Int, SecretFault.Reason)])
  func refused(bytes: [UInt8], mode: Int, reason: SecretFault.Reason) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("token", bytes: bytes, mode: mode)
    let fault = #expect(throws: SecretFault.self) { try SecretResolver(environment: [:]).secret(at: .file(path)) }
    #expect(fault?.reason == reason)
    #expect(fault?.description.contains("topsecret") == false)
    #expect(fault?.exitStatus == (reason == .modesTooOpen ? .modesTooOpen : .configuration))
  }

  @Test("what is not there is missing") func missing() {
    let resolver = SecretResolver(environment: ["EMPTY": ""])
    #expect(throws: SecretFault.self) { try resolver.secret(at: .environment("EMPTY")) }
    for source in [SecretSource.environment("NONE"), .file("/nowhere/token")] {
      let fault = #expect(throws: SecretFault.self) { try resolver.secret(at: source) }
      #expect(fault?.reason == .missing)
    }
    #expect(throws: SecretFault.self) { try resolver.secret(at: .file("/")) }
  }

  @Test("files that systemd or the group of the service may read will do") func group() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("token", "one", mode: 0o440)
    #expect(throws: Never.self) { try SecretResolver(environment: [:]).secret(at: .file(path)) }
  }
}
