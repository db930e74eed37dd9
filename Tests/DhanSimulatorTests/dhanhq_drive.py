"""Drives the simulator with Dhan's own Python client, unchanged but for its addresses.

    python dhanhq_drive.py http://127.0.0.1:PORT

Ends with 0 when every answer is what the client's user would expect; else with a traceback.
"""
import sys
import threading
import time

from dhanhq import DhanContext, OrderUpdate, dhanhq
from dhanhq.dhan_http import DhanHTTP

ADDRESS = sys.argv[1]
CLIENT = "1000000002"
TOKEN = "simulator-1000000002"
NIFTY = "47317"
DhanHTTP.API_BASE_URL = ADDRESS + "/v2"


def data(answer):
    assert answer["status"] == "success", answer
    return answer["data"]


def eventually(what, read):
    """Polls until `read` returns something true: an order takes its time to reach the exchange."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        value = read()
        if value:
            return value
        time.sleep(0.06)
    raise AssertionError("never happened: " + what)


context = DhanContext(CLIENT, TOKEN)
dhan = dhanhq(context)

# The order stream, through the client's own class, in a thread as its documentation has it.
updates = []
feed = OrderUpdate(context)
feed.order_feed_wss = ADDRESS.replace("http", "ws", 1)
feed.on_update = lambda update: updates.append(update["Data"])
# It prints its login message, token included.
sys.stdout = open("/dev/null", "w")
threading.Thread(target=feed.connect_to_dhan_websocket_sync, daemon=True).start()


def stream_is_open():
    """There is no reply to a login: place orders until one shows."""
    placed = data(dhan.place_order(NIFTY, dhan.NSE_FNO, dhan.BUY, 65, dhan.LIMIT, dhan.MARGIN, 100.0))
    time.sleep(0.5)
    return any(update["orderNo"] == placed["orderId"] for update in updates)


eventually("the stream delivers", stream_is_open)


def status_of(order):
    return data(dhan.get_order_by_id(order))["orderStatus"]


# Place, find by number and by label, modify, cancel.
placed = data(dhan.place_order(NIFTY, dhan.NSE_FNO, dhan.BUY, 130, dhan.LIMIT, dhan.MARGIN, 140.05, tag="drive-1"))
resting = placed["orderId"]
assert placed["orderStatus"] == "TRANSIT", placed
eventually("the order rests", lambda: status_of(resting) == "PENDING")
found = data(dhan.get_order_by_correlationID("drive-1"))
assert found["orderId"] == resting and found["price"] == 140.05 and found["quantity"] == 130, found
data(dhan.modify_order(resting, dhan.LIMIT, "ENTRY_LEG", 65, 140.10, 0, 0, dhan.DAY))
eventually("the modification arrives", lambda: data(dhan.get_order_by_id(resting))["price"] == 140.10)
assert data(dhan.get_order_by_id(resting))["quantity"] == 65
data(dhan.cancel_order(resting))
eventually("the order is cancelled", lambda: status_of(resting) == "CANCELLED")
refused = dhan.cancel_order(resting)
assert refused["status"] == "failure" and refused["remarks"]["error_code"] == "DH-906", refused

# One that trades; books, trades, positions and funds agree.
traded = data(dhan.place_order(NIFTY, dhan.NSE_FNO, dhan.BUY, 65, dhan.LIMIT, dhan.INTRA, 152.35, tag="drive-2"))
order = traded["orderId"]
eventually("the order trades", lambda: status_of(order) == "TRADED")
book = {row["orderId"]: row for row in data(dhan.get_order_list())}
assert book[order]["filledQty"] == 65 and book[order]["averageTradedPrice"] == 152.3, book[order]
assert book[order]["correlationId"] == "drive-2"
trades = data(dhan.get_trade_book(order))
assert [(row["tradedQuantity"], row["tradedPrice"]) for row in trades] == [(65, 152.3)], trades
assert any(row["orderId"] == order for row in data(dhan.get_trade_book()))
assert data(dhan.get_trade_history("2026-01-01", "2026-01-31")) == []
row = next(row for row in data(dhan.get_positions()) if row["productType"] == "INTRADAY")
assert row["netQty"] == 65 and row["positionType"] == "LONG" and row["securityId"] == NIFTY, row
funds = data(dhan.get_fund_limits())
assert funds["dhanClientId"] == CLIENT and funds["availabelBalance"] < funds["sodLimit"] == 1500000, funds
margin = data(dhan.margin_calculator(NIFTY, dhan.NSE_FNO, dhan.BUY, 65, dhan.MARGIN, 152.3))
assert margin["totalMargin"] == 9899.5 and margin["leverage"] == "1.00", margin
holdings = dhan.get_holdings()
assert holdings["status"] == "failure" and holdings["remarks"]["error_code"] == "DH-1111", holdings

# Refusals arrive as refusals.
bad = dhan.place_order("99999999", dhan.NSE_FNO, dhan.BUY, 65, dhan.LIMIT, dhan.MARGIN, 152.35)
assert bad["remarks"]["error_code"] == "DH-906", bad
unknown = dhan.get_order_by_correlationID("never-used")
assert unknown["remarks"]["error_message"] == "Incorrect request for order and cannot be processed", unknown
assert data(dhan.get_order_by_id("99999999999999")) == []

# Market data, and a forever order that is placed, modified, listed and cancelled.
chain = data(dhan.expiry_list(13, "IDX_I"))
assert chain["status"] == "success" and len(chain["data"]) == 1, chain
chain = data(dhan.option_chain(13, "IDX_I", chain["data"][0]))["data"]
strike = chain["oc"]["24000.000000"]
assert 24000 < chain["last_price"] < 24030, chain
assert strike["ce"]["security_id"] == int(NIFTY) and strike["pe"]["top_bid_price"] == 138, strike
quote = data(dhan.quote_data({"NSE_FNO": [int(NIFTY)]}))["data"]["NSE_FNO"][NIFTY]
assert quote["volume"] == 65 and len(quote["depth"]["sell"]) == 5, quote
forever = data(dhan.place_forever(NIFTY, dhan.NSE_FNO, dhan.BUY, dhan.MARGIN, dhan.LIMIT, 65, 100.0, 101.0))["orderId"]
data(dhan.modify_forever(forever, "SINGLE", dhan.LIMIT, "TARGET_LEG", 65, 90.0, 91.0, 0, dhan.DAY))
[row] = data(dhan.get_forever())
assert row["orderId"] == forever and row["orderStatus"] == "CONFIRM" and row["triggerPrice"] == 91, row
assert data(dhan.cancel_forever(forever))["orderStatus"] == "CANCELLED"
assert data(dhan.ledger_report("2026-01-01", "2026-01-31")) == []

# The controls: an exit at a profit or a loss, a conversion, the way out, the kill switch.
assert data(dhan.set_pnl_exit(100000, 100000, ["INTRADAY", "DELIVERY"]))["pnlExitStatus"] == "ACTIVE"
assert data(dhan.get_pnl_exit())["profit"] == 100000
assert data(dhan.stop_pnl_exit())["pnlExitStatus"] == "DISABLED"
assert dhan.convert_position("INTRADAY", dhan.NSE_FNO, "LONG", NIFTY, 65, "MARGIN")["status"] == "failure"  # 202, no body
assert not any(row["productType"] == "INTRADAY" and row["netQty"] for row in data(dhan.get_positions()))
assert data(dhan.exit_all_positions())["status"] == "SUCCESS"
eventually("everything is flat", lambda: all(row["netQty"] == 0 for row in data(dhan.get_positions())))
assert data(dhan.status_kill_switch())["killSwitchStatus"] == "DEACTIVATE"
assert data(dhan.kill_switch("activate"))["killSwitchStatus"] == "Kill Switch has been successfully activated"
blocked = data(dhan.place_order(NIFTY, dhan.NSE_FNO, dhan.BUY, 65, dhan.LIMIT, dhan.MARGIN, 152.35))["orderId"]
eventually("the kill switch rejects", lambda: status_of(blocked) == "REJECTED")
data(dhan.kill_switch("deactivate"))

# What the stream told of the order that traded: cumulative quantities, in the wire's spelling.
seen = eventually(
    "the stream tells of the trade",
    lambda: [row for row in updates if row["orderNo"] == order and row["status"] == "Traded"])
assert seen[-1]["tradedQty"] == 65 and seen[-1]["source"] == "P" and seen[-1]["product"] == "I", seen[-1]
assert any(row["orderNo"] == resting and row["status"] == "Cancelled" for row in updates)

print("the client is content", file=sys.stderr)
