import TestSupport
import Testing

@testable import Dhan

private let second: Int64 = 1_000_000_000

@Suite struct CallBudgetTests {
  @Test(
    "A call leaves at once unless ten left within the second before it",
    arguments: [
      (before: 0, waits: false), (9, false), (10, true), (11, true),
    ])
  func callWindow(before: Int, waits: Bool) {
    var budget = CallBudget()
    for number in 0..<before { budget.leave(at: 5 * second + Int64(number)) }
    let now = 5 * second + 100
    #expect((budget.earliest(.call) > now) == waits)
  }

  @Test(
    "A reading leaves three places of the second and a fifth of each longer window to calls",
    arguments: [
      (count: 6, apart: Int64(0), waits: false), (7, 0, true),
      (199, 300_000_000, false), (200, 300_000_000, true),
      (799, 4 * second, false), (800, 4 * second, true),
      (5_599, 15 * second, false), (5_600, 15 * second, true),
    ])
  func readingWindows(count: Int, apart: Int64, waits: Bool) {
    var budget = CallBudget()
    for number in 0..<count { budget.leave(at: Int64(number) * apart) }
    let now = Int64(count) * apart + 1
    #expect((budget.earliest(.reading) > now) == waits)
    #expect(apart == 0 || budget.earliest(.call) <= now)
  }

  @Test(
    "Whatever comes when, no second holds more than ten, and readings alone never pass their part", arguments: 1...20)
  func neverMoreThanTen(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var budget = CallBudget()
    var now: Int64 = 0
    var departures: [Int64] = []
    var readings: [Int64] = []
    for _ in 0..<3_000 {
      let calls = random.next() % 4 == 0
      let busy = random.next() % 3 != 0
      now += Int64(random.next() % (busy ? 40_000_000 : 400_000_000))
      if random.next() % 200 == 0 { budget.rateLimited(at: now) }
      now = max(now, budget.earliest(calls ? .call : .reading))
      budget.leave(at: now)
      departures.append(now)
      if !calls { readings.append(now) }
    }
    // "No 1-second stretch holds eleven": the eleventh after any departure is more than a second later.
    for (early, late) in zip(departures, departures.dropFirst(10)) {
      #expect(late - early > second, "seed \(seed)")
    }
    for (early, late) in zip(readings, readings.dropFirst(7)) {
      #expect(late - early > second, "seed \(seed)")
    }
    for (early, late) in zip(readings, readings.dropFirst(200)) {
      #expect(late - early > 60 * second, "seed \(seed)")
    }
  }

  @Test(
    "A call counts from its answer, when it had certainly arrived, and from half a second after it left at the latest",
    arguments: [(answered: second / 10, counts: second / 10), (3 * second, second / 2)])
  func arrival(answered: Int64, counts: Int64) {
    var budget = CallBudget()
    let start = 5 * second
    for _ in 0..<10 { budget.leave(at: start) }
    for _ in 0..<10 { budget.returned(at: start + answered) }
    #expect(budget.earliest(.call) == start + counts + 1_050_000_000)
    // It is the oldest of the ten that holds up the eleventh.
    budget = CallBudget()
    for number in 0..<10 { budget.leave(at: start + Int64(number)) }
    budget.returned(at: start + answered)
    #expect(budget.earliest(.call) == start + counts + 1_050_000_000)
    budget.returned(at: start + 20 * second)
    #expect(budget.earliest(.call) == start + counts + 1_050_000_000)
  }

  @Test("After a 429 calls rest a second, readings longer each time, thirty at most, until something else is answered")
  func rateLimit() {
    var budget = CallBudget()
    var now = 10 * second
    var rests: [Int64] = []
    for _ in 0..<7 {
      budget.rateLimited(at: now)
      #expect(budget.earliest(.call) == now + second)
      rests.append((budget.earliest(.reading) - now) / second)
      now = budget.earliest(.reading)
    }
    #expect(rests == [1, 2, 4, 8, 16, 30, 30])
    budget.answered(at: now)
    budget.rateLimited(at: now)
    #expect(budget.earliest(.reading) == now + second)
  }

  @Test("Calls that left together and are refused together lengthen the pause once")
  func burstCountsOnce() {
    var budget = CallBudget()
    for number in 0..<10 { budget.rateLimited(at: 10 * second + Int64(number)) }
    #expect(budget.earliest(.reading) == 11 * second)
    budget.answered(at: 10 * second + 20)
    budget.rateLimited(at: 11 * second)
    #expect(budget.earliest(.reading) == 13 * second)
  }
}
