import NIOSSL

/// TLS as every connection to the broker uses it: 1.2 or newer, the certificate verified, the name too.
enum TransportSecurity {
  /// - Parameter trustRootsFile: a PEM file of authorities that are trusted besides the system's own.
  static func configuration(trustRootsFile: String?) throws(NetworkSetupFault) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    guard let trustRootsFile else { return configuration }
    let certificates: [NIOSSLCertificate]
    do {
      certificates = try NIOSSLCertificate.fromPEMFile(trustRootsFile)
    } catch {
      throw NetworkSetupFault(
        "cannot read certificates from '\(trustRootsFile)': give a PEM file of trusted authorities")
    }
    guard !certificates.isEmpty else { throw NetworkSetupFault("'\(trustRootsFile)' holds no certificate") }
    configuration.additionalTrustRoots = [.certificates(certificates)]
    return configuration
  }
}
