#!/usr/bin/env python3
"""The legal desk through the whole program: limitation with its confirmed events (law.md section 6, each row of its table that a
person can cause), and what follows."""
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import ROOT, Checks, Desk  # noqa: E402

checks = Checks()


def barred(desk, item, today):
    rows = desk.must("--json", "limitation", "--item", item, today=today).json["rows"]
    return rows[0]["barred_from"] if rows else None


# --- B2B, a public body, a consumer; nothing before 2026-01-12 has moved anything
desk = Desk(today="2026-01-12")
desk.must("init", "--name", "Essai", "--code", "E")
items = desk.write("items.csv", "customer code;customer name;number;kind;issue date;due date;amount\n"
                   "PRO;Pro SARL;F1;invoice;2021-02-13;2021-03-15;1000,00\n"
                   "PRO;Pro SARL;F2;invoice;2021-02-13;2021-03-15;500,00\n"
                   "PRO;Pro SARL;F3;invoice;2020-05-30;2020-06-30;100,00\n"
                   "VILLE;Ville de Test;F4;invoice;2022-05-01;2022-06-01;900,00\n"
                   "M;Mme Test;F5;invoice;2024-12-31;2025-01-31;80,00\n")
desk.must("import", items, "--yes")
desk.must("customer", "set", "VILLE", "class=public")
desk.must("customer", "set", "M", "class=consumer")
desk.must("customer", "set", "PRO", "class=professional")
checks.equal([barred(desk, i, None) for i in ("F1", "F4", "F5")], ["2026-03-16", "2027-01-01", "2027-02-01"], "the periods of the law")

note = ("--json", "limitation", "note")
first = desk.must(*note, "--item", "F1", "--kind", "payment_named", "--date", "2023-09-10").json["id"]
checks.equal(barred(desk, "F1", None), "2026-03-16", "what nobody confirmed has no effect")
checks.check(desk.run("limitation", "confirm", str(first)).code == 2, "and can't be confirmed without its proof")
desk.must("limitation", "confirm", str(first), "--proof", "avis de virement du 10/09/2023, classeur 2")
checks.equal(barred(desk, "F1", None), "2028-09-11", "a payment that names the invoice interrupts")
row = desk.must("--json", "limitation", "--item", "F1").json["rows"][0]
checks.equal([(e["kind"], e["effect"], e["confirmed"]) for e in row["events"]], [("payment_named", "interrupts", True)], "it is shown with its effect")
checks.equal(barred(desk, "F2", None), "2026-03-16", "the other invoice of the customer keeps its day")
checks.check(desk.run("limitation", "remove", str(first)).code == 2, "taking it back wants a reason")
desk.must("limitation", "remove", str(first), "--reason", "le virement ne nommait rien")
checks.equal(barred(desk, "F1", None), "2026-03-16", "taken back, it counts no more")

demand = ("--kind", "demand", "--date", "2025-05-12", "--proof", "LRAR 1A 234", "--confirm")
desk.must(*note, "--item", "F2", *demand)
checks.equal(barred(desk, "F2", None), "2026-03-16", "our own demand does not interrupt between professionals")
desk.must(*note, "--item", "F4", *demand)
checks.equal(barred(desk, "F4", None), "2030-01-01", "a written demand interrupts towards a public body, from the next 1 January")

desk.must(*note, "--item", "F2", "--kind", "acknowledged", "--date", "2026-03-20", "--proof", "courriel", "--confirm", today="2026-03-21")
checks.equal(barred(desk, "F2", "2026-03-21"), "2026-03-16", "an acknowledgement of a barred debt revives nothing")
desk.must(*note, "--item", "F3", "--kind", "suspension", "--date", "2024-01-01", "--until", "2024-03-31", "--proof", "accord de médiation", "--confirm")
checks.equal(barred(desk, "F3", None), "2025-09-30", "a suspension adds its days")

for words, why in ((("--kind", "allocation", "--date", "2023-01-01"), "a lettering is no event"),
                   (("--kind", "court", "--date", "2027-01-01"), "not in the future"),
                   (("--kind", "suspension", "--date", "2024-01-01"), "a suspension ends"),
                   (("--kind", "acknowledged", "--date", "2024-01-01", "--until", "2024-02-01"), "an acknowledgement has no end"),
                   (("--kind", "suspension", "--date", "2024-02-01", "--until", "2024-01-01"), "no end before its start"),
                   (("--kind", "court", "--date", "2025-01-01", "--confirm"), "nothing is confirmed without proof")):
    refused = desk.run(*note, "--item", "F1", *words)
    checks.check(refused.code == 2 and "error" in refused.json, why, refused.out)

