#!/usr/bin/env python3
"""The agenda beside what is to do: actions given to somebody else and the filter that finds them, somebody away and who stands in,
customers without a collector put right at once, alerts by the company's rules. The figures can be added up by hand."""
import os
import re
import sqlite3
import sys
import urllib.parse

from desk import Desk, check, run_tests, same

# As of 30/09/2025: ALMA owes 12 000,00 due 29/09 (a big item newly overdue), BRUME 500,00 since 13/09, CEDRE 700,00 since 13/09.
ITEMS = """customer code;customer name;number;kind;issue date;due date;amount
ALMA;Alma;FA-1;invoice;2025-08-30;2025-09-29;12000,00
BRUME;Brume;FA-2;invoice;2025-08-14;2025-09-13;500,00
CEDRE;Cedre;FA-3;invoice;2025-08-14;2025-09-13;700,00
DUNE;Dune;FA-4;invoice;2025-08-14;2025-09-13;310,00
ERABLE;Erable;FA-5;invoice;2025-08-14;2025-09-13;420,00
"""
desk = None


def user_id(role):
    with sqlite3.connect(desk.db, timeout=30) as store:
        return store.execute("SELECT id FROM user_account WHERE email = ?", (f"{role}@test.example",)).fetchone()[0]


def actions(browser, query=""):
    page = browser.get("/agenda" + query)
    same(page.status, 200, "/agenda" + query)
    return re.findall(r'name="action" value="(\d+)"', page.text)


def alerts_follow_the_rules():
    browser = desk.browser("credit_manager")
    page = browser.get("/agenda?tab=alerts").text
    check("FA-1" in page and "FA-2" not in page, "the big item that has just become overdue, and nothing else")
    desk.run("customer", "set", "BRUME", "credit_limit=10000")
    check("Brume" in browser.get("/agenda?tab=alerts").text, "over his limit of 100,00")
    desk.run("company", "set", "alert.limit=0", "alert.big_item=0")
    page = browser.get("/agenda?tab=alerts").text
    check("FA-1" not in page and "Brume" not in page, "rules that are off say nothing")


def an_action_goes_to_somebody_else():
    browser = desk.browser("credit_manager")
    before = actions(browser)
    check(len(before) >= 2, f"what waits: {before}")
    him = user_id("collector")
    same(browser.post("/agenda/assign", {"action": before[0], "to": him}).status, 303, "given")
    same(actions(browser, f"?collector={him}"), [before[0]], "the filter finds it")
    check(before[0] not in actions(browser, "?collector=none"), "it is no longer nobody's")
    same(actions(desk.browser("collector"), "?mine=1"), [before[0]], "it is his own")
    same(desk.browser("administrator").post(f"/settings/users/{him}", {"team": " Équipe Nord "}).status, 303, "he is of a team")
    team = "?team=" + urllib.parse.quote("Équipe Nord")
    same(actions(browser, team), [before[0]], "and his team's agenda holds it")
    check("Équipe Nord" in browser.get("/agenda").text, "it can be chosen")
    same(actions(browser, "?team=Sud"), [], "no other team's does")
    same([one["id"] for one in browser.api("/agenda" + team).json()["actions"]], [int(before[0])], "nor in the other face")
    same(browser.post("/agenda/assign", {"action": before[0], "to": 987654}).status, 303, "to an account that does not exist")
    same(actions(browser, f"?collector={him}"), [before[0]], "refused, and said so")
    same(browser.post("/agenda/assign", {"to": him}).status, 422, "nothing is ticked")
    check(desk.run("verify", check=False).returncode == 0, "the chain and the figures still verify")


def a_stand_in_sees_what_the_absent_sees():
    him, stand_in = user_id("collector"), user_id("credit_manager")
    browser, other = desk.browser("collector"), desk.browser("credit_manager")
    mine = len(actions(other, "?mine=1"))
    browser.get("/agenda/absences")
    bad = browser.post("/agenda/absences", {"from": "2025-09-30", "until": "2025-09-01", "stand_in": stand_in})
    same(bad.status, 422, "it ends before it begins")
    same(browser.post("/agenda/absences", {"from": "2025-09-30", "until": "2025-10-10", "stand_in": him}).status, 422, "his own stand-in")
    same(browser.post("/agenda/absences", {"who": stand_in, "from": "2025-09-30", "until": "2025-10-10", "stand_in": him}).status, 403, "another's absence")
    same(browser.post("/agenda/absences", {"from": "2025-09-30", "until": "2025-10-10", "stand_in": stand_in}).status, 303, "away")
    same(browser.post("/agenda/absences", {"from": "2025-10-01", "until": "2025-10-02", "stand_in": stand_in}).status, 409, "twice")
    same(len(actions(other, "?mine=1")), mine + 1, "his action is among the stand-in's")
    # a portfolio of one's own widens, and only for those days
    with sqlite3.connect(desk.db, timeout=30) as store:
        store.execute("UPDATE user_account SET portfolio = 'own' WHERE id = ?", (stand_in,))
        store.execute("UPDATE customer SET collector_id = ? WHERE code = 'BRUME'", (him,))
        store.execute("UPDATE company SET rev = rev + 1")
        store.execute("UPDATE customer SET rev = (SELECT MAX(rev) FROM company), ledger_rev = (SELECT MAX(rev) FROM company) WHERE code = 'BRUME'")
    same(other.get("/customers/BRUME").status, 200, "a customer of the absent")
    same(other.get("/customers/CEDRE").status, 404, "nobody else's")
    with sqlite3.connect(desk.db, timeout=30) as store:
        number = store.execute("SELECT id FROM absence").fetchone()[0]
    same(desk.browser("sales").post(f"/agenda/absences/{number}/end", {}).status, 403, "not for others to end")
    same(browser.post(f"/agenda/absences/{number}/end", {}).status, 303, "back")
    same(other.get("/customers/BRUME").status, 404, "his own customers again")
    with sqlite3.connect(desk.db, timeout=30) as store:
        store.execute("UPDATE user_account SET portfolio = 'all' WHERE id = ?", (stand_in,))


