import Domain

/// The token of one account, as it is now.
///
/// Read at each use: it changes while the service runs. The text must go into a request and nowhere else.
public protocol AccessToken: Sendable {
  /// - Throws: when there is none now; the description names the source and no part of a secret.
  func withToken<Result>(_ body: (String) throws -> Result) throws -> Result
}
