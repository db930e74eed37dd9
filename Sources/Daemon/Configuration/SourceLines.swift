/// The lines of a file, for what the parser does not tell: tabs, and where a repeated key stands.
struct SourceLines {
  /// A key that stood in its section before.
  struct Repetition {
    var key: String
    var firstLine: Int
  }

  private var lines: [[Unicode.Scalar]]
  private var blankedOut: [FilePlace: Repetition] = [:]

  init(_ text: String) {
    lines = [[]]
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r": lines.append([])
      default: lines[lines.count - 1].append(scalar)
      }
      previous = scalar
    }
  }

  var text: String {
    var view = String.UnicodeScalarView()
    for (index, line) in lines.enumerated() {
      if index > 0 { view.append("\n") }
      view.append(contentsOf: line)
    }
    return String(view)
  }

  /// The repetition that was blanked out at `place`.
  func repetition(at place: FilePlace) -> Repetition? { blankedOut[place] }

  /// Where a tab stands in the indentation of a line that says something.
  var indentedWithTabs: [FilePlace] {
    lines.enumerated().compactMap { index, line in
      let indentation = line.prefix { $0 == " " || $0 == "\t" }
      guard let tab = indentation.firstIndex(of: "\t"), indentation.count < line.count, line[indentation.count] != "#"
      else { return nil }
      return FilePlace(line: index + 1, column: tab + 1)
    }
  }

  /// Where something stands that has the form of an access token, in comments as well.
  var tokens: [FilePlace] {
    lines.enumerated().compactMap { index, line in
      var column = 0
      for word in line.split(omittingEmptySubsequences: false, whereSeparator: { !SourceLines.isTokenLetter($0) }) {
        let isToken = word.count >= 20 && word.starts(with: "eyJ".unicodeScalars) && word.contains(".")
        if isToken { return FilePlace(line: index + 1, column: column + 1) }
        column += word.count + 1
      }
      return nil
    }
  }

  private static func isTokenLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
    default: false
    }
  }

  /// Replaces the second key of the same name in the section of the key at `first`, so that the text parses; what is
  /// put there is as long as the key, so that every place stays true.
  ///
  /// - Returns: whether the repetition was found.
  mutating func blankOutRepetition(ofKeyAt first: FilePlace) -> Bool {
    guard let token = key(at: first),
      let second = blockRepetition(of: token, after: first) ?? flowRepetition(of: token, after: first),
      let length = key(at: second)?.length
    else { return false }
    // One private letter per repetition: the fillers must not repeat each other. 6,400 of them exist.
    guard let filler = Unicode.Scalar(UInt32(0xE000 + blankedOut.count % 6_400)) else { return false }
    let start = second.column - 1
    lines[second.line - 1].replaceSubrange(start..<(start + length), with: repeatElement(filler, count: length))
    blankedOut[second] = Repetition(key: token.name, firstLine: first.line)
    return true
  }

  /// The key that begins at `place`: its name, and its length as written, quotes included.
  private func key(at place: FilePlace) -> (name: String, length: Int)? {
    guard lines.indices.contains(place.line - 1), place.column >= 1 else { return nil }
    let line = lines[place.line - 1]
    guard place.column <= line.count else { return nil }
    let rest = line[(place.column - 1)...]
    guard let opening = rest.first else { return nil }
    if opening == "\"" || opening == "'" {
      guard let end = rest.dropFirst().firstIndex(of: opening) else { return nil }
      return (String(String.UnicodeScalarView(rest[(rest.startIndex + 1)..<end])), end - rest.startIndex + 1)
    }
    var name = rest.prefix { $0 != ":" && $0 != "," && $0 != "}" }
    while name.last == " " { name.removeLast() }
    return name.isEmpty ? nil : (String(String.UnicodeScalarView(name)), name.count)
  }

  private func blockRepetition(of token: (name: String, length: Int), after first: FilePlace) -> FilePlace? {
    for index in first.line..<max(first.line, lines.count) {
      let line = lines[index]
      let indentation = line.prefix { $0 == " " }.count
      guard indentation < line.count, line[indentation] != "#" else { continue }
      if indentation < first.column - 1 { return nil }
      let place = FilePlace(line: index + 1, column: first.column)
      if indentation == first.column - 1, key(at: place)?.name == token.name { return place }
    }
    return nil
  }

  private func flowRepetition(of token: (name: String, length: Int), after first: FilePlace) -> FilePlace? {
    var depth = 0
    var isKeyNext = false
    for index in (first.line - 1)..<lines.count {
      let start = index == first.line - 1 ? first.column - 1 + token.length : 0
      for column in start..<max(start, lines[index].count) {
        switch lines[index][column] {
        case "{", "[": depth += 1
        case "}", "]":
          depth -= 1
          if depth < 0 { return nil }
        case "," where depth == 0:
          isKeyNext = true
          continue
        case " ": continue
        default:
          let place = FilePlace(line: index + 1, column: column + 1)
          if isKeyNext, depth == 0, key(at: place)?.name == token.name { return place }
        }
        isKeyNext = false
      }
    }
    return nil
  }
}
