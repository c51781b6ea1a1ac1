#!/usr/bin/env python3
"""The customer's page against a hostile world: links guessed, of another company, expired, revoked; bodies too big, scripts in what is
said, file names that climb; no cookie, no trace in a log, no end of asking."""
import base64
import hashlib
import os
import re
import sqlite3
import subprocess
import sys

from desk import PROGRAM, Desk, check, run_tests, same

HEAD = ("JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|"
        "EcritureLet|DateLet|ValidDate|Montantdevise|Idevise")
BASE = "https://compte.example"
desk = None


def command(*words, company="ALPHA", today="2025-09-30"):
    return subprocess.run([PROGRAM, "--db", desk.db, "--company", company, "--today", today, *words], check=True, capture_output=True, text=True,
                          env=desk.environment).stdout


def books(company, customers):
    rows = [HEAD]
    for number, (customer, piece, cents) in enumerate(customers):
        amount = f"{cents // 100},{cents % 100:02d}"
        rows.append(f"VE|Ventes|{number}|20250814|411000|Clients|{customer}|{customer} SARL|{piece}|20250814|Facture {piece}|{amount}|0,00|||20250814||")
        rows.append(f"VE|Ventes|{number}|20250814|707000|Ventes|||{piece}|20250814|Facture {piece}|0,00|{amount}|||20250814||")
    path = os.path.join(desk.folder, f"{company}.txt")
    with open(path, "w") as file:
        file.write("\r\n".join(rows) + "\r\n")
    command("import", path, "--yes", company=company)
    command("company", "set", f"debtor.address={BASE}", "bank.iban=FR7630006000011234567890189", "debtor.help=02 61 91 00 30", company=company)


def sql(statement):
    with sqlite3.connect(desk.db, timeout=30) as store:
        store.execute(statement)


def give(customer="ALMA", company="ALPHA"):
    browser = desk.browser("collector")
    browser.post("/company", {"company": company})
    browser.get(f"/customers/{customer}/portal")
    page = browser.post(f"/customers/{customer}/portal/links", {})
    found = re.search(re.escape(BASE) + r"(/r/1\.[A-Za-z0-9_-]{43})", page.text)
    check(found, f"a link: {page.status} {page.text[:300]}")
    return found.group(1)


def items(path):
    model = desk.browser().api(path).json()
    return {row["number"]: row["id"] for account in model["accounts"] for place in ("due", "underway", "later") for row in account[place]}


def plain(reply, words):
    check(not reply.cookies(), f"{words}: a cookie {reply.cookies()}")
    same(reply.header("Referrer-Policy"), "no-referrer", words)
    check("noindex" in (reply.header("X-Robots-Tag") or ""), f"{words}: may be indexed")
    same(reply.header("Cache-Control"), "no-store", words)
    check("'unsafe-inline'" not in reply.header("Content-Security-Policy"), words)


def it_leaves_no_trace():
    path = give()
    browser = desk.browser()
    for address in (path, path + "?lang=en", path + "/statement.pdf", path + "/house.css", path + "/documents/1", path + "/nothing/here"):
        plain(browser.get(address), address)
    same(browser.get(path).status, 200, "the page")
    same(browser.get(path + "/statement.pdf").header("Content-Type"), "application/pdf", "the statement")
    same(browser.get(path + "/nothing/here").status, 404, "no login for what lies behind a link")
    same(browser.get(path + "/documents/1").status, 404, "no such document")
    page = browser.get(path).text
    check("<script>" not in page and " style=" not in page and " onclick" not in page, "inline script or style")
    check(path not in desk.words_of_log() and path[5:] not in desk.words_of_log(), "the link stands in the log")


def it_cannot_be_guessed():
    path = give()
    browser = desk.browser()
    tries = [path[:-1] + ("A" if path[-1] != "A" else "B"), "/r/2" + path[4:], "/r/0" + path[4:], path[:-1], path + "A", "/r/personal", "/r/%00", "/r/..",
             "/r/1." + "A" * 43]
    for attempt in tries:
        reply = browser.get(attempt)
        check(reply.status in (400, 404, 429), f"{attempt}: {reply.status}")
        check("ALMA" not in reply.text and "ALPHA" not in reply.text, f"{attempt} tells a name")
    statuses = [browser.get("/r/1." + format(i, "043d")).status for i in range(30)]
    check(429 in statuses, f"guessing goes on for ever: {statuses}")
    same(browser.get(path).status, 200, "whoever has a link goes on meanwhile")


