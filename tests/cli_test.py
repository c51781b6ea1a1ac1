#!/usr/bin/env python3
"""The command line as scripts use it: exit statuses, one JSON document on stdout, what binds the plan, backup, verify, export."""
import csv
import datetime
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import PROGRAM, Checks, Desk, Fec  # noqa: E402

checks = Checks()
desk = Desk()


def refused(name, *words, code=2, says="", **options):
    """Exit `code`, nothing on stdout but with --json one document, and words that say why."""
    plain = desk.run(*words, **options)
    checks.check(plain.code == code and plain.out == "" and says in plain.err, name, f"{plain.code} {plain.out!r} {plain.err!r}")
    answer = desk.run("--json", *words, **options)
    document = answer.json
    checks.check(answer.code == code and "error" in document and says in document["error"]["text"], f"{name}, as JSON", answer.out)


# --- without a store
refused("no store is made by looking", "company", "show", code=3, says="There is no store")
checks.check(not os.path.exists(desk.db), "and the path stays free")
refused("unknown command", "frobnicate", says="There is no command")
refused("unknown option", "init", "--nom", "X", says="--name")
refused("a bad date", "version", today="2025-02-30", says="YYYY-MM-DD")
checks.check(desk.must("version", "--json").json["schema"] >= 1, "version")
bare = subprocess.run([PROGRAM, "--lang", "fr", "help", "dispute"], capture_output=True, text=True)
checks.check("dispute close" in bare.stdout and "promise" not in bare.stdout and bare.returncode == 0, "help of one command")

# --- the forecast judged, on a file alone
rows = ["client,facture,date facture,echeance,montant,date reglement,litige"]
for i in range(600):
    issue = datetime.date(2023, 1, 2) + datetime.timedelta(days=i)
    due = issue + datetime.timedelta(days=30)
    rows.append(f"C{i % 3},F{i},{issue},{due},{100 + i}.00,{due + datetime.timedelta(days=(0, 10, -5)[i % 3])},non")
history = desk.write("histories.csv", "\n".join(rows) + "\n")
judged = desk.must("--json", "forecast", "judge", history, "--train", "0.75").json
checks.equal([judged[k] for k in ("rows", "train", "test", "split_date")], [600, 450, 150, "2024-03-27"], "judged: split by time")
checks.check(judged["late_accuracy"] > 0.99 and judged["mae_days"] < 0.5 and judged["naive"]["due_date"]["mae_days"] == 3.33
             and judged["naive"]["customer_median"]["mae_days"] == 0, "judged: habits are found", str(judged))
checks.equal(desk.must("--json", "forecast", "judge", history, "--train", "0.75").json, judged, "judged: the same again")
checks.check("Customer's median" in desk.must("forecast", "judge", history).out, "judged, as a table")
refused("a share of nothing", "forecast", "judge", history, "--train", "1.5", says="--train")
refused("no such file", "forecast", "judge", desk.path("none.csv"), says="could not be opened")
refused("no file", "forecast", "judge", says="missing")
refused("no history", "forecast", "judge", desk.write("words.txt", "nothing to see here\n"))
with open(history, "a") as file:
    file.write("C1,F999,2024-99-01,2024-02-01,10.00,2024-02-02,non\n")
judged = desk.run("--json", "forecast", "judge", history)
checks.check(judged.code == 1 and judged.json["rejected"][0]["line"] == 602, "judged: a row that can't be read is listed", judged.out)

# --- the same model in the forecast of a book
book = Desk(today="2024-07-01")
book.must("init", "--name", "Historique")
book.must("import", history, "--accept-partial", "--as-of", "2024-10-31", code=1)
ahead = book.must("--json", "forecast").json
settled = {r.split(",")[1]: datetime.date.fromisoformat(r.split(",")[5]) for r in rows[1:]}
off = [(datetime.date.fromisoformat(i["expected_on"]) - settled[i["number"]]).days for i in ahead["items"]]
checks.check(ahead["method"] == "learned" and len(off) > 25 and min(off) >= -1 and max(off) <= 4 and all(i["p_90_days"] > 0.99 for i in ahead["items"]),
             "the forecast learned from the book: each item on its day, or the next working one", str((ahead["method"], sorted(off))))
