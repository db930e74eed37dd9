extension ConfigurationTemplate {
  /// A whole `copytrade.yaml` with its comments. It passes `copytrade check` without a note.
  public static let text = """
    # copytrade.yaml – who is copied, who copies, and how much.
    #
    # It runs as it is, on the built-in paper exchange: no account, no network, no money.
    #   copytrade check      tells every mistake with its line
    #   copytrade run        starts copying
    # Paths are relative to the folder of this file. Durations: 500ms, 10s, 5m, 24h. Money: rupees, no commas.

    # The log of everything that was seen and decided. Keep it: it is the memory of the service.
    store: ./copytrade.db

    broker:
      kind: paper                     # paper | dhan
      paper:
        script: demo                  # the trading session that is played
        seed: 1                       # the same seed plays the same session
        pace: live                    # live | fast
        accounts: { leader: 5000000, asha: 2000000 }   # what each account begins with, in rupees

    # To trade at Dhan: write kind: dhan above, put your client ids below, and remove the # before each access_token.
    # `copytrade run --dry-run` then decides and records everything with the real accounts and sends nothing.
    # The tokens themselves never stand in this file: they are in environment variables or in files that only you read.

    market:
      calendar: nse                   # nse | always_open
      # While the exchange is closed only after-market orders and cancels are sent; an exit that is due then leaves at the
      # opening. Hours, holidays, special sessions and freeze limits are announced by circular: what this version knows is
      # built in. Keep them up to date in a file, beginning with packaging/market-nse.yaml, or here (docs/market-data.md).
      # data: ./market-nse.yaml
      # expiry_cutoff: 10m            # an option is not entered any more so long before the close of its last day
      # physical_settlement_days: 4   # a stock option is not entered any more from so many trading days before its expiry on
      # sessions: [{ effective_from: 2026-08-03, open: "09:15", close: "15:40" }]
      # holidays: [2026-11-24, 2026-12-25]
      # special_sessions:             # copied only with copy: true
      #   - { date: 2026-11-08, open: "18:00", close: "19:00", name: Diwali, copy: false }
      # quotes: broker                # none | broker: ask for a price where nobody tells one (needs Dhan's data plan)
      # square_off_from: "15:15"      # from then on an intraday exit first looks whether the broker has closed already
      # freeze_limits:                # the most units of one order, from that day on
      #   - { effective_from: 2026-08-03, units: { NIFTY: 1800, BANKNIFTY: 600, FINNIFTY: 1800, MIDCPNIFTY: 2800 } }

    # The one account that is copied.
    leader:
      client_id: "1000000001"
      # access_token: { env: DHAN_LEADER_TOKEN }       # or { file: /run/credentials/leader-token }
      # A token in a file may be replaced while the service runs; it is read again within two seconds.

    # The accounts that copy; one element each.
    followers:
      - name: asha                    # letters, digits, - and _; keep it for as long as the account has positions
        client_id: "1000000002"
        # access_token: { env: DHAN_ASHA_TOKEN }
        # local_address: 203.0.113.7  # the address that Dhan knows for this account, where the machine has several
        copy: placement               # placement: order when the leader orders | fill: when the leader's order fills
        # send: false                 # decide and record everything, send nothing
        sizing:
          strategy: capital_proportional   # capital_proportional | fixed_ratio | fixed_lots | risk_based
          capital_basis: start_of_day      # start_of_day | equity | available | fixed
          # fixed_capital: { leader: 1000000, follower: 400000 }   # with capital_basis: fixed
          # ratio: 1/2                # with fixed_ratio: an integer, a decimal or a fraction
          # lots: 1                   # with fixed_lots: for every entry, whatever the leader's size
          # risk_percent: 2           # with risk_based: of the capital, for each entry
          # short_stress: { move_percent: 3, volatility_points: 5 }  # risk_based: what a short may lose, instead of its margin
          below_one_lot: skip         # skip | one_lot: what happens when the share comes to less than one lot
          on_shortfall: skip          # skip | step_down: too little money or margin for an entry
          exit_rounding: by_risk      # by_risk | lagging | nearest | leading: when the leader leaves in parts
        limits:                       # bind entries only; an exit is never held back
          max_lots_per_order: 20
          max_lots_per_underlying: 40
          max_open_lots: 100
          # max_premium_percent: 25   # premium of all open long options, of the capital
          # max_rupee_delta: 1000000  # of one underlying: what is held, as if it were so many rupees of it
          # max_vega: 20000           # of one underlying: rupees for one point of volatility
        filters:                      # leave out to copy everything; an exit is never filtered
          underlyings: [NIFTY, BANKNIFTY, SENSEX]
          products: [INTRADAY, MARGIN]

    entries:
      max_age: 10s                    # an entry older than this is not copied; exits have no age limit
      price_band_percent: 5           # how far a limit may stand from the leader's price
      resting: skip                   # skip | copy: a leader's order that is too old and still rests, at its own price
      after_market: wait              # wait | copy: an after-market order, when it has reached the exchange or at once

    # The leader's entry filled, and the follower's rests.
    unfilled:
      after: 5s
      action: reprice                 # reprice: in three steps up to the price band | leave | cancel

    # The follower filled, and the leader's order was cancelled: sell off what is too much?
    true_up: trim_shorts              # trim_shorts | trim | keep

    # The leader's exit filled, and the follower's rests: it is re-priced until it fills, at most up to the band.
    exits:
      first_after: 2s
      interval: 2s
      step_ticks: 4
      band_percent: 20
      on_exhausted: alert_and_keep    # it keeps resting at the end of the band, and a person is called
      alternatives: stop_only         # stop_only | all: a target and a stop for the same lots. With all both rest, and in a
                                      # fast market both may fill; what is too much is then closed again, at a loss perhaps

    # Legs that belong together: scaled by their common unit, or none of them. Slower: nothing leaves before `within` is over.
    # baskets: window                 # "off" | window: orders in one underlying within three seconds | tagged: under one label
    # baskets: { group: window, within: 3s, missing_leg: hold }   # hold | unwind: what was entered when a leg is refused

    log:
      level: info                     # trace | debug | info | notice | warning | error | critical
      format: text                    # text | json

    """
}
