import Yams

extension YAMLDocument {
  /// Says what the parser found, without quoting the file: a token could stand in the very line that does not parse.
  static func reportSyntax(_ error: any Error, lines: SourceLines, report: ConfigurationReport) {
    let tabs = lines.indentedWithTabs
    guard tabs.isEmpty else {
      for place in tabs.prefix(50) {
        report.mistake(
          .syntax, at: place, key: "", "This line is indented with a tab, which YAML does not allow.",
          remedy: "Indent with blanks.")
      }
      return
    }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      // What is never closed is found at the end of the file, and mended where it begins.
      let isOpenEnded = problem.contains("end of stream")
      let mark = isOpenEnded ? context?.mark ?? mark : mark
      let place = FilePlace(line: mark.line, column: mark.column)
      let beginning = context.map { ", \($0.text), begun in line \($0.mark.line)" } ?? ""
      report.mistake(
        .syntax, at: place, key: "", "This is not YAML: \(problem)\(beginning).", remedy: remedy(for: problem))
    case .composer(_, let problem, let mark, _):
      let place = FilePlace(line: mark.line, column: mark.column)
      report.mistake(.syntax, at: place, key: "", "This is not YAML: \(problem).", remedy: remedy(for: problem))
    case .reader(let problem, _, _, _):
      report.mistake(
        .encoding, at: nil, key: "", "The file cannot be read as text: \(problem).", remedy: "Save it as UTF-8.")
    default:
      report.mistake(
        .syntax, at: nil, key: "", "The file cannot be read as YAML.",
        remedy: "Compare it with the file that `copytrade init` writes.")
    }
  }

  private static func remedy(for problem: String) -> String {
    if problem.contains("mapping values are not allowed") {
      return "Look for a missing line break or a colon inside a value; such a value goes in quotes."
    }
    if problem.contains("another document") { return "Keep one document; delete the line with --- and what follows." }
    if problem.contains("could not find expected ':'") { return "Write a colon and a blank after the key." }
    if problem.contains("end of stream") {
      return "Look for a quote or a bracket that is opened here and never closed."
    }
    if problem.contains("alias") { return "Write the value itself instead of the alias." }
    if problem.contains("cannot start any token") { return "Put the value in quotes." }
    return "Check the indentation, the quotes and the brackets of this line and of the one before it."
  }
}
