import Domain

/// The zone in which a person reads times; the zone is always shown.
public enum TimeStyle: Sendable {
  case utc
  case india

  public func text(_ time: Timestamp) -> String {
    switch self {
    case .utc: time.description
    case .india: time.indianDescription
    }
  }

  /// The time of day to the millisecond, for columns whose heading names the ``zone``.
  func clock(_ time: Timestamp) -> String { String(text(time).dropFirst(11).prefix(12)) }

  /// `UTC` or `IST`
  var zone: String {
    switch self {
    case .utc: "UTC"
    case .india: "IST"
    }
  }
}

extension Microseconds {
  /// `350µs`, `12.5ms`, `2.04s`, `5m 10s`: as long as a person can use.
  var readable: String {
    let magnitude = count.magnitude
    let sign = count < 0 ? "-" : ""
    func decimal(_ value: UInt64, _ unit: UInt64, _ digits: Int) -> String {
      let whole = value / unit
      var fraction = String(value % unit)
      while fraction.count < String(unit).count - 1 { fraction = "0" + fraction }
      fraction = String(fraction.prefix(digits))
      while fraction.last == "0" { fraction.removeLast() }
      return fraction.isEmpty ? "\(whole)" : "\(whole).\(fraction)"
    }
    switch magnitude {
    case ..<1_000: return "\(sign)\(magnitude)µs"
    case ..<1_000_000: return "\(sign)\(decimal(magnitude, 1_000, 2))ms"
    case ..<60_000_000: return "\(sign)\(decimal(magnitude, 1_000_000, 2))s"
    case ..<3_600_000_000: return "\(sign)\(magnitude / 60_000_000)m \(magnitude / 1_000_000 % 60)s"
    default: return "\(sign)\(magnitude / 3_600_000_000)h \(magnitude / 60_000_000 % 60)m"
    }
  }
}
