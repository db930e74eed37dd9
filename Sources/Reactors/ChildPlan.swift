import Domain
import Projections

/// The smallest actions that bring the children of a link to what shall work of them: a pure function (rules 24 and 25).
struct ChildPlan {
  enum Action: Equatable {
    case place(OrderTerms)
    case modify(child: Int, OrderTerms)
    case cancel(child: Int)
    /// Takes back a request that has not left: a placement, or a modification that something else replaces.
    case withdraw(child: Int)
  }

  /// At most this many modifications of one order; the broker's cap is 25 (dhan-api-v2.md §3), and a cancel and a new
  /// order take over before it bites.
  static let modificationLimit: Int64 = 20
  /// How often, and how long apart, an order is cancelled that the broker refused to cancel (rule 5).
  static let cancelLimit: Int64 = 6
  static let cancelPause = Microseconds.seconds(5)
  /// How long the broker may take with an order in TRANSIT before it is cancelled all the same: nobody may have told of it since.
  static let transitPause = Microseconds.seconds(1)

  /// How soon an order is changed again, so that many changes in a second become few. Reductions wait for nothing.
  struct Pace {
    static let modification = Microseconds.milliseconds(250)
    /// Of an exit that rests with the leader's (rule 13).
    static let raise = Microseconds.milliseconds(500)

    /// Every pause is over.
    static let none = Pace(now: .latest)

    let now: Timestamp
    var restsWithLeader = false
  }

  let children: [Child]
  let purpose: ChildPurpose
  /// Units that shall work through children of this purpose. What they filled is not counted here: not everything that an
  /// exit fills closes something, once an order has filled twice (rule 29).
  let working: Quantity
  let shape: OrderShape
  let largest: Quantity?
  let pace: Pace
  /// The actions that are due.
  private(set) var actions: [Action] = []
  /// When something that is wanted may be asked for, at the earliest.
  private(set) var waitsUntil: Timestamp?

  init(
    children: [Child], purpose: ChildPurpose, working: Quantity, shape: OrderShape, largest: Quantity? = nil, pace: Pace
  ) {
    self.children = children
    self.purpose = purpose
    self.working = max(.zero, working)
    self.shape = shape
    self.largest = largest
    self.pace = pace
    actions = withdrawals() ?? plannedActions()
  }

  /// What waits in the lane is obsolete as soon as something else is wanted (rule 39); the next look then asks for that. Until
  /// it is taken back it counts like everything that was decided, or its lots would be asked for twice.
  private mutating func withdrawals() -> [Action]? {
    guard children.contains(where: { $0.queuedTerms != nil }) else { return nil }
    let plan = ChildPlan(
      children: children.map(\.withoutQueuedModification), purpose: purpose, working: working, shape: shape,
      largest: largest, pace: .none)
    let obsolete = plan.actions.compactMap { action -> Action? in
      switch action {
      case .modify(let index, let terms):
        children[index].queuedTerms.map { $0 != terms } ?? false ? .withdraw(child: index) : nil
      case .cancel(let index): children[index].queuedTerms != nil ? .withdraw(child: index) : nil
      case .place, .withdraw: nil
      }
    }
    return obsolete.isEmpty ? nil : obsolete
  }

  private mutating func plannedActions() -> [Action] {
    let ours = children.indices.filter { children[$0].purpose == purpose }
    let open = ours.reduce(into: Quantity.zero) { $0 += children[$1].open }
    if working < open { return shrink(ours, by: open - working) }
    var actions: [Action] = []
    for index in ours { if let action = change(index) { actions.append(action) } }
    if working > open, actions.isEmpty { actions = grow(ours, by: working - open) }
    return actions
  }

