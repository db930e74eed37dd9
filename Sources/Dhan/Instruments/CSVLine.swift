/// Where the fields of one line of CSV lie. Used again for each line, so that a file is read without an allocation per row.
///
/// A line is a record: no field of the instrument file holds a line break, so a stray quote damages its own row and not the
/// rest of the file.
struct CSVLine {
  /// More fields than this are no row of an instrument file.
  static let maximumFields = 256

  private var starts = [Int32](repeating: 0, count: CSVLine.maximumFields)
  private var ends = [Int32](repeating: 0, count: CSVLine.maximumFields)
  private(set) var count = 0

  /// Finds the fields of `line`, which has no line end. False when a quote is not closed, or stands where none may.
  mutating func split(_ line: UnsafeRawBufferPointer) -> Bool {
    count = 0
    let length = line.count
    var index = 0
    while true {
      guard count < CSVLine.maximumFields else { return false }
      var start = index
      var end: Int
      if index < length, line[index] == UInt8(ascii: "\"") {
        start += 1
        index += 1
        while index < length {
          if line[index] == UInt8(ascii: "\"") {
            // Two quotes are one quote of the text; whoever takes the text out turns them back.
            guard index + 1 < length, line[index + 1] == UInt8(ascii: "\"") else { break }
            index += 1
          }
          index += 1
        }
        guard index < length else { return false }
        end = index
        index += 1
        guard index == length || line[index] == UInt8(ascii: ",") else { return false }
      } else {
        while index < length, line[index] != UInt8(ascii: ",") { index += 1 }
        end = index
      }
      while start < end, line[start] == UInt8(ascii: " ") { start += 1 }
      while end > start, line[end - 1] == UInt8(ascii: " ") { end -= 1 }
      starts[count] = Int32(truncatingIfNeeded: start)
      ends[count] = Int32(truncatingIfNeeded: end)
      count += 1
      if index == length { return true }
      index += 1
    }
  }

  /// The field of that number within `line`, the line that was split; empty where there is none.
  func field(_ number: Int, of line: UnsafeRawBufferPointer) -> CSVField {
    guard number < count else { return CSVField(bytes: UnsafeRawBufferPointer(start: nil, count: 0)) }
    return CSVField(bytes: UnsafeRawBufferPointer(rebasing: line[Int(starts[number])..<Int(ends[number])]))
  }
}
