#!/usr/bin/env python3
"""Reports of generated FECs of all variants, by the program and by an independent computation (tests/oracle): they must be equal.

    oracle_test.py PROGRAM [SEED…]      seeds 1 to 25 when none is given; each is printed, so that a difference can be repeated"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import date

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle"))
import fec_generator  # noqa: E402
import fec_oracle  # noqa: E402

DAYS = [date(2025, 3, 31), date(2025, 9, 30), date(2026, 1, 31)]


def run(program, store, *arguments, expect=(0,)):
    command = [program, "--db", store, "--today", "2026-02-01", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode not in expect:
        raise SystemExit("%s: exit %d\n%s%s" % (" ".join(command), done.returncode, done.stdout[-800:], done.stderr[-800:]))
    return json.loads(done.stdout) if done.stdout.strip() else None


def differences(name, got, want, path=""):
    """Every key that the oracle gives must be there with the same value."""
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return ["%s%s: %r, expected an object" % (name, path, got)]
        return [d for key in want for d in differences(name, got.get(key), want[key], path + "." + key)]
    if isinstance(want, list):
        if not isinstance(got, list) or len(got) != len(want):
            return ["%s%s: %s rows, expected %d" % (name, path, len(got) if isinstance(got, list) else got, len(want))]
        return [d for n, (g, w) in enumerate(zip(got, want)) for d in differences(name, g, w, "%s[%d]" % (path, n))]
    if isinstance(want, float) and isinstance(got, (int, float)):
        return [] if abs(got - want) < 1e-9 else ["%s%s: %r, expected %r" % (name, path, got, want)]
    return [] if got == want else ["%s%s: %r, expected %r" % (name, path, got, want)]


def by_key(rows):
    return sorted(rows, key=lambda i: (i["customer"], i["posting_date"], i["number"], i["kind"], i["amount"], i["open"], i["due_date"]))


def check(program, seed):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path, store = os.path.join(folder, "%d.txt" % seed), os.path.join(folder, "encours.db")
        variant = fec_generator.write(fec_generator.Ledger(seed).build(), path)
        run(program, store, "init", "--name", "Oracle", "--code", "ORA")
        result = run(program, store, "import", path, "--accept-partial", "--yes", expect=(0, 1))
        refused = sorted(row["line"] for row in result["rejected"])
        for day in DAYS:
            want = fec_oracle.report(path, day, 30)
            as_of = ["--as-of", day.isoformat()]
            found += differences("rejected", refused, want["refused"])
            for basis in ("gross", "net"):
                got = run(program, store, "report", "aged-balance", "--basis", basis, *as_of)
                found += differences("%s aged-balance %s" % (day, basis), got, want["aged_" + basis])
            kpis = run(program, store, "report", "kpis", *as_of)
            least = want["kpis"].pop("dso_countback_min")
            found += differences("%s kpis" % day, kpis, want["kpis"])
            if bool(kpis.get("dso_countback_min")) != least:
                found.append("%s kpis: dso_countback_min %r" % (day, kpis.get("dso_countback_min")))
            behaviour = run(program, store, "report", "behaviour", *as_of)
            found += differences("%s behaviour" % day, {"rows": sorted(behaviour["rows"], key=lambda r: r["customer"])}, {"rows": want["behaviour"]})
            items = run(program, store, "items", *as_of)["items"]
            found += differences("%s items" % day, by_key(items), by_key(want["items"]))
        verify = run(program, store, "verify", expect=(0, 1, 2, 3))
        if not verify or not verify["ok"]:
            found.append("verify: %s" % verify)
        again = run(program, store, "import", path, "--accept-partial", "--yes", expect=(0, 1, 2))
        if again["import"] is not None:
            found.append("the same file again made import %r" % again["import"])
    print("seed %d (%s): %s" % (seed, variant, "equal" if not found else "%d differences" % len(found)))
    for line in found[:8]:
        print("   ", line)
    return not found


def main():
    seeds = [int(s) for s in sys.argv[2:]] or range(1, 26)
    good = [check(sys.argv[1], seed) for seed in seeds]
    print("%d passed, %d failed" % (sum(good), len(good) - sum(good)))
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
