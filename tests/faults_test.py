#!/usr/bin/env python3
"""Faults while importing: a full disk, kill -9 at any moment, a store that can't be read. All of an import, or none."""
import os
import random
import resource
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Checks, Desk, Fec  # noqa: E402

seed = int(os.environ.get("SEED", "20251121"))
dice = random.Random(seed)
print(f"seed {seed}")
checks = Checks()


def big_fec(entries):
    fec = Fec()
    for i in range(entries):
        customer, piece = f"C{i % 97:04d}", f"FA25-{i:05d}"
        month, day = 1 + i * 9 // entries, 1 + i % 28
        letter = f"L{i}" if i % 3 else ""
        fec.sale(customer, piece, f"2025-{month:02d}-{day:02d}", 10000 + i, letter)
        if letter:
            fec.payment(customer, piece, f"2025-{month + 1:02d}-{day:02d}", 10000 + i, letter)
    return fec.text()


def state(desk):
    """What a reader sees: the aged balance and the imports, without instants."""
    balance = desk.must("--json", "report", "aged-balance").json
    imports = [(i["format"], i["lines"], i["state"]) for i in desk.must("--json", "imports").json["imports"]]
    return balance["total"], balance["rows"], imports


text = big_fec(6000)
clean = Desk()
clean.must("init", "--name", "Test", "--code", "T")
path = clean.write("999999999FEC20251231.txt", text)
start = time.monotonic()
clean.must("import", path)
took = time.monotonic() - start
wanted = state(clean)
checks.check(wanted[0]["outstanding"] > 0, "a clean import gives an outstanding")

# kill -9
desk = Desk()
desk.must("init", "--name", "Test", "--code", "T")
empty = state(desk)
whole = 0
for attempt in range(12):
    process = desk.start("import", path)
    time.sleep(dice.uniform(0.02, took * 1.1))
    process.send_signal(signal.SIGKILL)
    process.wait()
    now = state(desk)
    if now == wanted:
        whole += 1
    elif now != empty:
        checks.check(False, f"after kill {attempt} the import is there whole or not at all", str(now[0]))
    verify = desk.run("--json", "verify")
    if verify.code != 0:
        checks.check(False, f"verify after kill {attempt}", verify.out + verify.err)
    if now == wanted:
        break
checks.check(True, f"killed {attempt + 1} times, whole {whole} times, never half")
again = desk.run("import", path)
checks.check(again.code == 0, "the import repeated after the kills succeeds", again.err)
checks.equal(state(desk)[:2], wanted[:2], "and gives what one clean import gives")
desk.close()

# a full disk: writes beyond a file size fail
desk = Desk()
desk.must("init", "--name", "Test", "--code", "T")
size = os.path.getsize(desk.db)


def small_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 400_000, size + 400_000))


full = desk.run("import", path, preexec=small_disk)
checks.check(full.code == 3, "a disk that fills up while importing: exit 3", f"exit {full.code} {full.err}")
checks.check(full.err.strip() != "", "and it says so")
checks.equal(state(desk)[2], [], "nothing was imported")
checks.check(desk.run("--json", "verify").code == 0, "the store is sound")
checks.check(desk.run("import", path).code == 0, "with room again the import succeeds")
checks.equal(state(desk)[:2], wanted[:2], "and gives what one clean import gives, after a full disk")

# backup while another process imports and takes back
process = desk.start("import", desk.write("second.txt", big_fec(50).replace("2025", "2024")), "--yes")
checks.check(desk.run("backup", desk.path("copy.db")).code == 0, "a backup while an import runs")
process.wait()
restored = Desk()
checks.check(restored.run("restore", desk.path("copy.db")).code == 0, "restores")
checks.check(restored.run("--json", "verify").code == 0, "and is sound")
restored.close()

# stores that can't be used
with open(desk.path("damaged.db"), "wb") as file:
    file.write(b"SQLite format 3\0" + bytes(dice.randrange(256) for _ in range(8000)))
other = Desk(url=desk.path("damaged.db"))
checks.check(other.run("report", "kpis").code == 3, "a damaged store: exit 3")
other.close()
other = Desk(url="postgresql://nobody@/nothing?host=/nowhere")
checks.check(other.run("report", "kpis").code == 3, "a database server that is not there: exit 3")
other.close()
desk.close()
clean.close()
checks.finish()
