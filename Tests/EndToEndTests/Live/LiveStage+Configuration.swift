import Foundation

extension LiveStage {
  struct Follower {
    var name: String
    var client: String
    /// Lines of the follower's section, as they stand in the file.
    var lines: [String] = []

    static let asha = Follower(name: "asha", client: LiveStage.asha)
    static let vikram = Follower(name: "vikram", client: LiveStage.vikram)
  }

  /// Writes the configuration, and for every account a token file with the simulator's own token.
  ///
  /// - Parameters:
  ///   - lines: more sections, such as `entries: {max_age: 2s}`.
  ///   - instruments: where the contracts come from, if not from the simulator.
  func configure(
    _ followers: [Follower] = [.asha, .vikram], lines: [String] = [], instruments: String? = nil,
    trustRoots: String? = nil
  ) throws {
    var text = [
      "store: ./\(store)", "broker:", "  kind: dhan", "  rest_url: \(address)/v2",
      "  order_update_url: \(address.replacingOccurrences(of: "http", with: "ws"))",
      "  instruments: \(instruments ?? address + "/api-data/api-scrip-master-detailed.csv")",
    ]
    if let trustRoots { text.append("  trust_roots: \(trustRoots)") }
    text += [
      "leader:", "  client_id: \"\(LiveStage.leader)\"", "  access_token: { file: ./leader.token }", "followers:",
    ]
    try writeToken("simulator-\(LiveStage.leader)", of: "leader")
    for follower in followers {
      text += [
        "  - name: \(follower.name)", "    client_id: \"\(follower.client)\"",
        "    access_token: { file: ./\(follower.name).token }",
      ]
      text += follower.lines.map { "    " + $0 }
      try writeToken("simulator-\(follower.client)", of: follower.name)
    }
    // Tests trade at any hour of any day.
    let isOpen = "market: { calendar: always_open"
    var lines = lines.map { $0.replacingOccurrences(of: "market: { ", with: isOpen + ", ") }
    if !lines.contains(where: { $0.hasPrefix("market:") }) { lines.append(isOpen + " }") }
    try write((text + lines).joined(separator: "\n") + "\n", to: "copytrade.yaml")
  }

  /// Puts a token where the service reads it, as a careful person does: the file is there whole or not at all.
  func writeToken(_ token: String, of account: String) throws {
    try write(token + "\n", to: "\(account).token")
  }

  private func write(_ text: String, to name: String) throws {
    let new = "\(folder.path)/\(name).new"
    guard
      FileManager.default.createFile(
        atPath: new, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]),
      rename(new, "\(folder.path)/\(name)") == 0
    else { throw CocoaError(.fileWriteUnknown) }
  }
}