checks.equal(book.must("--json", "forecast").json, ahead, "the same again")
checks.equal(book.must("--json", "forecast", "--as-of", "2023-03-01").json["method"], "averages", "too little to learn from: by averages")
book.close()

# --- companies and settings
checks.equal(desk.must("--json", "init", "--name", "Brévent Industrie SAS", "--siren", "123 456 789").json["company"]["code"], "BREVENT",
             "a code is made from the name")
refused("the code is taken", "init", "--name", "Autre", "--code", "BREVENT", says="already")
desk.must("company", "set", "terms.days=45", "mail.password=tres secret", "minimum.account=15,00", "name=Brévent Industrie")
shown = desk.must("--json", "company", "show").json
checks.equal((shown["name"], shown["settings"]["terms.days"], shown["settings"]["minimum.account"], shown["live"]),
             ("Brévent Industrie", 45, 1500, False), "settings are shown as values")
checks.check("tres secret" not in json.dumps(shown) and "tres secret" not in desk.must("company", "show").out, "a secret is never shown")
refused("one bad key and none is set", "company", "set", "terms.days=60", "stale.days=0", says="stale.days")
checks.equal(desk.must("--json", "company", "show").json["settings"]["terms.days"], 45, "nothing changed")
refused("unknown setting", "company", "set", "terms.dyas=1", says="company keys")
raw = open(desk.db, "rb").read() + b"".join(open(desk.db + tail, "rb").read() for tail in ("-wal",) if os.path.exists(desk.db + tail))
checks.check(b"tres secret" not in raw and b"sealed:1:" in raw and os.stat(desk.db + ".key").st_mode & 0o777 == 0o600,
             "nor kept in plain: sealed, with a key of its own beside the store")
os.rename(desk.db + ".key", desk.db + ".away")
checks.check(desk.run("company", "show").code == 0, "without the key the rest goes on")
os.rename(desk.db + ".away", desk.db + ".key")
keys = {row["key"]: row for row in desk.must("--json", "company", "keys").json["keys"]}
checks.check(keys["terms.end_of_month"]["choices"] == "none|after|before" and "live" in keys, "keys are listed")
desk.must("company", "set", "live=1")
checks.equal(desk.must("--json", "company", "show").json["live"], True, "live")
desk.must("company", "set", "live=0")

# --- accounts
added = desk.must("--json", "user", "add", "Lea@Example.fr", "--role", "collector", stdin="").json
checks.check(added["email"] == "lea@example.fr" and len(added["password"]) == 19 and added["must_change"], "a password is made")
checks.check("password" not in desk.must("--json", "user", "add", "paul@example.fr", "--role", "administrator", "--password-stdin",
                                         stdin="quatre mots bien choisis\n").json, "a password is given")
refused("twice", "user", "add", "paul@example.fr", "--role", "reader", says="already")
refused("no such role", "user", "add", "x@example.fr", "--role", "king", says="credit_manager")
refused("too easy", "user", "add", "x@example.fr", "--role", "reader", "--password-stdin", stdin="motdepasse1\n", says="too easy")
refused("the last administrator", "user", "disable", "paul@example.fr", says="last administrator")
desk.must("user", "disable", "lea@example.fr")
checks.equal([(u["email"], u["disabled"]) for u in desk.must("--json", "user", "list").json["users"]],
             [("paul@example.fr", False), ("lea@example.fr", True)], "accounts are listed")
checks.check(len(desk.must("--json", "user", "reset", "paul@example.fr").json["password"]) == 19, "a reset makes a password")
with sqlite3.connect(desk.db) as store:
    checks.check(all(h.startswith("$argon2id$v=19$m=19456,t=3,p=1$") for (h,) in store.execute("SELECT password_hash FROM user_account")),
                 "argon2id, 19 MiB, 3 passes")
