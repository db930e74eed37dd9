import Domain

extension DayReport {
  /// What a person reads.
  public func text(_ times: TimeStyle) -> String {
    guard isInLog else { return absence }
    var lines = ["Trading day \(day) in India, up to event \(lastSequence) of the log"]
    if followers.isEmpty { lines += ["", "No follower was configured."] }
    for follower in followers { lines += ["", "\(follower.name): \(follower.counts)"] + body(of: follower, times) }
    if followers.contains(where: { !$0.notes.isEmpty }) { lines += ["", chargesNote] }
    return lines.joined(separator: "\n")
  }

  /// Why there is nothing to tell of a day outside of the log.
  var absence: String {
    guard let logDays else { return "The log is empty: the service never started with this store." }
    let (first, last) = (logDays.lowerBound, logDays.upperBound)
    let span = first == last ? "only of \(first)" : "of \(first) to \(last)"
    return "The log holds nothing of \(day), \(span)."
  }

  private var chargesNote: String {
    guard let rates else { return "No rates are known for \(day), so charges are not estimated." }
    return
      "Charges are an estimate with the rates since \(rates.effectiveFrom), each exchange rounded as one contract note "
      + "of the day; exercise and the broker's own square-off are not in it."
  }

  private func body(of follower: FollowerDay, _ times: TimeStyle) -> [String] {
    var lines = follower.reasons.map { "  \($0.count) × \($0.reason.explained)" }
    lines += trading(follower)
    if !follower.lines.isEmpty { lines += [""] + table(of: follower, times) }
    if !follower.positions.isEmpty { lines += [""] + positions(of: follower, times) }
    return lines
  }

  private func trading(_ follower: FollowerDay) -> [String] {
    var lines: [String] = []
    let fills = follower.fills
    if !fills.isEmpty {
      let slippage = follower.slippage.map {
        "slippage \($0.rupees) over \($0.quantity) units (\($0.perUnit) each)"
      }
      lines.append("  \(fills.count == 1 ? "1 fill" : "\(fills.count) fills"), \(slippage ?? "slippage unknown")")
      let latency = follower.latency
      if let range = latency.afterFill { lines.append("  latency after the leader's fill: \(range.explained)") }
      if let range = latency.afterOrder {
        lines.append("  latency after the leader's order, ahead of his fill: \(range.explained)")
      }
    }
    if !follower.positions.isEmpty { lines.append("  " + result(follower)) }
    lines += follower.notes.map { "  " + note($0) }
    if follower.unpricedUnits > .zero {
      lines.append("  the broker told no price for \(follower.unpricedUnits) units: they are not in the charges")
    }
    return lines
  }

  private func result(_ follower: FollowerDay) -> String {
    var text = "realised \(follower.realised)"
    if follower.realisedUnknown > .zero { text += " without \(follower.realisedUnknown) units of unknown price" }
    text += ", open \(follower.open)"
    if follower.unpricedPositions > 0 { text += " without \(follower.unpricedPositions) positions of unknown price" }
    guard let charges = follower.charges else { return text }
    return "\(text), charges about \(charges)"
  }

  private func note(_ note: ContractNote) -> String {
    let orders = note.orders == 1 ? "1 order" : "\(note.orders) orders"
    let text = "\(note.segment.rawValue): \(orders) executed, bought \(note.bought), sold \(note.sold)"
    guard let charges = rates.flatMap(note.charges) else { return text }
    return "\(text); brokerage \(charges.brokerage), exchange \(charges.exchange), SEBI \(charges.sebi), "
      + "STT \(charges.stt), stamp \(charges.stamp), GST \(charges.gst): \(charges.total)"
  }

  private func table(of follower: FollowerDay, _ times: TimeStyle) -> [String] {
    var table = TextTable([
      ("  SEEN \(times.zone)", .left), ("ORDER", .left), ("LEADER", .left), ("FOLLOWER", .left), ("SLIPPAGE", .right),
      ("LATENCY", .right), ("END", .left),
    ])
    for line in follower.lines {
      table.add(
        "  \(times.clock(line.at))", "\(line.origin)", line.leader(names), line.follower(names),
        line.slippage?.perUnit ?? "", line.latency.text, line.verdict.text)
    }
    return table.lines
  }

  private func positions(of follower: FollowerDay, _ times: TimeStyle) -> [String] {
    var table = TextTable([
      ("  POSITION", .left), ("HELD", .right), ("AVERAGE", .right), ("REALISED", .right), ("OPEN", .right),
      ("MARKED AT", .left),
    ])
    for position in follower.positions {
      let isFlat = position.held == .zero
      let unknown = position.realisedUnknown > .zero ? " (\(position.realisedUnknown) units unknown)" : ""
      table.add(
        "  \(names.key(position.key))", "\(position.held)", position.average?.perUnit ?? "",
        "\(position.realisedResult)\(unknown)", isFlat ? "" : position.open.map { "\($0)" } ?? "unknown",
        isFlat ? "" : mark(position, times))
    }
    return table.lines
  }

  private func mark(_ position: DayPosition, _ times: TimeStyle) -> String {
    let expiry = position.key.contract.option?.expiry
    let expired = expiry.map { $0 < day ? ", expired \($0)" : "" } ?? ""
    guard let mark = position.mark else { return "no price\(expired)" }
    return "\(mark.price), \(mark.words) at \(times.text(mark.at))\(expired)"
  }
}

extension FollowerDay {
  /// `12 orders of the leader: 8 copied, 1 in part, 3 not copied`
  var counts: String {
    let seen = leaderOrders.count
    if seen == 0 { return "no order of the leader was seen" }
    let missed = count(.skipped) + count(.tooOld) + count(.refused) + count(.apart)
    let parts = [
      (count(.copied), "copied"), (count(.partly), "copied in part"), (missed, "not copied"),
      (count(.open), "not ended"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return "\(seen == 1 ? "1 order" : "\(seen) orders") of the leader: \(parts.joined(separator: ", "))"
  }
}

extension LatencyRange {
  /// The range with what its numbers are.
  fileprivate var explained: String { count == 1 ? text : "\(text) (shortest / median / longest of \(count))" }
}
