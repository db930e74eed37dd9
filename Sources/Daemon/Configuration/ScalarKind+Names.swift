import Domain

extension ScalarKind where Value == ClientID {
  /// An account number at Dhan: digits, kept as text.
  static var clientID: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      guard (1...20).contains(scalar.text.utf8.count), scalar.text.utf8.allSatisfy({ (48...57).contains($0) }),
        let clientID = ClientID(validating: scalar.text)
      else {
        throw .bad(scalar, "a client id", remedy: "Write the digits of the Dhan client id in quotes: \"1000000001\".")
      }
      guard !scalar.isPlain || scalar.text.first != "0" else {
        throw .bad(
          scalar, "safe to read: a number loses its leading zero", remedy: "Put the client id in quotes.")
      }
      return clientID
    }
  }
}

extension FollowerName {
  /// A stream of the log is named `follower/NAME` and has room for 31 bytes.
  static let longest = ShortText.capacity - "follower/".utf8.count
}

extension ScalarKind where Value == FollowerName {
  /// Letters, digits, `-` and `_`: safe in names of files, streams and commands.
  static var followerName: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      let remedy =
        "Write 1 to \(FollowerName.longest) of a-z, A-Z, 0-9, - and _, beginning with a letter or a digit."
      let isSafe = scalar.text.unicodeScalars.allSatisfy { letter in
        switch letter {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: false
        }
      }
      guard isSafe, let first = scalar.text.first, first != "-", first != "_" else {
        throw .bad(scalar, "a name that is safe in files and commands", remedy: remedy)
      }
      guard scalar.text.utf8.count <= FollowerName.longest, let name = FollowerName(validating: scalar.text) else {
        throw .range(scalar, "is too long a name: \(scalar.text.utf8.count) bytes", remedy: remedy)
      }
      guard scalar.text.lowercased() != "leader" else {
        throw .bad(scalar, "free: the leader has that name", remedy: "Choose another name.")
      }
      return name
    }
  }
}

extension ScalarKind where Value == Underlying {
  static var underlying: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      let remedy = "Write it as the exchange does: NIFTY, BANKNIFTY, SENSEX, M&M."
      let isSymbol = scalar.text.unicodeScalars.allSatisfy { letter in
        switch letter {
        case "A"..."Z", "0"..."9", "&", "-", "_": true
        default: false
        }
      }
      guard isSymbol, let underlying = Underlying(validating: scalar.text) else {
        let isLowerCase = scalar.text != scalar.text.uppercased() && scalar.text.utf8.count <= 20
        throw .bad(
          scalar, "an underlying",
          remedy: isLowerCase ? "Write it in capitals: \(scalar.text.uppercased())." : remedy)
      }
      return underlying
    }
  }
}

extension ScalarKind where Value == ProductType {
  /// Only the two products that hold options (see ``ProductType/carriesOptions``).
  static var product: ScalarKind {
    .word(ProductType.allCases.filter(\.carriesOptions).map(\.rawValue)) { ProductType(rawValue: $0) }
  }
}

extension ScalarKind where Value == Day {
  static var day: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      guard let day = Day(scalar.text) else {
        throw .bad(scalar, "a day of the calendar", remedy: "Write year, month and day: 2026-11-24.")
      }
      return day
    }
  }
}

extension ScalarKind where Value == TimeOfDay {
  static var timeOfDay: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      guard let time = TimeOfDay(scalar.text) else {
        throw .bad(scalar, "a time of day", remedy: "Write hours and minutes of Indian time: \"09:15\".")
      }
      return time
    }
  }
}
