import Foundation
import Testing

/// A start that must not happen.
@Suite("Mistakes in the configuration") struct ConfigurationMistakeTests {
  struct Mistake: CustomTestStringConvertible {
    let testDescription: String
    let before: String
    let after: String
    let told: [String]

    static let all: [Mistake] = [
      .init(
        testDescription: "an unknown key", before: "sizing:", after: "sizeing:", told: ["sizeing", "sizing"]),
      .init(
        testDescription: "a token that is not there", before: "./vikram.token", after: "./nowhere.token",
        told: ["nowhere.token", "0600"]),
      .init(
        testDescription: "an impossible ratio", before: "ratio: 1/2", after: "ratio: 1/0", told: ["ratio", "1/0"]),
      .init(
        testDescription: "two followers of one name", before: "name: vikram", after: "name: asha",
        told: ["name", "line"]),
      .init(
        testDescription: "the leader among the followers", before: "\"1000000003\"", after: "\"1000000001\"",
        told: ["leader", "client id"]),
      .init(
        testDescription: "plain http to another machine", before: "http://127.0.0.1:1/v2",
        after: "http://api.dhan.co/v2", told: ["rest_url", "https"]),
      .init(
        testDescription: "plain ws to another machine", before: "ws://127.0.0.1:1",
        after: "ws://api-order-update.dhan.co", told: ["order_update_url", "wss"]),
      .init(
        testDescription: "a certificate file that is none", before: "kind: dhan",
        after: "kind: dhan\n  trust_roots: ./asha.token", told: ["asha.token", "PEM"]),
      .init(
        testDescription: "no token but totp", before: "access_token: { file: ./asha.token }",
        after: "totp: { pin: { file: ./asha.token }, secret: { file: ./asha.token } }", told: ["totp", "access_token"]),
    ]
  }

  private static let right = """
    store: ./copytrade.db
    broker:
      kind: dhan
      rest_url: http://127.0.0.1:1/v2
      order_update_url: ws://127.0.0.1:1
      instruments: ./instruments.csv
    leader:
      client_id: "1000000001"
      access_token: { file: ./asha.token }
    followers:
      - name: asha
        client_id: "1000000002"
        access_token: { file: ./asha.token }
        sizing: { strategy: fixed_ratio, ratio: 1/2 }
      - name: vikram
        client_id: "1000000003"
        access_token: { file: ./vikram.token }

    """

  @Test(
    "a start with a mistake ends with 78, says where and what to change, and leaves no store", arguments: Mistake.all)
  func mistakes(mistake: Mistake) throws {
    let folder = try Folder()
    #expect(Self.right.contains(mistake.before))
    let text = Self.right.replacingOccurrences(of: mistake.before, with: mistake.after)
    for (name, text) in [
      ("copytrade.yaml", text), ("asha.token", "a-secret-of-asha"), ("vikram.token", "a-secret-of-vikram"),
      ("instruments.csv", Self.instruments),
    ] {
      #expect(
        FileManager.default.createFile(
          atPath: "\(folder.path)/\(name)", contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
    }
    let outcome = try folder.run("run")
    #expect(outcome.status == 78, "\(outcome)")
    for word in mistake.told { #expect(outcome.diagnostics.contains(word), "\(word): \(outcome.diagnostics)") }
    #expect(!outcome.diagnostics.contains("a-secret-of"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/copytrade.db"))
  }

  private static let instruments = ""
}
