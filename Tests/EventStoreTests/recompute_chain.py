"""Recomputes the hash chain of a JSON Lines export: exit 1 names the first bad sequence."""
import hashlib
import json
import sys

COLUMNS = ("sequence stream stream_version event_id type schema_version recorded_at occurred_at causation correlation "
           "payload").split()
previous, expected = bytes(32), 1
for line in open(sys.argv[1] if len(sys.argv) > 1 else 0, encoding="utf-8"):
    row = json.loads(line)
    row["payload"] = line[line.index(',"payload":') + 11:line.rindex(',"previous_hash":"')]
    digest = hashlib.sha256(previous)
    for column in COLUMNS:
        if row[column] is None:
            digest.update(b"\xff\xff\xff\xff")
            continue
        text = str(row[column]).encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    if row["sequence"] != expected or row["previous_hash"] != previous.hex() or row["hash"] != digest.hexdigest():
        sys.exit(f"the chain breaks at sequence {expected}")
    previous, expected = digest.digest(), expected + 1
print(f"{expected - 1} events, last hash {previous.hex()}")
