import Domain
import TestSupport
import Testing

/// The stream has no sequence numbers, doubles messages and changes their order: pictures of an order must come to the
/// same end whatever way they arrive.
@Suite("Merging pictures of an order") struct OrderMergeTests {
  static func order(
    _ status: OrderStatus, filled: Int64 = 0, quantity: Int64 = 650, price: Int64 = 15_000, at second: Int64? = 0,
    average: Int64 = 0, label: CorrelationID? = nil, reason: String = ""
  ) -> BrokerOrder {
    BrokerOrder(
      orderID: "1", correlationID: label, key: RepresentativeEvents.key, side: .buy, type: .limit, validity: .day,
      quantity: Quantity(quantity), price: Paise(price), filled: Quantity(filled), averagePrice: Paise(average),
      status: status, updatedAt: second.map { RepresentativeEvents.moment + .seconds($0) }, reason: reason)
  }

  @Test("what one picture says of an order's leg stays, whatever says nothing of it")
  func leg() {
    var told = OrderMergeTests.order(.pending)
    told.isExitLeg = true
    let silent = OrderMergeTests.order(.pending, at: 5)
    #expect(told.merged(with: silent, from: .stream)?.isExitLeg == true)
    #expect(silent.merged(with: told, from: .book)?.isExitLeg == true)
  }

  @Test(
    "a book that still shows on its way what the stream has seen end in the same second revives nothing; one that shows it working does"
  )
  func lagging() {
    let ended = OrderMergeTests.order(.rejected, reason: "RMS: LPP check failed")
    #expect(ended.merged(with: OrderMergeTests.order(.transit), from: .book)?.status ?? ended.status == .rejected)
    #expect(ended.merged(with: OrderMergeTests.order(.pending), from: .book)?.status == .pending)
    #expect(ended.merged(with: OrderMergeTests.order(.transit, at: 1), from: .book)?.status == .transit)
  }

  static func merge(_ pictures: [BrokerOrder], from source: OrderSource = .stream) -> BrokerOrder? {
    guard var known = pictures.first else { return nil }
    for picture in pictures.dropFirst() { known = known.merged(with: picture, from: source) ?? known }
    return known
  }

  /// The life of one order as the broker could tell it, one picture a second.
  static func life(_ random: inout SeededGenerator) -> [BrokerOrder] {
    var pictures = [order(.transit, at: 0)]
    var (quantity, price, filled, average): (Int64, Int64, Int64, Int64) = (650, 15_000, 0, 0)
    for second in 1...Int64.random(in: 1...6, using: &random) {
      if random.chance(40) { price += 5 }
      if random.chance(30) { quantity = max(filled + 65, quantity + random.pick([-65, 65])) }
      if random.chance(50), filled + 65 < quantity {
        filled += 65
        average = 14_900 + second
      }
      let status: OrderStatus = filled > 0 ? .partTraded : random.pick([.pending, .triggered])
      pictures.append(
        order(
          status, filled: filled, quantity: quantity, price: price, at: second, average: average,
          label: random.chance(50) ? "cp1-x" : nil))
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      pictures.append(
        order(.traded, filled: quantity, quantity: quantity, price: price, at: 90, average: 14_950, label: "cp1-x"))
    case 1:
      pictures.append(
        order(
          random.pick([.cancelled, .expired, .rejected]), filled: filled, quantity: quantity, price: price, at: 90,
          average: average, label: "cp1-x", reason: "the end"))
    default: break
    }
    return pictures.map(\.normalised)
  }

  @Test("of two pictures of one second the one with fewer fills, or alive where the other had ended, was overtaken")
  func overtaken() throws {
    let traded = Self.order(.traded, filled: 195, quantity: 195, price: 0, average: 13_815)
    #expect(traded.merged(with: Self.order(.pending, quantity: 65, price: 13_805), from: .stream) == nil)
    let part = Self.order(.partTraded, filled: 65, quantity: 195)
    #expect(part.merged(with: Self.order(.pending, quantity: 650), from: .book) == nil)
    let grown = try #require(part.merged(with: Self.order(.partTraded, filled: 65, quantity: 650), from: .stream))
    #expect(grown.quantity == Quantity(650))
  }

