import Domain
import Projections

/// One key of a follower: what the leader holds, what the follower should hold, and what it holds of ours.
public struct PositionStatus: Sendable {
  public let key: PositionKey
  /// The contract as people call it.
  public let name: String
  public let underlying: Underlying
  public let lotSize: Int64
  /// Signed units, as the others.
  public let leader: Quantity
  public let expected: Quantity
  public let actual: Quantity
  /// What the follower's owner holds by hand.
  public let owner: Quantity
  /// Units that work, are in flight or in doubt.
  public let working: Quantity
  /// Whether an order of the leader or of ours in the key can still change.
  public let isWorking: Bool

  /// Whether nothing works and the follower does not hold what it should.
  public var isDrifted: Bool { !isWorking && expected != actual }

  var isFlat: Bool { expected == .zero && actual == .zero && !isWorking }

  /// `nil` for a key in which there is nothing to be told: not copied, or flat on both sides.
  init?(_ state: State, _ account: FollowerAccount, _ key: PositionKey) {
    guard let ledger = account.ledgers[key], let holding = ExpectedHolding(state, account, key) else { return nil }
    self.key = key
    let names = ContractNames(state)
    name = names.contract(key.contract)
    guard let instrument = state.instruments[key.contract] else { return nil }
    underlying = instrument.underlying
    lotSize = holding.lot.units
    leader = state.leader.positions[key]?.net ?? .zero
    expected = holding.quantity
    actual = ledger.held
    owner = ledger.owner
    working = ledger.open(.entry) + ledger.open(.exit)
    isWorking = !ledger.isQuiet || (expected != ledger.held && holding.leaderRests)
    let copies = key.contract.option != nil && key.contract.segment.tradesCopiedOptions
    guard isWorking || expected != .zero || actual != .zero || (copies && leader != .zero) else { return nil }
  }
}
