import Domain

/// The words of one line, taken from the left.
struct ScriptWords {
  struct Mistake: Error {
    let problem: String
    let remedy: String
  }

  private var words: [String]
  private var offset = 0

  /// Splits at blanks; a text in double quotes is one word. `#` outside quotes begins a comment.
  init(_ line: some StringProtocol) throws(Mistake) {
    words = []
    var word = ""
    var isQuoted = false
    var hasWord = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
        hasWord = true
      } else if !isQuoted, character == "#" {
        break
      } else if !isQuoted, character.isWhitespace {
        if hasWord { words.append(word) }
        (word, hasWord) = ("", false)
      } else {
        word.append(character)
        hasWord = true
      }
    }
    if isQuoted {
      throw Mistake(problem: "A text begins with \" and does not end.", remedy: "Close it with another \".")
    }
    if hasWord { words.append(word) }
  }

  var isAtEnd: Bool { offset == words.count }
  var peek: String? { isAtEnd ? nil : words[offset] }

  mutating func take(_ what: String, like example: String) throws(Mistake) -> String {
    guard let word = peek else { throw Mistake(problem: "\(what) is missing.", remedy: "Write it like \(example).") }
    offset += 1
    return word
  }

  /// Takes the next word if it is one of `choices`, whatever its case.
  mutating func take(oneOf choices: String...) -> String? {
    guard let word = peek?.lowercased(), choices.contains(word) else { return nil }
    offset += 1
    return word
  }

  mutating func price(_ what: String) throws(Mistake) -> Paise {
    let word = try take(what, like: "152.35")
    guard let price = Paise(rupees: word), price >= .zero else {
      throw Mistake(
        problem: "\(what) \"\(word)\" is no price.", remedy: "Write rupees with at most two decimals: 152.35.")
    }
    return price
  }

  mutating func count(_ what: String) throws(Mistake) -> Int64 {
    let word = try take(what, like: "10")
    guard let count = Int64(word), (1...100_000_000).contains(count) else {
      throw Mistake(problem: "\(what) \"\(word)\" is no whole number above zero.", remedy: "Write it like 10.")
    }
    return count
  }

  /// `10 lots`, `1 lot` or `650 units`; units when nothing is said.
  mutating func quantity(of instrument: Instrument) throws(Mistake) -> Quantity {
    let count = try count("The quantity")
    switch take(oneOf: "lot", "lots", "units", "unit") {
    case "lot", "lots": return instrument.lotSize.quantity(of: Lots(count))
    default: return Quantity(count)
    }
  }

  /// A number with its unit, exactly: `0s`, `1.5s`, `250ms`, `2m`.
  mutating func span(_ what: String) throws(Mistake) -> Microseconds {
    let word = try take(what, like: "1.5s").lowercased()
    let units: [(suffix: String, micros: Int64)] = [("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000)]
    for unit in units where word.hasSuffix(unit.suffix) {
      let number = word.dropLast(unit.suffix.count)
      // A price has the same form: digits with at most two decimals.
      guard number.first != "-", let hundredths = Paise(rupees: number), hundredths.count <= 100_000_000 else { break }
      return Microseconds(hundredths.count * (unit.micros / 100))
    }
    throw Mistake(
      problem: "\(what) \"\(word)\" is no span of time.", remedy: "Write a number with its unit: 0s, 1.5s, 250ms, 2m.")
  }

  func end() throws(Mistake) {
    guard let word = peek else { return }
    throw Mistake(problem: "Nothing is known about \"\(word)\" here.", remedy: "Remove it, or put # before a remark.")
  }
}
