import Foundation

/// Why a secret cannot be had. Names its source and never a part of it.
public struct SecretFault: ExitStatusProviding, Equatable, CustomStringConvertible {
  public enum Reason: String, Equatable, Sendable {
    case missing = "secret_missing"
    case empty = "secret_empty"
    case unreadable = "secret_unreadable"
    case notText = "secret_not_text"
    case modesTooOpen = "modes_too_open"
  }
  public let source: SecretSource
  public let reason: Reason
  /// What is wrong and what to do, as sentences.
  public let message: String
  public let remedy: String

  public var exitStatus: ExitStatus { reason == .modesTooOpen ? .modesTooOpen : .configuration }
  public var description: String { "\(message) \(remedy) [\(reason.rawValue)]" }
}

/// Fetches secrets from where the configuration says they are. A file is read anew each time, so that a token can
/// change while the service runs.
public struct SecretResolver: Sendable {
  private let environment: [String: String]

  public init(environment: [String: String] = ProcessInfo.processInfo.environment) { self.environment = environment }

  /// The secret at `source`, without blanks and line ends around it.
  public func secret(at source: SecretSource) throws(SecretFault) -> Secret {
    switch source {
    case .environment(let name):
      guard let value = environment[name] else {
        throw SecretFault(
          source: source, reason: .missing, message: "The environment variable \(name) is not set.",
          remedy: "Set it for the service, or name a file instead.")
      }
      return try secret(value, from: source, place: "The environment variable \(name)")
    case .file(let path): return try secret(inFile: path, source: source)
    }
  }

  private func secret(inFile path: String, source: SecretSource) throws(SecretFault) -> Secret {
    switch FileReading.read(path, limit: 16_384) {
    case .success(let file):
      // Credentials that systemd hands to a service appear as readable by the group; only everybody is too many.
      guard !file.isReadableByAnybody, !file.isWritableByOthers else {
        throw SecretFault(
          source: source, reason: .modesTooOpen,
          message: "Other users of this machine may read or change \(path) (mode \(file.octalMode)).",
          remedy: "Run: chmod 600 \(path)")
      }
      guard let text = String(validating: file.bytes, as: UTF8.self) else {
        throw SecretFault(
          source: source, reason: .notText, message: "\(path) is not text.", remedy: "Write the secret alone into it.")
      }
      return try secret(text, from: source, place: path)
    case .failure(.notThere):
      throw SecretFault(
        source: source, reason: .missing, message: "There is no file \(path).",
        remedy: "Write the secret into it, mode 0600.")
    case .failure(let fault):
      let why =
        switch fault {
        case .notAllowed: "this user may not read it"
        case .tooLarge: "it is too large for a secret"
        case .broken(let reason): reason
        case .notAFile, .notThere: "it is no ordinary file"
        }
      throw SecretFault(
        source: source, reason: .unreadable, message: "\(path) cannot be read: \(why).",
        remedy: "Check the path and its owner.")
    }
  }

  private func secret(_ text: String, from source: SecretSource, place: String) throws(SecretFault) -> Secret {
    let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !value.isEmpty else {
      throw SecretFault(
        source: source, reason: .empty, message: "\(place) is empty.", remedy: "Put the secret there.")
    }
    guard !value.unicodeScalars.contains(where: { $0.value < 0x21 || $0.value == 0x7F }) else {
      throw SecretFault(
        source: source, reason: .notText, message: "\(place) holds more than one line or a blank.",
        remedy: "Put the secret there alone.")
    }
    return Secret(value, from: source)
  }
}

extension ConfigurationCheck {
  /// A secret that others can read is a mistake now; one that is not there is one only when the service starts.
  static func checkSecrets(
    of configuration: Configuration, resolver: SecretResolver, purpose: Purpose, report: ConfigurationReport
  ) {
    var accounts = [(path: "leader", credentials: configuration.leader.credentials)]
    accounts += configuration.followers.enumerated().map { ("followers[\($0)]", $1.credentials) }
    for (path, credentials) in accounts {
      for (key, source) in credentials?.namedSources ?? [] {
        do {
          _ = try resolver.secret(at: source)
        } catch {
          let key = "\(path).\(key)"
          if error.reason == .modesTooOpen {
            report.mistake(.modesTooOpen, at: nil, key: key, error.message, remedy: error.remedy)
          } else if purpose == .run {
            report.mistake(.secretMissing, at: nil, key: key, error.message, remedy: error.remedy)
          } else {
            report.note(at: nil, key: key, "\(error.message) The service will need it. \(error.remedy)")
          }
        }
      }
    }
  }
}

extension Configuration.Credentials {
  fileprivate var namedSources: [(key: String, source: SecretSource)] {
    switch self {
    case .accessToken(let source): [("access_token", source)]
    case .totp(let pin, let secret): [("totp.pin", pin), ("totp.secret", secret)]
    }
  }
}
