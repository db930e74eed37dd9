import Daemon
import Foundation
import Testing

@Suite("Configuration template") struct ConfigurationTemplateTests {
  @Test("the file that init writes has no mistake, no note, and runs on paper") func valid() throws {
    let check = ConfigurationCheck(text: ConfigurationTemplate.text)
    #expect(check.mistakes == [])
    #expect(check.notes == [])
    #expect(try check.configuration().broker.kind == .paper)
    #expect(ConfigurationTemplate.text.split(separator: "\n").allSatisfy { $0.count <= 130 })
  }

  @Test("every line that is commented out is right when the # is removed") func comments() throws {
    let alternatives = [
      "holidays:", "sessions:", "data:", "expiry_cutoff:", "physical_settlement_days:", "local_address:", "send: false",
      "access_token:",
    ]
    for alternative in alternatives {
      let text = ConfigurationTemplate.text.replacing("# \(alternative)", with: alternative)
      #expect(text != ConfigurationTemplate.text)
      #expect(ConfigurationCheck(text: text).mistakes == [], "\(alternative)")
    }
    let lists = ConfigurationTemplate.text
      .replacing("# special_sessions:", with: "special_sessions:").replacing("#   - { date", with: "  - { date")
      .replacing("# freeze_limits:", with: "freeze_limits:").replacing("#   - { effective", with: "  - { effective")
    let market = try ConfigurationCheck(text: lists).configuration().market.data
    #expect(market.specialSessions.value.entries.count == 1)
    #expect(market.freezeLimits.value.count == 1)
    let totp = ConfigurationTemplate.text.replacing("# totp:", with: "totp:")
    #expect(ConfigurationCheck(text: totp).mistakes == [])
  }

  @Test(
    "each sizing that the comments name is right, also where the basis of the capital is left standing",
    arguments: [
      ("fixed_ratio", "ratio:"), ("fixed_lots", "lots:"), ("risk_based", "risk_percent:"),
    ])
  func sizings(strategy: String, option: String) {
    let text = ConfigurationTemplate.text
      .replacing("strategy: capital_proportional ", with: "strategy: \(strategy) ")
      .replacing("# \(option)", with: option)
    #expect(ConfigurationCheck(text: text).mistakes == [])
    let bare = text.replacing("capital_basis: start_of_day ", with: "# ")
    #expect(ConfigurationCheck(text: bare).mistakes == [])
    let fixed = ConfigurationTemplate.text
      .replacing("capital_basis: start_of_day ", with: "capital_basis: fixed ")
      .replacing("# fixed_capital:", with: "fixed_capital:")
    #expect(ConfigurationCheck(text: fixed).mistakes == [])
  }

  @Test("the way to Dhan that the comments describe works") func dhan() throws {
    let text = ConfigurationTemplate.text
      .replacing("kind: paper ", with: "kind: dhan ").replacing("# access_token:", with: "access_token:")
    #expect(try ConfigurationCheck(text: text).configuration().broker.kind == .dhan)
    let forgotten = ConfigurationTemplate.text.replacing("kind: paper ", with: "kind: dhan ")
    #expect(ConfigurationCheck(text: forgotten).mistakes.map(\.code) == [.missing, .missing])
  }

  @Test("it is written for its owner only and never over another file") func write() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/copytrade.yaml"
    try ConfigurationTemplate.write(to: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(ConfigurationCheck(file: path, environment: [:]).isValid)

    try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "nowhere")
    for refused in [path, folder.path + "/link", folder.path + "/none/copytrade.yaml", folder.path, ""] {
      let fault = #expect(throws: ConfigurationTemplateFault.self) { try ConfigurationTemplate.write(to: refused) }
      #expect(fault?.exitStatus == .cannotCreate)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
  }
}
