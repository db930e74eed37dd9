import Domain
import Projections

/// How one order of the leader ended, or stands, for one follower, with the reason and the rule where it was not copied.
public struct CopyVerdict: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case copied
    /// Copied, and lots were given up.
    case partly
    case skipped
    case tooOld = "too_old"
    case refused
    /// Not ended yet.
    case open
    /// The follower took no part: it was not configured or not ready when the order was first seen.
    case apart
  }

  public let kind: Kind
  /// Lots copied, or working where it is open.
  public let lots: Lots
  /// Lots that were given up.
  public let forgone: Lots
  public let reasons: [SkipReason]
  public let text: String

  init(_ history: OrderHistory, _ leader: LeaderRecord, follower: FollowerName) {
    self.init(
      history, OrderHistory.LinkID(follower: follower, origin: LinkOrigin(leader.orderID)), leader.key, leader.first)
  }

  init(
    _ history: OrderHistory, _ id: OrderHistory.LinkID, _ key: PositionKey, _ first: LeaderRecord.Change?
  ) {
    let record = history.links[id] ?? LinkRecord()
    let names = ContractNames(history.state)
    let account = history.state.index(of: id.follower).map { history.state.followers[$0] }
    let link = account?.ledgers[key]?.links.last { $0.origin == id.origin }
    let isUnsettled = history.state.leader.orders[OrderID(text: id.origin.text)]?.isUnsettled ?? false
    forgone = record.lotsForgone
    switch record.end {
    case .copied(let copied):
      kind = forgone > .zero ? .partly : .copied
      lots = copied
      reasons = record.reasons
    case .skipped(let reason):
      (kind, lots, reasons) = (.skipped, .zero, [reason])
    case .tooOld: (kind, lots, reasons) = (.tooOld, .zero, [.tooOld])
    case .refused: (kind, lots, reasons) = (.refused, .zero, [.refused])
    case nil:
      kind = link == nil && !isUnsettled && !record.hasOrders ? .apart : .open
      lots = names.lot(key)?.wholeLots(in: link.map { $0.opened + $0.closed } ?? .zero) ?? .zero
      reasons = record.reasons
    }
    let hasPart = kind == .copied || kind == .partly || kind == .open
    let given = hasPart && !record.reasons.isEmpty ? "; \(CopyVerdict.givenUp(record, names))" : ""
    if let end = record.end {
      text = end.words(names) + given
    } else if isUnsettled {
      text = "not ended yet: a reading of the leader's positions has to tell which product it counts under (rule 8)"
    } else if kind == .apart {
      text = CopyVerdict.apart(history.state, account, first)
    } else {
      let onPaper = account?.settings.sends == false ? " (on paper only: nothing is sent for this follower)" : ""
      text = CopyVerdict.standing(link, names, key) + onPaper + given
    }
  }

  private static func givenUp(_ record: LinkRecord, _ names: ContractNames) -> String {
    let why = record.reasons.map(\.explained).joined(separator: "; ")
    let lots = record.lotsForgone
    return lots > .zero ? "gave up \(names.lots(lots)): \(why)" : "enters nothing: \(why)"
  }

  private static func standing(_ link: Link?, _ names: ContractNames, _ key: PositionKey) -> String {
    guard let link else { return "not ended yet" }
    let works = link.open(.entry) + link.open(.exit)
    let done = link.opened + link.closed
    var parts: [String] = []
    if done > .zero { parts.append("\(names.quantity(done, key)) copied") }
    if works > .zero { parts.append("\(names.quantity(works, key)) on the way or resting") }
    return "not ended yet: \(parts.isEmpty ? "nothing is due so far" : parts.joined(separator: ", "))"
  }

  private static func apart(_ state: State, _ account: FollowerAccount?, _ first: LeaderRecord.Change?) -> String {
    let early = "not copied: \(SkipReason.beforeBaseline.explained)"
    guard state.leader.hasBaseline, let first else { return early }
    guard let account else { return "not copied: the log knows no such follower" }
    guard let ready = account.baselineAt, ready < first.sequence else {
      return "not copied: the follower's positions had not been read when it was first seen (rule 6)"
    }
    return account.isConfigured ? early : "not copied: the configuration did not name the follower"
  }
}
