extension ConfigurationReader {
  func credentials(_ account: SectionReader, isNeeded: Bool) -> Configuration.Credentials? {
    let hasToken = account.has("access_token")
    let token = source("access_token", in: account)
    let totp = totp(account)
    if hasToken, account.has("totp") {
      report.mistake(
        .contradiction, at: account.place(of: "totp"), key: account.path(of: "totp"),
        "Both access_token and totp are given.", remedy: "Keep one: totp mints a token daily, access_token is yours.")
    }
    if !hasToken, !account.has("totp"), isNeeded {
      account.missing("access_token", remedy: "Write access_token: { env: NAME } or { file: PATH }.")
    }
    return token.map { .accessToken($0) } ?? totp
  }

  private func totp(_ account: SectionReader) -> Configuration.Credentials? {
    guard account.has("totp"), let section = account.section("totp") else {
      // Asked for all the same, so that the key is known.
      _ = account.node("totp")
      return nil
    }
    for key in ["pin", "secret"] where !section.has(key) {
      section.missing(key, remedy: "Write \(key): { file: PATH } or { env: NAME }.")
    }
    let pin = source("pin", in: section)
    let secret = source("secret", in: section)
    section.finish()
    guard let pin, let secret else { return nil }
    return .totp(pin: pin, secret: secret)
  }

  /// Where a secret is found. The secret itself in its place is a mistake, and is not repeated in the message.
  private func source(_ key: String, in parent: SectionReader) -> SecretSource? {
    guard let node = parent.node(key) else { return nil }
    let path = parent.path(of: key)
    if case .scalar(let scalar) = node, !scalar.isNothing {
      report.mistake(
        .secretInFile, at: scalar.place, key: path, "The secret itself must not stand in the file.",
        remedy: "Write { env: NAME } or { file: PATH }; and as others may have read it, have a new one issued.")
      return nil
    }
    guard let section = SectionReader(node, path: path, report: report) else { return nil }
    let name = section.value("env", .variableName)
    let file = section.value("file", .path)
    section.finish()
    switch (section.has("env"), section.has("file")) {
    case (true, true):
      report.mistake(
        .contradiction, at: section.place(of: "file"), key: path, "Both env and file are given.", remedy: "Keep one.")
      return nil
    case (false, false):
      report.mistake(
        .missing, at: section.place, key: path, "It does not say where the secret is.",
        remedy: "Write { env: NAME } or { file: PATH }.")
      return nil
    default: return name.map { .environment($0) } ?? file.map { .file(resolve($0)) }
    }
  }
}

extension ScalarKind where Value == String {
  /// The name of an environment variable. What does not look like one is not repeated: it could be the secret.
  static var variableName: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      let isName = scalar.text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: false
        }
      }
      guard !YAMLScalar.looksLikeSecret(scalar.text) else {
        throw ScalarFault(
          code: .secretInFile, message: "This is a token and not the name of a variable that holds it.",
          remedy:
            "Write the name, as in { env: DHAN_ASHA_TOKEN }; others may have read the token: have a new one issued.")
      }
      guard isName, (1...64).contains(scalar.text.utf8.count), let first = scalar.text.first, !first.isNumber else {
        throw ScalarFault(
          code: .badValue, message: "This is not the name of an environment variable.",
          remedy: "Write the name, not the secret itself: { env: DHAN_ASHA_TOKEN }.")
      }
      return scalar.text
    }
  }
}