# --- the plan obeys: barred, the item is left out; interrupted in time, it is not
left = {l["item"]: l["reason"] for l in desk.must("--json", "run", "--dry-run", today="2026-04-02").json["left_out"]}
checks.equal(left.get("F1"), "time_barred", "barred: nothing is asked for")
desk.must(*note, "--item", "F1", "--kind", "court", "--date", "2026-03-01", "--proof", "assignation signifiée", "--confirm", today="2026-04-02")
left = {l["item"]: l["reason"] for l in desk.must("--json", "run", "--dry-run", today="2026-04-02").json["left_out"]}
checks.check(left.get("F1") != "time_barred", "interrupted in time: it lives on", str(left))

# --- two years for who is not known, as a warning
desk.must("customer", "set", "PRO", "class=unknown")
row = desk.must("--json", "limitation", "--item", "F1", today="2026-04-02").json["rows"][0]
checks.equal(row["warning_from"], "2023-03-16", "kind unknown: the consumer's day is shown as well")
checks.check(desk.must("--json", "verify").json["ok"], "the store verifies")
desk.close()

# --- handing over: the file, its bundle, and the chain checked by the few-line script alone
desk = Desk(today="2026-01-12")
desk.must("init", "--name", "Essai", "--code", "E")
items = desk.write("items.csv", "customer code;customer name;number;kind;issue date;due date;amount\n"
                   "PRO;Pro / SARL;F1;invoice;2025-08-13;2025-09-15;1000,00\n"
                   "PRO;Pro / SARL;F2;invoice;2025-09-13;2025-10-15;500,50\n"
                   "PRO;Pro / SARL;F3;invoice;2026-01-05;2026-02-15;700,00\n"
                   "PRO;Pro / SARL;F4;invoice;2025-08-13;2025-09-15;4500,00\n"
                   "AUTRE;Autre SARL;G1;invoice;2025-08-13;2025-09-15;300,00\n")
desk.must("import", items, "--yes")
desk.must("company", "set", "live=1", "legal.address=1 rue du Lac", "legal.postcode=74000", "legal.city=Annecy", "siren=552100554")
desk.must("dispute", "open", "--item", "F4", "--reason", "price")
checks.check(desk.run("handover", "PRO", "--route", "lawyer", "--item", "F3").code == 2, "what is not due stays")
checks.check(desk.run("handover", "PRO", "--route", "magic").code == 2, "an unknown way")
checks.check(desk.run("handover", "PRO", "--route", "small_claims", "--item", "F1", "F4").code == 2, "small claims end at EUR 5,000")
bundle = desk.path("dossier.zip")
papers = [desk.must("--json", "document", "add", "PRO", desk.write(name, "%PDF-1.4 " + name), *words).json["id"]
          for name, words in (("BL 12 signe.pdf", ("--item", "F1")), ("Bon de commande 7.pdf", ()), ("F1.pdf", ("--item", "F1", "--kind", "invoice")), ("autre.pdf", ("--item", "F4")))]
checks.check(desk.run("document", "add", "PRO", desk.path("F1.pdf"), "--item", "G1").code == 2, "another customer's item")
checks.check(desk.run("document", "mark", str(papers[3]), "--kind", "magic").code == 2, "an unknown kind")
desk.must("document", "mark", str(papers[3]), "--kind", "other", "--item", "F4")
checks.equal([(d["name"], d["kind"]) for d in desk.must("--json", "document", "list", "PRO").json["documents"]][::-1],
             [("BL 12 signe.pdf", "delivery"), ("Bon de commande 7.pdf", "order"), ("F1.pdf", "invoice"), ("autre.pdf", "other")], "papers, and what they are")
desk.must("hold", "set", "--item", "F2", "--date", "2026-03-31", "--reason", "convenu avec le client")
made = desk.must("--json", "handover", "PRO", "--route", "order_for_payment", "--partner", "Me Test", "--to", bundle).json
checks.equal(made["items"], 2, "what is disputed is not handed over unasked")
checks.equal(hashlib.sha256(open(bundle, "rb").read()).hexdigest(), made["bundle"]["sha256"], "the digest told is the bundle's")
checks.check(desk.run("handover", "PRO", "--route", "lawyer", "--item", "F1").code == 2, "never in two open files")
plan = desk.must("--json", "run", "--dry-run").json
claimed = {i for a in plan["actions"] for i in a["items"]}
checks.check(not claimed & {"F1", "F2"}, "our own reminders leave it alone", str(claimed))
with zipfile.ZipFile(bundle) as archive:
    names = archive.namelist()
    archive.extractall(desk.path("bundle"))
