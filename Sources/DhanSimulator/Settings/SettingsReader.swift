import Domain
import PaperExchange
import Yams

/// Reads settings files, and the same shapes in control calls. Their keys are documented in docs/simulator.md.
enum SettingsReader {
  /// The root section of `text`, read by `body`.
  ///
  /// - Throws: ``SettingsMistakes`` with everything that is wrong.
  static func read<Value>(
    _ text: String, _ body: (SettingsSection) -> Value?
  ) throws(SettingsMistakes) -> Value {
    let list = MistakeList()
    var value: Value?
    do {
      let node = try Yams.compose(yaml: text) ?? Node("", Tag(.null))
      if let root = SettingsSection(node, "", list) {
        value = body(root)
        root.finish()
      }
    } catch let error as YamlError {
      throw SettingsMistakes(mistakes: [SettingsReader.syntax(error)])
    } catch {
      throw SettingsMistakes(mistakes: [SettingsMistake(line: 1, column: 1, key: "", text: "This is not YAML.")])
    }
    guard list.mistakes.isEmpty, let value else { throw SettingsMistakes(mistakes: list.mistakes) }
    return value
  }

  private static func syntax(_ error: YamlError) -> SettingsMistake {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      SettingsMistake(line: mark.line, column: mark.column, key: "", text: "This is not YAML: \(problem).")
    case .duplicatedKeysInMapping(let duplicates, let context):
      SettingsMistake(
        line: context.mark.line, column: context.mark.column, key: duplicates.first ?? "",
        text: "The key stands twice.")
    default: SettingsMistake(line: 1, column: 1, key: "", text: "This is not YAML.")
    }
  }

  static func faults(_ root: SettingsSection) -> [Fault] { root.list("faults").compactMap(fault) }

  static func fault(_ section: SettingsSection) -> Fault? {
    let account = section.client("account")
    let on: Fault.Place? = section.choice("on")
    let kind: Fault.Kind? = section.choice("kind")
    if !section.has("kind") { section.mistake("kind", "The key is missing; it names what goes wrong.") }
    let isEvery = section.value("times", "a positive number, or every") { text -> Int64? in
      text == "every" ? 0 : Int64(text).flatMap { $0 > 0 ? $0 : nil }
    }
    let chance = section.integer("chance", 1...1_000)
    let isTaken = section.flag("taken")
    let delay = section.duration("delay")
    let status = section.integer("status", 200...599)
    let code = section.value("code", "a code such as DH-908") { $0 }
    let text = section.value("text", "a text") { $0 }
    section.finish()
    guard let kind else { return nil }
    let place = on ?? usualPlace(of: kind)
    let possible = Fault.Kind.possible(at: place)
    guard possible.contains(kind) else {
      section.mistake(
        "kind", "On \(place.rawValue) there is only \(possible.map(\.rawValue).joined(separator: ", ")).")
      return nil
    }
    let times: Int64? = isEvery == 0 || (isEvery == nil && chance != nil) ? nil : isEvery ?? 1
    return Fault(
      account: account, on: place, kind: kind, times: times, chance: chance ?? 1_000,
      isTaken: isTaken ?? false, delay: delay ?? .milliseconds(300), status: status,
      code: code ?? (kind == .refuse ? "DH-906" : "DH-908"), text: text ?? "Internal Server Error")
  }

  /// Where a fault is meant when its `on` is not written.
  private static func usualPlace(of kind: Fault.Kind) -> Fault.Place {
    switch kind {
    case .drop, .duplicate, .reorder, .concatenate: .update
    case .silence, .resume, .close, .garbage, .binary: .stream
    default: .orders
    }
  }

  static func quotes(_ root: SettingsSection, _ key: String) -> [SimulatedQuote] {
    root.list(key).compactMap { section in
      defer { section.finish() }
      return quote(section)
    }
  }

  static func quote(_ section: SettingsSection) -> SimulatedQuote? {
    let securityID = section.required("security_id", "a security id") { SecurityID(validating: $0) }
    let segment: ExchangeSegment? = section.choice("segment")
    let bid = section.required("bid", SettingsSection.amount, SettingsSection.rupees)
    let ask = section.required("ask", SettingsSection.amount, SettingsSection.rupees)
    let bidSize = section.integer("bid_size", 0...SimulatedQuote.endless.units)
    let askSize = section.integer("ask_size", 0...SimulatedQuote.endless.units)
    guard let securityID, let bid, let ask else { return nil }
    if bid > .zero, ask > .zero, bid >= ask { section.mistake("bid", "The bid should be below the ask.") }
    return SimulatedQuote(
      securityID: securityID, segment: segment, bid: bid, ask: ask,
      bidSize: bidSize.map { Quantity($0) } ?? SimulatedQuote.endless,
      askSize: askSize.map { Quantity($0) } ?? SimulatedQuote.endless)
  }
}
