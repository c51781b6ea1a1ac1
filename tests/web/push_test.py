#!/usr/bin/env python3
"""Programs that hand over files and rows: POST /api/v1/imports with a key, once whatever is repeated; feeds on their page."""
import concurrent.futures
import io
import json
import os
import sys
import time
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from desk import Desk  # noqa: E402
from program import Checks, Fec  # noqa: E402

checks = Checks()


def ledger(*numbers):
    fec = Fec()
    for i, number in enumerate(numbers):
        fec.sale("C1", number, f"2025-09-{i + 1:02d}", 10000)
    return fec.text().encode()


with Desk() as desk:
    admin = desk.browser("administrator")

    def push(content, key, **fields):
        headers = {"Accept": "application/json", "Accept-Language": "en", **({"Idempotency-Key": key} if key else {})}
        return admin.upload("/imports", fields, [("file", ("fec.txt", content))], headers)

    def rows(body, key=None):
        headers = {"Accept": "application/json", "Accept-Language": "en", "Content-Type": "application/json", "X-CSRF-Token": admin.csrf, **({"Idempotency-Key": key} if key else {})}
        return admin.request("POST", "/imports", json.dumps(body), headers)

    def count():
        return len(admin.get("/items?page=1", {"Accept": "application/json"}).json()["items"])

    before = count()
    first = push(ledger("P1", "P2"), "k1")
    checks.equal((first.status, first.json()["items"]["new"]), (200, 2), "a file with a key is imported at once")
    again = push(ledger("P1", "P2"), "k1")
    checks.equal((again.status, again.json()["import"], again.json().get("repeated")), (200, first.json()["import"], True), "the same key again is the same answer")
    other = push(ledger("P1", "P2", "P3"), "k1")
    checks.equal(other.status, 409, "the same key with another file is refused")
    checks.check("k1" in other.json()["error"]["text"], "in words", other.text)
    unchanged = push(ledger("P1", "P2"), "k2")
    checks.equal((unchanged.json()["import"], unchanged.json()["items"]["unchanged"]), (None, 2), "another key, the same file: nothing new")
    checks.equal(push(ledger("P1", "P2"), "k2").json().get("repeated"), True, "and that answer is kept too")
    bad = push(ledger("P1").replace(b"100,00|0,00", b"1x0,00|0,00"), "k3")
    checks.equal((bad.status, bad.json()["import"]), (422, None), "what can't be used changes nothing")
    checks.check(bad.json()["rejected"][0]["line"] == 2, "and names its line", bad.text[:300])
    checks.equal(push(ledger("P1", "P2", "P4"), "k3").status, 200, "its key is free for a mended file")
    checks.equal(push(ledger("P1"), "with space").status, 422, "a key without spaces")
    browsers = [desk.browser("administrator") for _ in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        def one(browser):
            return browser.upload("/imports", {}, [("file", ("f.txt", ledger("P1", "P2", "P4", "P5")))], {"Accept": "application/json", "Idempotency-Key": "race"}).json()
        answers = list(pool.map(one, browsers))
    made = {answer.get("import") for answer in answers if answer.get("import")}
    checks.equal(len(made), 1, "four at once are one import")

    # --- an archive of several kinds, at once
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bank.csv", "Date;Libelle;Montant\n03/09/2025;VIR Z1;120,00\n14/09/2025;VIR Z2;80,00\n")
        archive.writestr("people.csv", "code client;nom client;adresse;code postal;ville\nZ1;Zoe SA;1 rue A;75001;Paris\n")
        archive.writestr("notes.txt", "nothing that is known\n")
        archive.writestr("books.txt", ledger("P1", "P2", "P4", "P5", "Z7"))
    def pack(key):
        headers = {"Accept": "application/json", "Accept-Language": "en", **({"Idempotency-Key": key} if key else {})}
        return admin.upload("/imports", {"at_once": "1", "yes": "1"}, [("file", ("all.zip", packed.getvalue()))], headers)
    mixed = pack(None)
    told = {part["file"]: part for part in mixed.json().get("imports", [])}
    checks.equal((mixed.status, sorted(told), [told[name]["import"] is not None for name in ("people.csv", "books.txt", "bank.csv", "notes.txt")]),
                 (422, ["bank.csv", "books.txt", "notes.txt", "people.csv"], [True, True, True, False]), "a mixed archive at once: each file by itself, the unknown one in words")
    checks.check(isinstance(told["notes.txt"]["refused"], str) and len(told["notes.txt"]["refused"]) > 10, "with its reason", str(told["notes.txt"])[:200])
    checks.equal(told["books.txt"]["items"]["new"], 1, "what is known is not counted twice")
    again = {part["file"]: part["import"] for part in pack("zip-1").json()["imports"]}
    checks.check(not any(again.values()), "the same archive again brings nothing", str(again))
    checks.check(any(part.get("repeated") for part in pack("zip-1").json()["imports"]), "and once by its key")

    # --- rows
    answer = rows({"customers": [{"customer_code": "R1", "customer_name": "Rénard & fils \"SA\"", "siren": "732829320"}],
                   "items": [{"customer_code": "R1", "number": "RF1", "issue_date": "2025-09-01", "due_date": "2025-10-01", "amount": 123456},
                             {"customer_code": "R1", "number": "RF2", "issue_date": "2025-09-02", "due_date": "2025-10-02", "amount": 5000, "currency": "EUR"}],
                   "payments": [{"customer_code": "R1", "number": "V1", "settled_on": "2025-09-20", "amount": 123456, "applies_to_number": ["RF1"]}]}, "rows-1")
    checks.equal((answer.status, [part["part"] for part in answer.json()["imports"]]), (200, ["customers", "items", "payments"]), "rows as JSON")
    listed = {item["number"]: item for item in admin.get("/items?customer=R1&state=all", {"Accept": "application/json"}).json()["items"] if item["number"].startswith("RF")}
    checks.check(listed.get("RF2", {}).get("open") == 5000, "amounts are minor units", str(listed)[:500])
    checks.check(all(part.get("repeated") for part in rows({"customers": [{"customer_code": "R1", "customer_name": "Rénard & fils \"SA\"", "siren": "732829320"}],
                   "items": [{"customer_code": "R1", "number": "RF1", "issue_date": "2025-09-01", "due_date": "2025-10-01", "amount": 123456},
                             {"customer_code": "R1", "number": "RF2", "issue_date": "2025-09-02", "due_date": "2025-10-02", "amount": 5000, "currency": "EUR"}],
                   "payments": [{"customer_code": "R1", "number": "V1", "settled_on": "2025-09-20", "amount": 123456, "applies_to_number": ["RF1"]}]}, "rows-1").json()["imports"]),
                 "and once by their key")
    for body, says in (({"items": [{"customer_code": "R1", "amount": 12.5}]}, "whole number"), ({"items": [{"colour": "red"}]}, "no field"), ({"items": "x"}, "list"),
                       ({"items": [{"customer_code": "R1", "due_date": "31/12/2025", "amount": 1}]}, "2025-12-31"), ({"items": []}, "nothing to import"), ([1], "object")):
        refused = rows(body)
        checks.check(refused.status == 422 and says in refused.json()["error"]["text"], f"refused: {says}", f"{refused.status} {refused.text[:200]}")

    # --- feeds on their page
    folder = os.path.join(desk.folder, "exports")
    os.mkdir(folder)
    desk.run("feed", "add", "folder", folder, "--name", "Sage")
    path = os.path.join(folder, "a.txt")
    with open(path, "wb") as file:
        file.write(ledger("P1", "P2", "P4", "P5", "P6"))
    os.utime(path, (time.time() - 60, time.time() - 60))
    page = admin.get("/imports/feeds")
    checks.check(page.status == 200 and folder in page.text, "the page shows the place")
    feed = admin.get("/imports/feeds", {"Accept": "application/json"}).json()["feeds"][0]["id"]
    looked = admin.post(f"/imports/feeds/{feed}/look", {})
    checks.equal(looked.status, 303, "looking now")
    checks.equal(admin.get("/imports/feeds", {"Accept": "application/json"}).json()["files"][0]["state"], "imported", "what came is listed")
    admin.post(f"/imports/feeds/{feed}/off", {})
    checks.equal(admin.get("/imports/feeds", {"Accept": "application/json"}).json()["feeds"][0]["enabled"], False, "switched off")
    checks.equal(desk.browser("collector").post(f"/imports/feeds/{feed}/on", {}).status, 403, "not by a collector")
checks.finish()
