import Domain
import PaperExchange

/// Orders that wait until the price of a share gets somewhere (dhan-api-v2.md §5.3).
struct ConditionalOrder {
  enum Operator: String {
    case crossingUp = "CROSSING_UP"
    case crossingDown = "CROSSING_DOWN"
    case crossingAnySide = "CROSSING_ANY_SIDE"
    case greaterThan = "GREATER_THAN"
    case lessThan = "LESS_THAN"
    case greaterThanEqual = "GREATER_THAN_EQUAL"
    case lessThanEqual = "LESS_THAN_EQUAL"
    case equal = "EQUAL"
    case notEqual = "NOT_EQUAL"
  }

  struct Condition {
    /// The share that is watched.
    let contract: ContractID
    let comparison: Operator
    let value: Paise
    /// The last day on which it can be met.
    let lastDay: Day
    let note: String

    /// - Parameter before: the price of the look before; a crossing needs one.
    func isMet(at price: Paise, before: Paise?) -> Bool {
      let rises = before.map { $0 < value && price >= value } ?? false
      let falls = before.map { $0 > value && price <= value } ?? false
      return switch comparison {
      case .crossingUp: rises
      case .crossingDown: falls
      case .crossingAnySide: rises || falls
      case .greaterThan: price > value
      case .lessThan: price < value
      case .greaterThanEqual: price >= value
      case .lessThanEqual: price <= value
      case .equal: price == value
      case .notEqual: price != value
      }
    }
  }

  enum Status: String { case active = "ACTIVE", triggered = "TRIGGERED", expired = "EXPIRED", cancelled = "CANCELLED" }

  let id: String
  let account: ClientID
  let createdAt: Timestamp
  var condition: Condition
  var orders: [PaperTicket]
  var status = Status.active
  var triggeredAt: Timestamp?
  /// The price that was last looked at.
  var seen: Paise?
}