def others_are_not_there():
    path, other, foreign = give(), give("BRUME"), give("CEDRE", company="BETA")
    mine, theirs, far = items(path), items(other), items(foreign)
    same(sorted(mine), ["FA-1", "FA-2"], "his items")
    browser = desk.browser()
    for address in (path, path + "?as_of=2030-01-01"):
        text = browser.get(address).text
        for secret in ("BRUME", "CEDRE", "BETA", "FA-3", "FB-9"):
            check(secret not in text, f"{address} tells {secret}")
    check(far["FB-9"] in mine.values(), "numbers are a company's own: the same one is his here, and another's there")
    for id in (theirs["FA-3"], 999999):
        said = browser.post(path + "/answer", {"kind": "dispute", "item": id, "text_dispute": "mine"}, csrf=False)
        same(said.status, 409, f"an answer for item {id}")
        check("FA-3" not in said.text and "FB-9" not in said.text, "it tells a number")
        chosen = browser.post(path, {"picked": "1", "item": id}, csrf=False)
        check('data-sum-of="EUR">0,00' in chosen.text.replace("\u00a0", " "), "it counts an item of another")
    check('"dispute"' not in command("explain", "item", "FA-3", "--json"), "another's item is disputed")
    same(browser.post(path + "/answer", {"kind": "dispute", "item": far["FB-9"], "text_dispute": "mine"}, csrf=False).status, 303, "his own")
    check('"dispute"' not in command("explain", "item", "FB-9", "--json", company="BETA"), "the other company's is disputed")
    same(browser.get(f"{path}?received=1").status, 200, "a number of an answer that is not his")


def it_ends():
    path = give()
    same(desk.browser().get(path).status, 200, "before")
    sql("UPDATE debtor_link SET expires_at = 1 WHERE id = (SELECT MAX(id) FROM debtor_link WHERE company_id = 1 AND question_id = 0)")
    reply = desk.browser().get(path)
    same(reply.status, 410, "after its days")
    check("02 61 91 00 30" in reply.text and "ALMA" not in reply.text, "whom to call, and nobody's name")
    same(desk.browser().post(path + "/answer", {"kind": "contact", "text_contact": "x"}, csrf=False).status, 410, "an answer")
    same(desk.browser().get(path + "/statement.pdf").status, 410, "the statement")
    path = give()
    browser = desk.browser("collector")
    browser.get("/customers/ALMA/portal")
    same(browser.post("/customers/ALMA/portal/revoke", {}).status, 303, "revoked")
    for address in (path, path + "/statement.pdf", path + "/documents/1"):
        same(desk.browser().get(address).status, 410, address)
    same(desk.browser().upload(path + "/answer", {"kind": "contact", "text_contact": "x"}, [], csrf=False).status, 410, "an answer with a file")


def what_is_sent_has_bounds():
    path = give()
    browser = desk.browser()
    big = b"%PDF-1.4 " + b"x" * (11 << 20)
    reply = browser.upload(path + "/answer", {"kind": "paid", "paid_on": "2025-09-29", "item": items(path)["FA-1"]}, [("file_paid", ("a.pdf", big))], csrf=False)
    same(reply.status, 422, "a file of 11 MB")
    answer = desk.raw(f"POST {path}/answer HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\nContent-Type: multipart/form-data; boundary=----encours7b3f\r\n"
                      f"Content-Length: {33 << 20}\r\n\r\n".encode())
    check(answer.startswith(b"HTTP/1.1 413"), f"33 MB at once: {answer[:200]}")
    page = b"<html><script>alert(1)</script></html>" + b" " * 40
    reply = browser.upload(path + "/answer", {"kind": "paid", "paid_on": "2025-09-29", "item": items(path)["FA-1"]}, [("file_paid", ("a.pdf", page))], csrf=False)
    same(reply.status, 422, "a page that is called PDF")
    same(browser.post(path + "/answer", {"kind": "dispute", "item": items(path)["FA-1"], "text_dispute": "x" * 5000}, csrf=False).status, 422, "5000 characters")
    same(browser.post(path + "/answer", {"kind": "nonsense", "item": items(path)["FA-1"]}, csrf=False).status, 422, "no such answer")
    same(browser.post(path + "/answer", [("kind", "contact"), ("text_contact", "\x07")], csrf=False).status, 422, "a bell")
    unknown = "/r/1." + "A" * 43
    reply = desk.browser().upload(unknown + "/answer", {"kind": "paid"}, [("file_paid", ("a.pdf", b"x" * (8 << 20)))], csrf=False)
    check(reply.status in (404, 429), f"nobody fills the disk without a link: {reply.status}")


