import Domain

/// Divides the entry target of an episode among its links (rules 2 and 3): a pure function.
///
/// Each link keeps what it has while the target allows; a fall takes from the newest links first, a rise goes to the
/// newest change first, and no link gets more than its own exact share rounded up. So lots never wander between links.
struct EntryAllotment {
  struct Share {
    /// The leader's units of this link that count.
    var leaderUnits: Quantity
    /// Lots filled by this link. They stay.
    var filled: Lots
    /// Lots working, in flight or in doubt.
    var open: Lots
    /// Lots given up.
    var forgone: Lots
    /// The most this link may have in all.
    var maximum: Lots
    /// The sequence of the newest leader change that raised it.
    var raisedBy: SequenceNumber
  }

  struct Allotted: Equatable {
    /// Lots that may fill through this link in all: filled and working.
    var desired: Lots
    /// Lots that are new for this link and have to pass the entry rules.
    var growth: Lots
    /// The forgone lots that still count.
    var forgone: Lots
  }

  let target: Lots
  let shares: [Share]

  /// The lots that were filled beyond the target (rule 18 decides about them).
  var excess: Lots { max(.zero, shares.reduce(into: Lots.zero) { $0 += $1.filled } - target) }

  func allotted() -> [Allotted] {
    var desired: [Lots] = []
    var forgone: [Lots] = []
    for share in shares {
      let room = max(.zero, share.maximum - share.filled)
      let open = min(share.open, room)
      desired.append(share.filled + open)
      forgone.append(min(share.forgone, max(.zero, room - open)))
    }
    let newestFirst = shares.indices.sorted {
      shares[$0].raisedBy != shares[$1].raisedBy ? shares[$0].raisedBy > shares[$1].raisedBy : $0 > $1
    }
    var total = desired.reduce(into: Lots.zero) { $0 += $1 } + forgone.reduce(into: Lots.zero) { $0 += $1 }
    for index in newestFirst where total > target {
      let given = min(forgone[index], total - target)
      forgone[index] -= given
      total -= given
      let taken = min(desired[index] - shares[index].filled, total - target)
      desired[index] -= taken
      total -= taken
    }
    var growth = [Lots](repeating: .zero, count: shares.count)
    for index in newestFirst where total < target {
      let room = max(.zero, shares[index].maximum - desired[index] - forgone[index])
      let added = min(room, target - total)
      growth[index] = added
      total += added
    }
    return shares.indices.map { Allotted(desired: desired[$0], growth: growth[$0], forgone: forgone[$0]) }
  }
}
