import Domain
import Foundation
import Projections
import Reactors
import Testing

@Suite("Properties: shuffled and doubled messages") struct ShufflingProperties {
  /// One phase of a leader's history: pictures of several orders, in the order in which they happened.
  private static func phase(_ random: inout SeededRandom, side: Side, harness: Harness, first: Int, limit: Int64)
    -> [BrokerOrder]
  {
    var pictures: [BrokerOrder] = []
    var left = limit
    for number in 0..<3 where left > 0 {
      let size = min(left, Int64(1 + random.below(8)))
      left -= size
      var order = BrokerOrder(
        orderID: OrderID(stringLiteral: "1\(100_000_000_000 + first + number)"), correlationID: nil, key: harness.key,
        side: side, type: .limit, validity: .day, quantity: harness.lotSize.quantity(of: Lots(size)),
        price: Paise(side == .buy ? 9_900 : 10_100), status: .pending, updatedAt: nil)
      pictures.append(order)
      if random.chance(40) {
        order.price = Paise(order.price.count + 5)
        pictures.append(order)
      }
      var filled: Int64 = 0
      while filled < size {
        filled += Int64(1 + random.below(Int(size - filled)))
        order.filled = harness.lotSize.quantity(of: Lots(filled))
        order.averagePrice = order.price
        order.status = filled == size ? .traded : .partTraded
        pictures.append(order)
        if filled < size, random.chance(15) {
          order.status = .cancelled
          pictures.append(order)
          break
        }
      }
    }
    // Distinct broker times: the merge promises nothing for two pictures of one second (dhan-api-v2.md §6.5).
    return pictures.enumerated().map { index, picture in
      var timed = picture
      timed.updatedAt = harness.time + .milliseconds(Int64(first * 10 + index))
      return timed
    }
  }

  private static func run(_ phases: [[BrokerOrder]], ratio: String) -> (held: [Int64], leader: [Quantity]) {
    var harness = Harness(ratio: ratio)
    harness.fillsAtOnce = false
    var held: [Int64] = []
    var leader: [Quantity] = []
    for phase in phases {
      for picture in phase { harness.observe(.leaderOrder(picture, .stream)) }
      // What waits in the lane leaves first: a fill that overtakes a reduction is another state, and rightly so.
      harness.runLanes()
      for _ in 0..<20 where !harness.working.isEmpty { harness.fillAll() }
      held.append(harness.held)
      leader.append(harness.state.leader.positions[harness.key]?.net ?? .zero)
    }
    return (held, leader)
  }

  @Test(
    "any order and any doubling of the messages that the merge allows ends in the same state",
    arguments: UInt64(0)..<4)
  func shuffled(hundred: UInt64) {
    for seed in (hundred * 100 + 1)...(hundred * 100 + 100) { shuffled(seed: seed) }
  }

  private func shuffled(seed: UInt64) {
    var random = SeededRandom(seed)
    let ratio = random.pick(["1/2", "3/10", "2/5", "1", "7/3"])
    let blank = Harness(ratio: ratio)
    let entries = ShufflingProperties.phase(&random, side: .buy, harness: blank, first: 10, limit: 20)
    let plain = ShufflingProperties.run([entries], ratio: ratio)
    let bought = plain.leader[0].units / 65
    let exits = ShufflingProperties.phase(&random, side: .sell, harness: blank, first: 60, limit: bought)
    let expected = ShufflingProperties.run([entries, exits], ratio: ratio)
    for _ in 0..<5 {
      let mixed = [entries, exits].map { phase in random.shuffled(phase + phase.filter { _ in random.chance(30) }) }
      let seen = ShufflingProperties.run(mixed, ratio: ratio)
      let replay = "seed \(seed): swift test --filter ShufflingProperties"
      #expect(seen.leader == expected.leader, "\(replay)")
      #expect(seen.held == expected.held, "\(replay)")
    }
  }
}
