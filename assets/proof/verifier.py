#!/usr/bin/env python3
"""Checks chaine.jsonl without Encours: python3 verifier.py [chaine.jsonl] [expected head].

Each event of the company's journal has a digest of what it says; each digest is chained to the one before it
(BLAKE2b, 256 bits). Events of other customers show their digest only. Change one character, and this fails."""
import hashlib
import json
import sys


def digest(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def part(value):  # a length on 8 bytes, then the bytes; numbers on 8 bytes, both big end first
    value = value.to_bytes(8, "big", signed=True) if isinstance(value, int) else value
    return len(value).to_bytes(8, "big") + value


said, hash_now, seq = 0, None, None
for line in open(sys.argv[1] if len(sys.argv) > 1 else "chaine.jsonl", encoding="utf-8"):
    e = json.loads(line)
    if e["what"] == "start":
        hash_now, seq = bytes.fromhex(e["hash"]), e["seq"]
    elif e["what"] == "link":
        content = bytes.fromhex(e["content_hash"])
        if "content" in e:
            said += 1
            own = digest(part(bytes.fromhex(e["salt"])), part(e["seq"]), part(e["at"]), part(e["day"]), part(e["by"]),
                         part(e["kind"].encode()), part(e["customer"]), part(e["ref"]), part(e["content"].encode()))
            if own != content:
                sys.exit(f"event {e['seq']} was changed")
        if e["seq"] != seq + 1:
            sys.exit(f"event {seq + 1} is missing")
        hash_now, seq = digest(hash_now, content), e["seq"]
    elif e["what"] == "head":
        if hash_now.hex() != e["hash"] or seq != e["seq"]:
            sys.exit("the chain does not end where it says")
if len(sys.argv) > 2 and hash_now.hex() != sys.argv[2]:
    sys.exit("the head is another one")
print(f"{said} events verified, head {seq} {hash_now.hex()}")