store.close()

# --- what binds the plan, on imported items
fec = Fec()
fec.sale("C1", "FA1", "2025-08-01", 120000)
fec.sale("C1", "FA2", "2025-08-15", 60000)
fec.sale("C1", "DOUBLE", "2025-08-20", 1000)
fec.sale("C1", "DOUBLE", "2025-08-21", 2000)
fec.sale("C2", "FA3", "2025-09-01", 2000, letter="A")
fec.payment("C2", "VIR3", "2025-09-30", 2000, letter="A")
fec.sale("C2", "FA4", "2025-09-02", 5000)
desk.must("import", desk.write("123456789FEC20251231.txt", fec.text()))
items = {(i["customer"], i["number"]): i for i in desk.must("--json", "items").json["items"]}

several = desk.run("dispute", "open", "--item", "DOUBLE")
ids = sorted(str(i["id"]) for i in items.values() if i["number"] == "DOUBLE")
checks.check(several.code == 2 and all(i in several.err for i in ids), "a number that two items bear lists their ids", several.err)
opened = desk.must("--json", "dispute", "open", "--item", ids[0], "--reason", "price", "--amount", "400").json["disputes"]
checks.check(opened[0]["item"] == "DOUBLE" and str(opened[0]["item_id"]) == ids[0], "and an id is enough")
refused("twice", "dispute", "open", "--item", ids[0], says="already")
refused("over what is open", "dispute", "open", "--item", "FA2", "--amount", "600,01", says="600.00")
refused("nothing open", "dispute", "open", "--item", "FA3", says="Nothing is open")
refused("no such reason", "dispute", "open", "--item", "FA2", "--reason", "mood", says="price")
refused("no such item", "dispute", "open", "--item", "FA99", says="FA99")
refused("about what", "dispute", "open", says="--item")
refused("one refused among several, and none is opened", "dispute", "open", "--item", "FA1", "FA2", "FA99", says="FA99")
checks.equal(len(desk.must("--json", "dispute", "open", "--item", "FA1", "FA2").json["disputes"]), 2, "several items at once")
checks.equal(len(desk.must("--json", "dispute", "close", "--customer", "C1", "--outcome", "settled").json["disputes"]), 3, "closed together")
refused("closed already", "dispute", "close", "--item", "FA1", says="No dispute")

promise = desk.must("--json", "promise", "add", "--customer", "C1", "--date", "2025-11-28", "--amount", "1000,00").json["promises"][0]["id"]
refused("a promise in the past", "promise", "add", "--item", "FA2", "--date", "2025-11-20", says="past")
refused("a promise without a day", "promise", "add", "--item", "FA2", says="date")
refused("covered already", "promise", "add", "--item", "FA1", "--date", "2025-11-28", says="already")
refused("a word for an amount", "promise", "add", "--item", "FA2", "--date", "2025-11-28", "--amount", "beaucoup", says="--amount")
desk.must("promise", "cancel", promise)
refused("cancelled already", "promise", "cancel", promise, says="over already")
desk.must("promise", "add", "--item", "FA1", "FA2", "--date", "2025-11-28")

desk.must("hold", "set", "--customer", "C2", "--date", "2025-12-01", "--reason", "inventaire")
desk.must("hold", "lift", "--customer", "C2")
refused("nothing to lift", "hold", "lift", "--customer", "C2", says="Nothing of that kind")
refused("held until yesterday", "hold", "set", "--customer", "C2", "--date", "2025-11-20", says="past")
desk.must("exclusion", "set", "--item", "FA1", "--reason", "intragroupe")
desk.must("exclusion", "lift", "--item", "FA1")
refused("no such customer", "hold", "set", "--customer", "C9", says="C9")

