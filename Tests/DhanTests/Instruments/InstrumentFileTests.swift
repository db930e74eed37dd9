import Domain
import Foundation
import Testing

@testable import Dhan

@Suite struct InstrumentFileTests {
  @Test("only options on indices and shares, of NSE and BSE, are kept")
  func keepsOptionsOnly() throws {
    let rows = [
      InstrumentText.row(id: "1"), InstrumentText.row(id: "2", instrument: "OPTSTK", type: "PE"),
      InstrumentText.row(exchange: "BSE", id: "1"),
      InstrumentText.row(id: "3", instrument: "FUTIDX", strike: "-0.01000", type: "XX"),
      InstrumentText.row(segment: "C", id: "4", instrument: "OPTCUR"),
      InstrumentText.row(exchange: "MCX", segment: "M", id: "5", instrument: "OPTFUT"),
      InstrumentText.row(segment: "E", id: "6", instrument: "EQUITY", type: ""), InstrumentText.index,
    ]
    let table = try InstrumentText.table(InstrumentText.file(rows))
    #expect(table.count == 3)
    #expect(table.instrument(.nseFNO, "1")?.contract.segment == .nseFNO)
    #expect(table.instrument(.bseFNO, "1")?.contract.segment == .bseFNO)
    #expect(table.instrument(.nseFNO, "2")?.contract.option?.type == .put)
    #expect(table.instrument(.nseFNO, "1")?.isStockOption == false)
    #expect(table.instrument(.nseFNO, "2")?.isStockOption == true)
    for number in ["3", "4", "5", "6", "13"] {
      let id = try #require(SecurityID(validating: number))
      for segment in ExchangeSegment.allCases { #expect(table.instrument(segment, id) == nil) }
    }
    #expect(table.counts.rows == 8)
    #expect(table.counts.options == 3)
    #expect(table.counts.damaged == 0)
  }

  @Test("wherever a file is cut into pieces, it reads the same", arguments: [1, 2, 7, 64, 1_000])
  func pieces(size: Int) throws {
    let text = InstrumentText.file(
      [InstrumentText.nifty, "", InstrumentText.row(name: "\"A, \"\"B\"\"\""), InstrumentText.sensex])
    let whole = try InstrumentText.table(text)
    let cut = try InstrumentText.table(text, pieces: size)
    #expect(cut.counts == whole.counts)
    #expect(whole.count == 3)
    for (segment, id) in [(ExchangeSegment.nseFNO, "35084"), (.nseFNO, "1001"), (.bseFNO, "869699")] {
      let id = try #require(SecurityID(validating: id))
      #expect(cut.instrument(segment, id) == whole.instrument(segment, id))
    }
  }

  @Test("a byte order mark, CRLF, blank lines and a missing last line end change nothing")
  func lineEnds() throws {
    let rows = [InstrumentText.nifty, "", "  ", InstrumentText.sensex]
    let table = try InstrumentText.table("\u{FEFF}" + InstrumentText.file(rows, lineEnd: "\r\n").dropLast())
    #expect(table.count == 2)
    #expect(table.counts.blank == 2)
    #expect(table.counts.damaged == 0)
    #expect(table.instrument(.bseFNO, "869699")?.freezeQuantity == Quantity(1000))
  }

  @Test("columns are found by their names, in any order, among unknown ones")
  func columnOrder() throws {
    let table = try InstrumentText.table(
      """
      NEW,SM_FREEZE_QTY,TICK_SIZE,OPTION_TYPE,STRIKE_PRICE,SM_EXPIRY_DATE,LOT_SIZE,DISPLAY_NAME,UNDERLYING_SYMBOL,INSTRUMENT,SECURITY_ID,SEGMENT,EXCH_ID
      1,600,5.0000,PE,50000,2026-09-29,30.0,X,BANKNIFTY,OPTIDX,77,D,NSE

      """)
    let instrument = try #require(table.instrument(.nseFNO, "77"))
    #expect(instrument.underlying == "BANKNIFTY")
    #expect(instrument.freezeQuantity == Quantity(600))
    #expect(table.band(.nseFNO, "77") == nil)
  }

  @Test("a file without names is read all the same: they are for the reader")
  func withoutNames() throws {
    let table = try InstrumentText.table(
      """
      EXCH_ID,SEGMENT,SECURITY_ID,INSTRUMENT,UNDERLYING_SYMBOL,LOT_SIZE,SM_EXPIRY_DATE,STRIKE_PRICE,OPTION_TYPE,TICK_SIZE
      NSE,D,77,OPTIDX,BANKNIFTY,30.0,2026-09-29,50000,PE,5.0000

      """)
    let instrument = try #require(table.instrument(.nseFNO, "77"))
    #expect(instrument.displayName == .empty && instrument.lotSize == LotSize(30))
  }

  @Test("a row that was cut at the end of the file is damaged, and its last number is not believed")
  func cutEnd() throws {
    let rows = (1...100).map { InstrumentText.row(id: "\($0)") } + [InstrumentText.row(id: "999", freeze: "1756")]
    let text = InstrumentText.file(rows)
    let cut = try InstrumentText.table(String(text.dropLast(4)))  // 17 instead of 1756
    #expect(cut.counts.damaged == 1)
    #expect(cut.instrument(.nseFNO, "999") == nil)
    #expect(try InstrumentText.table(String(text.dropLast(1))).counts.damaged == 0)
  }

  @Test("too few or too many fields damage an option and are nothing to a share")
  func fieldCount() throws {
    let good = (1...200).map { InstrumentText.row(id: "\($0)") }
    let share = InstrumentText.row(segment: "E", id: "900", instrument: "EQUITY", name: "A, B AND C", type: "")
    #expect(try InstrumentText.table(InstrumentText.file(good + [share])).counts.damaged == 0)
    let shifted = InstrumentText.row(id: "901", name: "A, B")
    let short = String(InstrumentText.row(id: "902").prefix(60))
    let table = try InstrumentText.table(InstrumentText.file(good + [shifted, short]))
    #expect(table.counts.damaged == 2)
    #expect(table.count == 200)
  }

  @Test("a stray quote damages its own row only")
  func strayQuote() throws {
    let good = (1...200).map { InstrumentText.row(id: "\($0)") }
    let stray = InstrumentText.row(id: "900", name: "\"NIFTY 24000")
    let table = try InstrumentText.table(InstrumentText.file([stray] + good))
    #expect(table.counts.damaged == 1)
    #expect(table.count == 200)
  }

  @Test("one damaged row in a hundred is passed over, more and the file is refused")
  func damageLimit() throws {
    let damaged = InstrumentText.row(id: "900", lot: "?")
    let table = try InstrumentText.table(InstrumentText.options(99) + damaged + "\n")
    #expect(table.counts.damaged == 1)
    #expect(table.count == 99)
    let fault = #expect(throws: InstrumentFault.self) {
      try InstrumentText.table(InstrumentText.options(98) + damaged + "\n")
    }
    #expect(fault?.reason == .unreadable)
    #expect(fault?.text.contains("1 are damaged") == true)
  }

