import Domain
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("A script in the simulator") struct ScriptTests {
  @Test(
    "the bundled session is about contracts that the simulator lists, before they expire and years later",
    arguments: [0, 30, 400, 4_000] as [Int64])
  func contracts(days: Int64) {
    let now = PaperDemo.start + Microseconds.seconds(days * 86_400)
    var core = SimulatorCore(SimulatorSettings(), at: now)
    for step in PaperScript.demo.steps {
      guard case .act(let action) = step.kind else { continue }
      let reply = core.exchange.act(core.ofThisDay(action), at: now + step.at)
      switch reply {
      case .done, .call(.accepted, after: _): break
      default: Issue.record("line \(step.line): \(reply)")
      }
      core.advance(to: now + step.at)
    }
    core.advance(to: now + .seconds(60))
    let held = core.exchange.positions(of: "1000000001")
    #expect(held.map(\.quantity) == [Quantity(650)])
    #expect(held.first?.key.contract.securityID == "47317")
    #expect(held.first.map { core.contracts[$0.key.contract] != nil } == true)
    #expect(held.first?.key.contract.option.map { $0.expiry >= now.indianDay } == true)
  }
}
