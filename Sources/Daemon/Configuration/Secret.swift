/// Where a secret is found. The configuration holds this and never the secret.
public enum SecretSource: Hashable, Sendable {
  /// An environment variable, read once at start.
  case environment(String)
  /// A file; its path as the configuration resolves it.
  case file(String)
}

extension SecretSource: CustomStringConvertible {
  public var description: String {
    switch self {
    case .environment(let name): "env \(name)"
    case .file(let path): "file \(path)"
    }
  }
}

/// A token, PIN or key. It prints, dumps and interpolates as where it came from, never as what it is.
public struct Secret: Sendable {
  public let source: SecretSource
  private let value: String

  init(_ value: String, from source: SecretSource) {
    self.value = value
    self.source = source
  }

  /// Hands the secret to the one who sends it. Never log, store or throw what `body` receives.
  public func withValue<Result>(_ body: (String) throws -> Result) rethrows -> Result { try body(value) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `«secret from env DHAN_ASHA_TOKEN»`
  public var description: String { "«secret from \(source)»" }
  public var debugDescription: String { description }
  /// Without children: `dump` and debuggers that mirror a value would show the secret otherwise.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
