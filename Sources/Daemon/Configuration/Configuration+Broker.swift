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
