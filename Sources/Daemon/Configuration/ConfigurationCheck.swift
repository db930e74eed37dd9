import Domain
import Foundation
import Ports

/// The outcome of reading a configuration file: either a configuration, or every mistake in it at once.
///
/// ```swift
/// let check = ConfigurationCheck(file: "copytrade.yaml")
/// let configuration = try check.configuration()
/// ```
public struct ConfigurationCheck: Sendable {
  /// What the file is read for: secrets may be missing when it is only checked, since they may be set for the service
  /// alone.
  public enum Purpose: Sendable {
    case check
    case run
  }

  /// The path of the file, as given.
  public let file: String
  /// Sorted by place.
  public let mistakes: [ConfigurationMistake]
  /// What a person should know besides, sorted by line.
  public let notes: [ConfigurationNote]
  private let value: Configuration?

  /// Reads and checks the file at `path`, its modes, and whether its secrets are there.
  public init(
    file path: String, purpose: Purpose = .check,
    environment: [String: String] = ProcessInfo.processInfo.environment, today: Day = SystemClock().now().indianDay
  ) {
    let report = ConfigurationReport()
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let contents = ConfigurationFile.contents(of: path, report: report)
    let value = contents.flatMap {
      ConfigurationCheck.read($0, folder: folder, report: report) { path, report in
        ConfigurationFile.contents(
          of: path, isWanted: "Write it, beginning with packaging/market-nse.yaml, or delete the line market.data.",
          report: report)
      }
    }
    if let value, value.broker.kind == .dhan {
      if value.market.calendar == .nse { report.ages(of: value.market.data, on: today) }
      let resolver = SecretResolver(environment: environment)
      ConfigurationCheck.checkSecrets(of: value, resolver: resolver, purpose: purpose, report: report)
    }
    self.init(file: path, value: value, report: report)
  }

  /// Checks the text of a file that is not on disk: nothing outside of it is looked at. Relative paths are relative to
  /// `folder`.
  public init(text: String, name: String = "copytrade.yaml", folder: String = ".") {
    let report = ConfigurationReport()
    let contents = ConfigurationFile.text(of: Array(text.utf8), report: report)
    let value = contents.flatMap { ConfigurationCheck.read($0, folder: folder, report: report) }
    self.init(file: name, value: value, report: report)
  }

  private init(file: String, value: Configuration?, report: ConfigurationReport) {
    self.file = file
    self.mistakes = report.sortedMistakes
    self.notes = report.sortedNotes
    self.value = report.mistakes.isEmpty ? value : nil
  }

  /// Whether the service would start with the file.
  public var isValid: Bool { mistakes.isEmpty }

  /// The configuration.
  ///
  /// - Throws: ``ConfigurationFailure`` with every mistake.
  public func configuration() throws(ConfigurationFailure) -> Configuration {
    guard let value else { throw ConfigurationFailure(file: file, mistakes: mistakes) }
    return value
  }

  /// 0, 77 when the modes of files are all that is wrong, else 78.
  public var exitStatus: ExitStatus {
    isValid ? .done : ConfigurationFailure(file: file, mistakes: mistakes).exitStatus
  }

  private static func read(
    _ text: String, folder: String, report: ConfigurationReport,
    readFile: ((String, ConfigurationReport) -> String?)? = nil
  ) -> Configuration? {
    defer { report.tokens(in: text) }
    guard let root = YAMLDocument.root(of: text, report: report) else {
      if report.mistakes.isEmpty { report.empty() }
      return nil
    }
    if case .scalar(let scalar) = root, scalar.isNothing {
      report.empty()
      return nil
    }
    let reader = ConfigurationReader(
      report: report,
      resolve: { path in
        path.hasPrefix("/") ? path : URL(fileURLWithPath: folder).appendingPathComponent(path).standardized.path
      }, readFile: readFile)
    return reader.configuration(from: root)
  }
}

extension ConfigurationReport {
  /// How old what the exchanges announce is, and what of it is too old.
  fileprivate func ages(of data: MarketData, on day: Day) {
    for age in data.ages(on: day) { note(at: nil, key: "market.\(age.key)", age.text) }
    for stale in data.stale(on: day) { note(at: nil, key: "market.\(stale.part)", "STALE: \(stale.message)") }
  }

  /// A token in a comment, or where any text will do, is as readable as one in its place.
  fileprivate func tokens(in text: String) {
    let told = Set(mistakes.filter { $0.code == .secretInFile }.map(\.line))
    for place in SourceLines(text).tokens where !told.contains(place.line) {
      mistake(
        .secretInFile, at: place, key: "", "An access token stands in this line.",
        remedy: "Take it out; others may have read it: have a new one issued.")
    }
  }

  fileprivate func empty() {
    mistake(
      .empty, at: nil, key: "", "The file says nothing.",
      remedy: "Begin with the file that `copytrade init` writes.")
  }
}

/// A configuration that cannot be used, with everything that is wrong in it.
public struct ConfigurationFailure: ExitStatusProviding, CustomStringConvertible {
  public let file: String
  public let mistakes: [ConfigurationMistake]

  public init(file: String, mistakes: [ConfigurationMistake]) {
    self.file = file
    self.mistakes = mistakes
  }

  public var exitStatus: ExitStatus {
    let isModesOnly = !mistakes.isEmpty && mistakes.allSatisfy { $0.code == .modesTooOpen }
    return isModesOnly ? .modesTooOpen : .configuration
  }

  public var description: String {
    let count = mistakes.count == 1 ? "1 mistake" : "\(mistakes.count) mistakes"
    return (["\(file): \(count)"] + mistakes.map { "  \($0)" }).joined(separator: "\n")
  }
}
