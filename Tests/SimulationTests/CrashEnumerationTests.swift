import SimulationKit
import Testing

@Suite("Crash enumeration") struct CrashEnumerationTests {
  @Test(
    "promises 1, 2, 6 and 9: ended at any durable write, call or reply, by a kill or a power cut, the service comes back to where it would have been"
  )
  func once() throws {
    let steps = try CrashEnumeration.steps()
    #expect(steps.diskOperations > 100 && steps.calls > 10 && steps.replies > 10, "\(steps)")
    for plan in steps.plans { try expectSound(plan) }
  }

  /// The square of all steps is too large: of every seventh first end the recovery is ended at every fifth of its first sixty
  /// operations.
  @Test("the same where it ends once more at the steps of its recovery")
  func twice() throws {
    for (number, plan) in try CrashEnumeration.steps().plans.enumerated() where number % 7 == 3 {
      for again in stride(from: 1 + number % 5, to: 60, by: 5) {
        try expectSound(CrashPlan(plan.point, cutsPower: plan.cutsPower, again: again))
      }
    }
  }

  private func expectSound(_ plan: CrashPlan) throws {
    let outcome = try CrashEnumeration.run(plan)
    #expect(outcome.isSound, "\(plan): \(outcome.violations.prefix(3))")
  }
}
