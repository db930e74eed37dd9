import Domain

/// The quotes of one account, in the pace that the broker allows: one request a second, for all that wait
/// (dhan-api-v2.md §8.2). Where he says no, it is tried again at most every half minute: repeated offences may close the
/// account's data side (§3).
actor QuoteLane {
  static let pace = Duration.milliseconds(1_100)
  static let pauseAfterFailure = Duration.seconds(30)

  private let pace: Duration
  private let pauseAfterFailure: Duration
  private var waiting: [ContractID] = []
  private var underWay: [ContractID] = []
  private var isOccupied = false
  private var hasFailed = false

  init(pace: Duration = QuoteLane.pace, pauseAfterFailure: Duration = QuoteLane.pauseAfterFailure) {
    self.pace = pace
    self.pauseAfterFailure = pauseAfterFailure
  }

  /// Whether the reading that fails now is the first to do so since one succeeded.
  var isFirstFailure: Bool { !hasFailed }

  /// Has `contract` read, together with whatever else waits by then; returns at once where somebody else sees to it.
  ///
  /// - Parameter read: makes one request; whether it was answered.
  func ask(_ contract: ContractID, _ read: @Sendable ([ContractID]) async -> Bool) async {
    if !waiting.contains(contract), !underWay.contains(contract) { waiting.append(contract) }
    guard !isOccupied else { return }
    isOccupied = true
    defer { isOccupied = false }
    while !waiting.isEmpty, !Task.isCancelled {
      underWay = waiting
      waiting = []
      let isAnswered = await read(underWay)
      hasFailed = !isAnswered
      underWay = []
      try? await Task.sleep(for: isAnswered ? pace : pauseAfterFailure)
      // What was wanted so long ago is wanted no more, or will be asked for again.
      if !isAnswered { waiting = [] }
    }
  }
}
