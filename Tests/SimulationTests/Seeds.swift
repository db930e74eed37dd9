import Foundation

/// The seeds of a run: the one that `COPYTRADE_SEED` names, or a range like `1-500`; else those of every build.
enum Seeds {
  static let asked: [UInt64]? = {
    guard let text = ProcessInfo.processInfo.environment["COPYTRADE_SEED"] else { return nil }
    let ends = text.split(separator: "-").compactMap { UInt64($0) }
    guard let first = ends.first, let last = ends.last, first <= last else { return nil }
    return Array(first...last)
  }()
}