checks.check({"00-dossier.pdf", "01-releve.pdf", "donnees.json", "preuve/chaine.jsonl", "preuve/verifier.py", "SHA256SUMS"} <= set(names), "what it holds", str(names))
folder = desk.path("bundle")
sums = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
checks.equal((sums.returncode, sums.stdout), (0, ""), "every digest is right")
verifier = [sys.executable, "preuve/verifier.py", "preuve/chaine.jsonl", made["bundle"]["head"]]
verified = subprocess.run(verifier, cwd=folder, capture_output=True, text=True)
checks.check(verified.returncode == 0 and "events verified" in verified.stdout, "the chain verifies without Encours", verified.stdout + verified.stderr)
with open(os.path.join(ROOT, "docs", "security.md"), encoding="utf-8") as page:
    written = desk.write("check.py", re.search(r"```python\n(.*?)```", page.read(), re.S)[1])
sound = subprocess.run([sys.executable, written, bundle], capture_output=True, text=True)
checks.check(sound.returncode == 0 and made["bundle"]["head"] in sound.stdout, "and by the few lines of the documentation", sound.stdout + sound.stderr)
chain = open(os.path.join(folder, "preuve/chaine.jsonl"), encoding="utf-8").read()
checks.check("case.opened" in chain and "dispute.opened" in chain, "it tells the customer's own events")
checks.check("import.applied" not in chain, "and of all others only the digest")
for name, forged in (("a word changed", chain.replace("price", "prix")), ("a line left out", "".join(chain.splitlines(True)[:2] + chain.splitlines(True)[3:])),
                     ("its end cut off", "".join(chain.splitlines(True)[:-2]))):
    with open(os.path.join(folder, "preuve/chaine.jsonl"), "w", encoding="utf-8") as file:
        file.write(forged)
    checks.check(subprocess.run(verifier, cwd=folder, capture_output=True).returncode != 0, f"forged, {name}: it fails")
forged = desk.path("forged.zip")
with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(forged, "w") as new:
    for name in old.namelist():
        new.writestr(name, old.read(name).replace(b'"1500.50"', b'"9500.50"'))
checks.check(subprocess.run([sys.executable, written, forged], capture_output=True).returncode != 0, "a figure changed in it: those lines fail")
data = json.load(open(os.path.join(folder, "donnees.json"), encoding="utf-8"))
checks.equal((data["principal"], data["cerfa"], [f["numero"] for f in data["factures"]]), ("1500.50", "12946", ["F1", "F2"]), "the data of the form")
owed = {r["item"]: r for r in desk.must("--json", "interest", "--customer", "PRO").json["rows"]}
checks.equal(round(float(data["interets"]) * 100), owed["F1"]["interest"] + owed["F2"]["interest"], "the same interest as everywhere")
checks.equal(data["indemnite_forfaitaire"], "80.00", "EUR 40 an invoice")
words = subprocess.run(["pdftotext", "-layout", os.path.join(folder, "00-dossier.pdf"), "-"], capture_output=True, text=True).stdout
for expected in ("Pro / SARL", "Me Test", "Injonction de payer", "F1", "F2", "Bordereau", made["bundle"]["head"][:16]):
    checks.check(expected in words, f"the index says {expected}", words[:3000])
checks.check("Autre SARL" not in words and "G1" not in words and "Autre SARL" not in chain, "nothing of another customer")
pieces = [n for n in names if n.startswith("pieces/")]
checks.equal([p.split("-", 1)[1] for p in sorted(pieces)], ["Bon de commande 7.pdf", "BL 12 signe.pdf", "F1.pdf"], "the order, the delivery note, the invoice; nothing of what is not in the file")
sheet = subprocess.run(["pdftotext", "-layout", os.path.join(folder, "02-injonction-de-payer.pdf"), "-"], capture_output=True, text=True).stdout
flat = " ".join(sheet.split())
for expected in ("Requête en injonction de payer", "Cerfa 12946", "552100554", "Pro / SARL", "1 500,50 €", "80,00 €", "Bordereau des pièces", "Bon de livraison, F1", "prescrite à compter du 16/09/2030",
                 "La commande", "facture F2", "représentant légal", "six mois"):
    checks.check((expected in flat) == (expected != "La commande"), f"the sheet: {expected}", flat[:4000])
