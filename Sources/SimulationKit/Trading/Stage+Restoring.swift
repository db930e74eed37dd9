import Domain
import PaperExchange

/// What happens to the log as a whole, and to the labels that it gives: an older copy is put back in its place, and another
/// instance trades under our prefix.
extension Stage {
  func logMeetsTrouble() throws {
    switch random.below(4) {
    case 0: copyIsMade()
    case 1, 2: try olderCopyIsPutBack()
    default: try anotherInstancePlaces()
    }
  }

  /// A backup is only as good as what it knows: one from before the first readings holds nothing worth going back to.
  private func copyIsMade() {
    guard let state, state.leader.hasBaseline, state.followers.allSatisfy(\.hasBaseline) else { return }
    tell("the log is copied at event \(state.lastSequence)")
    copy = world.disk.copy()
  }

  private func olderCopyIsPutBack() throws {
    guard let copy else { return copyIsMade() }
    self.copy = nil
    count("older copy of the log put back")
    tell("an older copy of the log is put back")
    world.kill()
    world.disk.restore(copy)
    checks.startOver()
    try comeBack()
  }

  private func anotherInstancePlaces() throws {
    let member = random.pick(settings.members)
    let key = drawnKey()
    let stranger = ChildID(follower: member.name, origin: LinkOrigin(OrderID("stranger")), number: nextStranger)
    nextStranger += 1
    let label = CorrelationID(leader: "9000000000", child: stranger)
    let ticket = PaperTicket(
      correlationID: label, key: key, side: random.pick([.buy, .sell]), type: .market,
      quantity: instrument(key.contract).lotSize.quantity(of: Lots(Int64(1 + random.below(2)))), price: .zero)
    checks.handTraded.insert(Checks.Place(client: member.client, key: key))
    checks.strangers.insert(label)
    count("another instance")
    try act(.phone(.place(ticket), account: member.client), "another instance at \(member.name)'s: \(ticket.words)")
  }
}
