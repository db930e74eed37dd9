/// Collects what is found while a file is read: reading goes on after a mistake, so that one run tells all of them.
final class ConfigurationReport {
  private(set) var mistakes: [ConfigurationMistake] = []
  private(set) var notes: [ConfigurationNote] = []

  func mistake(
    _ code: ConfigurationMistake.Code, at place: FilePlace?, key: String, _ message: String, remedy: String
  ) {
    mistakes.append(
      ConfigurationMistake(
        line: place?.line, column: place?.column, key: key, message: message, remedy: remedy, code: code))
  }

  func note(at place: FilePlace?, key: String, _ message: String) {
    notes.append(ConfigurationNote(line: place?.line, column: place?.column, key: key, message: message))
  }

  /// By place; what concerns the whole file first. Of one place the order of finding is kept.
  var sortedMistakes: [ConfigurationMistake] {
    let numbered = mistakes.enumerated().sorted { left, right in
      let ours = (left.element.line ?? 0, left.element.column ?? 0, left.offset)
      let theirs = (right.element.line ?? 0, right.element.column ?? 0, right.offset)
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
