import Domain

/// What goes wrong with one call through the API. Calls by hand go well.
public enum PaperCallFault: Hashable, Sendable, Codable {
  /// Nothing goes wrong: lets a call pass before the next fault.
  case none
  /// The call never arrives; the caller is in doubt.
  case loseRequest
  /// The call is taken; the caller is in doubt.
  case loseReply
  /// The caller is in doubt, and the call is taken only after this time.
  case takeLate(Microseconds)
  /// The broker says no to the call.
  case refuse(RefusalClass, text: String)
  /// A 5xx reply: the caller is in doubt, and the call is taken or not.
  case serverError(taken: Bool)
  /// The call is taken; the reply comes this much later.
  case delayReply(Microseconds)
  /// The call is taken, and the order comes back REJECTED by the broker's risk checks with this text. A modification or
  /// a cancellation comes back the same way, and leaves the order as it was.
  case rejectLate(text: String)
}

/// What goes wrong with one order update.
public enum PaperUpdateFault: Hashable, Sendable, Codable {
  case none
  case drop
  case duplicate
  case delay(Microseconds)
  /// Later updates overtake this one.
  case reorder
}

/// Faults of chance, in thousandths of all API calls and of all updates. Drawn from the exchange's seed.
public struct PaperFaultPlan: Hashable, Sendable, Codable {
  public var requestsLost: Int64 = 0
  public var repliesLost: Int64 = 0
  public var serverErrorsTaken: Int64 = 0
  public var serverErrorsNotTaken: Int64 = 0
  public var takenLate: Int64 = 0
  /// For calls that are taken late.
  public var lateness = PaperDelay(from: .milliseconds(500), to: .seconds(3))
  public var updatesDropped: Int64 = 0
  public var updatesDuplicated: Int64 = 0
  public var updatesReordered: Int64 = 0

  public init() {}
  public static let none = PaperFaultPlan()

  var touchesCalls: Bool {
    requestsLost + repliesLost + serverErrorsTaken + serverErrorsNotTaken + takenLate > 0
  }
  var touchesUpdates: Bool { updatesDropped + updatesDuplicated + updatesReordered > 0 }

  func callFault(from generator: inout SplitMix64) -> PaperCallFault {
    guard touchesCalls else { return .none }
    var rest = generator.next(below: 1_000)
    let chances: [(Int64, PaperCallFault)] = [
      (requestsLost, .loseRequest), (repliesLost, .loseReply), (serverErrorsTaken, .serverError(taken: true)),
      (serverErrorsNotTaken, .serverError(taken: false)),
    ]
    for (chance, fault) in chances {
      if rest < chance { return fault }
      rest -= chance
    }
    return rest < takenLate ? .takeLate(lateness.draw(from: &generator)) : .none
  }

  func updateFault(from generator: inout SplitMix64) -> PaperUpdateFault {
    guard touchesUpdates else { return .none }
    var rest = generator.next(below: 1_000)
    let chances: [(Int64, PaperUpdateFault)] = [
      (updatesDropped, .drop), (updatesDuplicated, .duplicate), (updatesReordered, .reorder),
    ]
    for (chance, fault) in chances {
      if rest < chance { return fault }
      rest -= chance
    }
    return .none
  }
}