desk.must("contact", "add", "C1", "--email", "compta@c1.fr", "--name", "=HYPERLINK(\"http://x\")", "--language", "fr")
refused("the same address", "contact", "add", "C1", "--email", "COMPTA@c1.fr", says="already")
refused("no address", "contact", "add", "C1", "--email", "compta", says="not an e-mail")
desk.must("reply", "add", "--customer", "C1", "--kind", "bounce", "--address", "compta@c1.fr")
desk.must("customer", "set", "C1", "class=public", "terms.days=60", "email=factures@c1.fr")
due = {i["number"]: (i["due_date"], i["due_source"]) for i in desk.must("--json", "items", "--customer", "C1").json["items"]}
checks.equal(due["FA1"], ("2025-09-30", "terms"), "changed terms move due dates")
refused("a field that is not", "customer", "set", "C1", "colour=red", says="terms.days")
desk.must("customer", "set", "C1", "stopped=1")

# --- verify, backup, restore
verified = desk.must("--json", "verify").json
checks.check(verified["ok"] and {"event_chain", "projection", "references"} <= {c["name"] for c in verified["checks"]}, "all that must hold holds")
balance = desk.must("--json", "report", "aged-balance").json
copy, second = desk.path("copy.db"), desk.path("second.db")
desk.must("backup", copy)
desk.must("--db", second, "restore", copy)
checks.equal(json.loads(desk.must("--db", second, "--json", "report", "aged-balance").out), balance, "a copy put back gives the same balance")
checks.check(desk.must("--db", second, "--json", "verify").json["ok"], "and verifies")
refused("not a backup", "--db", desk.path("third.db"), "restore", desk.write("x.db", "not a store"))
with sqlite3.connect(second) as store:
    store.execute("UPDATE event SET content = replace(content, 'price', 'quality') WHERE kind = 'dispute.opened'")
store.close()
bent = desk.run("--db", second, "--json", "verify")
checks.check(bent.code == 3 and not bent.json["ok"] and [c["name"] for c in bent.json["checks"] if not c["ok"]] == ["event_chain"],
             "a bent event shows", bent.out)
refused("a damaged store", "--db", desk.write("garbage.db", "x" * 4096), "company", "show", code=3)

# --- export
folder = desk.path("export")
picture = b"\x89PNG\r\n\x1a\n\0 as kept"
with sqlite3.connect(desk.db) as store:
    store.execute("INSERT INTO logo (tenant_id, company_id, type, width, height, bytes) SELECT tenant_id, id, 'image/png', 1, 1, ? FROM company", (picture,))
store.close()
desk.must("export", folder)
checks.equal(open(os.path.join(folder, "logo.png"), "rb").read(), picture, "the logo, byte for byte")
rows = {name: list(csv.DictReader(open(os.path.join(folder, name), encoding="utf-8-sig"))) for name in os.listdir(folder) if name.endswith(".csv")}
checks.equal(sum(round(float(r["open"]) * 100) for r in rows["items.csv"]), balance["total"]["outstanding"], "items.csv sums to the outstanding")
checks.equal(rows["contacts.csv"][0]["name"], "'=HYPERLINK(\"http://x\")", "a formula is text")
checks.check("tres secret" not in open(os.path.join(folder, "settings.csv"), encoding="utf-8").read(), "no password is exported")
original = [name for name in os.listdir(os.path.join(folder, "imports"))]
checks.check(len(original) == 1 and open(os.path.join(folder, "imports", original[0]), encoding="utf-8", newline="").read() == fec.text(),
             "the original file, byte for byte")
