#!/usr/bin/env python3
"""Big files in the browser: read and imported behind the page, with progress; cancelled; killed -9 in the middle; two at once."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "web"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Desk, check, run_tests, same  # noqa: E402


def big_list(rows, first=0):
    """Beyond what a request does itself (4 MB)."""
    out = ["Customer;Customer name;Invoice number;Invoice date;Due date;Amount;Label"]
    for i in range(first, first + rows):
        out.append(f"C{i % 900:04d};Customer {i % 900};F{i:07d};2025-09-{1 + i % 28:02d};2025-10-{1 + i % 28:02d};{100 + i % 900}.50;Delivery note {i} of the month")
    return ("\n".join(out) + "\n").encode()


ROWS = 60000
FILE = big_list(ROWS)
check(len(FILE) > 4 << 20, "the file is a big one")


def wait(browser, path, until, seconds=120, seen=None):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        reply = browser.api(path)
        same(reply.status, 200, path)
        work = reply.json()["work"] or {"state": "none"}
        if seen is not None:
            seen.append((work["state"], work.get("done", 0)))
        if work["state"] in until:
            return work
        time.sleep(0.05)
    raise AssertionError(f"{path} is still {work}")


def drop(browser, name, content):
    browser.get("/imports")
    reply = browser.upload("/imports", {}, [("file", (name, content))])
    same(reply.status, 303, "the file is taken")
    return reply.header("Location")


def items(desk):
    import json
    return len(json.loads(desk.run("--json", "items").stdout)["items"])


def looked_at_and_imported():
    with Desk(jobs=True, today="2025-11-21") as desk:
        browser = desk.browser("administrator")
        start = time.monotonic()
        draft = drop(browser, "big.csv", big_list(4 * ROWS))  # long enough for its bar to be seen on a fast machine
        page = browser.get(draft)
        check('id="work"' in page.text and "hx-trigger" in page.text and "<noscript>" in page.text, "a page that shows how it goes, and asks again")
        seen = []
        wait(browser, draft, {"done"}, seen=seen)
        page = browser.get(draft)
        check("import</button>" in page.text.lower() or "/import\"" in page.text, "then the preview")
        same(items(desk), 0, "nothing is written by looking")
        reply = browser.post(draft + "/import")
        same(reply.status, 303, "asked for")
        other = browser.get("/items")
        check("import-chip" in other.text, "every page tells that it runs")
        work = wait(browser, draft, {"done", "failed", "refused"}, seen=seen)
        same(work["state"], "done", str(work))
        check(len({done for state, done in seen if state == "running"}) >= 3, f"the bar moves: {sorted(set(seen))}")
        check("import-chip" in browser.get("/items").text, "and every page tells that it is done")
        reply = browser.get(draft)
        same(reply.status, 303, "the draft leads to the import")
        check(reply.header("Location").startswith("/imports/"), reply.header("Location"))
        check("import-chip" not in browser.get("/items").text, "told once")
        same(items(desk), 4 * ROWS, "all of it")
        print(f"  {4 * len(FILE) >> 20} MB, {4 * ROWS} lines: looked at and imported in {time.monotonic() - start:.1f} s")


def two_at_once_and_cancelled():
    with Desk(jobs=True, today="2025-11-21") as desk:
        browser, second = desk.browser("administrator"), desk.browser("accountant")
        one, two = drop(browser, "one.csv", FILE), drop(second, "two.csv", big_list(ROWS, ROWS))
        states = []
        while True:
            pair = tuple((b.api(p).json()["work"] or {})["state"] for b, p in ((browser, one), (second, two)))
            states.append(pair)
            if pair == ("done", "done"):
                break
            check("failed" not in pair, str(pair))
            time.sleep(0.05)
        check(("running", "running") not in states, "one after the other")
        same(browser.post(one + "/import").status, 303, "asked for")
        wait(browser, one, {"running"})
        reply = browser.post(one + "/cancel")
        same(reply.status, 303, "cancelled")
        same(browser.api(one).json()["work"]["state"], "cancelled", "and says so")
        same(browser.post(one + "/cancel").status, 409, "once")
        same(second.post(two + "/import").status, 303, "the other one")
        same(wait(second, two, {"done", "failed"})["state"], "done", "goes on")
        same(items(desk), ROWS, "the cancelled one changed nothing")
        same(browser.post(one + "/import").status, 303, "and may be imported after all")
        same(wait(browser, one, {"done", "failed"})["state"], "done", "in full")
        same(items(desk), 2 * ROWS, "both")


def killed_in_the_middle():
    with Desk(jobs=True, today="2025-11-21") as desk:
        browser = desk.browser("administrator")
        draft = drop(browser, "big.csv", FILE)
        wait(browser, draft, {"done"})
        same(browser.post(draft + "/import").status, 303, "asked for")
        wait(browser, draft, {"running"})
        time.sleep(0.4)
        desk.process.send_signal(signal.SIGKILL)
        desk.process.wait()
        desk.process = None
        state = desk.run("--json", "imports").stdout
        check('"state": "active"' not in state, "nothing of it is there")
        desk.start()
        browser = desk.browser("administrator")
        check(browser.api(draft).json()["work"]["state"] in ("running", "waiting"), "it is not forgotten")
        same(wait(browser, draft, {"done", "failed", "interrupted"})["state"], "done", "another server goes on")
        same(items(desk), ROWS, "all of it, once")
        same(desk.run("verify", check=False).returncode, 0, "the store is sound")


def stopped_in_the_middle():
    with Desk(jobs=True, today="2025-11-21") as desk:
        browser = desk.browser("administrator")
        draft = drop(browser, "big.csv", FILE)
        wait(browser, draft, {"running"})
        same(desk.stop(), 0, "a server stops cleanly while it reads")
        desk.start()
        browser = desk.browser("administrator")
        same(wait(browser, draft, {"done", "failed"}, 20)["state"], "done", "and the next one goes on at once")


def a_broken_one_says_so():
    with Desk(jobs=True, today="2025-11-21") as desk:
        browser = desk.browser("administrator")
        draft = drop(browser, "broken.csv", os.urandom(5 << 20))
        wait(browser, draft, {"done", "failed"})
        page = browser.get(draft)
        same(page.status, 200, "a page")
        check('role="alert"' in page.text, "that says what is wrong")
        same(browser.post(draft + "/drop").status, 303, "and lets go of it")
        same(browser.get(draft).status, 404, "for good")
        reader = desk.browser("reader")
        same(reader.get("/imports/news").status, 403, "nobody else hears of it")


run_tests([
    ("looked at and imported behind the page, with its progress", looked_at_and_imported),
    ("two at once: one after the other; cancelled in the middle", two_at_once_and_cancelled),
    ("kill -9 in the middle: nothing is lost, nothing is there twice", killed_in_the_middle),
    ("a server that stops: the next one goes on at once", stopped_in_the_middle),
    ("a broken file says so", a_broken_one_says_so),
], sys.argv[1] if len(sys.argv) > 1 else None)
