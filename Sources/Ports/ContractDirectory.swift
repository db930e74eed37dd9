import Domain

/// The contracts of the day, from the broker's instrument file. Safe to use from any thread; a lookup costs well under a
/// microsecond.
public protocol ContractDirectory: Sendable {
  /// `nil` for a number that the file does not hold, or that is no option: such a contract is never guessed.
  func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument?
}

extension ContractDirectory {
  /// The contract that a broker's message names: the file's own where it has one, so that stream, book and positions mean
  /// the same contract; else with the terms that the message states itself, which no decision trusts.
  public func contract(_ segment: ExchangeSegment, _ securityID: SecurityID, stated: OptionTerms?) -> ContractID {
    instrument(segment, securityID)?.contract ?? ContractID(segment: segment, securityID: securityID, option: stated)
  }
}