  @Test("any order of arrival, with any doubling, comes to the same end") func permutations() {
    var random = SeededGenerator(seed: 33)
    for life in 0..<400 {
      let pictures = OrderMergeTests.life(&random)
      let expected = OrderMergeTests.merge(pictures)
      for _ in 0..<15 {
        let doubled = pictures + pictures.filter { _ in random.chance(40) }
        #expect(OrderMergeTests.merge(doubled.shuffled(using: &random)) == expected, "life \(life)")
      }
    }
  }

  @Test("merging what is known says nothing new") func idempotent() {
    var random = SeededGenerator(seed: 34)
    for _ in 0..<400 {
      let pictures = OrderMergeTests.life(&random)
      guard let known = OrderMergeTests.merge(pictures) else { continue }
      for picture in pictures { #expect(known.merged(with: picture, from: .stream) == nil) }
      #expect(known.merged(with: known, from: .book) == nil)
    }
  }

  @Test("filled never falls and a final status stays, whatever the stream says") func monotone() {
    var random = RandomEvents(seed: 35)
    for _ in 0..<300 {
      var known = random.picture().order
      for _ in 0..<10 {
        let next = known.merged(with: random.picture().order, from: .stream) ?? known
        #expect(next.filled >= known.filled)
        if known.status.isFinal { #expect(next.status == known.status) }
        #expect(known.correlationID == nil || next.correlationID == known.correlationID)
        known = next
      }
    }
  }

  @Test("only a newer reading of the book takes a final status back") func takenBack() {
    let ended = OrderMergeTests.order(.cancelled, at: 5)
    #expect(
      ended.merged(with: OrderMergeTests.order(.pending, at: 9), from: .stream)?.status ?? .cancelled == .cancelled)
    #expect(ended.merged(with: OrderMergeTests.order(.pending, at: 9), from: .book)?.status == .pending)
    #expect(ended.merged(with: OrderMergeTests.order(.pending, at: 4), from: .book)?.status ?? .cancelled == .cancelled)
  }

  @Test("quantities decide what a status means") func normalised() {
    #expect(OrderMergeTests.order(.traded, filled: 65).normalised.status == .partTraded)
    #expect(OrderMergeTests.order(.traded, filled: 0).normalised.status == .unknown)
    #expect(OrderMergeTests.order(.pending, filled: 65).normalised.status == .partTraded)
    #expect(OrderMergeTests.order(.partTraded, filled: 650).normalised.status == .traded)
    #expect(OrderMergeTests.order(.cancelled, filled: 650).normalised.status == .cancelled)
  }

  @Test("an unknown word or a late TRANSIT takes nothing away") func unknown() {
    let resting = OrderMergeTests.order(.pending, at: 3)
    for status in [OrderStatus.unknown, .transit] {
      let strange = OrderMergeTests.order(status, at: 4)
      #expect(resting.merged(with: strange, from: .stream)?.status == .pending)
      #expect(strange.merged(with: resting, from: .stream)?.status == .pending)
    }
  }

  @Test("what a later picture leaves out is kept: label, reason, average price") func leftOut() throws {
    let full = OrderMergeTests.order(.partTraded, filled: 65, at: 3, average: 15_010, label: "cp1-x", reason: "why")
    let bare = OrderMergeTests.order(.partTraded, filled: 65, at: 4)
    for merged in [full.merged(with: bare, from: .stream), bare.merged(with: full, from: .stream)] {
      let merged = try #require(merged)
      #expect(merged.correlationID == "cp1-x")
      #expect(merged.reason == "why")
      #expect(merged.averagePrice == Paise(15_010))
      #expect(merged.updatedAt == bare.updatedAt)
    }
  }

  @Test("nothing is open of an order that ended") func open() {
    #expect(OrderMergeTests.order(.partTraded, filled: 65).open == Quantity(585))
    #expect(OrderMergeTests.order(.cancelled, filled: 65).open == .zero)
    #expect(OrderMergeTests.order(.pending, filled: 700).open == .zero)
  }
}
