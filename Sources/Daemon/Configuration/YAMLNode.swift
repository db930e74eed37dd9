/// A place in the file, both counted from 1; columns in Unicode scalars.
struct FilePlace: Hashable, Comparable {
  var line: Int
  var column: Int

  static func < (left: FilePlace, right: FilePlace) -> Bool {
    left.line != right.line ? left.line < right.line : left.column < right.column
  }
}

/// What stands in the file, with the place of each part: mistakes are told with their line.
indirect enum YAMLNode {
  case scalar(YAMLScalar)
  case list([YAMLNode], FilePlace)
  case mapping([YAMLEntry], FilePlace)

  var place: FilePlace {
    switch self {
    case .scalar(let scalar): scalar.place
    case .list(_, let place), .mapping(_, let place): place
    }
  }

  /// What a person would call it.
  var kind: String {
    switch self {
    case .scalar(let scalar): scalar.isNothing ? "nothing" : "a single value"
    case .list: "a list"
    case .mapping: "a section with keys"
    }
  }
}

struct YAMLEntry {
  var key: YAMLScalar
  var value: YAMLNode
}

/// A single value as it was typed: `0100` and `1_000` keep their characters, nothing is taken for a number here.
struct YAMLScalar {
  var text: String
  /// Written without quotes.
  var isPlain: Bool
  var place: FilePlace

  /// A key without a value, or an explicit null.
  var isNothing: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }

  /// The value for a message, or "the value" when it is long or could be a token: messages end up in logs and mails.
  var quoted: String { YAMLScalar.quoted(text) }

  static func quoted(_ text: String) -> String {
    let isHarmless = text.utf8.count <= 40 && !looksLikeSecret(text)
    return isHarmless ? "\"\(text.map { $0.isNewline ? " " : String($0) }.joined())\"" : "the value"
  }

  /// Whether `text` could be an access token: Dhan's are JSON Web Tokens, which begin with the letters of `{"`.
  static func looksLikeSecret(_ text: String) -> Bool { text.utf8.count >= 12 && text.contains("eyJ") }
}
