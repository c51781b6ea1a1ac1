#!/usr/bin/env python3
"""Doubtful and lost debts through the whole program (law.md section 10, pitfall 84): decided, written for the books, and back."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Checks, Desk  # noqa: E402

checks = Checks()
# --- doubtful and lost (law.md section 10): what is decided leaves as entries, and comes back as the books' own posting
HEAD = "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise"
sales = [HEAD]
for number, day, total, net, vat in (("FA1", "20250115", "1200,00", "1000,00", "200,00"), ("FA2", "20251201", "600,00", "500,00", "100,00")):
    for account, name, person, debit, credit in (("411000", "Clients", "DUP|DUPONT SA", total, "0,00"), ("707000", "Ventes", "|", "0,00", net), ("445710", "TVA", "|", "0,00", vat)):
        sales.append(f"VE|Ventes|V{number}|{day}|{account}|{name}|{person}|{number}|{day}|Facture|{debit}|{credit}|||{day}||")
desk = Desk(today="2025-12-10")
desk.must("init", "--name", "Essai", "--code", "E")


def books(*files):
    entries = []
    for file in files:
        entries += [line.replace("\t", "|") for line in open(file, encoding="utf-8", newline="").read().split("\r\n")[1:] if line]
    return desk.write("books.txt", "\r\n".join(sales + entries) + "\r\n")


def debts():
    return desk.must("--json", "doubtful", "list").json["debts"]


desk.must("import", books(), "--yes")
proposed = desk.must("--json", "doubtful", "list", "--proposed").json["proposals"]
checks.equal([(p["item"], p["reason"]) for p in proposed], [("FA1", "age")], "what is late for too long is proposed")
before = desk.must("--json", "report", "kpis").json
made = desk.must("--json", "doubtful", "set", "--item", "FA1", "--reason", "age").json["ids"][0]
checks.check("doubtful" in desk.must("--json", "explain", "item", "FA1").json["reason"], "it leaves automatic reminders at once, before the books have it")
first = os.path.join(desk.folder, "e1.txt")
checks.equal(desk.must("--json", "doubtful", "entries", "--to", first).json["count"], 1, "one entry for the books")
checks.check(desk.run("doubtful", "entries", "--to", first).code == 2, "an entry is written once")
desk.must("import", books(first), "--yes")
debt = debts()
checks.equal([(d["id"], d["item"], d["open"], d["due_date"], d["booked_on"]) for d in debt], [(made, "FA1", 120000, "2025-02-14", "2025-12-10")],
             "its posting comes back as the same debt, of the same age, once")
after = desk.must("--json", "report", "kpis").json
checks.equal([after[k] for k in ("outstanding", "overdue", "dso", "sales_365", "open_items")], [before[k] for k in ("outstanding", "overdue", "dso", "sales_365", "open_items")], "no figure moved")
checks.check(desk.run("doubtful", "undo", str(made)).code == 2, "what the books have is theirs to move back")
desk.must("company", "set", "provision.stages=insolvency:50.00", "provision.ages=180:50.00")
row = desk.must("--json", "report", "provisions", "--as-of", "2025-12-10").json
checks.equal((row["total"]["base"], row["total"]["allowance"], row["rows"][0]["by_age_alone"]), (100000, 50000, True), "50 % of what is before VAT")
checks.equal(desk.must("--json", "doubtful", "provisions", "--book").json["movements"], 1, "the closing is booked")
desk.must("doubtful", "lose", "--item", str(debt[0]["item_id"]), "--proof", "certificate", "--reference", "n° 7, Me Martin", "--day", "2025-12-09")
second = os.path.join(desk.folder, "e2.txt")
desk.must("doubtful", "entries", "--to", second)
sums = {}
for line in open(second, encoding="utf-8").read().splitlines()[1:]:
    cells = line.split("\t")
    sums[cells[4]] = sums.get(cells[4], 0) + int(cells[11].replace(",", "")) - int(cells[12].replace(",", ""))
checks.equal(sums, {"681740": 50000, "491000": 0, "654000": 100000, "445710": 20000, "416000": -120000, "781740": -50000}, "the entries of the law")
desk.must("import", books(first, second), "--yes")
checks.equal([(d["state"], d["lost_vat"]) for d in debts()], [("lost", 20000)], "the loss comes back, once")
paper = os.path.join(desk.folder, "duplicate.pdf")
desk.must("doubtful", "duplicate", str(made), "--to", paper, "--sent")
words = " ".join(subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout.split())
checks.check("Facture demeurée impayée pour la somme de 1 000,00 € (prix net) et pour la somme de 200,00 € (TVA correspondante) qui ne peut faire l’objet d’une déduction (article 272 du CGI)"
             in words.replace("\u202f", " ").replace("\u00a0", " "), "the duplicate has the words of the law", words)
checks.equal(desk.must("--json", "report", "losses").json["rows"][0]["duplicate_sent_on"], "2025-12-10", "and its day is kept")
checks.check(desk.must("--json", "verify").json["ok"], "the store verifies with its doubtful debts")
# --- assigned claims by the command
payee = str(desk.must("--json", "payee", "add", "Banque Alpha", "--iban", "FR7630006000011234567890189", "--route", "factoring", "--notified", "--commission", "0,50").json["id"])
slip = str(desk.must("--json", "assignment", "make", "--payee", payee, "--item", "FA2").json["id"])
checks.check(desk.run("assignment", "make", "--payee", payee, "--item", "FA2").code == 2, "a claim is assigned once")
batch = os.path.join(desk.folder, "batch.csv")
desk.must("assignment", "batch", slip, "--to", batch)
checks.check("FA2" in open(batch, encoding="utf-8").read(), "the batch for the factor")
desk.must("assignment", "step", slip, "back", "--item", "FA2", "--note", "litige")
checks.equal([(i["item"], i["back_on"]) for i in desk.must("--json", "assignment", "list").json["assignments"][0]["items"]], [("FA2", "2025-12-10")], "given back, it is ours again")
desk.close()
checks.finish()
