/// What is built in of the exchanges' announcements; word for word `packaging/market-nse.yaml`, as a test holds.
public enum MarketDataText {
  public static let nse = """
    # What NSE and BSE announce by circular: hours, holidays, special sessions and freeze limits of equity derivatives.
    #
    # This is what was known when copytrade was released; the same is built in. To keep it up to date, copy the file beside
    # copytrade.yaml, name it there (market: { data: ./market-nse.yaml }), edit it, and let the service read it again with SIGHUP.
    # `copytrade check` tells every mistake with its line, and how old each part is. docs/market-data.md says how to edit each.
    # Days are those of India, times are Indian time.

    # Ordinary hours from Monday to Friday, from a day on.
    sessions:
      - { effective_from: 2000-01-01, open: "09:15", close: "15:30" }
      - { effective_from: 2026-08-03, open: "09:15", close: "15:40" }   # NSE/FAOP/74467, BSE 20260801-2

    # Weekdays without trading. The list of the next year comes in the middle of December.
    holidays:
      effective_from: 2026-01-01                                        # NSE/FAOP/71777 with its addendum of 2026-01-12
      dates:
        - { date: 2026-01-15, name: Municipal elections in Maharashtra }
        - { date: 2026-01-26, name: Republic Day }
        - { date: 2026-03-03, name: Holi }
        - { date: 2026-03-26, name: Ram Navami }
        - { date: 2026-03-31, name: Mahavir Jayanti }
        - { date: 2026-04-03, name: Good Friday }
        - { date: 2026-04-14, name: Ambedkar Jayanti }
        - { date: 2026-05-01, name: Maharashtra Day }
        - { date: 2026-05-28, name: Bakri Id }
        - { date: 2026-06-26, name: Muharram }
        - { date: 2026-09-14, name: Ganesh Chaturthi }
        - { date: 2026-10-02, name: Gandhi Jayanti }
        - { date: 2026-10-20, name: Dussehra }
        - { date: 2026-11-10, name: Diwali Balipratipada }
        - { date: 2026-11-24, name: Guru Nanak Jayanti }
        - { date: 2026-12-25, name: Christmas }

    # Trading outside of the ordinary hours. Its entries are copied only with copy: true; its exits always are.
    special_sessions:
      effective_from: 2026-01-01
      dates:
        - { date: 2026-02-01, open: "09:15", close: "15:30", name: Union Budget }
        # The hour of Muhurat comes by circular some weeks before. Until it is entered here the session is wide: an exit must not
        # wait for want of a figure.
        - { date: 2026-11-08, open: "13:00", close: "20:00", name: Muhurat }

    # The most units of one order, from a day on. NSE announces new ones for every month; write them even where nothing changed.
    # An underlying counts by the newest entry that names it.
    freeze_limits:
      - { effective_from: 2026-01-01, units: { BANKNIFTY: 600, NIFTY: 1800, FINNIFTY: 1200, MIDCPNIFTY: 2800, NIFTYNXT50: 600 } }
      - { effective_from: 2026-02-01, units: { BANKNIFTY: 600, NIFTY: 1800, FINNIFTY: 1800, MIDCPNIFTY: 2800, NIFTYNXT50: 600 } }
      - { effective_from: 2026-02-01, units: { SENSEX: 1000, BANKEX: 900 } }   # BSE; the day is that of the source
      - { effective_from: 2026-03-02, units: { BANKNIFTY: 600, NIFTY: 1800, FINNIFTY: 1200, MIDCPNIFTY: 2800, NIFTYNXT50: 600 } }
      - { effective_from: 2026-04-01, units: { BANKNIFTY: 900, NIFTY: 1800, FINNIFTY: 1800, MIDCPNIFTY: 2800, NIFTYNXT50: 600 } }
      - { effective_from: 2026-05-04, units: { BANKNIFTY: 900, NIFTY: 1800, FINNIFTY: 1800, MIDCPNIFTY: 2800, NIFTYNXT50: 600 } }
      - { effective_from: 2026-06-01, units: { BANKNIFTY: 900, NIFTY: 1800, FINNIFTY: 1800, MIDCPNIFTY: 2800, NIFTYNXT50: 600 } }
      - { effective_from: 2026-07-01, units: { BANKNIFTY: 600, NIFTY: 1800, FINNIFTY: 1800, MIDCPNIFTY: 2800, NIFTYNXT50: 600 } }
      - { effective_from: 2026-08-03, units: { BANKNIFTY: 600, NIFTY: 1800, FINNIFTY: 1800, MIDCPNIFTY: 2800, NIFTYNXT50: 600 } }

    # What the broker and the exchange say when they refuse an order, and what follows. The first rule that fits decides; a text fits
    # where all of its phrases occur, in any case of letters. What fits none is told to you as refusal_unknown.
    refusals:
      effective_from: 2026-09-01
      rules:
        - { says: squaring off this position will result in margin shortfall, means: hedge_break, do: retry }
        - { says: ban period, means: ban_period, do: skip }
        - { says: exchange not enabled, means: account_blocked, do: stop_account }
        - { says: client not enabled, means: account_blocked, do: stop_account }
        - { says: suspended, means: account_blocked, do: stop_account }
        - { says: deactivated, means: account_blocked, do: stop_account }
        - { says: dormant, means: account_blocked, do: stop_account }
        - { says: kill switch, means: account_blocked, do: stop_account }
        - { says: dh-902, means: account_blocked, do: stop_account }        # no access to the trading API
        - { says: dh-903, means: account_blocked, do: stop_account }        # the account, or a segment that is not activated
        - { says: auto square off block, means: product_cutoff, do: skip }
        - { says: [intraday, not allowed], means: product_cutoff, do: skip }
        - { says: function not available, means: order_type_not_allowed, do: alarm }
        - { says: "16052", means: order_type_not_allowed, do: alarm }
        - { says: "17181", means: order_type_not_allowed, do: alarm }
        - { says: "17182", means: order_type_not_allowed, do: alarm }
        - { says: market order not allowed, means: order_type_not_allowed, do: alarm }
        - { says: beyond mark-up price, means: order_type_not_allowed, do: alarm }
        - { says: multiple of tick, means: tick, do: alarm }
        - { says: freeze, means: freeze_quantity, do: retry }
        - { says: [quantity, maximum], means: freeze_quantity, do: retry }
        - { says: lpp, means: price_band, do: retry }
        - { says: price range, means: price_band, do: retry }
        - { says: "17070", means: price_band, do: retry }                    # out of the current execution range
        - { says: circuit, means: price_band, do: retry }
        - { says: market is closed, means: market_closed, do: wait }
        - { says: margin shortfall, means: insufficient_margin, do: retry }
        - { says: margin exceeds, means: insufficient_margin, do: retry }
        - { says: insufficient, means: insufficient_margin, do: retry }
        - { says: fund, means: insufficient_margin, do: retry }
        - { says: [exceeds, limit], means: insufficient_margin, do: retry }
        - { says: blocked by rms, means: bad_order, do: alarm }
        - { says: trigger price should be, means: bad_order, do: alarm }
        - { says: is required, means: bad_order, do: alarm }
        - { says: missing required fields, means: bad_order, do: alarm }
        - { says: incorrect request for order, means: bad_order, do: alarm }
        - { says: transaction has failed, means: bad_order, do: alarm }

    """
}