checks.check("livraison ou le procès-verbal de réception de F2" in flat and "réception de F1" not in flat, "what is missing, by invoice", flat[:4000])
one = str(made["id"])
desk.must("case", "step", one, "--stage", "title", "--reference", "IP 2026/12", "--cost", "35,21")
row = desk.must("--json", "case", "list").json["files"][0]
checks.equal((row["stage"], row["deadline"], row["costs"], row["reference"]), ("title", "2026-07-12", 3521, "IP 2026/12"), "the order made before 1 April 2026: six months to serve it")
desk.must("case", "sheet", one, "--to", desk.path("fiche.pdf"))
checks.equal(open(desk.path("fiche.pdf"), "rb").read(5), b"%PDF-", "the sheet alone")
desk.must("case", "close", one, "--outcome", "withdrawn")
checks.check(desk.run("case", "step", one, "--stage", "sent").code == 2, "a closed file is closed")
checks.equal(desk.must("--json", "case", "list").json["files"], [], "no file is open")
claimed = {i for a in desk.must("--json", "run", "--dry-run").json["actions"] for i in a["items"]}
checks.check("F1" in claimed, "the file closed: it is ours to remind of again", str(claimed))
checks.check("F2" not in claimed, "but not what a person holds: that stands as before the file", str(claimed))
desk.must("hold", "lift", "--item", "F2")
claimed = {i for a in desk.must("--json", "run", "--dry-run").json["actions"] for i in a["items"]}
checks.check({"F1", "F2"} <= claimed, "lifted by hand, that one too", str(claimed))
checks.check(desk.must("--json", "verify").json["ok"], "the store verifies again")
desk.close()

# --- the ledger of late interest: law.md's worked example, claimed once, surviving the payment of the principal
desk = Desk(today="2026-01-15")
desk.must("init", "--name", "Essai", "--code", "E")
items = desk.write("items.csv", "customer code;customer name;number;kind;issue date;due date;amount\n"
                   "PRO;Pro SARL;F1;invoice;2025-12-02;2026-01-01;1200,00\nPRO;Pro SARL;F2;invoice;2025-12-02;2026-01-05;800,00\n")
desk.must("import", items, "--yes", "--mode", "delta")
desk.must("customer", "set", "PRO", "class=professional")
owed = {r["item"]: r for r in desk.must("--json", "interest", "--customer", "PRO").json["rows"]}
first = desk.must("--json", "interest", "note", "PRO", "--item", "F1").json
note = desk.must("--json", "interest", "notes", "PRO").json["notes"][0]
checks.equal((note["interest"], note["fee"], note["number"]), (owed["F1"]["interest"], 4000, "PEN-2026-0001"), "the note claims what `interest` computes")
checks.equal(note["interest"], 559, "1 200,00 × 12,15 % × 14 ÷ 365")
checks.check(desk.run("interest", "note", "PRO", "--item", "F1").code == 2, "claimed once, not twice")
before = desk.must("--json", "items", "--customer", "PRO").json["items"]
payment = desk.write("pay.csv", "customer code;invoice number;payment date;payment amount\nPRO;F1;2026-02-14;1200,00\n")
desk.must("import", payment, "--yes", "--mode", "delta", today="2026-02-20")
later = {r["item"]: r for r in desk.must("--json", "interest", "--customer", "PRO", today="2026-03-01").json["rows"]}
checks.check(later["F1"]["open"] == 0 and later["F1"]["interest"] > 559, "paid late: the interest of the last weeks is still owed", str(later["F1"]))
second = desk.must("--json", "interest", "note", "PRO", "--item", "F1", today="2026-03-01").json["id"]
notes = {n["id"]: n for n in desk.must("--json", "interest", "notes", "PRO").json["notes"]}
checks.equal(notes[second]["interest"] + 559, later["F1"]["interest"], "the second note claims only what came since")
checks.equal(notes[second]["fee"], 0, "and the fixed fee only once")
after = {i["number"]: i["amount"] for i in desk.must("--json", "items", "--customer", "PRO").json["items"]}
checks.equal([after[i["number"]] for i in before], [i["amount"] for i in before], "no invoice changed")
checks.check(desk.run("interest", "pay", str(first["id"]), "--amount", "46,00").code == 2, "not more than what is left")
desk.must("interest", "pay", str(first["id"]), "--amount", "40,00")
checks.check(desk.run("interest", "cancel", str(first["id"]), "--reason", "x").code == 2, "what was paid in part is not cancelled")
checks.check(desk.run("interest", "waive", str(first["id"])).code == 2, "giving up wants a reason")
desk.must("interest", "waive", str(first["id"]), "--reason", "geste commercial")
desk.must("interest", "cancel", str(second), "--reason", "erreur")
notes = {n["id"]: n for n in desk.must("--json", "interest", "notes", "PRO").json["notes"]}
checks.equal((notes[first["id"]]["paid"], notes[first["id"]]["waived"], notes[second]["cancelled"]), (4000, 559, True), "paid, given up, cancelled: each its own")
again = desk.must("--json", "interest", "note", "PRO", "--item", "F1", today="2026-03-01").json["id"]
checks.check(again > second, "what was cancelled may be claimed again")
desk.must("customer", "set", "PRO", "insolvency=2026-01-14")
checks.check(desk.run("interest", "note", "PRO", today="2026-03-02").code == 2, "in a collective procedure nothing is claimed")
checks.check(desk.must("--json", "verify").json["ok"], "the store verifies with its notes")
desk.close()

