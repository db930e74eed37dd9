import Domain
import Ports

/// The contract of most tests, at 65 units a lot.
public enum NiftyCall {
  public static let instrument: Instrument = {
    guard let expiry = Day("2026-12-29"), let lot = LotSize(65) else { preconditionFailure("A day and a lot.") }
    return Instrument(
      contract: ContractID(
        segment: .nseFNO, securityID: "47317",
        option: OptionTerms(expiry: expiry, strike: .rupees(24_000), type: .call)),
      underlying: "NIFTY", displayName: "NIFTY 29 DEC 24000 CALL", lotSize: lot, tickSize: Paise(5),
      freezeQuantity: Quantity(1_756))
  }()
  public static let key = PositionKey(contract: instrument.contract, product: .margin)

  /// One follower who does what the leader does.
  public static let settings = CopySettings(
    leader: "1000000001",
    followers: [FollowerSettings(name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(.one)))])

  /// A broker's file that holds this contract alone.
  public struct Directory: ContractDirectory {
    public init() {}
    public func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? {
      let contract = NiftyCall.instrument.contract
      return segment == contract.segment && securityID == contract.securityID ? NiftyCall.instrument : nil
    }
  }
}
