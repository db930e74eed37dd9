import Domain
import Projections
import Reactors
import Testing

/// What follows from what the broker says when it refuses an order (rule 5, options-domain.md §3.4).
@Suite("Rule 5: refusals") struct RefusalRules {
  @Test("the first rule whose phrases all occur decides, in any case of letters; what fits none alarms")
  func table() {
    let settings = CopySettings(leader: "1", followers: [], refusals: Harness.refusals)
    #expect(settings.refusal(saying: "RMS:7: Scrip is in BAN PERIOD")?.meaning == .banPeriod)
    #expect(settings.refusal(saying: "Intraday orders are not allowed now")?.meaning == .productCutoff)
    #expect(settings.refusal(saying: "Intraday orders are welcome") == .unknown)
    #expect(settings.refusal(saying: "") == .unknown)
    #expect(RefusalRule.unknown.treatment == .alarm)
    #expect(CopySettings(leader: "1", followers: []).refusal(saying: "ban period") == nil)
  }

  @Test(
    "a text that nobody knows is no fill and not tried again, and a person is told; so is one without words",
    arguments: ["RMS:1:The moon is in the seventh house", ""])
  func unknown(text: String) throws {
    var harness = try Harness.refusing()
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.rejectNewest(text)
    harness.run(for: .seconds(60))
    #expect(harness.placements() == [4])
    #expect(harness.held == 0 && harness.ends == [.refused])
    #expect(harness.openAlerts.contains(.refusalUnknown))
  }

  @Test("too little money skips the entry where nothing else is wanted, whoever says so: the reply or the book")
  func skipped() throws {
    var replied = try Harness.refusing()
    replied.acceptsAtOnce = false
    replied.leader("1", .buy, lots: 8, filled: 8)
    replied.refuseNewest()
    var booked = try Harness.refusing()
    booked.leader("1", .buy, lots: 8, filled: 8)
    booked.rejectNewest("RMS:1:Insufficient Funds")
    for var harness in [replied, booked] {
      harness.run(for: .seconds(60))
      #expect(harness.placements() == [8])
      #expect(harness.ends == [.refused])
      #expect(!harness.openAlerts.contains(.refusalUnknown))
    }
  }

  @Test("where steps are wanted half of the lots are asked for, three times at most, and never more than was refused")
  func steppedDown() throws {
    var harness = try Harness.refusing(.stepDown)
    harness.leader("1", .buy, lots: 17, filled: 17)
    for _ in 0..<6 { harness.rejectNewest("RMS:1:Insufficient Funds") }
    #expect(harness.placements() == [17, 8, 4, 2])
    #expect(harness.ends == [.refused])
    var taken = try Harness.refusing(.stepDown)
    taken.leader("1", .buy, lots: 17, filled: 17)
    taken.rejectNewest("RMS:1:Insufficient Funds")
    taken.fillAll()
    #expect(taken.held == 8)
    #expect(taken.steps([-17]) == [-8], "it leaves what it has, and no more")
  }

  @Test("an exit is never stepped down: a person is called (rule 16)") func exitWithoutMoney() throws {
    var harness = try Harness.refusing(.stepDown)
    harness.fillsAtOnce = true
    harness.leaderTrades(-4)
    harness.fillsAtOnce = false
    harness.leader("9", .buy, lots: 4, filled: 4)
    harness.rejectNewest("RMS:1:Insufficient Funds")
    #expect(harness.placements() == [-4, 4])
    #expect(harness.openAlerts.contains(.exitRefused))
  }

  @Test("what passes is waited out: the same lots again after five seconds, three times, then never")
  func waits() throws {
    var harness = try Harness.refusing()
    harness.leader("1", .buy, lots: 4)
    harness.rejectNewest("DH-906 Market is Closed!")
    #expect(harness.placements() == [4])
    harness.run(for: .seconds(4))
    #expect(harness.placements() == [4])
    harness.run(for: .seconds(2))
    #expect(harness.placements() == [4, 4])
    for _ in 0..<4 {
      harness.rejectNewest("DH-906 Market is Closed!")
      harness.run(for: .seconds(6))
    }
    #expect(harness.placements() == [4, 4, 4, 4])
  }

