import Domain

extension DayReport {
  /// `{"day", "in_log", "last_sequence", "log_days", "charge_rates", "followers": […]}`. Money is rupees as text, quantities
  /// are units, times are UTC.
  public var json: JSONValue {
    .object([
      ("day", .text(day)), ("in_log", .bool(isInLog)), ("message", isInLog ? .null : .string(absence)),
      (
        "log_days",
        logDays.map { .object([("first", .text($0.lowerBound)), ("last", .text($0.upperBound))]) } ?? .null
      ),
      ("last_sequence", .sequence(lastSequence)),
      ("charge_rates_effective_from", .text(rates?.effectiveFrom)),
      ("followers", .array(isInLog ? followers.map { $0.json(names, rates) } : [])),
    ])
  }
}

extension FollowerDay {
  func json(_ names: ContractNames, _ rates: ChargeRates?) -> JSONValue {
    let kinds = CopyVerdict.Kind.allCases.map { ($0.rawValue, JSONValue.int(Int64(count($0)))) }
    return .object([
      ("follower", .text(name)),
      ("leader_orders", .object([("seen", .int(Int64(leaderOrders.count)))] + kinds)),
      (
        "reasons",
        .array(
          reasons.map { reason, count in
            .object([
              ("reason", .string(reason.rawValue)), ("rule", .rule(reason)),
              ("leader_orders", .int(Int64(count))), ("text", .string(reason.words)),
            ])
          })
      ),
      ("fills", .int(Int64(fills.count))),
      ("slippage_rupees", .rupees(slippage?.total)), ("slippage_paise_per_unit", .text(slippage?.paisePerUnit)),
      ("slippage_units", slippage.map { .units($0.quantity) } ?? .int(0)), ("latency", latency.json),
      ("realised_rupees", .rupees(realised)), ("realised_unknown_units", .units(realisedUnknown)),
      ("open_rupees", .rupees(open)), ("open_unknown_positions", .int(Int64(unpricedPositions))),
      ("charges_estimate_rupees", .rupees(charges)), ("charges_unpriced_units", .units(unpricedUnits)),
      ("contract_notes", .array(notes.map { $0.json(rates) })),
      ("orders", .array(lines.map { $0.json(names) })), ("positions", .array(positions.map { $0.json(names) })),
    ])
  }
}

extension ContractNote {
  func json(_ rates: ChargeRates?) -> JSONValue {
    let charges = rates.flatMap { self.charges($0) }
    return .object([
      ("exchange_segment", .string(segment.rawValue)), ("executed_orders", .int(orders)),
      ("bought_rupees", .rupees(bought)), ("sold_rupees", .rupees(sold)),
      ("brokerage", .rupees(charges?.brokerage)), ("exchange", .rupees(charges?.exchange)),
      ("sebi", .rupees(charges?.sebi)), ("stt", .rupees(charges?.stt)), ("stamp", .rupees(charges?.stamp)),
      ("gst", .rupees(charges?.gst)), ("total", .rupees(charges?.total)),
    ])
  }
}

extension DayLine {
  func json(_ names: ContractNames) -> JSONValue {
    .object(
      [
        ("origin", .text(origin)), ("leader_order_id", leader == nil ? .null : .text(origin)), ("at", .time(at)),
      ] + JSONValue.members(of: key) + [
        ("name", .string(names.contract(key.contract))), ("leader", .string(leader(names))),
        ("follower", .string(follower(names))), ("end", .string(verdict.kind.rawValue)),
        ("lots", .lots(verdict.lots)), ("lots_forgone", .lots(verdict.forgone)),
        (
          "reasons",
          .array(
            verdict.reasons.map {
              .object([
                ("reason", .string($0.rawValue)), ("rule", .rule($0)),
                ("text", .string($0.words)),
              ])
            })
        ),
        ("text", .string(verdict.text)),
        ("order_ids", .array(orders.map { .text($0.orderID) })),
        ("slippage_rupees", .rupees(slippage?.total)), ("slippage_paise_per_unit", .text(slippage?.paisePerUnit)),
        ("latency", latency.json), ("fills", .array(fills.map(\.json))),
      ])
  }
}

extension DayPosition {
  func json(_ names: ContractNames) -> JSONValue {
    .object(
      JSONValue.members(of: key) + [
        ("name", .string(names.contract(key.contract))), ("held_quantity", .units(held)),
        ("average_price", average.map { .string($0.perUnit) } ?? .null),
        ("realised_rupees", .rupees(realisedResult)), ("realised_unknown_units", .units(realisedUnknown)),
        ("open_rupees", .rupees(open)), ("mark_price", .rupees(mark?.price)), ("mark_at", .time(mark?.at)),
        ("mark_source", .text(mark?.source.rawValue)),
      ])
  }
}
