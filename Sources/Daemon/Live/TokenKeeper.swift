import Domain
import Ports
import Synchronization

/// The token of one account, from where the configuration says it is.
///
/// A token in a file may change while the service runs; one in the environment is read once. Nothing here prints it.
public final class TokenKeeper: AccessToken {
  public let clientID: ClientID
  private let source: SecretSource
  private let resolver: SecretResolver
  private let current: Mutex<Result<Secret, SecretFault>>

  public init(clientID: ClientID, source: SecretSource, resolver: SecretResolver = SecretResolver()) {
    self.clientID = clientID
    self.source = source
    self.resolver = resolver
    current = Mutex(TokenKeeper.read(source, resolver))
  }

  public func withToken<Value>(_ body: (String) throws -> Value) throws -> Value {
    try current.withLock { $0 }.get().withValue(body)
  }

  /// A text from outside without the token, should the broker ever repeat it.
  func withoutToken(_ text: String) -> String {
    guard case .success(let secret) = current.withLock({ $0 }) else { return text }
    return secret.withValue { text.replacing($0, with: "«token»") }
  }

  /// Reads a file again; whether another token is there now. A file that cannot be read leaves the old token in use.
  func reloadIfChanged() -> Bool {
    guard case .file = source, case .success(let new) = TokenKeeper.read(source, resolver) else { return false }
    return current.withLock { current in
      if case .success(let old) = current, old.hasSameValue(as: new) { return false }
      current = .success(new)
      return true
    }
  }

  private static func read(_ source: SecretSource, _ resolver: SecretResolver) -> Result<Secret, SecretFault> {
    do {
      return .success(try resolver.secret(at: source))
    } catch {
      return .failure(error)
    }
  }
}

extension Secret {
  func hasSameValue(as other: Secret) -> Bool { withValue { mine in other.withValue { mine == $0 } } }
}
