#!/usr/bin/env python3
"""One truth from several files: the books (FEC) and the list of open items of the same program, in turns. Nothing is counted twice,
nothing is asked before its day, what a list took away comes back with the books' own explanation."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Checks, Desk, Fec  # noqa: E402

checks = Checks()
HEADER = "Client;Nom;Facture;Date;Echeance;Montant restant du\n"
LIST = (HEADER + "C1;Client C1;F1;01/10/2025;30/11/2025;70,00\nC1;Client C1;F2;20/10/2025;31/12/2025;240,00\n"
        "C3;Client C3;F4;05/10/2025;05/12/2025;500,00\n")


def books(letters=False, later=False):
    """F1 in part paid; F3 paid on 9 December, which only the later file knows."""
    fec = Fec()
    a, b = ("A", "B") if letters else ("", "")
    fec.sale("C1", "F1", "2025-10-01", 12000, a)
    fec.sale("C1", "F2", "2025-10-20", 24000)
    fec.sale("C2", "F3", "2025-10-05", 36000, b)
    fec.sale("C3", "F4", "2025-10-05", 50000)
    fec.payment("C1", "VIR1", "2025-11-04", 5000, a)
    if later:
        fec.payment("C2", "VIR2", "2025-12-09", 36000, b)
    return fec.text()


def told(desk, day):
    """What is open, by customer; and what is open of each item, by number and kind."""
    rows = desk.must("--json", "report", "aged-balance", today=day).json["rows"]
    items = desk.must("--json", "items", today=day).json["items"]
    checks.check(desk.must("--json", "verify", today=day).json["ok"], f"verified on {day}")
    return {row["customer"]: row["outstanding"] for row in rows if row["outstanding"]}, {(i["number"], i["kind"]): i for i in items}


def asked(desk, day):
    return {number for action in desk.must("--json", "run", "--dry-run", today=day).json["actions"] for number in action["items"]}


for letters in (False, True):
    name = "lettered" if letters else "not lettered"
    desk = Desk(today="2025-12-10")
    desk.must("init", "--name", "Nous")
    desk.must("import", desk.write("books.txt", books()))
    desk.must("import", desk.write("list.csv", LIST), "--yes", today="2025-12-11")
    owed, items = told(desk, "2025-12-11")
    checks.equal(owed, {"C1": 31000, "C3": 50000}, f"{name}: the list says what is open")
    first = items["F1", "invoice"]
    checks.equal((first["amount"], first["open"]), (12000, 7000), f"{name}: a smaller amount is a reduction, not another invoice")
    checks.equal(told(desk, "2025-12-10")[0], {"C1": 31000, "C2": 36000, "C3": 50000}, f"{name}: the day before stays as it was")

    desk.must("import", desk.path("books.txt"), today="2025-12-12")
    owed, items = told(desk, "2025-12-12")
    checks.equal(owed, {"C1": 31000, "C3": 50000}, f"{name}: the same books again take nothing back of a later list")
    checks.equal((items["F2", "invoice"]["due_date"], items["F2", "invoice"]["due_source"]), ("2025-12-31", "file"),
                 f"{name}: books without due dates leave those that are known")
    checks.equal(items["F1", "invoice"]["id"], first["id"], f"{name}: the same item, with its history")
    checks.check("F2" not in asked(desk, "2025-12-12"), f"{name}: what is not due is not asked for")

    desk.must("import", desk.write("later.txt", books(letters, True)), today="2025-12-15")
    owed, items = told(desk, "2025-12-15")
    checks.equal(owed, {"C1": 31000, "C3": 50000}, f"{name}: a payment that a list knew before the books counts once")
    checks.equal([key for key, item in items.items() if key[1] == "other" and item["open"]], [], f"{name}: no closing is left over")
    checks.check("F3" not in asked(desk, "2025-12-15"), f"{name}: what is paid is not asked for")
    checks.check(all(i["open"] <= 0 or i["kind"] == "invoice" for i in told(desk, "2026-03-01")[1].values()), f"{name}: no claim was made up")

    desk.must("import", desk.write("next.csv", LIST.replace("70,00", "60,00")), today="2025-12-16")
    owed, items = told(desk, "2025-12-16")
    checks.equal((owed, items["F1", "invoice"]["open"]), ({"C1": 30000, "C3": 50000}, 6000), f"{name}: the next list, on top of the books")

    for number in sorted((i["id"] for i in desk.must("--json", "imports").json["imports"] if i["state"] == "active"), reverse=True)[:-1]:
        desk.must("import", "undo", number, today="2025-12-16")
    checks.equal(told(desk, "2025-12-16")[0], {"C1": 31000, "C2": 36000, "C3": 50000}, f"{name}: all taken back but the first")
    desk.close()

# --- the list first, then the books in its place: what people did about an item stays with it, there and back
desk = Desk(today="2025-12-10")
desk.must("init", "--name", "Nous")
desk.must("import", desk.write("list.csv", HEADER + "".join(f"C{n};Client C{n};F{n};0{n}/10/2025;1{n}/11/2025;{n}00,00\n" for n in range(1, 5))))
desk.must("dispute", "open", "--item", "F1", "--reason", "quality")
desk.must("promise", "add", "--item", "F2", "--date", "2025-12-20")
desk.must("hold", "set", "--item", "F3", "--date", "2025-12-31")
[call] = desk.must("--json", "run").json["actions"]
checks.equal(call["items"], ["F4"], "list first: only the fourth is asked for")
desk.must("action", "done", call["id"])


def left(day="2025-12-11"):
    plan = desk.must("--json", "run", "--dry-run", today=day).json
    checks.equal(plan["actions"], [], "nobody is asked the day after")
    checks.check(desk.must("--json", "verify", today=day).json["ok"], "verified")
    return {row["item"]: row["reason"] for row in plan["left_out"]}


bound = {"F1": "dispute", "F2": "promise", "F3": "hold", "F4": "too_soon"}
checks.equal(left(), bound, "list first: bound as people said")
fec = Fec()
for n in range(1, 5):
    fec.sale(f"C{n}", f"F{n}", f"2025-10-0{n}", n * 10000)
fec.payment("C4", "VIR", "2025-10-30", 1000)
took = desk.must("--json", "import", desk.write("books.txt", fec.text()), "--yes", today="2025-12-11").json["import"]
checks.equal(left(), bound, "the books in its place: bound as before")
desk.must("import", "undo", took, today="2025-12-11")
checks.equal(left(), bound, "and taken back: bound as before")
desk.close()

# What another program's reminders had reached, and credit limits, by spreadsheet: taken over, tried, taken back.
desk = Desk(today="2025-11-20")
desk.must("init", "--name", "Nous")
desk.must("import", desk.write("items.csv", "code client;nom client;numero facture;date facture;date echeance;montant ttc;reste du\n"
                               + "".join(f"C{n};Client {n};F{n};01/08/2025;31/08/2025;{n}00,00;{n}00,00\n" for n in (1, 2, 3, 4))))
for n in (1, 2, 3, 4):
    desk.must("contact", "add", f"C{n}", "--email", f"c{n}@exemple.fr")


def steps():
    plan = desk.must("--json", "run", "--dry-run").json
    return {a["customer"]: a["step"] for a in plan["actions"]}, {o["customer"]: o["reason"] for o in plan["left_out"]}


begun = steps()[0]
checks.equal(set(begun), {"C1", "C2", "C3", "C4"}, "without levels the ladder begins with a first contact")
levels = desk.write("levels.csv", "Code client;N° facture;Niveau de relance;Date dernière relance\nC1;F1;2;01/10/2025\nC2;;mise en demeure;15/10/2025\n"
                    "C3;;0;\nC4;F99;3;\n")
tried = desk.must("--json", "import", "--dry-run", levels).json
checks.check(tried["warnings"] and "F99" in tried["warnings"][0], "a level of an unknown invoice is named")
checks.equal(steps()[0], begun, "a dry run changes nothing")
taken = desk.must("--json", "import", levels).json["import"]
actions, left = steps()
checks.equal((actions["C1"], actions["C3"], actions["C4"]), ("firm", begun["C3"], begun["C4"]), "the ladder goes on after the follow-up that was taken over")
checks.check("C2" not in actions and left["C2"] == "scenario_done", "formal notice was given: no reminder as if it were an oversight")
checks.equal(desk.must("--json", "import", levels).json["import"], None, "the same levels again are no news")
desk.must("import", "undo", str(taken))
checks.equal(steps()[0], begun, "taken back, it begins again")
listed = desk.must("--json", "import", desk.write("with.csv", "code client;nom client;numero facture;date facture;date echeance;montant ttc;reste du;niveau relance\n"
                   + "".join(f"C{n};Client {n};F{n};01/08/2025;31/08/2025;{n}00,00;{n}00,00;{2 if n == 1 else ''}\n" for n in (1, 2, 3, 4)))).json
checks.equal((listed["items"]["changed"], listed["items"]["unchanged"]), (1, 3), "a list of items may say it too")
checks.equal(steps()[1].get("C1"), "too_soon", "without a day it is as old as the list: not reminded again at once")


desk.must("customer", "set", "C1", "credit_limit=5000")
limits = desk.write("limits.csv", "Code client;Encours autorisé;Conditions de règlement;Téléphone\nC3;8 000,00;45 jours;01\nC1;9 000,00;;\n")
made = desk.must("--json", "import", limits).json
checks.equal(made["customers"]["changed"], 1, "a limit set by hand stays")
desk.must("import", "undo", str(made["import"]))
again = desk.must("--json", "import", limits).json
checks.equal(again["customers"]["changed"], 1, "taken back, the limit and the terms are news again")
checks.check(desk.must("--json", "verify").json["ok"], "verified")
desk.close()

checks.finish()
