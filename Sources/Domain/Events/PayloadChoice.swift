/// An enumeration that is written as a word. Reading compares words held in line, without making a string.
protocol PayloadChoice: RawRepresentable<String>, CaseIterable, Sendable {
  static var words: [(word: ShortText, value: Self)] { get }
}

extension PayloadChoice {
  static func makeWords() -> [(word: ShortText, value: Self)] {
    allCases.map { (ShortText(stringLiteral: $0.rawValue), $0) }
  }
}

extension PayloadReader {
  mutating func choice<Choice: PayloadChoice>(_ key: StaticString, _ type: Choice.Type = Choice.self) throws -> Choice {
    let word = try text(key)
    for candidate in Choice.words where candidate.word == word { return candidate.value }
    throw fault("a known word for \"\(key)\"")
  }

  mutating func optionalChoice<Choice: PayloadChoice>(_ key: StaticString) throws -> Choice? {
    guard let word = try optionalText(key) else { return nil }
    for candidate in Choice.words where candidate.word == word { return candidate.value }
    throw fault("a known word for \"\(key)\"")
  }
}

extension PayloadWriter {
  mutating func choice(_ key: StaticString, _ value: some PayloadChoice) {
    string(key, value.rawValue)
  }
}

extension ExchangeSegment: PayloadChoice { static let words = makeWords() }
extension OptionType: CaseIterable, PayloadChoice {
  public static let allCases: [OptionType] = [.call, .put]
  static let words = makeWords()
}
extension Side: CaseIterable, PayloadChoice {
  public static let allCases: [Side] = [.buy, .sell]
  static let words = makeWords()
}
extension ProductType: CaseIterable, PayloadChoice {
  public static let allCases: [ProductType] = [
    .intraday, .margin, .cnc, .mtf, .coverOrder, .bracketOrder, .other,
  ]
  static let words = makeWords()
}
extension OrderType: CaseIterable, PayloadChoice {
  public static let allCases: [OrderType] = [.limit, .market, .stopLoss, .stopLossMarket, .other]
  static let words = makeWords()
}
extension Validity: CaseIterable, PayloadChoice {
  public static let allCases: [Validity] = [.day, .immediateOrCancel, .other]
  static let words = makeWords()
}
extension OrderStatus: CaseIterable, PayloadChoice {
  public static let allCases: [OrderStatus] = [
    .transit, .pending, .partTraded, .traded, .rejected, .cancelled, .expired, .triggered, .unknown,
  ]
  static let words = makeWords()
}
extension OrderSource: CaseIterable, PayloadChoice {
  public static let allCases: [OrderSource] = [.stream, .book, .positions]
  static let words = makeWords()
}
extension CopyMode: CaseIterable, PayloadChoice {
  public static let allCases: [CopyMode] = [.placement, .fill]
  static let words = makeWords()
}
extension BelowOneLotPolicy: CaseIterable, PayloadChoice {
  public static let allCases: [BelowOneLotPolicy] = [.skip, .oneLot]
  static let words = makeWords()
}
extension ExitRounding: CaseIterable, PayloadChoice {
  public static let allCases: [ExitRounding] = [.byRisk, .lagging, .nearest, .leading]
  static let words = makeWords()
}
extension TrueUpPolicy: CaseIterable, PayloadChoice {
  public static let allCases: [TrueUpPolicy] = [.trimShorts, .trim, .keep]
  static let words = makeWords()
}
extension AfterMarketPolicy: PayloadChoice { static let words = makeWords() }
extension RestingPolicy: PayloadChoice { static let words = makeWords() }
extension UnfilledSettings.Action: PayloadChoice { static let words = makeWords() }
extension ExitSettings.Alternatives: PayloadChoice { static let words = makeWords() }
extension ExitSettings.Exhausted: PayloadChoice { static let words = makeWords() }
extension ReferenceSource: PayloadChoice { static let words = makeWords() }
extension ChildPurpose: CaseIterable, PayloadChoice {
  public static let allCases: [ChildPurpose] = [.entry, .exit]
  static let words = makeWords()
}
extension SkipReason: PayloadChoice { static let words = makeWords() }
extension WithdrawalReason: PayloadChoice { static let words = makeWords() }
extension RefusalClass: PayloadChoice { static let words = makeWords() }
extension RefusalMeaning: PayloadChoice { static let words = makeWords() }
extension RefusalTreatment: PayloadChoice { static let words = makeWords() }
extension ShortfallPolicy: PayloadChoice { static let words = makeWords() }
extension AlertKind: PayloadChoice { static let words = makeWords() }
extension BlockReason: PayloadChoice { static let words = makeWords() }
extension OperatorMode: PayloadChoice { static let words = makeWords() }
extension MissingLegPolicy: PayloadChoice { static let words = makeWords() }
extension BasketSettings.Grouping: PayloadChoice { static let words = makeWords() }
extension ContractGreeks.Source: PayloadChoice { static let words = makeWords() }