  @Test(
    "an exit that comes a moment before the opening is tried again, and a person is called where that does not help")
  func exitWaits() throws {
    var harness = try Harness.refusing()
    harness.fillsAtOnce = true
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 4, filled: 4)
    harness.rejectNewest("RMS:9:Market is closed")
    #expect(!harness.openAlerts.contains(.exitRefused))
    harness.run(for: .seconds(6))
    #expect(harness.placements() == [4, -4, -4])
    for _ in 0..<3 {
      harness.rejectNewest("RMS:9:Market is closed")
      harness.run(for: .seconds(6))
    }
    #expect(harness.placements() == [4, -4, -4, -4, -4])
    #expect(harness.openAlerts.contains(.exitRefused))
  }

  @Test("an exit that the exchange's band refuses goes again at half the distance from the market, and at a quarter")
  func band() throws {
    var harness = try Harness.refusing()
    harness.fillsAtOnce = true
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 4, filled: 4, price: 10_000, type: .market)
    for _ in 0..<5 { harness.rejectNewest("RMS:9:LPP check failed") }
    #expect(harness.prices.dropFirst().map(\.limit.count) == [9_500, 9_750, 9_875, 9_940])
    #expect(harness.openAlerts.contains(.exitRefused))
  }

  @Test("an exit of our own that the band refuses is not asked for without end: a person is called")
  func ownLinkRefused() throws {
    var harness = try Harness.refusing()
    harness.leader("1", .buy, lots: 4, filled: 2)
    harness.fillAll()
    harness.leader("1", .buy, lots: 4, filled: 2, status: .cancelled)
    harness.run(for: .seconds(5))
    let mark = harness.log.count
    for _ in 0..<10 {
      harness.rejectNewest("RMS:9:LPP check failed")
      harness.run(for: .seconds(1))
    }
    #expect(harness.placements(since: mark).count <= 3, "\(harness.story)")
    #expect(harness.openAlerts.contains(.exitRefused))
  }

  @Test("a price of the leader's own is not ours to change: the entry is skipped") func ownPrice() throws {
    var harness = try Harness.refusing()
    harness.leader("1", .buy, lots: 4)
    harness.rejectNewest("RMS:9:LPP check failed")
    #expect(harness.placements() == [4])
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    #expect(harness.ends == [.refused])
  }

  @Test("an order that is too large for the exchange is cut in two, down to one lot, and so is every other today")
  func freeze() throws {
    var harness = try Harness.refusing(freeze: 65 * 20)
    harness.leader("1", .buy, lots: 9, filled: 9)
    harness.rejectNewest("17070 : The Price/quantity freeze")
    #expect(harness.placements() == [9, 4, 4, 1])
    harness.fillAll()
    #expect(harness.held == 9)
    harness.fillsAtOnce = true
    #expect(harness.steps([-9]) == [-9])
    #expect(harness.placements().suffix(3) == [-4, -4, -1])
  }

  @Test("of several orders each has its own three times: none is lost because the others were refused as well")
  func siblings() throws {
    var harness = try Harness.refusing(freeze: 65 * 10)
    harness.leader("1", .buy, lots: 40)
    for _ in 0..<4 { harness.rejectNewest("DH-906 Market is Closed!") }
    harness.run(for: .seconds(6))
    #expect(harness.placements() == [10, 10, 10, 10, 10, 10, 10, 10])
    for _ in 0..<2 {
      for _ in 0..<4 { harness.rejectNewest("DH-906 Market is Closed!") }
      harness.run(for: .seconds(6))
    }
    #expect(harness.placements().count == 16)
    harness.fillAll()
    #expect(harness.held == 40)
    var refused = try Harness.refusing(freeze: 65 * 10)
    refused.leader("1", .buy, lots: 40)
    for _ in 0..<6 {
      for _ in 0..<4 { refused.rejectNewest("DH-906 Market is Closed!") }
      refused.run(for: .seconds(6))
    }
    #expect(refused.placements().count == 16, "three times more, and then never")
  }

  @Test("orders that are too large are cut and cut again, whatever number of them is refused") func largeOrders() throws
  {
    var harness = try Harness.refusing(freeze: 65 * 27)
    harness.leader("1", .buy, lots: 40)
    while let order = harness.working.last(where: { $0.quantity.units > 65 * 6 }) {
      var rejected = order
      rejected.status = .rejected
      rejected.reason = "17070 : The Price/quantity freeze"
      rejected.updatedAt = harness.time
      if let label = order.correlationID { harness.broker[label] = rejected }
      harness.observe(.followerOrder("asha", rejected, .stream))
    }
    harness.runLanes()
    harness.fillAll()
    #expect(harness.held == 40, "\(harness.placements())")
  }

  @Test("where fills are copied the price is ours, and a band that refuses it brings it nearer") func filledBand()
    throws
  {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), mode: .fill, entries: EntrySettings(maximumAge: .seconds(300)))
    var settings = try #require(harness.state.settings)
    settings.refusals = Harness.refusals
    harness.observe(.configuration(settings))
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4, filled: 4, price: 10_000)
    harness.rejectNewest("17070 : The Price is out of the current execution range")
    #expect(harness.prices.map(\.limit.count) == [10_500, 10_250])
  }

  @Test("nothing is opened in a banned underlying for the rest of the day, and everything is closed")
  func ban() throws {
    var harness = try Harness.refusing()
    harness.fillsAtOnce = true
    #expect(harness.steps([4]) == [4])
    harness.fillsAtOnce = false
    harness.leader("2", .buy, lots: 2, filled: 2)
    harness.rejectNewest("RMS:2:NIFTY is in Ban Period")
    harness.fillsAtOnce = true
    #expect(harness.steps([2]) == [0])
    #expect(harness.reasons == [.banPeriod])
    #expect(harness.steps([-8]) == [-4])
    harness.contract = ContractID(segment: .nseFNO, securityID: "52175", option: harness.contract.option)
    harness.observe(
      .instrument(
        Instrument(
          contract: harness.contract, underlying: "BANKNIFTY", displayName: "BANKNIFTY",
          lotSize: try #require(LotSize(30)), tickSize: Paise(5), freezeQuantity: nil)))
    #expect(harness.steps([2]) == [2], "another underlying is not concerned")
  }

  @Test("an account that may not trade is stopped for entries until a person resumes it; exits are still tried")
  func stops() throws {
    var harness = try Harness.refusing()
    harness.fillsAtOnce = true
    #expect(harness.steps([4]) == [4])
    harness.fillsAtOnce = false
    harness.leader("2", .buy, lots: 2, filled: 2)
    harness.rejectNewest("RMS:2:Client suspended")
    harness.fillsAtOnce = true
    #expect(harness.state.mode(ofFollower: 0) == .closeOnly)
    #expect(harness.openAlerts.contains(.accountStopped))
    #expect(harness.steps([2]) == [0])
    #expect(harness.reasons == [.accountStopped])
    #expect(harness.steps([-4]) == [-2], "half of the leader's eight lots: half of our four")
    harness.observe(.operatorCommand(.running, "asha"))
    #expect(harness.state.mode(ofFollower: 0) == .running)
    #expect(!harness.openAlerts.contains(.accountStopped))
    #expect(harness.steps([2]) == [2])
  }

  @Test("without a table a refusal is the end of its request and no more") func noTable() throws {
    var harness = try Harness.refusing(table: [])
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.rejectNewest("RMS:1:Client suspended")
    #expect(harness.ends == [.refused])
    #expect(harness.openAlerts == [])
    #expect(harness.state.mode(ofFollower: 0) == .running)
  }

  @Test("what the table calls an alarm is told to a person, as what it does not know is") func alarm() throws {
    var harness = try Harness.refusing()
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.rejectNewest("17181 : market order not allowed")
    #expect(harness.ends == [.refused])
    #expect(harness.openAlerts == [.refusalAlarm])
  }

  @Test(
    "a code of the table is found as a number of its own, and never among the digits of the order's number",
    arguments: [
      ("RMS:112117181198:Brand new words", RefusalMeaning.unknown),
      ("RMS:112117070998:Margin Shortfall", .insufficientMargin), ("17070: price", .priceBand),
      ("RMS:17:17070", .priceBand), ("error 117070", .unknown), ("error 170701", .unknown),
    ])
  func codes(text: String, meaning: RefusalMeaning) throws {
    let settings = try #require(try Harness.refusing().state.settings)
    #expect(settings.refusal(saying: text)?.meaning == meaning)
  }
}
