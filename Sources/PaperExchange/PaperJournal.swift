import Domain

/// Everything that determines an exchange: how it began, and what was done to it.
///
/// Whoever drives an exchange across restarts appends an entry before it acts, with the time it acts at.
public struct PaperJournal: Hashable, Sendable, Codable {
  public struct Entry: Hashable, Sendable, Codable {
    public var at: Timestamp
    public var action: PaperAction
    public init(at: Timestamp, action: PaperAction) {
      self.at = at
      self.action = action
    }
  }

  public var settings: PaperSettings
  public var instruments: [Instrument]
  public var accounts: [PaperAccount]
  public var entries: [Entry]

  public init(
    settings: PaperSettings, instruments: [Instrument], accounts: [PaperAccount], entries: [Entry] = []
  ) {
    self.settings = settings
    self.instruments = instruments
    self.accounts = accounts
    self.entries = entries
  }
}

extension PaperExchange {
  /// The exchange that a journal describes, as it was after the last entry.
  ///
  /// Its stream holds every update since the beginning. Advance it to the time of the crash and drop what comes out: a
  /// stream repeats nothing to those who were away (W5).
  public static func replay(_ journal: PaperJournal) -> PaperExchange {
    var exchange = PaperExchange(
      settings: journal.settings, instruments: journal.instruments, accounts: journal.accounts)
    for entry in journal.entries { _ = exchange.act(entry.action, at: entry.at) }
    return exchange
  }
}
