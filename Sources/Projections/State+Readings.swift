import Domain

/// What a clean reading of a follower's book settles.
extension State {
  /// A clean reading says of every request in doubt: a change is settled, because the next look measures against what the
  /// book showed; a placement that it did not show counts as absent once more (rules 28, 29).
  mutating func apply(_ read: FollowerBookRead) {
    guard let index = index(of: read.follower) else { return }
    let isFirst = followers[index].bookReadAt == nil
    followers[index].bookReadAt = now
    for key in followers[index].wantsReadingFor { touched.touch(follower: index, key) }
    followers[index].wantsReadingFor = []
    followers[index].wantsReadingSince = nil
    touched.everything = touched.everything || isFirst
    settleUndetermined(follower: index, key: nil, lacksEnded: read.lacksEnded)
    if !read.lacksEnded { doubtNumbers(follower: index, askedAt: read.askedAt ?? now) }
    for request in followers[index].outbox.requests where request.isInDoubt {
      if request.kind == .placement {
        // The trade book has to agree before an exit counts as absent.
        guard !read.lacksEnded, request.purpose == .entry || read.tradesAgree else { continue }
        followers[index].outbox.update(request.id) { $0.countAbsence(askedAt: read.askedAt ?? now) }
      } else {
        _ = followers[index].outbox.take(request.id)
        followers[index].change(request.child) { $0.giveUpDoubted(readingAskedAt: read.askedAt ?? now) }
      }
      touched.touch(follower: index, request.child.key)
    }
    for key in followers[index].ledgers.keys.sorted() {
      let settled = followers[index].settleUnseenChanges(key, at: now, readingAskedAt: read.askedAt ?? now)
      if settled { touched.touch(follower: index, key) }
    }
  }

  /// A number that a person gave and that a clean reading does not show is no order: its placement is in doubt as before.
  private mutating func doubtNumbers(follower index: Int, askedAt: Timestamp) {
    var open: [NumberedByHand] = []
    for numbered in followers[index].numberedByHand {
      guard followers[index].isUnproven(numbered) else { continue }
      guard askedAt > numbered.at else {
        open.append(numbered)
        continue
      }
      for request in followers[index].outbox.requests where request.child == numbered.request.child {
        _ = followers[index].outbox.take(request.id)
      }
      var request = numbered.request
      request.isInDoubt = true
      followers[index].outbox.add(request)
      followers[index].change(request.child) { $0.numberIsWrong(request.id) }
      touched.touch(follower: index, request.child.key)
    }
    followers[index].numberedByHand = open
  }
}

extension FollowerAccount {
  /// A change that the broker took and that a clean reading still does not show did not happen (dhan-api-v2.md §4.3): the
  /// order stands as it was, a cancel may be asked again, and the same modification a few times. A price that was in doubt
  /// and is not shown by a second reading either does not stand in the book.
  mutating func settleUnseenChanges(_ key: PositionKey, at now: Timestamp, readingAskedAt: Timestamp) -> Bool {
    guard let place = ledgers.index(forKey: key) else { return false }
    var changed = false
    for link in ledgers.values[place].links.indices {
      for index in ledgers.values[place].links[link].children.indices {
        let child = ledgers.values[place].links[link].children[index]
        if let unseen = child.unseenPrice, readingAskedAt - unseen.since >= Child.settleTime {
          ledgers.values[place].links[link].children[index].unseenPrice = nil
          changed = true
        }
        guard child.awaitsPicture, now - child.lastAskedAt >= Child.settleTime else { continue }
        ledgers.values[place].links[link].children[index].giveUpChange()
        changed = true
      }
    }
    return changed
  }
}
