import Domain

extension ConfigurationReader {
  func market(_ root: SectionReader) -> Configuration.Market? {
    guard let section = root.section("market") else { return nil }
    let written = section.value("calendar", ScalarKind<Configuration.Market.Calendar>.choice)
    let calendar = written ?? .nse
    let own = marketData(section)
    let path = section.value("data", .path).map(resolve)
    let file = path.map { marketData(ofFile: $0, namedAt: section.place(of: "data")) }
    let squareOff = section.value("square_off_from", ScalarKind<TimeOfDay>.timeOfDay)
    let quotes = section.value("quotes", ScalarKind<Configuration.Market.Quotes>.choice)
    let cutoff = section.value("expiry_cutoff", .duration())
    let settlement = section.value("physical_settlement_days", .integer(0...30, of: "trading days"))
    section.finish()
    return Configuration.Market(
      calendar: calendar, keepsHours: written == .nse, quotes: quotes ?? .none,
      squareOffFrom: squareOff ?? (calendar == .nse ? TimeOfDay("15:15") : nil),
      expiryCutoff: cutoff ?? Configuration.Market.expiryCutoff,
      physicalSettlementDays: settlement ?? Configuration.Market.physicalSettlementDays,
      data: MarketData(
        own, file: file ?? MarketDataParts(), path: path,
        builtIn: calendar == .nse ? .nse : .withoutHours))
  }

  /// The parts of a file of its own. What is wrong in it is told with its name.
  private func marketData(ofFile path: String, namedAt place: FilePlace) -> MarketDataParts {
    guard let readFile else { return MarketDataParts() }
    let inner = ConfigurationReport()
    defer { report.takeOver(inner, ofFile: path) }
    guard let text = readFile(path, inner) else { return MarketDataParts() }
    return ConfigurationReader.marketData(text, report: inner)
  }

  /// Reads the text of a file of market data.
  static func marketData(_ text: String, report: ConfigurationReport) -> MarketDataParts {
    guard let root = YAMLDocument.root(of: text, report: report),
      let section = SectionReader(root, path: "", report: report)
    else { return MarketDataParts() }
    let reader = ConfigurationReader(report: report, resolve: { $0 })
    let parts = reader.marketData(section)
    section.finish()
    return parts
  }
}

extension MarketDataParts {
  /// What is built in where the exchange has no hours: a broker refuses there as well.
  static let withoutHours = MarketDataParts(refusals: nse.refusals)

  /// What was known when this version was made: ``MarketDataText/nse``, which the package also holds as a file.
  static let nse: MarketDataParts = {
    let report = ConfigurationReport()
    let parts = ConfigurationReader.marketData(MarketDataText.nse, report: report)
    precondition(report.mistakes.isEmpty, "The market data that is built in has mistakes: \(report.mistakes)")
    return parts
  }()
}
