import Domain

extension ScalarKind where Value == Paise {
  /// Rupees with at most two decimals, more than zero.
  static var rupees: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      guard let amount = Paise(rupees: scalar.text) else {
        let remedy =
          scalar.text.contains(",")
          ? "Write it without commas: 1000000 for ten lakh."
          : "Write digits, and at most two decimals after a point: 25000 or 25000.50."
        throw .bad(scalar, "an amount in rupees", remedy: remedy)
      }
      guard amount > .zero, amount <= .rupees(1_000_000_000_000) else {
        throw .range(scalar, "is no possible amount", remedy: "Write an amount of more than zero rupees.")
      }
      return amount
    }
  }
}

extension ScalarKind where Value == Ratio {
  /// An integer, a decimal or a fraction, kept exactly.
  static var ratio: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      guard scalar.text.isPlainFraction, let ratio = Ratio(scalar.text) else {
        throw .bad(
          scalar, "a ratio above zero", remedy: "Write an integer, a decimal or a fraction above zero: 2, 0.4 or 2/5.")
      }
      guard ratio.numerator / ratio.denominator < 1_000 else {
        throw .range(
          scalar, "is no plausible ratio", remedy: "Write follower's size over leader's, below 1000: 1/2 is half.")
      }
      return ratio
    }
  }

  /// A percentage above zero and at most `most`, as a share: 5 is 1/20.
  static func percent(upTo most: Int64) -> ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      let isNumber = scalar.text.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
      guard isNumber, let share = Ratio(scalar.text + "/100") else {
        throw .bad(scalar, "a percentage above zero", remedy: "Write a number without the sign: 5 or 2.5.")
      }
      guard Int128(share.numerator) * 100 <= Int128(share.denominator) * Int128(most) else {
        throw .range(scalar, "is more than \(most) %", remedy: "Write a percentage above 0 and at most \(most).")
      }
      return share
    }
  }
}

extension String {
  /// Digits and points, with blanks nowhere but around the one stroke: `1 000` is no number.
  fileprivate var isPlainFraction: Bool {
    split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      var digits = part
      while digits.first == " " { digits.removeFirst() }
      while digits.last == " " { digits.removeLast() }
      return !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    }
  }
}
