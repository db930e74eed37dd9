/// What the file may say and this version does not act upon yet. The one list: a key leaves it when its feature
/// arrives.
enum NotInForce {
  /// Paths from the top, and below each follower.
  static let keys = [
    "reconcile", "dashboard", "leader.totp",
  ]
  static let followerKeys = ["limits.max_daily_loss", "totp"]
  static let message = "Accepted, not in force yet with this version."
}

extension ConfigurationReader {
  /// Nobody should believe in a limit that nothing keeps.
  func noteWhatIsNotInForce(_ root: SectionReader) {
    for key in NotInForce.keys { note(key.split(separator: "."), in: root) }
    guard case .list(let followers, _)? = root.node("followers") else { return }
    for (index, follower) in followers.enumerated() {
      // Read once more, for its keys only: what is wrong with it has been reported.
      guard case .mapping = follower,
        let section = SectionReader(follower, path: "followers[\(index)]", report: report)
      else { continue }
      for key in NotInForce.followerKeys { note(key.split(separator: "."), in: section) }
    }
  }

  private func note(_ keys: [Substring], in section: SectionReader) {
    guard let key = keys.first.map(String.init), let node = section.node(key) else { return }
    guard keys.count == 1 else {
      guard case .mapping = node, let inner = SectionReader(node, path: section.path(of: key), report: report) else {
        return
      }
      note(Array(keys.dropFirst()), in: inner)
      return
    }
    report.note(at: section.place(of: key), key: section.path(of: key), NotInForce.message)
  }
}
