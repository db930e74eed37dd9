import Domain

/// A session that people can write and read: who does what, and when.
///
/// ```
/// # when  who       what
/// 0s      market    NIFTY29DEC24000CE 152.00/152.40 size 6500
/// 1s      leader    buy 10 lots NIFTY29DEC24000CE MARGIN at 152.35 as A
/// 3s      leader    modify A price 152.60 quantity 12 lots
/// 4s      leader    cancel A
/// 5s      asha      sell 1 lot NIFTY29DEC24000CE at market (by hand)
/// 6s      fault     asha lose-reply 1
/// 7s      say       "the service is killed"
/// 7s      crash
/// ```
///
/// A line begins with the time since the start (`1.5s`, `250ms`, `2m`) and goes on with one of these:
///
/// * `market` contract bid`/`offer `size` units, or `size` units`/`units for the two sides; `-` for a side without a
///   price
/// * account `buy` or `sell` number `lots` contract [`MARGIN` or `INTRADAY`] `at` price or `at market` [`trigger`
///   price] [`ioc`] [`as` name]
/// * account `modify` name [`price` price] [`quantity` number `lots`] [`trigger` price]
/// * account `cancel` name
/// * account `convert` number `lots` contract `from INTRADAY to MARGIN`
/// * account `square-off`
/// * `fault` account fault [how many times]. Of calls: `lose-request`, `lose-reply`, `take-late 2s`, `delay-reply 2s`,
///   `server-error`, `server-error-taken`, `refuse "text"`, `reject "text"`, `pass`. Of updates: `drop-updates`,
///   `duplicate-updates`, `delay-updates 2s`, `reorder-updates`, `pass-updates`, and `silence` until `speak`
/// * `end-of-day`, `start-of-day`, `crash`, `say "text"`
///
/// `units` may stand for `lots`. Every account trades by hand here: through the broker's app, without a label, and no
/// fault of calls touches it. A product that is not said is MARGIN. `#` begins a remark.
///
/// Steps are plain actions, so that a journal of a session needs no script. ``Kind/crash`` and ``Kind/say(_:)`` mean
/// nothing to the exchange: they are for whoever runs the session.
public struct PaperScript: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case act(PaperAction)
    /// The copying service is killed and started again.
    case crash
    case say(String)
  }

  public struct Step: Hashable, Sendable {
    /// Since the beginning of the session; never less than that of the step before.
    public var at: Microseconds
    /// Counted from 1.
    public var line: Int
    public var kind: Kind
  }

  public var steps: [Step]

  /// When the last step happens.
  public var length: Microseconds { steps.last?.at ?? Microseconds(0) }

  /// Reads a script.
  ///
  /// - Parameters:
  ///   - instruments: what its symbols can mean: the exchange's number of a contract, `NIFTY29DEC24000CE`, or the
  ///     display name without blanks.
  ///   - accounts: what its names can mean, such as `leader` and `asha`.
  /// - Throws: ``PaperScriptError`` with the first line that cannot be read and what to write instead.
  public init(_ text: String, instruments: [Instrument], accounts: [String: ClientID]) throws(PaperScriptError) {
    var reader = PaperScriptReader(symbols: PaperSymbols(instruments), accounts: accounts)
    self.steps = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      do {
        guard let step = try reader.step(line, number: index + 1) else { continue }
        steps.append(step)
      } catch {
        throw PaperScriptError(line: index + 1, text: String(line), problem: error.problem, remedy: error.remedy)
      }
    }
  }
}

/// A line of a script that cannot be read.
public struct PaperScriptError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counted from 1.
  public let line: Int
  public let text: String
  public let problem: String
  /// What to write instead.
  public let remedy: String

  public var description: String { "Line \(line): \(problem) \(remedy)\n  \(text)" }
}

/// The names of contracts in scripts.
struct PaperSymbols: Sendable {
  private let all: [(names: [String], instrument: Instrument)]

  init(_ instruments: [Instrument]) {
    self.all = instruments.sorted { $0.contract < $1.contract }.map { (PaperSymbols.names(of: $0), $0) }
  }

  /// The contracts that `text` can mean: none, one, or several.
  func instruments(named text: String) -> [Instrument] {
    let wanted = text.uppercased()
    return all.filter { $0.names.contains(wanted) }.map(\.instrument)
  }

  /// One name of each contract, for an error's remedy.
  var examples: String { all.prefix(4).compactMap(\.names.first).joined(separator: ", ") }

  static func names(of instrument: Instrument) -> [String] {
    var names = [
      instrument.contract.securityID.description,
      instrument.displayName.string.filter { $0 != " " }.uppercased(),
    ]
    if let terms = instrument.contract.option {
      let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
      let (_, month, day) = terms.expiry.civil
      let strike = terms.strike.count % 100 == 0 ? "\(terms.strike.count / 100)" : "\(terms.strike)"
      let padded = day < 10 ? "0\(day)" : "\(day)"
      names.insert(
        "\(instrument.underlying)\(padded)\(months[month - 1])\(strike)\(terms.type.rawValue)".uppercased(), at: 0)
    }
    return names
  }
}
