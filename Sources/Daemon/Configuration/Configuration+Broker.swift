import Domain

extension Configuration {
  /// Where orders go. The settings of both kinds are read whichever is chosen, so that changing `kind` is one word.
  public struct Broker: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      case dhan = "dhan"
      case paper = "paper"
    }
    public var kind: Kind
    public var dhan: Dhan
    public var paper: Paper
  }

  public struct Dhan: Hashable, Sendable {
    public var restURL: ServiceAddress
    public var orderUpdateURL: ServiceAddress
    public var authURL: ServiceAddress
    public var instruments: InstrumentFile
    /// A PEM file of authorities that are trusted besides the system's own; `nil` for none.
    public var trustRoots: String?
  }

  /// Where the facts of the contracts come from.
  public enum InstrumentFile: Hashable, Sendable {
    case url(ServiceAddress)
    case file(String)
  }

  /// The embedded exchange: no account, no network, no money.
  public struct Paper: Hashable, Sendable {
    public enum Script: Hashable, Sendable {
      /// The session that is built in.
      case demo
      case file(String)
    }
    public enum Pace: String, Hashable, Sendable, CaseIterable {
      case live = "live"
      case fast = "fast"
    }
    public var script: Script
    /// The same seed gives the same session.
    public var seed: UInt64
    public var pace: Pace
    public var accounts: [PaperAccount]

    /// The money that an account begins with where the file names none.
    public static let defaultCapital = Paise.rupees(1_000_000)

    /// The money that `name` begins with; `leader` or a follower's name.
    public func capital(of name: String) -> Paise {
      accounts.first { $0.name == name }?.capital ?? Paper.defaultCapital
    }
  }

  public struct PaperAccount: Hashable, Sendable {
    /// `leader`, or the name of a follower.
    public var name: String
    public var capital: Paise
  }
}

extension Configuration {
  /// What the exchanges announce by circular and no program can know.
  public struct Market: Hashable, Sendable {
    public enum Calendar: String, Hashable, Sendable, CaseIterable {
      case nse = "nse"
      case alwaysOpen = "always_open"
    }
    /// Whether the broker may be asked what the market trades at, where no price is known (rule 19).
    public enum Quotes: String, Hashable, Sendable, CaseIterable {
      case none = "none"
      /// The accounts have a data plan.
      case broker = "broker"
    }
    public var calendar: Calendar
    public var quotes: Quotes
    /// From when on the broker may close INTRADAY positions by himself (rule 33).
    public var squareOffFrom: TimeOfDay?
    /// When the exchange takes orders; `nil` where the file does not say, and nothing waits for an opening.
    public var session: TradingSession?
    /// In ascending order.
    public var holidays: [Holiday]
    public var specialSessions: [SpecialSession]
    /// In ascending order of their first day.
    public var freezeLimits: [FreezeLimits]

    /// The largest quantity of one order in `underlying` on `day`; `nil` where the file says nothing.
    public func freezeLimit(of underlying: Underlying, on day: Day) -> Quantity? {
      freezeLimits.last { $0.from <= day && $0.limits[underlying] != nil }?.limits[underlying]
    }
  }

  public struct Holiday: Hashable, Sendable {
    public var day: Day
    public var name: String?
  }

  /// Trading outside the ordinary hours, such as the evening hour of Diwali.
  public struct SpecialSession: Hashable, Sendable {
    public var day: Day
    public var open: TimeOfDay
    public var close: TimeOfDay
    /// Whether orders of this session are copied; off by default.
    public var copies: Bool
    public var name: String?
  }

  /// Freeze quantities from a day on, in units.
  public struct FreezeLimits: Hashable, Sendable {
    public var from: Day
    public var limits: [Underlying: Quantity]
  }
}
