import Foundation
import Testing

/// An authority of the test's own and a certificate of it for this machine, as files in a folder.
struct TestAuthority {
  let folder: Folder

  /// Writes authority.pem, certificate.pem and key.pem.
  init() throws {
    folder = try Folder()
    let script = """
      set -e
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=A test authority' \
        -keyout authority.key -out authority.pem
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' -keyout key.pem -out request.pem
      printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' > names.txt
      openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \
        -extfile names.txt -out certificate.pem
      """
    let outcome = try folder.shell(script)
    try #require(outcome.status == 0, "openssl has to be installed. \(outcome.diagnostics)")
  }
}
