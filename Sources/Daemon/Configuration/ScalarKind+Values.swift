import Domain

extension ScalarKind where Value == String {
  static var text: ScalarKind { ScalarKind { scalar throws(ScalarFault) in scalar.text } }

  /// A path of the file system. An empty one would be the folder itself.
  static var path: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      guard !scalar.text.isEmpty, scalar.text.utf8.count < 4_096, !scalar.text.unicodeScalars.contains("\0") else {
        throw .bad(scalar, "the path of a file", remedy: "Write a path such as ./copytrade.db.")
      }
      return scalar.text
    }
  }
}

extension ScalarKind where Value == Bool {
  static var flag: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      switch scalar.text {
      case "true": return true
      case "false": return false
      default: throw .bad(scalar, "true or false", remedy: "Write true or false.")
      }
    }
  }
}

extension ScalarKind where Value: RawRepresentable<String>, Value: CaseIterable {
  /// One of the words of an enumeration.
  static var choice: ScalarKind { .word(Value.allCases.map(\.rawValue)) { Value(rawValue: $0) } }
}

extension ScalarKind {
  /// One of `words`; `make` knows each of them.
  static func word(_ words: [String], _ make: @escaping (String) -> Value?) -> ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      if words.contains(scalar.text), let value = make(scalar.text) { return value }
      let list = words.joined(separator: ", ")
      let meant = NearestKey.suggestion(for: scalar.text, among: words).map { "Did you mean \"\($0)\"? " } ?? ""
      throw .bad(scalar, "a word that is known here", remedy: "\(meant)One of: \(list).")
    }
  }
}

extension ScalarKind where Value == Int64 {
  static func integer(_ range: ClosedRange<Int64>, of what: String) -> ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      let digits = scalar.text.hasPrefix("-") ? scalar.text.dropFirst() : Substring(scalar.text)
      let remedy = "Write a whole number from \(range.lowerBound) to \(range.upperBound)."
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
        throw .bad(scalar, "a whole number of \(what)", remedy: remedy)
      }
      guard let value = Int64(scalar.text), range.contains(value) else {
        throw .range(scalar, "is no possible number of \(what)", remedy: remedy)
      }
      return value
    }
  }
}

extension ScalarKind where Value == Lots {
  static var lots: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      Lots(try ScalarKind<Int64>.integer(1...1_000_000, of: "lots").read(scalar))
    }
  }
}

extension ScalarKind where Value == Microseconds {
  /// `500ms`, `10s`, `5m`, `24h`; more than zero and at most a day.
  static func duration(from least: Microseconds = .milliseconds(1)) -> ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      let digits = scalar.text.prefix { $0.isASCII && $0.isNumber }
      let unit: Int64? =
        switch scalar.text.dropFirst(digits.count) {
        case "ms": 1_000
        case "s": 1_000_000
        case "m": 60_000_000
        case "h": 3_600_000_000
        default: nil
        }
      guard let unit, let count = Int64(digits) else {
        throw .bad(scalar, "a duration", remedy: "Write a whole number with its unit: 500ms, 10s, 5m or 24h.")
      }
      let (micros, overflow) = count.multipliedReportingOverflow(by: unit)
      guard !overflow, micros >= least.count, micros <= 86_400_000_000 else {
        throw .range(
          scalar, "is out of range", remedy: "Write a duration from \(least.count / 1_000)ms to 24h.")
      }
      return Microseconds(micros)
    }
  }
}
