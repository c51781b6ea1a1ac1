#!/usr/bin/env python3
"""Every page of the route table against a store of a million items: what the server spends on each.

usage: pages_bench.py [STORE [TODAY [ROUNDS]]]

Without STORE one is made (a FEC of 2.9 million lines, 20,000 customers: two minutes) and dropped at the end. A STORE given is
changed: a user is added, the day is planned, revisions go up.

  change   the first call after a change: another program gave one customer a new revision, the book catches up
  day      the first call for a day not asked before
  again    the same call once more, nothing changed
Milliseconds of the processor at the server (Server-Timing: cpu), median of ROUNDS, largest behind; wall beside.
"""
import json
import os
import re
import sqlite3
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "web"))
import desk as web  # noqa: E402

LIMIT = 50  # milliseconds


class Store(web.Desk):
    """A desk over a store that exists."""

    def __init__(self, db, today):
        self.folder = tempfile.mkdtemp(prefix="encours-pages-")
        self.db, self.today, self.options, self.jobs, self.companies = db, today, [], False, ("BENCH",)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("ENCOURS_")}
        self.environment.update(LC_ALL="C.UTF-8", TMPDIR=self.folder)
        self.process = self.port = self.forget = None
        self.browsers = {}


def make_store(folder):
    db, fec = os.path.join(folder, "pages.db"), os.path.join(folder, "123456789FEC20251231.txt")
    with open(fec, "w") as out:
        subprocess.run([sys.executable, os.path.join(ROOT, "bench", "generate_fec.py"), "fec", "3000000", "20000"], stdout=out, check=True)
    for words in (["init", "--name", "Bench SAS", "--code", "BENCH", "--siren", "123456789"], ["import", fec]):
        subprocess.run([web.PROGRAM, "--db", db, *words], stdout=subprocess.DEVNULL, check=True)
    os.remove(fec)
    return db


class Bench:
    def __init__(self, store):
        self.store = store
        self.link = sqlite3.connect(store.db, timeout=30, isolation_level=None)
        self.customers = [row[0] for row in self.link.execute("SELECT id FROM customer ORDER BY code LIMIT 20000")]
        self.turn = 0

    def change(self):
        """One customer has a new revision, as after a payment that another server took."""
        self.turn += 1
        customer = self.customers[self.turn * 7919 % len(self.customers)]
        self.link.execute("BEGIN IMMEDIATE")
        self.link.execute("UPDATE company SET rev = rev + 1")
        self.link.execute("UPDATE customer SET rev = (SELECT rev FROM company), ledger_rev = (SELECT rev FROM company) WHERE id = ?", (customer,))
        self.link.execute("COMMIT")

    def call(self, path):
        reply = self.admin.get(path)
        timing = dict(re.findall(r"(\w+);dur=([0-9.]+)", reply.header("Server-Timing") or ""))
        return reply.status, float(timing.get("cpu", 0)), float(timing.get("app", 0)), len(reply.body)

    def known(self):
        """What stands for each {parameter}: the first of its kind the store has."""
        one = lambda sql: next((str(row[0]) for row in self.link.execute(sql)), None)
        return {
            "/customers/{code}": one("SELECT code FROM customer ORDER BY code LIMIT 1"),
            "/items/{id}": one("SELECT id FROM item LIMIT 1"),
            "/imports/{id}": one("SELECT id FROM import LIMIT 1"),
            "/imports/drafts/{id}": one("SELECT id FROM import_draft LIMIT 1"),
            "/documents/{id}": one("SELECT id FROM document LIMIT 1"),
            "/outbox/{id}": one("SELECT id FROM outbox LIMIT 1"),
            "/letters/{id}": one("SELECT id FROM action WHERE channel = 'letter' LIMIT 1"),
            "/settings/users/{id}": one("SELECT id FROM user_account LIMIT 1"),
            "/templates/{code}": re.sub(r".*href=\"/templates/([a-z0-9_.-]+).*", r"\1", self.admin.get("/templates").text, flags=re.S),
        }

    def address(self, pattern, known):
        for start, value in known.items():
            if pattern.startswith(start):
                return pattern.replace(start, start[:start.index("{")] + value, 1) if value else None
        return None if "{" in pattern else pattern


