import Domain
import Ports
import Projections

/// The plans of the readings of all accounts.
///
/// A plan looks at everything that is open in its account, too much for a hundred accounts after every message of one: it is
/// asked only when something happened to its account, or when a reading is due.
struct ReadingPlans {
  /// The leader's first.
  let accounts: [AccountRole]
  private let places: [AccountRole: Int]
  private var plans: [ReadingSchedule]
  /// When each account has to be read next, as far as was known when something last happened to it.
  private var moments: [Timestamp?]
  /// Accounts to which something happened since their plan was last asked.
  private var stirred: Set<Int>

  init(_ accounts: [AccountRole]) {
    self.accounts = accounts
    places = Dictionary(uniqueKeysWithValues: accounts.enumerated().map { ($1, $0) })
    plans = accounts.map { ReadingSchedule($0) }
    moments = Array(repeating: .earliest, count: accounts.count)
    stirred = Set(accounts.indices)
  }

  /// The plan of an account; `nil`, and nothing is set, where the account joins at the next start.
  subscript(account: AccountRole) -> ReadingSchedule? {
    get { places[account].map { plans[$0] } }
    set { if let place = places[account], let newValue { plans[place] = newValue } }
  }

  /// When the next reading is due; `nil` while every one that could be is on its way.
  var next: Timestamp? { moments.lazy.compactMap { $0 }.min() }

  /// What has to be read at `now`; it counts as asked for.
  mutating func ask(at now: Timestamp, in state: State) -> [(AccountRole, Reading)] {
    var due: [(AccountRole, Reading)] = []
    for place in plans.indices where stirred.contains(place) || moments[place].map({ $0 <= now }) ?? false {
      let asked = plans[place].ask(at: now, in: state)
      due += asked.due.map { (accounts[place], $0) }
      moments[place] = asked.next
    }
    stirred.removeAll(keepingCapacity: true)
    return due
  }

  /// The process had stopped: every book is read at once, and no stream is trusted.
  mutating func startAnew(at now: Timestamp) {
    for place in plans.indices { plans[place].startAnew(at: now) }
    stirAll()
  }

  /// What a follower's messages change of plans is its own; anything else may have led to requests for everybody.
  mutating func stir(_ message: EngineDesk.Message) {
    switch message {
    case .report(let account, _) where account != .leader, .finished(let account, _):
      if let place = places[account] { stirred.insert(place) }
    case .report, .settings, .command, .stop: stirAll()
    }
  }

  mutating func stirAll() { stirred.formUnion(plans.indices) }
}
