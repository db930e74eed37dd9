/// Collects what is found while a file is read: reading goes on after a mistake, so that one run tells all of them.
final class ConfigurationReport {
  private(set) var mistakes: [ConfigurationMistake] = []
  private(set) var notes: [ConfigurationNote] = []

  func mistake(
    _ code: ConfigurationMistake.Code, at place: FilePlace?, key: String, _ message: String, remedy: String
  ) {
    mistakes.append(
      ConfigurationMistake(
        line: place?.line, column: place?.column, key: harmless(key), message: message, remedy: remedy, code: code))
  }

  func note(at place: FilePlace?, key: String, _ message: String) {
    notes.append(ConfigurationNote(line: place?.line, column: place?.column, key: harmless(key), message: message))
  }

  /// Takes over what was found in another file that this one names.
  func takeOver(_ other: ConfigurationReport, ofFile file: String) {
    mistakes += other.sortedMistakes.map {
      ConfigurationMistake(
        line: $0.line, column: $0.column, key: $0.key, message: $0.message, remedy: $0.remedy, code: $0.code,
        file: file)
    }
  }

  /// The path of a key, unless somebody put a token where a key belongs.
  private func harmless(_ key: String) -> String { YAMLScalar.looksLikeSecret(key) ? "" : key }

  /// By place, what is in another file last; what concerns the whole file first. Of one place the order of finding is kept.
  var sortedMistakes: [ConfigurationMistake] {
    let numbered = mistakes.enumerated().sorted { left, right in
      let ours = (left.element.file ?? "", left.element.line ?? 0, left.element.column ?? 0, left.offset)
      let theirs = (right.element.file ?? "", right.element.line ?? 0, right.element.column ?? 0, right.offset)
      return ours < theirs
    }
    return numbered.map(\.element)
  }

  var sortedNotes: [ConfigurationNote] {
    let numbered = notes.enumerated().sorted { left, right in
      (left.element.line ?? 0, left.offset) < (right.element.line ?? 0, right.offset)
    }
    return numbered.map(\.element)
  }
}
