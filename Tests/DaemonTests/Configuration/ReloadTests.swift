import Domain
import Testing

@testable import Daemon

@Suite("Reading the configuration again") struct ReloadTests {
  private func configuration(_ change: (String) -> String = { $0 }) throws -> Configuration {
    let text = """
      store: ./a.db
      broker: { kind: paper }
      leader: { client_id: "1000000001" }
      followers:
        - name: asha
          client_id: "1000000002"
          sizing: { strategy: fixed_ratio, ratio: 1/2 }
          limits: { max_lots_per_order: 20 }
          filters: { underlyings: [NIFTY] }
      """
    return try ConfigurationCheck(text: change(text)).configuration()
  }

  @Test("limits, sizing and filters are taken over, and nothing is left out")
  func takesOver() throws {
    let reloaded = try configuration().reloading(
      configuration {
        $0.replacing("1/2", with: "1/3").replacing("order: 20", with: "order: 7").replacing("[NIFTY]", with: "[SENSEX]")
      })
    let follower = reloaded.configuration.followers[0]
    #expect(follower.limits.copy.maximumLotsPerOrder == Lots(7))
    #expect(follower.filters.underlyings == ["SENSEX"])
    #expect(try follower.sizing != configuration().followers[0].sizing)
    #expect(reloaded.leftOut == [])
  }

  @Test(
    "anything else waits for the next start and is named",
    arguments: [
      ("./a.db", "./b.db", "store"), ("1000000001", "1000000009", "leader"),
      ("name: asha", "name: usha", "the list of followers"),
      ("1000000002", "1000000008", "asha (beyond sizing, limits and filters)"),
    ])
  func leavesOut(old: String, new: String, named: String) throws {
    let current = try configuration()
    let reloaded = try current.reloading(configuration { $0.replacing(old, with: new) })
    #expect(reloaded.configuration == current)
    #expect(reloaded.leftOut == [named])
  }
}
