import Domain

/// Joins what was found in the stretches of a log, from the first to the last.
struct VerifySummary {
  private var last = Anchor(sequence: .beforeFirst, hash: .zero)
  private var streams: [ShortText: Int64] = [:]
  private var identities = IdentitySum()
  private var anchored: [Int64: EventHash] = [:]
  private var damage: [VerifyReport.Finding] = []

  mutating func join(_ findings: RangeFindings) {
    let from = findings.from
    var flaws: [VerifyReport.Finding] = findings.damage.map { [$0] } ?? []
    // A stretch whose predecessor is damaged has nothing to be compared with.
    if damage.isEmpty, findings.through >= from {
      if from > 1, findings.firstPrevious != last.hash {
        flaws.append(finding(from, "event \(from) is not chained to the event before it"))
      }
      for (stream, span) in findings.streams where span.firstVersion != (streams[stream] ?? 0) + 1 {
        flaws.append(finding(span.firstSequence, "event \(span.firstSequence) has the wrong version in its stream"))
      }
    }
    for (stream, span) in findings.streams { streams[stream] = span.lastVersion }
    if damage.isEmpty {
      identities.add(findings.idSum)
      anchored.merge(findings.anchored) { $1 }
      last = Anchor(sequence: SequenceNumber(findings.through), hash: findings.lastHash)
    }
    if let first = flaws.min(by: { ($0.sequence ?? .first) < ($1.sequence ?? .first) }) { damage.append(first) }
  }

  /// Adds what was found beside the events.
  mutating func take(_ found: BesideEvents.Findings, place: LogVerifier.StorePlace) {
    // A file that is byte for byte what was closed holds the structure and the index that were closed with it.
    if found.seal == .right { return }
    take(structure: found.structure, index: found.index, place: place)
    damage += found.snapshots + found.writeAheadLog
    if case .wrong(let message) = found.seal, !damage.contains(where: { $0.sequence != nil }) {
      damage.append(finding(max(last.sequence.value, 1), message))
    }
  }

  /// Adds what SQLite found, and whether the index on ids agrees with the events.
  private mutating func take(
    structure: [String], index: Result<IdentitySum, EventStoreError>?, place: LogVerifier.StorePlace
  ) {
    var messages = structure
    var indexAgrees = false
    switch index {
    case .success(let sum): indexAgrees = sum == identities
    case .failure(let failure): messages.append(failure.message)
    case nil: break
    }
    let eventsAreSound = damage.isEmpty
    guard !messages.isEmpty || (eventsAreSound && !indexAgrees) else { return }
    if eventsAreSound {
      // Only now is the slow check worth its time: it names the rows.
      messages += IntegrityCheck.full(place)
      if messages.isEmpty { messages = ["the index on event ids does not agree with the events"] }
    }
    for message in messages {
      damage.append(.init(sequence: IntegrityCheck.sequence(in: message), message: message))
    }
  }

  func report(anchors: [Anchor]) -> VerifyReport {
    let sorted = damage.sorted { ($0.sequence?.value ?? .max) < ($1.sequence?.value ?? .max) }
    return VerifyReport(
      last: last, streams: streams.count, damage: sorted, anchorsBroken: damage.isEmpty ? broken(anchors) : [])
  }

  private func broken(_ anchors: [Anchor]) -> [VerifyReport.Finding] {
    anchors.compactMap { anchor in
      let found = anchor.sequence == .beforeFirst ? .zero : anchored[anchor.sequence.value]
      if found == anchor.hash { return nil }
      return finding(
        anchor.sequence.value,
        found == nil
          ? "the log ends at event \(last.sequence), before the anchor at \(anchor.sequence): its tail was cut off"
          : "event \(anchor.sequence) does not have the hash of the anchor: the log was rewritten at or before it")
    }
  }

  private func finding(_ sequence: Int64, _ message: String) -> VerifyReport.Finding {
    .init(sequence: SequenceNumber(sequence), message: message)
  }
}
