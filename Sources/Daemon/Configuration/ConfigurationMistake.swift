/// One thing in `copytrade.yaml` that must be changed before the service starts: where it stands, what is wrong, and
/// what to do about it. Holds no secret: a value that could be one is never repeated.
public struct ConfigurationMistake: Error, Hashable, Sendable, Codable {
  /// From 1; `nil` where the file as a whole is meant.
  public let line: Int?
  /// From 1, counted in Unicode scalars.
  public let column: Int?
  /// The key as a path, such as `followers[1].sizing.ratio`; empty for the file as a whole.
  public let key: String
  /// What is wrong, as a sentence.
  public let message: String
  /// What to do, as a sentence.
  public let remedy: String
  public let code: Code
  /// The other file that it stands in; `nil` for the configuration itself.
  public let file: String?

  public init(
    line: Int?, column: Int?, key: String, message: String, remedy: String, code: Code, file: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.key = key
    self.message = message
    self.remedy = remedy
    self.code = code
  }
}

extension ConfigurationMistake {
  /// The kind of mistake, for programs. The words never change; new ones may be added.
  public struct Code: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let unknownKey = Code(rawValue: "unknown_key")
    public static let duplicateKey = Code(rawValue: "duplicate_key")
    public static let missing = Code(rawValue: "missing")
    public static let wrongType = Code(rawValue: "wrong_type")
    public static let badValue = Code(rawValue: "bad_value")
    public static let outOfRange = Code(rawValue: "out_of_range")
    public static let contradiction = Code(rawValue: "contradiction")
    public static let unfitForStrategy = Code(rawValue: "unfit_for_strategy")
    public static let duplicateFollower = Code(rawValue: "duplicate_follower")
    public static let duplicateClient = Code(rawValue: "duplicate_client_id")
    public static let leaderAmongFollowers = Code(rawValue: "leader_among_followers")
    public static let unencrypted = Code(rawValue: "unencrypted_connection")
    public static let secretInFile = Code(rawValue: "secret_in_file")
    public static let secretMissing = Code(rawValue: "secret_missing")
    public static let modesTooOpen = Code(rawValue: "modes_too_open")
    public static let syntax = Code(rawValue: "syntax")
    public static let encoding = Code(rawValue: "encoding")
    public static let empty = Code(rawValue: "empty")
    public static let tooLarge = Code(rawValue: "too_large")
    public static let unreadable = Code(rawValue: "unreadable")
  }
}

extension ConfigurationMistake: CustomStringConvertible {
  /// `line 12, column 5: followers[0].sizing.ratio: "0" is not a ratio … [bad_value]`, then the remedy.
  public var description: String {
    var place = ""
    if let file { place = "\(file): " }
    if let line { place += "line \(line)" + (column.map { ", column \($0)" } ?? "") + ": " }
    return "\(place)\(key.isEmpty ? "" : key + ": ")\(message) \(remedy) [\(code)]"
  }
}

/// Something a person should know about the file that does not keep the service from starting.
public struct ConfigurationNote: Hashable, Sendable, Codable {
  public let line: Int?
  public let column: Int?
  public let key: String
  public let message: String

  public init(line: Int?, column: Int?, key: String, message: String) {
    self.line = line
    self.column = column
    self.key = key
    self.message = message
  }
}

extension ConfigurationNote: CustomStringConvertible {
  public var description: String {
    "\(line.map { "line \($0): " } ?? "")\(key.isEmpty ? "" : key + ": ")\(message)"
  }
}
