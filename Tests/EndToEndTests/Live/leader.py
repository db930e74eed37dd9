"""The leader at a terminal: one action through Dhan's own Python client, unchanged but for its address.

    python leader.py http://127.0.0.1:PORT place SECURITY SIDE QUANTITY PRICE     prints the order's number
    python leader.py http://127.0.0.1:PORT modify ORDER QUANTITY PRICE
    python leader.py http://127.0.0.1:PORT cancel ORDER
"""
import sys

from dhanhq import DhanContext, dhanhq
from dhanhq.dhan_http import DhanHTTP

address, action, *terms = sys.argv[1:]
DhanHTTP.API_BASE_URL = address + "/v2"
dhan = dhanhq(DhanContext("1000000001", "simulator-1000000001"))

if action == "place":
    security, side, quantity, price = terms
    answer = dhan.place_order(
        security, dhan.NSE_FNO, side, int(quantity), dhan.LIMIT, dhan.MARGIN, float(price))
elif action == "modify":
    order, quantity, price = terms
    answer = dhan.modify_order(order, dhan.LIMIT, "ENTRY_LEG", int(quantity), float(price), 0, 0, dhan.DAY)
else:
    answer = dhan.cancel_order(terms[0])
if answer["status"] != "success":
    sys.exit(str(answer))
print(answer["data"]["orderId"])
