import Domain
import Ports
import Projections
import Reactors
import TestSupport
import Testing

@testable import Engine

/// One follower, one contract, and what an account can say of it.
enum Given {
  static let now = Timestamp(microseconds: 1_800_000_000_000_000)
  static let instrument = NiftyCall.instrument
  static let key = NiftyCall.key
  static let follower = FollowerSettings(
    name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(.one)))
  static let settings = CopySettings(leader: "1000000001", followers: [follower])

  static func intake(freeze: Quantity? = nil) -> Intake {
    Intake(settings: settings, contracts: NiftyCall.Directory()) { _, _ in freeze }
  }

  static func state(_ observations: [Observation] = []) -> State {
    var state = State()
    for observation in [.started(version: "test"), .configuration(settings)] + observations {
      guard let event = Recorder.event(for: observation, in: state) else { continue }
      state.apply(event, sequence: state.lastSequence.next, recordedAt: now)
    }
    return state
  }

  static func order(
    _ id: OrderID, filled: Int64 = 0, after seconds: Int64 = 0, status: OrderStatus = .pending, side: Side = .buy
  ) -> BrokerOrder {
    BrokerOrder(
      orderID: id, correlationID: nil, key: key, side: side, type: .limit, validity: .day, quantity: Quantity(65),
      price: Paise(10_000), filled: Quantity(filled), status: status, updatedAt: now + .seconds(seconds))
  }

  static func trade(
    _ id: ShortText, order: OrderID, units: Int64, side: Side = .buy, at: Timestamp = now
  ) -> BrokerTrade {
    BrokerTrade(
      orderID: order, tradeID: id, key: key, side: side, quantity: Quantity(units), price: Paise(10_000), tradedAt: at)
  }

  static func position(net: Int64, carried: Int64, product: ProductType? = nil) -> BrokerPosition {
    BrokerPosition(
      key: PositionKey(contract: key.contract, product: product ?? key.product), net: Quantity(net),
      carriedForward: Quantity(carried))
  }
}

/// A file that has no contract.
struct NoContracts: ContractDirectory {
  func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? { nil }
}