  /// The last child shrinks first. One that waits for an answer is waited for; one in doubt stops nobody else.
  private mutating func shrink(_ ours: [Int], by units: Quantity) -> [Action] {
    var rest = units
    var actions: [Action] = []
    for index in ours.reversed() where rest > .zero {
      let child = children[index]
      guard child.open > .zero else { continue }
      // A surplus order is taken back in any case.
      if child.isInDoubt, !child.isSurplus { continue }
      let taken = min(child.open, rest)
      rest -= taken
      if child.isSurplus, children.contains(where: { !$0.isSurplus && $0.open > .zero }) { continue }
      if child.isQueued {
        actions.append(.withdraw(child: index))
        continue
      }
      if child.isBusy { continue }
      if taken == child.open {
        if let cancel = cancel(index) { actions.append(cancel) }
      } else if child.refusedTerms == shape.terms(child.asked.quantity - taken) {
        // What cannot be made smaller is taken back, and what is left of it asked for anew: it must not fill as it is.
        if let cancel = cancel(index) { actions.append(cancel) }
      } else if !child.isChangeTooEarly || isTime(child.lastModifiedAt, ChildPlan.transitPause),
        let change = modify(index, quantity: child.asked.quantity - taken)
      {
        actions.append(change)
      }
    }
    return actions
  }

  /// Another price, type, validity or disclosed part for what the child has.
  private mutating func change(_ index: Int) -> Action? {
    let child = children[index]
    guard child.open > .zero, !child.isSurplus, child.asked != shape.terms(child.asked.quantity) else { return nil }
    if child.isQueued { return .withdraw(child: index) }
    guard !child.isBusy, isTime(child.lastModifiedAt, pause(child)) else { return nil }
    return modify(index, quantity: child.asked.quantity)
  }

  /// One child that fits grows; beyond that, growth is a new child. While any child waits for an answer nothing grows, so
  /// that many changes in a second become one.
  private mutating func grow(_ ours: [Int], by units: Quantity) -> [Action] {
    let open = ours.filter { children[$0].open > .zero }
    if open.contains(where: { children[$0].isBusy && !children[$0].isInDoubt }) { return [] }
    let raised = open.map { children[$0].lastAskedAt }.max()
    if pace.restsWithLeader, !isTime(raised, Pace.raise) { return [] }
    if open.count == 1, let index = open.first, !children[index].isBusy, !children[index].isSurplus {
      let total = children[index].asked.quantity + units
      if largest.map({ total <= $0 }) ?? true {
        guard isTime(children[index].lastModifiedAt, pause(children[index])) else { return [] }
        if let change = modify(index, quantity: total) { return [change] }
      }
    }
    return ChildPlan.split(units, largest: largest).map { .place(shape.terms($0)) }
  }

  /// How long after a change the next one waits: longer where the order was still on its way.
  private func pause(_ child: Child) -> Microseconds {
    child.isChangeTooEarly ? ChildPlan.transitPause : Pace.modification
  }

  /// Whether `pause` has passed since `last`; if not, notes when it will have.
  private mutating func isTime(_ last: Timestamp?, _ pause: Microseconds) -> Bool {
    guard let last, pace.now < last + pause else { return true }
    waitsUntil = min(waitsUntil ?? last + pause, last + pause)
    return false
  }

  private mutating func modify(_ index: Int, quantity: Quantity) -> Action? {
    let child = children[index]
    let terms = shape.terms(quantity)
    guard child.refusedTerms != terms else { return nil }
    if child.modifications >= ChildPlan.modificationLimit { return cancel(index) }
    return .modify(child: index, terms)
  }

  /// A cancel in TRANSIT is refused by the broker, so that a moment is left to it. One that was refused otherwise waits for the order to move, or for a while:
  /// an order that nobody wants any more must not rest because of one bad answer. It is asked for a finite number of times.
  private mutating func cancel(_ index: Int) -> Action? {
    let child = children[index]
    guard case .working(_, let status, nil) = child.state else { return nil }
    if status == .transit, child.cancelRefusedAt == nil, !isTime(child.lastAskedAt, ChildPlan.transitPause) {
      return nil
    }
    if child.cancelRefusedAt == status {
      guard child.cancellations < ChildPlan.cancelLimit, isTime(child.lastAskedAt, ChildPlan.cancelPause) else {
        return nil
      }
    }
    return .cancel(child: index)
  }

  /// Whole pieces of at most `largest`, largest first (rule 24).
  static func split(_ units: Quantity, largest: Quantity?) -> [Quantity] {
    guard let largest, largest > .zero else { return [units] }
    var pieces: [Quantity] = []
    var rest = units
    while rest > .zero {
      pieces.append(min(rest, largest))
      rest -= min(rest, largest)
    }
    return pieces
  }
}