# pages that show nothing without a field, and lists in their other states
MORE = {
    "/items/promise": ["?item={item}"], "/items/dispute": ["?item={item}"], "/items/hold": ["?item={item}"],
    "/search": ["?q=customer+77"], "/agenda/calls": [""],
    "/items": ["", "?state=overdue&sort=-open", "?state=all&sort=-amount", "?state=closed&sort=-closed_on", "?q=FA25-00077", "?state=to_chase"],
    "/customers": ["", "?view=all&sort=name", "?view=overdue", "?q=customer+77"],
    "/agenda": ["", "?tab=left", "?tab=anomalies", "?tab=replies"],
    "/reports": ["", "?report=kpis", "?report=behaviour", "?basis=net", "?by=class"],
}
ONLY = [o for o in os.environ.get("PAGES", "").split(",") if o]  # beginnings of addresses: PAGES=/items,/dashboard
SKIP = {"/items/export", "/customers/export", "/imports/{id}/file", "/metrics", "/healthz", "/readyz", "/imports/drafts/{id}/refused.csv", "/start/file"}


def main():
    folder = None if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="encours-pages-store-")
    db = sys.argv[1] if len(sys.argv) > 1 else make_store(folder)
    today, rounds = sys.argv[2] if len(sys.argv) > 2 else "2026-01-05", int(sys.argv[3]) if len(sys.argv) > 3 else 3
    store = Store(db, today)
    try:
        store.run("user", "add", "administrator@test.example", "--role", "administrator", "--password-stdin", words=web.PASSWORD + "\n", check=False)
        store.run("run", check=False)
        store.start()
        bench = Bench(store)
        bench.admin = store.browser("administrator")
        known = bench.known()
        item = known["/items/{id}"]
        routes = [r["pattern"] for r in store.routes() if r["method"] == "GET"]
        counts = [bench.link.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0] for t in ("item", "customer", "settlement", "action")]
        print("{} items, {} customers, {} settlements, {} actions; {} rounds".format(*counts, rounds))
        print("| page | change | largest | wall | day | again | KB |\n| --- | --- | --- | --- | --- | --- | --- |")
        slow, skipped, days = [], [], iter(range(1, 10000))
        for pattern in routes:
            if ONLY and not any(pattern.startswith(o) for o in ONLY):
                continue
            address = None if pattern in SKIP else bench.address(pattern, known)
            if address is None:
                skipped.append(pattern)
                continue
            for query in MORE.get(pattern, [""]):
                path = address + query.replace("{item}", item)
                change, wall, day, again = [], [], [], []
                for _ in range(rounds):
                    bench.change()
                    status, cpu, app, size = bench.call(path)
                    change.append(cpu), wall.append(app)
                    again.append(bench.call(path)[1])
                    past = f"as_of=2025-{12 - next(days) % 9:02d}-{next(days) % 28 + 1:02d}"
                    day.append(bench.call(path + ("&" if "?" in path else "?") + past)[1])
                median = statistics.median(change)
                print(f"| {path} | {median:.1f} | {max(change):.1f} | {statistics.median(wall):.1f} | {statistics.median(day):.1f} | "
                      f"{statistics.median(again):.1f} | {size / 1000:.0f} |" + ("" if status == 200 else f" HTTP {status}"), flush=True)
                if median >= LIMIT:
                    slow.append(path)
        print("not called: " + ", ".join(skipped))
        print(f"{len(slow)} pages over {LIMIT} ms after a change: " + ", ".join(slow))
    finally:
        store.__exit__()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


main()