# --- payment plans by the command: proposed, agreed with its acknowledgement, missed or declared due; promises, holds and disputes as lists
desk = Desk(today="2026-01-12")
desk.must("init", "--name", "Essai", "--code", "E")
items = desk.write("items.csv", "customer code;customer name;number;kind;issue date;due date;amount\n"
                   "PRO;Pro SARL;F1;invoice;2025-08-13;2025-09-15;1000,00\nPRO;Pro SARL;F2;invoice;2025-09-13;2025-10-15;500,50\n"
                   "PRO;Pro SARL;F3;invoice;2025-09-13;2025-10-15;70,00\nAUTRE;Autre SARL;G1;invoice;2025-08-13;2025-09-15;300,00\n")
desk.must("import", items, "--yes", "--mode", "delta")
desk.must("company", "set", "live=1")
for words, why in ((("--count", "3"), "without items"), (("--item", "F1"), "without instalments"), (("--item", "F1", "G1", "--count", "3"), "of two customers"),
                   (("--item", "F1", "--count", "0"), "none"), (("--item", "F1", "--part", "2026-02-10=900,00"), "not the whole"),
                   (("--item", "F1", "--part", "demain=1000,00"), "no day"), (("--item", "F1", "--count", "2", "--first", "2026-01-01"), "in the past")):
    refused = desk.run("--json", "plan", "propose", *words)
    checks.check(refused.code == 2 and "error" in refused.json, f"no plan {why}", refused.out)
made = desk.must("--json", "plan", "propose", "--item", "F1", "F2", "--count", "3", "--first", "2026-02-10", "--insurer").json
plan = desk.must("--json", "plan", "show", str(made["id"])).json
checks.equal([(p["date"], p["amount"], p["state"]) for p in plan["instalments"]],
             [("2026-02-10", 50018, "expected"), ("2026-03-10", 50016, "expected"), ("2026-04-10", 50016, "expected")], "cents go to the first")
