/// Texts of the broker's on their way into an event, a log line or an alert.
enum BrokerText {
  static let longest = 300
  /// No name or number that the broker puts into a message is this long; every token is longer.
  private static let longestName = 31

  /// The text without control characters, at most ``longest`` characters long. What looks like a token, or like a piece
  /// of one, is replaced by `«token»`.
  static func clean(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var run = String.UnicodeScalarView()
    // Beyond this nothing can come to show; it bounds the work on a body of megabytes.
    for scalar in text.unicodeScalars.prefix(4_000) where isShown(scalar) {
      if isNameScalar(scalar) {
        run.append(scalar)
        continue
      }
      append(&run, to: &result)
      result.append(scalar)
    }
    append(&run, to: &result)
    let cleaned = String(result)
    return cleaned.count <= longest ? cleaned : cleaned.prefix(longest - 1) + "…"
  }

  private static func append(_ run: inout String.UnicodeScalarView, to result: inout String.UnicodeScalarView) {
    guard !run.isEmpty else { return }
    let word = String(run)
    let isSecret = word.utf8.count > longestName || word.contains("eyJ")
    result.append(contentsOf: isSecret ? "«token»".unicodeScalars : run)
    run.removeAll()
  }

  private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
    default: return true
    }
  }

  /// What a token is made of: base64url and dots.
  private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
    default: false
    }
  }
}
