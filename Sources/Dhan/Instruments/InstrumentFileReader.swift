import Domain
import Glibc

/// Reads the broker's instrument file (dhan-api-v2.md §9) piece by piece and keeps the options of NSE and BSE.
///
/// Columns are found by the names of the header, in the detailed and in the compact layout; unknown ones are passed over.
/// The compact file knows neither freeze quantities nor price bands.
///
///     var reader = InstrumentFileReader()
///     while let piece = next() { try reader.read(piece) }
///     let table = try reader.finish()
public struct InstrumentFileReader {
  /// No row comes near it; a longer line is damage, and its bytes are not kept.
  static let longestLine = 16_384
  /// Twice what both exchanges list together, and more: a file beyond it is not theirs.
  static let mostOptions = 1_000_000

  private var table = InstrumentTable()
  private var counts = InstrumentCounts()
  private var columns: InstrumentColumns?
  private var fields = CSVLine()
  /// The beginning of a line whose end has not been seen yet.
  private var begun: [UInt8] = []
  private var isTooLong = false

  public init() {}

  /// How many bytes of an unfinished line are held; never more than ``longestLine``.
  var pending: Int { begun.count }

  /// Takes the next bytes of the file, however they are cut.
  public mutating func read(_ piece: UnsafeRawBufferPointer) throws(InstrumentFault) {
    var rest = piece
    while let base = rest.baseAddress, !rest.isEmpty {
      guard let end = memchr(base, 0x0A, rest.count) else { return keep(rest) }
      let length = UnsafeRawPointer(end) - base
      let line = UnsafeRawBufferPointer(start: base, count: length)
      if begun.isEmpty, !isTooLong, length <= InstrumentFileReader.longestLine {
        try take(line, isTerminated: true)
      } else {
        keep(line)
        try takeBegun(isTerminated: true)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
    }
  }

  /// Ends the file.
  ///
  /// - Throws: when it has no header of ours or no option, or when more than one row in a hundred is damaged or contradicts
  ///   another: such a file is not trusted with the rest either.
  public mutating func finish() throws(InstrumentFault) -> InstrumentTable {
    if !begun.isEmpty || isTooLong { try takeBegun(isTerminated: false) }
    guard columns != nil else {
      throw InstrumentFault(.unreadable, "The instrument file is empty. Fetch it again.")
    }
    table.finish(counts)
    let bad = table.counts.damaged + table.counts.contradicted.count
    guard bad * 100 <= table.count + bad else {
      throw InstrumentFault(
        .unreadable,
        """
        Of \(table.count + bad) rows of options in the instrument file \(table.counts.damaged) are damaged and \
        \(table.counts.contradicted.count) contradict another row; that is more than one in a hundred. Fetch it again.
        """)
    }
    guard table.count > 0 else {
      throw InstrumentFault(
        .unreadable,
        "The instrument file holds no option of NSE or BSE in its \(counts.rows) rows. Use the file of all segments.")
    }
    return table
  }

  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    guard !isTooLong else { return }
    guard begun.count + bytes.count <= InstrumentFileReader.longestLine else {
      isTooLong = true
      return begun.removeAll(keepingCapacity: true)
    }
    begun.append(contentsOf: bytes)
  }

  private mutating func takeBegun(isTerminated: Bool) throws(InstrumentFault) {
    if isTooLong {
      isTooLong = false
      counts.rows += 1
      counts.damaged += 1
      return
    }
    let line = begun
    begun = []
    let taken = line.withUnsafeBytes { bytes in
      Result { () throws(InstrumentFault) in try take(bytes, isTerminated: isTerminated) }
    }
    try taken.get()
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer, isTerminated: Bool) throws(InstrumentFault) {
    var line = bytes
    if line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
    guard let columns else { return try takeHeader(line) }
    counts.rows += 1
    if line.allSatisfy({ $0 == UInt8(ascii: " ") }) {
      counts.blank += 1
      return
    }
    guard fields.split(line), columns.fits(fields.count, isTerminated: isTerminated) else {
      if mayBeOption(line, columns) { counts.damaged += 1 }
      return
    }
    switch table.take(fields, of: line, columns) {
    case .option:
      if table.count > InstrumentFileReader.mostOptions {
        throw InstrumentFault(
          .unreadable, "The instrument file holds more than a million options; it is not the broker's.")
      }
    case .other: break
    case .damaged: counts.damaged += 1
    }
  }

  /// What a row with too few or too many fields may have been. Shares with a comma in their name are not our business.
  private func mayBeOption(_ line: UnsafeRawBufferPointer, _ columns: InstrumentColumns) -> Bool {
    guard fields.count > max(columns.exchange, columns.segment) else { return true }
    let exchange = fields.field(columns.exchange, of: line)
    return (exchange.isWord("NSE") || exchange.isWord("BSE")) && fields.field(columns.segment, of: line).isWord("D")
  }

  private mutating func takeHeader(_ bytes: UnsafeRawBufferPointer) throws(InstrumentFault) {
    var line = bytes
    if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = UnsafeRawBufferPointer(rebasing: line.dropFirst(3)) }
    if line.isEmpty { return }
    guard fields.split(line) else {
      throw InstrumentFault(.unreadable, "The first line of the instrument file is no list of columns. Fetch it again.")
    }
    let names = (0..<fields.count).map { String(decoding: fields.field($0, of: line).bytes, as: UTF8.self) }
    columns = try InstrumentColumns(header: names)
  }
}