def customers_are_put_right_at_once():
    browser = desk.browser("credit_manager")
    page = browser.get("/agenda?tab=anomalies").text
    without = re.findall(r'name="customer" value="(\w+)"', page)
    check("CEDRE" in without, f"without a collector: {without}")
    done = browser.post("/agenda/repair", [("customer", "CEDRE"), ("customer", "NOBODY"), ("what", "collector"), ("collector", "collector@test.example")])
    same(done.status, 303, "put right")
    check("CEDRE" not in re.findall(r'name="customer" value="(\w+)"', browser.get("/agenda?tab=anomalies").text), "one fewer")
    same(browser.post("/agenda/repair", {"customer": "CEDRE", "what": "name", "name": "x"}).status, 422, "nothing else can be set so")
    same(desk.browser("sales").post("/agenda/repair", {"customer": "CEDRE", "what": "collector", "collector": "x"}).status, 403, "not by sales")


def the_order_is_said():
    page = desk.browser("credit_manager").get("/agenda?lang=en").text
    check(re.search(r"at stake × [\d.]+% chance that acting helps × urgency [\d.]+", page), "the parts of the order")


def value(sql, *args):
    with sqlite3.connect(desk.db, timeout=30) as store:
        return store.execute(sql, args).fetchone()


def a_reminder_now_in_words_of_ones_own():
    browser = desk.browser("credit_manager")
    item, customer = value("SELECT id, customer_id FROM item WHERE number = 'FA-2'")
    page = browser.get(f"/items/remind?item={item}").text
    check(f'name="subject.{customer}"' in page and f'name="body.{customer}"' in page, "the words can be changed")
    form = {"item": item, "channel": "email", f"edit.{customer}": 1, f"subject.{customer}": "Notre échange", f"body.{customer}": " "}
    again = browser.post("/items/remind", form)
    same(again.status, 422, "no text")
    check("Notre échange" in again.text, "what was typed is kept")
    same(browser.post("/items/remind", {**form, f"body.{customer}": "Bonjour <b>Brume</b>,\nmerci de régler."}).status, 303, "sent")
    subject, text, html = value("SELECT subject, body_text, body_html FROM outbox WHERE customer_id = ?", customer)
    same((subject, text), ("Notre échange", "Bonjour <b>Brume</b>,\nmerci de régler.\n"), "the very words")
    check("Bonjour &lt;b&gt;Brume" in html, "and nothing of them is markup")
    same(browser.post("/items/remind", {**form, f"body.{customer}": "encore"}).status, 422, "not twice on a day")
    item, customer = value("SELECT id, customer_id FROM item WHERE number = 'FA-3'")
    same(browser.post("/items/remind", {"item": item, "channel": "pigeon"}).status, 422, "no such way")
    same(browser.post("/items/remind", {"item": item, "channel": "call", f"outcome.{customer}": "nothing"}).status, 422, "a call ends somehow")
    same(browser.post("/items/remind", {"item": item, "channel": "call", f"outcome.{customer}": "approver", f"note.{customer}": "Mme Roy"}).status, 303, "a call")
    same(value("SELECT channel, state, outcome, note FROM action WHERE customer_id = ? AND step = 'now'", customer), ("call", "done", "approver", "Mme Roy"), "is noted")


def who_pays_for_others_gets_one_message():
    browser = desk.browser("credit_manager")
    desk.run("customer", "set", "DUNE", "payer=ERABLE")
    desk.run("customer", "set", "ERABLE", "payer_mode=together")
    same(browser.post("/agenda/plan").status, 303, "planned again")
    page = browser.get("/customers/DUNE?lang=fr").text
    check("demandé à son payeur Erable" in page and "310,00" in page and "730,00" not in page, "his own share, and of whom it is asked")
    items = [value("SELECT id FROM item WHERE number = ?", number)[0] for number in ("FA-4", "FA-5")]
    messages = browser.api(f"/items/remind?item={items[0]}&item={items[1]}").json()["messages"]
    same([(one["customer"], one["amount"], len(one["items"])) for one in messages], [("ERABLE", 73000, 2)], "ticked items of both: one message")


TESTS = [("alerts follow the rules", alerts_follow_the_rules), ("an action goes to somebody else", an_action_goes_to_somebody_else),
         ("a stand-in sees what the absent sees", a_stand_in_sees_what_the_absent_sees),
         ("customers are put right at once", customers_are_put_right_at_once), ("the order is said", the_order_is_said),
         ("a reminder now in words of one's own", a_reminder_now_in_words_of_ones_own),
         ("who pays for others gets one message", who_pays_for_others_gets_one_message)]

if __name__ == "__main__":
    with Desk() as desk:
        path = os.path.join(desk.folder, "items.csv")
        with open(path, "w") as file:
            file.write(ITEMS)
        desk.run("import", path, "--yes")
        for code in ("ALMA", "BRUME", "CEDRE", "ERABLE"):
            desk.run("contact", "add", code, "--email", f"compta@{code.lower()}.example")
        desk.run("run")
        run_tests(TESTS, sys.argv[1] if len(sys.argv) > 1 else None)
