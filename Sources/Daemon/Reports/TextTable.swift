/// Rows under headings, each column as wide as its widest cell.
struct TextTable {
  enum Alignment { case left, right }

  private let headings: [String]
  private let alignments: [Alignment]
  private(set) var rows: [[String]] = []

  /// - Parameter columns: headings with the side their cells lean to.
  init(_ columns: [(String, Alignment)]) {
    headings = columns.map(\.0)
    alignments = columns.map(\.1)
  }

  mutating func add(_ cells: String...) { add(cells) }
  mutating func add(_ cells: [String]) { rows.append(cells) }

  var isEmpty: Bool { rows.isEmpty }

  var lines: [String] {
    let all = [headings] + rows
    let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { cells in
      var line = ""
      for (column, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? "" : "  ") + (alignments[column] == .left ? cell + padding : padding + cell)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  var text: String { lines.joined(separator: "\n") }
}
