import Domain
import Ports

/// The contracts of the paper exchange that are copied, as the broker's instrument file tells them.
public struct PaperDirectory: ContractDirectory {
  private struct Number: Hashable {
    let segment: ExchangeSegment
    let securityID: SecurityID
  }

  private let contracts: [Number: Instrument]

  public init(_ listed: [Instrument]) {
    let options = listed.filter { $0.contract.option != nil }
    contracts = Dictionary(
      options.map { (Number(segment: $0.contract.segment, securityID: $0.contract.securityID), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  public func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? {
    contracts[Number(segment: segment, securityID: securityID)]
  }
}
