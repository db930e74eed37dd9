/// The configuration of the public interface, and a small one that mistakes are put into.
enum SampleConfiguration {
  /// Every key that the interface names.
  static let whole = """
    store: ./copytrade.db

    broker:
      kind: dhan                     # dhan | paper
      rest_url: https://api.dhan.co/v2
      order_update_url: wss://api-order-update.dhan.co
      auth_url: https://auth.dhan.co
      instruments: https://images.dhan.co/api-data/api-scrip-master-detailed.csv   # URL or file path

    market:
      calendar: nse
      holidays: [2026-12-25, { date: 2026-11-24, name: Guru Nanak Jayanti }]
      special_sessions:
        - { date: 2026-11-08, open: 18:00, close: "19:00", name: Diwali, copy: true }
      freeze_limits:
        - { from: 2026-08-03, units: { NIFTY: 1800, BANKNIFTY: 600 } }
        - { from: 2026-04-01, units: { BANKNIFTY: 900, SENSEX: 1000 } }

    leader:
      client_id: "1000000001"
      access_token: { env: DHAN_LEADER_TOKEN }
      blind_after: 60s

    followers:
      - name: asha
        client_id: "1000000002"
        access_token: { env: DHAN_ASHA_TOKEN }
        local_address: 203.0.113.7
        copy: placement
        sizing:
          strategy: capital_proportional
          capital_basis: start_of_day
          below_one_lot: skip
          exit_rounding: by_risk
        limits:
          max_lots_per_order: 20
          max_lots_per_underlying: 40
          max_open_lots: 100
          max_premium_percent: 25
          max_daily_loss: 25000
        filters:
          underlyings: [NIFTY, BANKNIFTY, SENSEX]
          products: [INTRADAY, MARGIN]
      - name: ravi
        client_id: 1000000003
        totp: { pin: { file: /run/pin }, secret: { file: totp } }
        copy: fill
        send: false
        sizing:
          strategy: risk_based
          risk_percent: 2.5
          capital_basis: fixed
          fixed_capital: { leader: 1000000, follower: 400000.50 }
          below_one_lot: one_lot
          exit_rounding: lagging
      - name: mira
        client_id: "1000000004"
        access_token: { file: ./mira-token }
        sizing: { strategy: fixed_ratio, ratio: 1/2 }
      - { name: dev, client_id: "1000000005", access_token: { env: DEV }, sizing: { strategy: fixed_lots, lots: 3 } }

    entries:
      max_age: 10s
      price_band_percent: 5
      resting: skip

    unfilled:
      after: 5s
      action: reprice

    true_up: trim_shorts

    exits:
      alternatives: stop_only
      first_after: 2s
      interval: 2s
      step_ticks: 4
      band_percent: 20
      on_exhausted: alert_and_keep

    baskets: "off"
    reconcile: { policy: report }

    dashboard:
      listen: 127.0.0.1:8787

    log:
      level: info
      format: text

    """

  /// Everything that has to be there for Dhan; the lines are counted in the tests.
  static let small = """
    store: ./copytrade.db
    broker:
      kind: dhan
    leader:
      client_id: "1000000001"
      access_token: { env: DHAN_LEADER_TOKEN }
    followers:
      - name: asha
        client_id: "1000000002"
        access_token: { env: DHAN_ASHA_TOKEN }
        sizing:
          strategy: capital_proportional
        limits:
          max_open_lots: 10
      - name: ravi
        client_id: "1000000003"
        access_token: { file: ./ravi-token }

    """
}
