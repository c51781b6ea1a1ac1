#!/usr/bin/env python3
"""The demo company: alive on any day, and every figure and sentence of its dashboard is what its items add up to."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Checks, Desk  # noqa: E402

checks = Checks()
BUCKETS = [(1, 30), (31, 60), (61, 90), (91, 10 ** 6)]


def dashboard(desk):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(desk.arguments("serve", "--no-jobs", "--listen", f"127.0.0.1:{port}"), env=desk.environment(),
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        web.request("GET", "/login")
        reply = web.getresponse()
        page, cookies = reply.read().decode(), dict(h[1].split(";")[0].split("=", 1) for h in reply.getheaders() if h[0] == "Set-Cookie")
        form = {"csrf": re.search(r'name="csrf" value="([^"]*)"', page).group(1), "email": "demo@encours.example",
                "password": "encours-2-essayer", "next": "/"}
        web.request("POST", "/login", urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
        reply = web.getresponse()
        reply.read()
        cookies.update(h[1].split(";")[0].split("=", 1) for h in reply.getheaders() if h[0] == "Set-Cookie")
        web.request("GET", "/dashboard", headers={"Accept": "application/json", "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
        return json.loads(web.getresponse().read())
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def one_day(today, deep):
    desk = Desk(today=today)
    desk.must("demo", "--prepare-only", timeout=300)
    checks.check(desk.run("verify").code == 0, f"{today}: verify is clean")
    kpis = desk.must("--json", "report", "kpis").json
    items = desk.must("--json", "items", "--open").json["items"]
    positive = [i for i in items if i["open"] > 0]
    overdue = sum(i["open"] for i in positive if i["days_late"] > 0)
    checks.equal(kpis["outstanding"], sum(i["open"] for i in items), f"{today}: outstanding is the sum of the items")
    checks.equal(kpis["overdue"], overdue, f"{today}: overdue is the sum of the late items")
    most = 0.40 if today[5:7] == "08" else 0.31  # little is sold in August, and what is late stays
    checks.check(0.17 <= kpis["overdue_rate"] <= most, f"{today}: about a fifth to a quarter is overdue", kpis["overdue_rate"])
    checks.check(45 <= kpis["dso"] <= 68, f"{today}: DSO as in industry", kpis["dso"])
    again = desk.must("--json", "run").json
    checks.equal(again["created"], 0, f"{today}: the day's run is made already")
    # every overdue item is in an action or left out, never both, and the two close on the overdue
    acted = {n for a in again["actions"] if a["state"] not in ("cancelled",) for n in a["items"]}
    left = {row["item"] for row in again["left_out"]}
    late = {i["number"] for i in positive if i["days_late"] > 0}
    checks.equal(sorted(late - acted - left), [], f"{today}: no overdue item vanished")
    if deep:
        page = dashboard(desk)
        figures, answers = page["figures"], page["answers"]
        for name in ("outstanding", "overdue", "not_due", "unallocated", "overdue_rate", "dso", "open_items"):
            checks.equal(figures[name], kpis[name], f"{today}: dashboard and report agree on {name}")
        rows = {row["bucket"]: row["amount"] for row in page["ageing"]["rows"]}
        for number, (low, high) in enumerate(BUCKETS, 2):
            checks.equal(rows[number], sum(i["open"] for i in positive if low <= i["days_late"] <= high), f"{today}: bucket {low}-{high}")
        parts = {part["code"]: part["amount"] for part in answers["blocked"]["parts"]}
        checks.equal(sum(parts.values()), overdue, f"{today}: “where is my money blocked” closes on the overdue")
        agenda = desk.must("--json", "agenda").json["actions"]
        due = [a for a in agenda if a["state"] in ("planned", "to_confirm")]
        checks.equal(answers["today"]["replies"], 1, f"{today}: one reply waits")
        checks.check(answers["today"]["actions"] >= len([a for a in due if a["channel"] == "call"]) == answers["today"]["calls"],
                     f"{today}: calls of “what to do today”", str(answers["today"]))
        top = page["top"]["customers"]
        for row in top:
            own = sum(i["open"] for i in positive if i["customer"] == row["customer"] and i["days_late"] > 0)
            if row["overdue"] != own:
                checks.check(False, f"{today}: overdue of {row['customer']}", f"{row['overdue']} {own}")
        checks.equal(page["top"]["sum"], sum(row["overdue"] for row in top), f"{today}: the ten add up")
        # the stories
        customers = {c["customer"]: c for c in desk.must("--json", "customers").json["customers"]}
        checks.check(kpis["disputed"] > 0 and kpis["promised"] > 0, f"{today}: a dispute and a promise are open")
        codes = {row["reason"] for row in again["left_out"]}
        for reason in ("dispute", "promise", "insolvency", "hold"):
            checks.check(reason in codes, f"{today}: something is left out for “{reason}”", str(codes))
        checks.check(len(customers) >= 100, f"{today}: about 120 customers")
        checks.check(any(i["kind"] == "unpaid_return" for i in items), f"{today}: a payment came back")
        checks.check(any(i["kind"] == "transfer" and i["days_late"] > 150 for i in items), f"{today}: a transfer to 416 keeps its age")
        limits = desk.must("--json", "limitation", "--before", str(int(today[:4]) + 1) + today[4:]).json["rows"]
        checks.check(any(row["customer"] == "C1022" for row in limits), f"{today}: an item is soon time-barred")
    desk.close()


for day, thorough in (("2026-11-20", True), ("2026-01-01", False), ("2028-02-29", False), ("2027-08-15", False)):
    one_day(day, thorough)
checks.finish()
