import Domain
import Foundation
import PaperExchange

/// What the service of a demonstration needs on disk: a folder of its own with configuration, tokens, store and lines.
/// Nobody else may read it.
public struct DemoFolder: Sendable {
  public let path: String

  public var store: String { path + "/copytrade.db" }
  /// What the service says, of all its starts.
  public var lines: String { path + "/service.log" }
  var configuration: String { path + "/copytrade.yaml" }

  /// - Throws: ``ReportFault`` when no folder can be made.
  public init() throws {
    // Short: the operator's socket lies in it, and its path may hold no more than a hundred bytes.
    var template = Array((NSTemporaryDirectory() + "copytrade-demo-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ReportFault(
        .cannotCreate,
        "No folder can be made in \(NSTemporaryDirectory()): \(String(cString: strerror(errno))). "
          + "Name another place in TMPDIR.")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Writes a configuration that trades at a broker on a port of this machine, and the token files that it names.
  func write(port: Int, tokens: [ClientID: String]) throws {
    for (account, token) in tokens { try write(token + "\n", to: "\(path)/\(account).token") }
    try write(DemoFolder.configuration(port: port), to: configuration)
  }

  public func remove() { try? FileManager.default.removeItem(atPath: path) }

  private func write(_ text: String, to file: String) throws {
    guard
      FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw ReportFault(.cannotCreate, "\(file) cannot be written. Look at the disk.") }
  }

  private static func configuration(port: Int) -> String {
    let followers = PaperDemo.names.filter { $0.key != "leader" }.sorted { $0.value < $1.value }
    var lines = """
      # The demonstration: Dhan is a simulator on this machine, and everything else is as it is with real accounts.
      store: ./copytrade.db
      broker:
        kind: dhan
        rest_url: http://127.0.0.1:\(port)/v2
        order_update_url: ws://127.0.0.1:\(port)
        auth_url: http://127.0.0.1:\(port)
        instruments: http://127.0.0.1:\(port)/api-data/api-scrip-master-detailed.csv
      market:
        calendar: always_open
      leader:
        client_id: "\(PaperDemo.leader)"
        access_token: { file: ./\(PaperDemo.leader).token }
      followers:

      """
    for (name, client) in followers {
      lines += """
          - name: \(name)
            client_id: "\(client)"
            access_token: { file: ./\(client).token }
            sizing: { strategy: capital_proportional, capital_basis: start_of_day }

        """
    }
    return lines
  }
}

extension PaperDemo {
  static let leader: ClientID = "1000000001"
}