checks.equal((plan["state"], plan["total"], plan["insurer_waits"], plan["interest_kept"]), ("proposed", 150050, True, False), "it waits for an answer")
checks.check(made["interest"] > 0, "with its late interest, waived if it is kept")
one = str(made["id"])
checks.check(desk.run("plan", "accelerate", one).code == 2, "what nobody agreed to is not broken")
desk.must("plan", "agree", one, "--acknowledged")
desk.must("plan", "insurer", one)
left = {l["item"]: l["reason"] for l in desk.must("--json", "run", "--dry-run").json["left_out"]}
checks.equal((left.get("F1"), left.get("F2")), ("plan", "plan"), "its items are held")
row = desk.must("--json", "limitation", "--item", "F1").json["rows"][0]
checks.equal([(e["kind"], e["confirmed"], e["effect"]) for e in row["events"]], [("acknowledged", False, "none")], "the signed agreement is offered as an event, without effect until confirmed")
checks.equal(row["barred_from"], "2030-09-16", "so the day stands")
desk.must("limitation", "confirm", str(row["events"][0]["id"]))
checks.equal(desk.must("--json", "limitation", "--item", "F1").json["rows"][0]["barred_from"], "2031-01-13", "confirmed, a new period runs")
letter = desk.path("plan.pdf")
checks.check("city" in desk.run("--lang", "en", "plan", "letter", one, "--to", letter).err, "no letter without an address")
desk.must("customer", "set", "PRO", "address=1 rue des Essais", "postcode=69000", "city=Lyon")
desk.must("plan", "letter", one, "--to", letter)
words = subprocess.run(["pdftotext", "-layout", letter, "-"], capture_output=True, text=True).stdout
checks.check("Accord et reconnaissance de dette" in words and "reconnais devoir à Essai la somme de" in " ".join(words.split()) and "sont abandonnées si" in " ".join(words.split()) and "1 500,50" in words.replace("\u202f", " ").replace("\u00a0", " "), "the letter says what is acknowledged", words[:1500])
checks.check(desk.run("plan", "accelerate", one, today="2026-02-10").code == 2, "the day itself is not late")
payment = desk.write("pay.csv", "customer code;invoice number;payment date;payment amount\nPRO;F1;2026-02-09;500,18\n")
desk.must("import", payment, "--yes", "--mode", "delta", today="2026-02-10")
desk.must("run", today="2026-02-10")
plan = desk.must("--json", "plan", "show", one, today="2026-02-10").json
checks.equal([p["state"] for p in plan["instalments"]], ["paid", "expected", "expected"], "the first came")
checks.check(desk.run("plan", "accelerate", one, today="2026-03-10").code == 2, "nothing is late")
desk.must("plan", "accelerate", one, today="2026-03-11")
plan = desk.must("--json", "plan", "show", one, today="2026-03-11").json
checks.equal((plan["state"], plan["why"], [p["state"] for p in plan["instalments"]]), ("broken", "2026-03-10", ["paid", "missed", "expected"]), "one day late: a person declares it due")
desk.must("company", "set", "stale.days=60")
actions = desk.must("--json", "run", "--dry-run", today="2026-03-11").json["actions"]
checks.check(any({"F1", "F2"} <= set(a["items"]) for a in actions), "and its items are chased again at once", str(actions))
second = str(desk.must("--json", "plan", "propose", "--item", "F3", "--part", "2026-04-01=30,00", "2026-05-01=40,00", today="2026-03-11").json["id"])
checks.check("F3" in str(desk.must("--json", "plan", "list", today="2026-03-11").json["plans"]), "the one that waits is listed")
desk.must("plan", "cancel", second, "--note", "trop long", today="2026-03-11")
checks.equal(desk.must("--json", "plan", "list", today="2026-03-11").json["plans"], [], "none is open")
checks.equal([p["state"] for p in desk.must("--json", "plan", "list", "--all", "--customer", "PRO", today="2026-03-11").json["plans"]], ["cancelled", "broken"], "all are there")
checks.check("rompu" in desk.must("plan", "list", "--all", "--lang", "fr", today="2026-03-11").out.lower(), "in words for people")
desk.must("promise", "add", "--item", "G1", "--date", "2026-03-20", "--amount", "100,00", today="2026-03-11")
promised = desk.must("--json", "promise", "list", today="2026-03-11").json["promises"]
checks.equal([(p["customer"], p["date"], p["amount"], p["state"]) for p in promised], [("AUTRE", "2026-03-20", 10000, "expected")], "promises")
checks.check(desk.run("promise", "confirm", str(promised[0]["id"]), today="2026-03-11").code == 2, "no address: no confirmation")
desk.must("contact", "add", "AUTRE", "--email", "compta@autre.example")
desk.must("promise", "confirm", str(promised[0]["id"]), today="2026-03-11")
desk.must("hold", "set", "--item", "F3", "--date", "2026-03-31", "--reason", "convenu", today="2026-03-11")
checks.equal([(h["customer"], h["item"], h["kind"], h["until"]) for h in desk.must("--json", "hold", "list", today="2026-03-11").json["holds"]],
             [("PRO", "F3", "hold", "2026-03-31")], "holds")
desk.must("dispute", "open", "--item", "F2", "--reason", "price", today="2026-03-11")
listed = desk.must("--json", "dispute", "list", today="2026-03-11").json["disputes"]
checks.equal([(d["customer"], d["items"], d["reason"], d["amount"]) for d in listed], [("PRO", ["F2"], "price", 50050)], "disputes")
checks.check(desk.must("--json", "verify").json["ok"], "the store verifies with its plans")
desk.close()
checks.finish()