def what_is_said_is_text():
    path = give()
    browser = desk.browser()
    evil = "<script>alert(1)</script> {{shell.csrf}} \"'><img src=x onerror=alert(2)>"
    name = "../../../etc/<script>.html"
    said = browser.upload(path + "/answer", {"kind": "dispute", "item": items(path)["FA-1"], "reason": "price", "text_dispute": evil},
                          [("file_dispute", (name, b"%PDF-1.4 a paper that is long enough"))], csrf=False)
    same(said.status, 303, f"taken: {said.text[:300]}")
    check(not said.cookies(), "a cookie")
    staff = desk.browser("collector")
    pages = [browser.get(said.header("Location")).text, staff.get("/customers/ALMA/portal").text, staff.get("/agenda?tab=replies").text,
             staff.get("/customers/ALMA?tab=timeline").text, staff.get("/customers/ALMA?tab=bound").text]
    for text in pages:
        check("<script>alert" not in text and "<img src=x" not in text, "what he said is no part of a page")
    check("&lt;script&gt;alert(1)" in pages[0], "it is shown as it was said")
    model = staff.api("/customers/ALMA/portal").json()
    file = model["answers"][0]["files"][0]
    check("/" not in file["name"] and file["name"].endswith(".pdf"), file["name"])
    served = staff.get(f"/documents/{file['id']}")
    check((served.header("Content-Disposition") or "").startswith("attachment"), "served as attachment only")
    same(served.header("X-Content-Type-Options"), "nosniff", "no guessing of its type")
    same(browser.get(f"{path}/documents/{file['id']}").status, 404, "what was sent in is not given out by the link")
    # the same again is the same answer
    again = [browser.post(path + "/answer", {"kind": "contact", "text_contact": "only once", "key": "k1"}, csrf=False).header("Location") for _ in range(3)]
    same(len(set(again)), 1, f"three taps: {again}")
    same(sum(a["text"] == "only once" for a in staff.api("/customers/ALMA/portal").json()["answers"]), 1, "one answer")


def other_sites_gain_nothing():
    path = give()
    browser = desk.browser("collector")  # logged in, in the same browser: it plays no part
    reply = browser.post(path + "/answer", {"kind": "contact", "text_contact": "from a null origin"}, {"Origin": "null"}, csrf=False)
    same(reply.status, 303, "no-referrer makes browsers send a null origin")
    same(browser.get("/customers/ALMA/portal").status, 200, "the desk's own session goes on")
    same(desk.browser("reader").post("/customers/ALMA/portal/links", {}).status, 403, "a reader makes no link")
    same(desk.browser("sales").post("/answers/1/accept", {}).status in (403, 404), True, "sales decide nothing")
    for role in ("reader", "accountant"):
        page = desk.browser(role).get("/customers/ALMA/portal").text
        check("/r/1." not in page, f"a {role} sees a link")


def a_colleague_answers_his_question_only():
    staff = desk.browser("collector")
    staff.get("/customers/ALMA/portal")
    asked = staff.post("/customers/ALMA/portal/questions", {"address": "Depot@Alpha.example", "text": "Was it delivered <b>whole</b>?"})
    same(asked.status, 303, f"asked: {asked.text[:200]}")
    # it leaves by mail alone; here its link is made by hand, as the sender does
    secret = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    token = "1." + secret
    digest = hashlib.blake2b(token.encode(), digest_size=32).digest()
    sql("INSERT INTO debtor_link (tenant_id, company_id, id, customer_id, question_id, hash, recipient, language, made_at, expires_at) "
             f"SELECT 1, company_id, 900, customer_id, id, x'{digest.hex()}', address, 'fr', 0, 4000000000 FROM question ORDER BY id DESC LIMIT 1")
    browser = desk.browser()
    page = browser.get(f"/r/{token}")
    same(page.status, 200, "the question")
    check("Was it delivered &lt;b&gt;whole&lt;/b&gt;?" in page.text and "FA-1" not in page.text, "the question and nothing of the account")
    plain(page, "question")
    for address in ("/statement.pdf", "/documents/1"):
        same(browser.get(f"/r/{token}{address}").status, 404, address)
    same(browser.post(f"/r/{token}/answer", {"kind": "contact", "text_contact": "x"}, csrf=False).status, 404, "no answer of a customer by it")
    same(browser.post(f"/r/{token}/reply", {"answer": ""}, csrf=False).status, 422, "nothing said")
    same(browser.post(f"/r/{token}/reply", {"answer": "Yes, on the 3rd", "name": "Marie"}, csrf=False).status, 303, "answered")
    same(browser.post(f"/r/{token}/reply", {"answer": "Yes, on the 3rd", "name": "Marie"}, csrf=False).status, 303, "a double tap")
    check("Yes, on the 3rd" in staff.get("/customers/ALMA/portal").text, "it is on the customer's page")
    timeline = staff.api("/customers/ALMA?tab=timeline").text
    same(timeline.count("Yes, on the 3rd") >= 1, True, "it is in the timeline")
    same(desk.browser().post(give() + "/reply", {"answer": "x"}, csrf=False).status, 404, "a customer's link opens no question")


TESTS = [("it leaves no trace", it_leaves_no_trace), ("others are not there", others_are_not_there), ("what is sent has bounds", what_is_sent_has_bounds),
         ("what is said is text", what_is_said_is_text), ("other sites gain nothing", other_sites_gain_nothing),
         ("a colleague answers his question only", a_colleague_answers_his_question_only), ("it ends", it_ends), ("it cannot be guessed", it_cannot_be_guessed)]

if __name__ == "__main__":
    with Desk(companies=("ALPHA", "BETA")) as desk:
        books("ALPHA", [("ALMA", "FA-1", 120000), ("ALMA", "FA-2", 50000), ("BRUME", "FA-3", 999900)])
        books("BETA", [("CEDRE", "FB-9", 123400)])
        run_tests(TESTS, sys.argv[1] if len(sys.argv) > 1 else None)
