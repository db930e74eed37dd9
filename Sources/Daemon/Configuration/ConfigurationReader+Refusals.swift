import Domain

extension ConfigurationReader {
  /// One rule of `market.refusals`: what a text says, what that means, and what to do.
  func refusal(_ node: YAMLNode, path: String) -> RefusalRule? {
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let remedy = "Write { says: \"margin shortfall\", means: insufficient_margin, do: retry }."
    if !section.has("says") { section.missing("says", remedy: remedy) }
    let says = phrases(section, remedy: remedy)
    let meaning = section.required("means", ScalarKind<RefusalMeaning>.choice, remedy: remedy)
    let treatment = section.required("do", ScalarKind<RefusalTreatment>.choice, remedy: remedy)
    section.finish()
    guard let says, let meaning, let treatment else { return nil }
    return RefusalRule(says: says, meaning: meaning, treatment: treatment)
  }

  /// A phrase, or a list of phrases that all occur.
  private func phrases(_ section: SectionReader, remedy: String) -> [String]? {
    guard let node = section.node("says") else { return nil }
    let read: [String]
    if case .list = node {
      read = section.list("says")?.compactMap { section.read($0.node, .text, path: $0.path) } ?? []
    } else {
      guard let phrase = section.value("says", .text) else { return nil }
      read = [phrase]
    }
    guard !read.isEmpty, !read.contains("") else {
      report.mistake(
        .missing, at: section.place(of: "says"), key: section.path(of: "says"), "An empty phrase fits every text.",
        remedy: remedy)
      return nil
    }
    return read
  }
}
