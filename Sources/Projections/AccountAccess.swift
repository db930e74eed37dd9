import Domain

/// Whether an account can be heard and spoken to. A projection.
public struct AccountAccess: Hashable, Sendable, Codable {
  public struct Blockage: Hashable, Sendable, Codable {
    public let reason: BlockReason
    public let text: String
  }

  public internal(set) var isConnected = false
  /// When the stream was last opened or lost.
  public internal(set) var streamChangedAt: Timestamp?
  public internal(set) var blockage: Blockage?
}

extension State {
  mutating func applyAccess(_ event: Event) {
    switch event {
    case .streamChanged(let changed):
      let time = now
      access(of: changed.account) {
        $0.isConnected = changed.isConnected
        $0.streamChangedAt = time
      }
    case .accountBlocked(let blocked): block(blocked.account, blocked.reason, blocked.text)
    case .accountUnblocked(let unblocked):
      access(of: unblocked.account) { $0.blockage = nil }
      if case .follower(let name) = unblocked.account, let index = index(of: name) {
        followers[index].readBeforeExits(at: now)
      }
      touched.everything = true
    case .operatorCommanded(let commanded): changeModes { $0.apply(commanded) }
    case .diskLow: changeModes { $0.isDiskLow = true }
    case .diskRecovered: changeModes { $0.isDiskLow = false }
    default: break
    }
  }

  mutating func block(_ account: AccountRole, _ reason: BlockReason, _ text: String) {
    access(of: account) { $0.blockage = AccountAccess.Blockage(reason: reason, text: text) }
  }

  /// A start tries every account anew, and has no stream yet.
  mutating func forgetAccess() {
    leader.access = AccountAccess()
    for index in followers.indices { followers[index].access = AccountAccess() }
  }

  /// What was entered while only exits, or nothing, was allowed is too old once more is.
  private mutating func changeModes(_ change: (inout State) -> Void) {
    let before = followers.indices.map { mode(ofFollower: $0) }
    change(&self)
    for index in followers.indices where mode(ofFollower: index) == .running && before[index] != .running {
      followers[index].enteringSince = lastSequence
    }
    touched.everything = true
  }

  private mutating func apply(_ commanded: OperatorCommanded) {
    // A person has looked at what halted it.
    if commanded.mode == .running {
      for index in followers.indices where commanded.follower == nil || commanded.follower == followers[index].name {
        // Exits are caught up; what was to be entered when they did not go is too old (rule 36).
        if followers[index].awaitsResume { followers[index].enteringSince = lastSequence }
        followers[index].halt = nil
        followers[index].stop = nil
        followers[index].allowRefused()
      }
    }
    if let name = commanded.follower {
      guard let index = index(of: name) else { return }
      followers[index].mode = commanded.mode
    } else {
      mode = commanded.mode
      // A resume for all is one for each.
      if commanded.mode == .running { for index in followers.indices { followers[index].mode = .running } }
    }
    for index in followers.indices {
      let isMeant = commanded.follower == nil || commanded.follower == followers[index].name
      // Nothing but a person can know that the address is registered now.
      if isMeant, commanded.mode == .running, followers[index].access.blockage?.reason == .addressRefused {
        followers[index].access.blockage = nil
      }
    }
  }

  /// What the operator allows a follower: the stricter of what was said for all and for it.
  public func commandedMode(ofFollower index: Int) -> OperatorMode { max(mode, followers[index].mode) }

  /// What is allowed a follower: what the operator allows it, exits alone while the disk is low (rule 37) or the broker does not
  /// let the account trade, and nothing but cancels when something halted it (rule 34).
  public func mode(ofFollower index: Int) -> OperatorMode {
    if followers[index].halt != nil { return .halted }
    return max(commandedMode(ofFollower: index), isDiskLow || followers[index].stop != nil ? .closeOnly : .running)
  }

  private mutating func access(of account: AccountRole, _ change: (inout AccountAccess) -> Void) {
    switch account {
    case .leader: change(&leader.access)
    case .follower(let name): if let index = index(of: name) { change(&followers[index].access) }
    }
  }

  public func access(of account: AccountRole) -> AccountAccess? {
    switch account {
    case .leader: leader.access
    case .follower(let name): index(of: name).map { followers[$0].access }
    }
  }
}
