import Domain

extension Arithmetic {
  /// The calculation as a person can check it: `rule 3: floor(2/5 × 10 lots) = 4 lots; filled 0, working 0, forgone 0`.
  ///
  /// - Parameter sized: the frozen lots of the entry, where they do not follow from a ratio.
  func words(_ names: ContractNames, sized: EntrySized? = nil) -> String {
    "rule \(rule): \(calculation(names, sized)); \(standing)\(pricing)"
  }

  /// What the price was made of, where it is not the leader's own.
  private var pricing: String {
    var text = ""
    if let reference {
      let age = reference.age > Microseconds(0) ? ", \(reference.age.readable) old" : ""
      text += "; price made of \(reference.source.words), \(reference.price)\(age) (rule 19)"
    }
    if let bound { text += ", not beyond \(bound)" }
    return greeks.map { "\(text); \($0.words)" } ?? text
  }

  private var standing: String {
    let isExit = rule == 10 || rule == 14 || rule == 1
    let parts = ["filled \(filled)", "working \(working)"] + (isExit ? [] : ["forgone \(forgone)"])
    return parts.joined(separator: ", ")
  }

  private func calculation(_ names: ContractNames, _ sized: EntrySized?) -> String {
    switch rule {
    case 3: entry(names, sized)
    case 10: exit(names)
    case 11:
      "the leader became smaller and holds \(names.lots(leaderLots)); what rests of the entry is taken back first"
    case 1:
      "the leader holds nothing on this side, and no order of his closes our \(names.lots(filled)): all of them are closed"
    case 14 where leaderWhole == nil && target == .zero: "our own exit rests, so that its price goes a step further"
    case 14: "the leader is out and ours rests, so that its price goes a step further; \(exit(names))"
    case 18: unfilledOrExcess(names, sized)
    case 23: "of its basket the follower takes \(names.lots(target)) for the leader's \(names.lots(leaderLots))"
    case 36: "no entries while the operator allows none or the service stops: what rests of the entry is taken back"
    default: "the leader's \(names.lots(leaderLots)), target \(names.lots(target))"
    }
  }

  /// What rule 18 is about: the follower has fewer lots than the leader, or more.
  private func unfilledOrExcess(_ names: ContractNames, _ sized: EntrySized?) -> String {
    if bound != nil {
      return "the leader's order filled and ours rests, so that its price goes a step further; \(entry(names, sized))"
    }
    if working > .zero {
      return "the leader's order filled and ours did not in time: what rests of it is taken back"
    }
    return "the leader's orders ended with \(names.lots(leaderLots)), for which \(entry(names, sized)); "
      + "the follower got \(names.lots(filled)) and gives back \(names.lots(filled - target))"
  }

  private func entry(_ names: ContractNames, _ sized: EntrySized?) -> String {
    if let ratio {
      let floor = Lots(ratio.scaled(max(0, leaderLots.count)))
      let text = "floor(\(ratio) × \(names.lots(leaderLots))) = \(names.lots(floor))"
      if floor == target { return text }
      if floor == .zero, target == .one { return "\(text), raised to 1 lot (below_one_lot: one_lot)" }
      return "\(ratio) × the leader's \(names.lots(leaderLots)) and a part of one, rounded down = \(names.lots(target))"
    }
    guard let sized else { return "\(names.lots(target)) whatever the leader's \(names.lots(leaderLots))" }
    if let budget = sized.budget, let perLot = sized.perLot {
      return "floor(\(budget) at risk / \(perLot) a lot) = \(names.lots(sized.lots)) for this order, "
        + "\(names.lots(target)) in the position"
    }
    return "fixed \(names.lots(sized.lots)) for this order, \(names.lots(target)) in the position"
  }

  private func exit(_ names: ContractNames) -> String {
    let part =
      if let leaderWhole, leaderWhole > .zero {
        "the leader leaves \(leaderLots) of \(names.lots(leaderWhole))"
      } else {
        "the leader has left"
      }
    return "\(part), of which this order closes \(names.lots(target)) for the follower in all"
  }

  var json: JSONValue {
    .object([
      ("rule", .int(rule)), ("leader_lots", .lots(leaderLots)),
      ("leader_whole", leaderWhole.map { .lots($0) } ?? .null), ("ratio", .text(ratio)), ("target", .lots(target)),
      ("filled", .lots(filled)), ("working", .lots(working)), ("forgone", .lots(forgone)),
      ("reference_price", .rupees(reference?.price)), ("reference_source", .text(reference?.source.rawValue)),
      ("reference_age_us", reference.map { .int($0.age.count) } ?? .null), ("price_bound", .rupees(bound)),
      ("greeks", greeks?.json ?? .null),
    ])
  }
}

extension EpisodeOpened {
  /// Where the ratio comes from.
  var words: String {
    guard let ratio else { return "episode \(number) opens; its lots do not follow from a ratio" }
    guard let leaderCapital, let followerCapital else {
      return "episode \(number) opens with the ratio \(ratio), frozen"
    }
    return
      "episode \(number) opens with the ratio \(followerCapital) / \(leaderCapital) = \(ratio) of the capitals, frozen"
  }
}
