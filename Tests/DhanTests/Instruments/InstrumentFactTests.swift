import Dhan
import Domain
import Testing

@Suite struct InstrumentFactTests {
  @Test("every fact of a verbatim row is read exactly")
  func verbatimRow() throws {
    let table = try InstrumentText.table(InstrumentText.file([InstrumentText.nifty, InstrumentText.index]))
    let instrument = try #require(table.instrument(.nseFNO, "35084"))
    #expect(
      instrument
        == Instrument(
          contract: ContractID(
            segment: .nseFNO, securityID: "35084",
            option: OptionTerms(expiry: try #require(Day("2026-09-29")), strike: .rupees(29_150), type: .call)),
          underlying: "NIFTY", displayName: "NIFTY 29 SEP 29150 CALL", lotSize: try #require(LotSize(65)),
          tickSize: Paise(5), freezeQuantity: Quantity(1756), band: PriceBand(lower: Paise(5), upper: Paise(2010))))
    #expect(instrument.maximumLotsPerChild == Lots(27))
    #expect(table.band(.nseFNO, "35084") == PriceBand(lower: Paise(5), upper: Paise(2010)))
    #expect(table.count == 1)
    #expect(table.counts.rows == 2)
    #expect(table.counts.damaged == 0)
  }

  @Test("an option of BSE is known by its underlying, whatever its symbol says")
  func bseQuirk() throws {
    let table = try InstrumentText.table(InstrumentText.file([InstrumentText.sensex]))
    let instrument = try #require(table.instrument(.bseFNO, "869699"))
    #expect(instrument.underlying == "SENSEX")
    #expect(instrument.displayName == "SENSEX 17 SEP 74300 CALL")
    #expect(instrument.lotSize.units == 20)
    #expect(instrument.freezeQuantity == Quantity(1000))
    #expect(table.instrument(.nseFNO, "869699") == nil)
  }

  @Test("the compact file gives the same contracts, without freeze quantity and band")
  func compact() throws {
    let table = try InstrumentText.table(
      """
      \(InstrumentText.compactHeader)
      NSE,D,44430,OPTIDX,0,NIFTY-Oct2024-25800-CE,25.0,NIFTY 24 OCT 25800 CALL,2024-10-24 14:30:00,25800.00000,CE,5.0000,W,OP,,
      NSE,D,501,OPTSTK,0,BAJAJ-AUTO-Oct2024-9000-PE,75.0,BAJAJ-AUTO 31 OCT 9000 PUT,2024-10-31 14:30:00,9000.00000,PE,5.0000,M,OP,,
      NSE,D,502,FUTIDX,0,NIFTY-Oct2024-FUT,25.0,NIFTY OCT FUT,2024-10-31 14:30:00,-0.01000,XX,10.0000,M,FUT,,
      NSE,I,13,INDEX,0,NIFTY,1.0,Nifty 50,,7.00000,,1.0000,NA,INDEX,X,NIFTY

      """)
    let nifty = try #require(table.instrument(.nseFNO, "44430"))
    #expect(nifty.underlying == "NIFTY")
    #expect(
      nifty.contract.option
        == OptionTerms(expiry: try #require(Day("2024-10-24")), strike: .rupees(25_800), type: .call))
    #expect(nifty.lotSize.units == 25)
    #expect(nifty.freezeQuantity == nil)
    #expect(table.band(.nseFNO, "44430") == nil)
    #expect(table.instrument(.nseFNO, "501")?.underlying == "BAJAJ-AUTO")
    #expect(table.count == 2)
    #expect(table.counts.damaged == 0)
  }

  struct Field: Sendable, CustomTestStringConvertible {
    let row: String
    let isRead: Bool
    let testDescription: String
    init(_ name: String, _ row: String, isRead: Bool) {
      self.row = row
      self.isRead = isRead
      testDescription = name
    }
  }

  @Test(
    "a field that is not what its column says makes its row damaged, never a guess",
    arguments: [
      Field("lot without fraction", InstrumentText.row(lot: "65"), isRead: true),
      Field("lot of half a unit", InstrumentText.row(lot: "65.5"), isRead: false),
      Field("lot zero", InstrumentText.row(lot: "0.0"), isRead: false),
      Field("lot negative", InstrumentText.row(lot: "-65.0"), isRead: false),
      Field("lot empty", InstrumentText.row(lot: ""), isRead: false),
      Field("lot with exponent", InstrumentText.row(lot: "6.5e1"), isRead: false),
      Field("lot beyond reason", InstrumentText.row(lot: "99999999999999999999"), isRead: false),
      Field("tick of one paisa", InstrumentText.row(tick: "1.0000"), isRead: true),
      Field("tick below one paisa", InstrumentText.row(tick: "0.0500"), isRead: false),
      Field("tick of half paise", InstrumentText.row(tick: "2.5000"), isRead: false),
      Field("strike of half a rupee", InstrumentText.row(strike: "102.50000"), isRead: true),
      Field("strike below a paisa", InstrumentText.row(strike: "102.50100"), isRead: false),
      Field("strike of a future", InstrumentText.row(strike: "-0.01000"), isRead: false),
      Field("strike no number", InstrumentText.row(strike: "24,000"), isRead: false),
      Field("type of no option", InstrumentText.row(type: "XX"), isRead: false),
      Field("type in small letters", InstrumentText.row(type: "ce"), isRead: false),
      Field("expiry none", InstrumentText.row(expiry: "0001-01-01"), isRead: false),
      Field("expiry no day", InstrumentText.row(expiry: "2026-02-30"), isRead: false),
      Field("expiry with a time", InstrumentText.row(expiry: "2026-09-29 14:30:00"), isRead: true),
      Field("expiry in another order", InstrumentText.row(expiry: "29-09-2026"), isRead: false),
      Field("number empty", InstrumentText.row(id: ""), isRead: false),
      Field("number too long", InstrumentText.row(id: String(repeating: "1", count: 32)), isRead: false),
      Field("underlying absent", InstrumentText.row(underlying: "NA"), isRead: false),
      Field("freeze no number", InstrumentText.row(freeze: "many"), isRead: false),
      Field("blanks around fields", InstrumentText.row(lot: " 65.0 ", type: " CE"), isRead: true),
      Field("quoted fields", InstrumentText.row(underlying: "\"NIFTY\"", lot: "\"65.0\""), isRead: true),
    ])
  func fields(_ field: Field) throws {
    // A hundred good rows beside it, so that the file as a whole is trusted.
    let rows = (2001...2100).map { InstrumentText.row(id: "\($0)") } + [field.row]
    let table = try InstrumentText.table(InstrumentText.file(rows))
    #expect(table.counts.damaged == (field.isRead ? 0 : 1))
    #expect(table.count == (field.isRead ? 101 : 100))
  }

  @Test(
    "a freeze quantity that is none is no limit",
    arguments: [("0", nil), ("-1", nil), ("", nil), ("NA", nil), ("1800.0", 1800), ("5", 5)] as [(String, Int64?)])
  func freeze(text: String, units: Int64?) throws {
    let table = try InstrumentText.table(InstrumentText.file([InstrumentText.row(freeze: text)]))
    #expect(try #require(table.instrument(.nseFNO, "1001")).freezeQuantity == units.map { Quantity($0) })
  }

  @Test(
    "a price band is exact, cut to its inside, or not there",
    arguments: [
      ("0.0500", "20.1000", PriceBand(lower: Paise(5), upper: Paise(2010))),
      ("0.0510", "20.1099", PriceBand(lower: Paise(6), upper: Paise(2010))),
      ("0", "20.1", PriceBand(lower: .zero, upper: Paise(2010))),
      ("0", "0", nil), ("", "", nil), ("NA", "20.1", nil), ("-1", "20.1", nil), ("30.00", "20.00", nil),
      ("x", "20", nil),
    ] as [(String, String, PriceBand?)])
  func band(lower: String, upper: String, band: PriceBand?) throws {
    let table = try InstrumentText.table(InstrumentText.file([InstrumentText.row(upper: upper, lower: lower)]))
    #expect(table.band(.nseFNO, "1001") == band)
    #expect(table.count == 1)
  }

  @Test(
    "a display name is cut at the end of a character",
    arguments: [
      ("NIFTY 29 SEP 24000 CALL", "NIFTY 29 SEP 24000 CALL"),
      ("MIDCPNIFTY 29 SEP 12345.50 CALLS", "MIDCPNIFTY 29 SEP 12345.50 CALL"),
      (
        "\u{20B9}\u{20B9}\u{20B9}\u{20B9}\u{20B9}\u{20B9}\u{20B9}\u{20B9}\u{20B9}\u{20B9}\u{20B9}",
        String(repeating: "\u{20B9}", count: 10)
      ),
      ("\"NIFTY, THE \"\"BIG\"\" ONE\"", "NIFTY, THE \"BIG\" ONE"),
      ("", ""),
    ])
  func displayName(field: String, name: String) throws {
    let table = try InstrumentText.table(InstrumentText.file([InstrumentText.row(name: field)]))
    #expect(try #require(table.instrument(.nseFNO, "1001")).displayName.string == name)
  }
}