  private static let refusals: [(text: String, words: String)] = {
    let renamed = InstrumentText.header.replacing("TICK_SIZE", with: "TICK")
    let doubled = InstrumentText.header.replacing("SERIES", with: "LOT_SIZE")
    return [
      ("", "is empty"),
      ("\n\n", "is empty"),
      ("<html><body>Service unavailable</body></html>\n", "no column EXCH_ID"),
      ("\(renamed)\n\(InstrumentText.nifty)\n", "no column TICK_SIZE"),
      ("\(doubled)\n\(InstrumentText.nifty)\n", "two columns LOT_SIZE"),
      (InstrumentText.file([]), "holds no option"),
      (InstrumentText.file([InstrumentText.index]), "holds no option"),
      ("\"EXCH_ID\n", "no list of columns"),
    ]
  }()

  @Test(
    "a file that is none of the broker's is refused, and the fault says what is missing", arguments: refusals)
  func refused(text: String, words: String) throws {
    let fault = #expect(throws: InstrumentFault.self) { try InstrumentText.table(text) }
    #expect(fault?.reason == .unreadable)
    #expect(fault?.text.contains(words) == true, "\(fault?.text ?? "")")
  }

  @Test("two rows of one number with the same facts are one; with different facts the number is refused")
  func contradictions() throws {
    let good = (1...300).map { InstrumentText.row(id: "\($0)") }
    let table = try InstrumentText.table(
      InstrumentText.file(
        good + [InstrumentText.row(id: "7"), InstrumentText.row(id: "8", lot: "75.0"), InstrumentText.row(id: "8")]))
    #expect(table.instrument(.nseFNO, "7")?.lotSize.units == 65)
    #expect(table.instrument(.nseFNO, "8") == nil)
    #expect(table.band(.nseFNO, "8") == nil)
    #expect(table.counts.contradicted == [ContractNumber(segment: .nseFNO, securityID: "8")])
    #expect(table.count == 299)
    #expect(throws: InstrumentFault.self) {
      try InstrumentText.table(InstrumentText.options(50) + InstrumentText.row(id: "8", lot: "75.0") + "\n")
    }
  }

  @Test("memory grows with the options alone: other rows leave nothing, and a line without end is not kept")
  func boundedMemory() throws {
    #expect(InstrumentTable.bytesPerOption <= 120)
    var reader = InstrumentFileReader()
    func read(_ text: String) throws { try Array(text.utf8).withUnsafeBytes { try reader.read($0) } }
    try read(InstrumentText.options(200))
    let other = InstrumentText.row(segment: "E", id: "1", instrument: "EQUITY", type: "") + "\n"
    try read(String(repeating: other, count: 2_000))
    for _ in 0..<100 {
      try read(String(repeating: "x", count: 10_000))
      #expect(reader.pending <= InstrumentFileReader.longestLine)
    }
    try read("\n")
    let table = try reader.finish()
    #expect(table.count == 200)
    #expect(table.counts.rows == 2_201)
    #expect(table.counts.damaged == 1)
  }

  @Test("no damage of any byte makes the reader fail otherwise than by refusing")
  func randomDamage() throws {
    let original = Array(InstrumentText.file((1...20).map { InstrumentText.row(id: "\($0)") }).utf8)
    let seed = UInt64.random(in: .min ... .max)
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<300 {
      var bytes = original
      for _ in 0...next(4) {
        switch next(3) {
        case 0: bytes[next(bytes.count)] = UInt8(next(256))
        case 1: bytes.remove(at: next(bytes.count))
        default: bytes.removeLast(next(bytes.count / 2))
        }
      }
      do {
        let table = try InstrumentText.table(bytes, pieces: 1 + next(500))
        #expect(table.count + table.counts.damaged <= table.counts.rows, "seed \(seed)")
        #expect(table.count > 0, "seed \(seed)")
      } catch let error as InstrumentFault {
        #expect(error.reason == .unreadable, "seed \(seed)")
      }
    }
  }
}
