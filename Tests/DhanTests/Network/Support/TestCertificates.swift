import Foundation
import NIOSSL
import TestSupport

/// An authority and a certificate of its for localhost, made with the `openssl` command, in a folder that goes away.
final class TestCertificates: Sendable {
  struct OpenSSLFailed: Error { let arguments: [String] }
  let folder: String
  var authority: String { folder + "/ca.pem" }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "dhan-tls-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    try openssl(
      ["req", "-x509", "-days", "2", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem"] + key)
    try openssl(["req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"] + key)
    try Data("subjectAltName=DNS:localhost,IP:127.0.0.1".utf8).write(to: URL(filePath: folder + "/names"))
    try openssl([
      "x509", "-req", "-days", "2", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
      "-extfile", "names", "-out", "server.pem",
    ])
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func serverContext(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(folder + "/server.pem").map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: folder + "/server.key", format: .pem)))
    change(&configuration)
    return try NIOSSLContext(configuration: configuration)
  }

  private func openssl(_ arguments: [String]) throws {
    let outcome = try ChildProcess.run("/usr/bin/openssl", arguments, in: folder)
    guard outcome.status == 0 else { throw OpenSSLFailed(arguments: arguments) }
  }
}
