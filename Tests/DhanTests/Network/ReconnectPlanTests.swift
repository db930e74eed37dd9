import Domain
import Testing

@testable import Dhan

@Suite struct ReconnectPlanTests {
  private static var timing: StreamTiming {
    var timing = StreamTiming()
    timing.jitter = { $0 }
    return timing
  }
  private let refused = SessionEnd(cause: .failed, text: "refused", loggedInFor: nil)
  private func dropped(after held: Microseconds) -> SessionEnd {
    SessionEnd(cause: .failedAbnormally, text: "dropped", loggedInFor: held)
  }

  @Test("Pauses double from half a second to thirty, and begin anew after a good connection")
  func doubling() {
    var plan = ReconnectPlan(timing: Self.timing)
    let pauses = (0..<30).map { _ in plan.pause(after: refused).count / 1_000 }
    #expect(pauses.prefix(8) == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    #expect(pauses.suffix(20).allSatisfy { $0 == 30_000 })
    #expect(plan.pause(after: dropped(after: .seconds(29))) == .seconds(30))
    #expect(plan.pause(after: dropped(after: .seconds(30))) == .milliseconds(500))
  }

  @Test("By itself the pause is jittered between half and whole")
  func jitter() {
    let whole = Microseconds.seconds(30)
    let pauses = (0..<200).map { _ in StreamTiming().jitter(whole) }
    #expect(pauses.allSatisfy { $0 >= .seconds(15) && $0 <= whole })
    #expect(Set(pauses).count > 100)
    #expect(StreamTiming().jitter(Microseconds(0)) == Microseconds(0))
  }

  @Test(
    "Only an abnormal end within five seconds of the login is rapid",
    arguments: [
      (SessionEnd.Cause.failedAbnormally, Microseconds.milliseconds(4_999) as Microseconds?, true),
      (.failedAbnormally, .seconds(5), false), (.failedAbnormally, nil, false), (.failed, .milliseconds(10), false),
      (.rateLimited, nil, false), (.asked, .milliseconds(10), false), (.cancelled, .milliseconds(10), false),
    ])
  func rapid(_ cause: SessionEnd.Cause, _ held: Microseconds?, _ expected: Bool) {
    let plan = ReconnectPlan(timing: Self.timing)
    #expect(plan.isRapid(SessionEnd(cause: cause, text: "", loggedInFor: held)) == expected)
  }

  @Test("Ten rapid ends in a row bring the longest pause, until a connection holds")
  func rapidEnds() {
    var timing = Self.timing
    timing.longestPause = .seconds(300)
    var plan = ReconnectPlan(timing: timing)
    for _ in 0..<9 { _ = plan.pause(after: dropped(after: .milliseconds(10))) }
    #expect(!plan.rapidEndsExhausted)
    #expect(plan.pause(after: dropped(after: .milliseconds(10))) == .seconds(300))
    #expect(plan.rapidEndsExhausted)
    // An attempt that never logs in proves nothing about the token.
    _ = plan.pause(after: refused)
    #expect(plan.rapidEndsExhausted)
    #expect(plan.pause(after: dropped(after: .seconds(60))) == .milliseconds(500))
    #expect(!plan.rapidEndsExhausted)
  }

  @Test("After HTTP 429 the stream cools off for a minute; asked for anew it comes at once, but not in a storm")
  func otherPauses() {
    var plan = ReconnectPlan(timing: Self.timing)
    #expect(plan.pause(after: SessionEnd(cause: .rateLimited, text: "", loggedInFor: nil)) == .seconds(60))
    #expect(plan.pause(after: SessionEnd(cause: .asked, text: "", loggedInFor: .seconds(1))) == Microseconds(0))
    #expect(
      plan.pause(after: SessionEnd(cause: .asked, text: "", loggedInFor: .milliseconds(1))) == .milliseconds(500))
  }
}
