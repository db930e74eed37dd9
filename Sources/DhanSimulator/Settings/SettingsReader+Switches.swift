import Domain
import PaperExchange

extension SettingsReader {
  /// Changes what the section names, in the simulator's own switches and in the exchange's settings.
  static func switches(_ section: SettingsSection, _ switches: inout Switches, _ paper: inout PaperSettings) {
    func set<Value>(_ target: WritableKeyPath<Switches, Value>, _ value: Value?) {
      if let value { switches[keyPath: target] = value }
    }
    set(\.marketHours, section.choice("market_hours"))
    set(\.correlationIDCap, section.integer("correlation_id_cap", 1...31))
    set(\.cancelReply, section.choice("cancel_reply"))
    set(\.orderByID, section.choice("order_by_id"))
    set(\.tradesByID, section.choice("trades_by_id"))
    set(\.slicingReply, section.choice("slicing_reply"))
    set(\.numbersAsStrings, section.flag("numbers_as_strings"))
    set(\.acceptsStringNumbers, section.flag("accepts_string_numbers"))
    set(\.streamNames, section.choice("stream_names"))
    set(\.streamFrames, section.choice("stream_frames"))
    set(\.partFillWord, section.choice("part_fill_word"))
    set(\.refusedChangeWord, section.choice("refused_change_word"))
    if section.has("skipped_statuses") { switches.skippedStatuses = section.texts("skipped_statuses") }
    set(\.deadToken, section.choice("dead_token"))
    set(\.deadTokenOnStream, section.choice("dead_token_on_stream"))
    set(\.secondStream, section.choice("second_stream"))
    set(\.mintedStreams, section.choice("minted_streams"))
    set(\.readsCountAs, section.choice("reads_count_as"))
    set(\.activeSegment, section.choice("active_segment"))
    set(\.sourceAddress, section.choice("source_address"))
    set(\.serverPing, section.flag("server_ping"))
    set(\.checksTOTP, section.flag("totp_check"))
    set(\.mintRefusalStatus, section.integer("mint_refusal_status", 200...599))
    set(\.dataPlan, section.flag("data_plan"))
    set(\.tokenValidity, section.duration("token_validity"))
    set(\.mintInterval, section.duration("mint_interval"))
    if let behind = section.duration("clock_behind") { switches.clockBehind = behind }
    exchange(section, &paper)
    section.finish()
  }

  private static func exchange(_ section: SettingsSection, _ paper: inout PaperSettings) {
    func set<Value>(_ target: WritableKeyPath<PaperSettings, Value>, _ value: Value?) {
      if let value { paper[keyPath: target] = value }
    }
    set(\.transitDelay, section.delay("transit_delay"))
    set(\.replyDelay, section.delay("reply_delay"))
    set(\.updateDelay, section.delay("update_delay"))
    set(\.positionsLag, section.duration("positions_lag"))
    set(\.tradesLag, section.duration("trades_lag"))
    set(\.checksFunds, section.flag("checks_funds"))
    set(\.checksPriceBand, section.flag("checks_price_band"))
    set(\.modificationCap, section.integer("modification_cap", 0...1_000_000))
    set(\.showsConvertedOrdersAsLimit, section.flag("shows_market_as_limit"))
    set(\.showsAverageOfPartialFills, section.flag("average_of_partial_fills"))
    set(\.dayOrdersExpire, section.flag("day_orders_expire"))
    set(
      \.marketOrders,
      section.value("market_orders", "protected_limit or refused") {
        ["protected_limit": PaperSettings.MarketOrders.protectedLimit, "refused": .refused][$0]
      })
    set(
      \.stopLossMarketOrders,
      section.value("stop_loss_market", "limit_at_once, limit_at_trigger or refused") {
        [
          "limit_at_once": PaperSettings.StopLossMarketOrders.limitAtOnce, "limit_at_trigger": .limitAtTrigger,
          "refused": .refused,
        ][$0]
      })
  }

  static func limits(_ section: SettingsSection, _ limits: inout CallLimits) {
    func set(_ target: WritableKeyPath<CallLimits, CallLimit>, _ key: String) {
      guard let section = section.section(key) else { return }
      func limit(_ target: WritableKeyPath<CallLimit, Int64?>, _ key: String, _ limit: inout CallLimit) {
        let value = section.value(key, "a whole number, or none") { text -> Int64? in
          text == "none" ? -1 : Int64(text).flatMap { (0...10_000_000).contains($0) ? $0 : nil }
        }
        if let value { limit[keyPath: target] = value < 0 ? nil : value }
      }
      limit(\.perSecond, "per_second", &limits[keyPath: target])
      limit(\.perMinute, "per_minute", &limits[keyPath: target])
      limit(\.perHour, "per_hour", &limits[keyPath: target])
      limit(\.perDay, "per_day", &limits[keyPath: target])
      section.finish()
    }
    set(\.orders, "orders")
    set(\.data, "data")
    set(\.quotes, "quotes")
    set(\.nonTrading, "non_trading")
    if let interval = section.duration("chain_interval") { limits.chainInterval = interval }
    section.finish()
  }
}