with sqlite3.connect(desk.db) as store:
    companies = [t for (t,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%company_id%'")]
store.close()
renamed = {"event": "events", "customer": "customers", "outbox": "messages", "hold": "holds", "reply": "replies", "run": "runs",
           "account_day": "account_days", "left_out": "left_out", "import": "imports", "watch": "watches",
           "customer_distinct": "customer_distinct", "customer_before": "customer_before", "letter_batch": "letter_batches", "level_taken": "levels_taken",
           "invoice_status": "invoice_statuses", "collected_report": "collected", "insurance_policy": "insurance_policies",
           "doubtful": "doubtful", "book_entry": "book_entries"}
# digests of who was erased; which imports say a status, what it set and the due date it gives follow from the statuses; counters, drafts under way, sessions and keys of the program, bytes exported as files, who of the accounts sees which company
inner = {"counter", "inbox", "import_file", "import_draft", "import_draft_part", "import_work", "import_key", "bank_line_said", "cash_fact", "logo", "session", "user_company", "forgotten",
         "invoice_status_said", "invoice_status_effect", "platform_due"}
missing = [t for t in companies if t not in inner and not os.path.exists(os.path.join(folder, renamed.get(t, t + "s") + ".csv"))]
checks.equal(missing, [], "every table that a user would miss is there")
readme = open(os.path.join(folder, "README.txt"), encoding="utf-8-sig").read()
checks.check(all(name in readme for name in os.listdir(folder) if name.endswith(".csv")) and "Tout ce que" in readme, "and a README names each file")
everything = "".join(open(os.path.join(folder, name), encoding="utf-8-sig").read() for name in os.listdir(folder) if name.endswith(".csv"))
checks.check("tres secret" not in everything and "sealed:" not in everything and "argon2" not in everything, "no password leaves")
refused("a folder with something in it", "export", folder, says="not empty")

# --- --output, languages, several companies
out = desk.path("items.json")
answer = desk.must("--json", "--output", out, "items")
checks.check(answer.out == "" and json.load(open(out, encoding="utf-8"))["items"], "--output takes the document")
full = desk.run("--json", "--output", "/dev/full", "items")
checks.check(full.code == 2, "a full disk is no success", full.err)
french = subprocess.run([PROGRAM, "--db", desk.db, "--lang", "fr", "dispute", "open", "--item", "FA99"], capture_output=True, text=True)
checks.check("Il n’y a pas de pièce « FA99 »" in french.stderr, "refusals speak French too", french.stderr)
desk.must("init", "--name", "Autre", "--code", "AUTRE")
refused("which company", "items", says="AUTRE, BREVENT")
checks.equal(desk.must("--company", "AUTRE", "--json", "items").json["items"], [], "the one that is named")
checks.check({c["company"] for c in desk.must("--json", "verify").json["checks"]} == {"AUTRE", "BREVENT"}, "verify takes all")

# --- the same on PostgreSQL, and from one store into the other
server = desk.path("pg")
script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scripts", "postgres.sh")
os.chmod(desk.folder, 0o755)
url = subprocess.run(["sh", script, "start", server], capture_output=True, text=True, check=True).stdout.strip()
try:
    other = Desk(url=url)
    refused("a server that is not there", "--db", "postgresql://nobody@127.0.0.1:1/none", "company", "show", code=3)
    other.must("init", "--name", "Brévent Industrie", "--code", "BREVENT")
    other.must("company", "set", "terms.days=45")
    other.must("import", desk.path("123456789FEC20251231.txt"))
    other.must("customer", "set", "C1", "terms.days=60")
    other.must("dispute", "open", "--item", "FA1", "--amount", "400,00")
    other.must("promise", "add", "--customer", "C2", "--date", "2025-11-28")
    other.must("contact", "add", "C1", "--email", "compta@c1.fr")
    other.must("hold", "set", "--customer", "C1", "--date", "2025-12-01")
    checks.equal(other.must("--json", "report", "aged-balance").json["total"], balance["total"], "PostgreSQL: the same balance")
    checks.check(other.must("--json", "verify").json["ok"], "PostgreSQL: all that must hold holds")
    other.must("export", other.path("export"))
    checks.equal(len(list(csv.DictReader(open(os.path.join(other.path("export"), "items.csv"), encoding="utf-8-sig")))), len(rows["items.csv"]),
                 "PostgreSQL: exported whole")
    other.must("backup", other.path("copy.db"))
    moved = Desk()
    moved.must("restore", other.path("copy.db"))
    checks.check(moved.must("--json", "report", "aged-balance").json["total"] == balance["total"] and moved.must("--json", "verify").json["ok"],
                 "from PostgreSQL to SQLite by a backup")
    subprocess.run(["psql", url, "-c", "CREATE DATABASE second"], capture_output=True, check=True)
    second = url.replace("/postgres?", "/second?")
    checks.equal(json.loads(desk.must("--db", second, "restore", copy, "--json").out)["restored"], copy, "from SQLite to PostgreSQL")
    checks.check(json.loads(desk.must("--db", second, "--json", "--company", "BREVENT", "report", "aged-balance").out)["total"] == balance["total"] and
                 desk.must("--db", second, "--json", "verify").json["ok"], "and it verifies there")
    moved.close()
    other.close()
finally:
    subprocess.run(["sh", script, "stop", server], check=False)

# --- a due date taken from an item whose own was assumed is as uncertain: a person's yes
passed = Desk(today="2025-11-21")
passed.must("init", "--name", "Reprise SARL")
fec = Fec()
fec.sale("C1", "FA1", "2025-09-01", 120000, letter="A")
fec.number += 1
for account, debit, credit, letter in (("413000", 120000, 0, ""), ("411000", 0, 120000, "A")):
    fec.line("OD", "Divers", "2025-09-10", account, "C1", "FA1", "Effet FA1", debit, credit, letter)
passed.must("import", passed.write("123456789FEC20251231.txt", fec.text()))
checks.equal([(i["kind"], i["due_source"]) for i in passed.must("--json", "items", "--open").json["items"]], [("transfer", "original")],
             "a transfer takes the due date over")
passed.must("contact", "add", "C1", "--email", "compta@c1.fr")
reasons = [a["reason"].split(",") for a in passed.must("--json", "run").json["actions"]]
checks.check(len(reasons) == 1 and "assumed_due_date" in reasons[0], "and what was assumed of it", repr(reasons))
passed.close()

# --- what is automatic, or confirmed, leaves with `run`
post = Desk()
os.mkdir(post.path("inbox"))
server = subprocess.Popen(["/usr/bin/python3", os.path.join(os.path.dirname(os.path.abspath(__file__)), "mail", "real.py"), post.path("inbox")],
                          stdout=subprocess.PIPE, text=True)
try:
    port = server.stdout.readline().strip()
    post.must("init", "--name", "Poste SARL")
    post.must("company", "set", "live=1", "mail.host=127.0.0.1", f"mail.port={port}", "mail.security=none", "mail.from=compta@poste.fr",
              "bank.iban=FR7630006000011234567890189", "stale.days=365", "signature.phone=0102030405")
    post.must("import", post.write("items.csv", "customer;name;number;issue date;due date;amount\n"
                                   "C1;Client C1;F1;20/10/2025;19/11/2025;100,00\nC2;Client C2;F2;20/10/2025;19/11/2025;200,00\n"),
              "--mode", "delta", today="2025-11-03")
    for code in ("C1", "C2"):
        post.must("contact", "add", code, "--email", f"compta@{code.lower()}.fr", "--name", "Jeanne Petit")
        post.must("customer", "set", code, "class=professional")
    planned = post.must("--json", "run", today="2025-11-24").json
    checks.equal(([a["state"] for a in planned["actions"]], os.listdir(post.path("inbox"))), (["to_confirm"] * 2, []), "nothing leaves without a yes")
    yes = planned["actions"][0]
    post.must("action", "confirm", yes["id"], today="2025-11-24")
    trial = post.must("--json", "run", "--dry-run", today="2025-11-24").json
    checks.equal(([a["state"] for a in trial["actions"] if a["id"] == yes["id"]], os.listdir(post.path("inbox"))), (["queued"], []),
                 "a dry run sends nothing")
    for again in range(2):
        sent = post.must("--json", "run", today="2025-11-24").json
        checks.equal((sent["created"], [a["state"] for a in sent["actions"] if a["id"] == yes["id"]], len(os.listdir(post.path("inbox")))),
                     (0, ["sent"], 1), "the confirmed message left, once" if again else "a confirmed message leaves with run")
finally:
    server.kill()
    server.wait()
    post.close()

desk.close()
checks.finish()
