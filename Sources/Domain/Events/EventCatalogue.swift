/// The page about everything the log can say, written from the code so that it cannot be wrong.
public enum EventCatalogue {
  /// The text of `docs/events.md`.
  public static var markdown: String {
    var lines = [
      "# Events",
      "",
      "Everything the log can say. This page is generated from `Sources/Domain/Events/EventType.swift`: change it there, then run",
      "`COPYTRADE_UPDATE_GOLDEN=1 swift test --filter Catalogue`.",
      "",
      "An *observation* is something that happened outside and was written down. A *decision* was made from what the log says, and",
      "`copytrade replay --verify` makes it again. Names and fields are storage formats: they never change their meaning, a change",
      "is a new version, and every version stays readable. A payload is canonical JSON (RFC 8785): sorted keys, no white space,",
      "integers and strings only; what is absent or false is left out, true is 1, money is paise, quantities are units, a ratio is",
      "a fraction in lowest terms, a time is UTC with six decimals.",
      "A whole payload of each stands in `Tests/DomainTests/Golden`.",
      "",
      "| type | version | kind | meaning |",
      "|---|---|---|---|",
    ]
    for type in EventType.allCases {
      let kind = type.isDecision ? "decision" : "observation"
      lines.append("| `\(type.rawValue)` | \(type.schemaVersion) | \(kind) | \(type.summary) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
