import Domain
import Ports
import Projections

/// How contracts and quantities are called in front of people.
struct ContractNames {
  private var instruments: [ContractID: Instrument]
  /// Knows contracts that were not learnt.
  private let directory: (any ContractDirectory)?

  init(_ state: State = State(), directory: (any ContractDirectory)? = nil) {
    instruments = state.instruments
    self.directory = directory
  }

  mutating func learn(_ instrument: Instrument) { instruments[instrument.contract] = instrument }

  func lot(_ key: PositionKey) -> LotSize? { instrument(key.contract)?.lotSize }

  private func instrument(_ contract: ContractID) -> Instrument? {
    instruments[contract] ?? directory?.instrument(contract.segment, contract.securityID)
  }

  /// `NIFTY 29 DEC 24000 CALL`; where the log knows no name, what the exchange calls it.
  func contract(_ contract: ContractID) -> String {
    if let name = instrument(contract)?.displayName, !name.isEmpty { return name.string }
    guard let option = contract.option else { return "\(contract.segment.rawValue) \(contract.securityID)" }
    return
      "\(contract.segment.rawValue) \(contract.securityID) \(option.expiry) \(option.strike) \(option.type.rawValue)"
  }

  /// The contract with its product.
  func key(_ key: PositionKey) -> String { "\(contract(key.contract)) \(key.product.rawValue)" }

  /// `4 lots`, or units where they make no whole lots.
  func quantity(_ quantity: Quantity, _ key: PositionKey) -> String {
    guard let lot = lot(key), quantity.units % lot.units == 0 else {
      return quantity.units == 1 ? "1 unit" : "\(quantity) units"
    }
    return lots(lot.wholeLots(in: quantity))
  }

  func lots(_ lots: Lots) -> String { lots.magnitude == .one ? "\(lots) lot" : "\(lots) lots" }
}
