import Domain
import Engine
import Ports
import Projections
import Reactors
import Testing

@Suite("Greeks: the broker's chain where it has them, else computed") struct GreeksReadingTests {
  private static let now = Timestamp(microseconds: 1_795_000_000_000_000)
  private static let expiry = Day(daysSinceEpoch: now.indianDay.daysSinceEpoch + 7)
  private static let series = ChainSeries(underlying: "NIFTY", expiry: expiry)

  private static func contract(_ strike: Int64, _ type: OptionType) -> ContractID {
    ContractID(
      segment: .nseFNO, securityID: SecurityID(stringLiteral: "\(strike)\(type == .call ? 1 : 2)"),
      option: OptionTerms(expiry: expiry, strike: .rupees(strike), type: type))
  }
  private static let call = contract(25_000, .call)

  private struct NoContracts: ContractDirectory {
    func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? { nil }
  }

  private let intake = Intake(
    settings: CopySettings(leader: "1000000001", followers: []), contracts: NoContracts())

  /// A log in which somebody asks for the Greeks of the call.
  private func asked() -> State {
    var state = State()
    func apply(_ event: Event) {
      state.apply(event, sequence: state.lastSequence.next, recordedAt: Self.now)
    }
    for type in [OptionType.call, .put] {
      apply(
        .instrumentSeen(
          InstrumentSeen(
            Instrument(
              contract: Self.contract(25_000, type), underlying: "NIFTY", displayName: "NIFTY", lotSize: LotSize(65)!,
              tickSize: Paise(5), freezeQuantity: nil))))
    }
    apply(.greeksWanted(GreeksWanted(contracts: [Self.call], follower: "asha")))
    return state
  }

  private func seen(_ chain: OptionChain?, in state: State) -> [ContractGreeks] {
    intake.observations(.optionChain(Self.series, chain), of: .leader, in: state).compactMap {
      if case .greeks(Self.call, let greeks) = $0 { greeks } else { nil }
    }
  }

  private func row(_ type: OptionType, _ bid: Int64, _ ask: Int64) -> OptionChain.Row {
    var row = OptionChain.Row(strike: .rupees(25_000), type: type)
    (row.bid, row.ask) = (Paise(bid), Paise(ask))
    return row
  }

  @Test("what the chain tells is taken, rounded once") func told() {
    var row = row(.call, 13_355, 13_400)
    (row.delta, row.gamma, row.theta, row.vega, row.volatilityPercent) = (0.53871, 0.00132, -15.1539, 12.18593, 9.789)
    let greeks = seen(OptionChain(spot: Paise(2_564_280), rows: [row]), in: asked())
    #expect(
      greeks == [
        ContractGreeks(
          source: .chain, underlying: Paise(2_564_280), volatilityMillionths: 97_890, deltaMillionths: 538_710,
          gammaBillionths: 1_320_000,
          thetaPaisaHundredths: -151_539, vegaPaisaHundredths: 121_859)
      ])
  }

  @Test("zeros of a strike that hardly trades are no Greeks: the chain's prices tell") func zeros() throws {
    // The reference values of options-domain.md §5.3: F 25,031.18 and σ 12 %, seven days.
    var call = row(.call, 18_160, 18_170)
    (call.delta, call.gamma, call.theta, call.vega, call.volatilityPercent) = (0, 0, 0, 0, 0)
    let chain = OptionChain(spot: .rupees(25_000), rows: [call, row(.put, 15_050, 15_060)])
    let greeks = try #require(seen(chain, in: asked()).first)
    #expect(greeks.source == .computed)
    #expect(abs(greeks.deltaMillionths - 533_000) < 10_000 && abs(greeks.vegaPaisaHundredths - 137_640) < 6_000)
    #expect(abs(greeks.underlying.count - 2_503_118) < 500)
  }

  @Test("without a chain the prices of the log tell; where it has none nobody does") func fromTheLog() throws {
    var state = asked()
    #expect(seen(nil, in: state) == [])
    for (type, price) in [(OptionType.call, Int64(18_167)), (.put, 15_053)] {
      let quote = Event.quoteSeen(QuoteSeen(contract: Self.contract(25_000, type), price: Paise(price)))
      state.apply(quote, sequence: state.lastSequence.next, recordedAt: Self.now)
    }
    let greeks = try #require(seen(nil, in: state).first)
    #expect(greeks.source == .computed && abs(greeks.deltaMillionths - 533_000) < 10_000)
    // Five minutes later those prices say nothing of now.
    state.apply(
      .greeksWanted(GreeksWanted(contracts: [Self.call], follower: "asha")), sequence: state.lastSequence.next,
      recordedAt: Self.now + .seconds(400))
    #expect(seen(nil, in: state) == [])
  }

  @Test("what nobody asked for is not recorded") func unasked() {
    let state = State()
    let greeks = ContractGreeks(
      source: .chain, underlying: .rupees(25_000), volatilityMillionths: 1, deltaMillionths: 1, gammaBillionths: 1,
      thetaPaisaHundredths: 1, vegaPaisaHundredths: 1)
    #expect(Recorder.event(for: .greeks(Self.call, greeks), in: state) == nil)
  }
}
