#!/usr/bin/env python3
"""Scenarios of reference/pitfalls.md through the whole program, by number, where no other test holds them; and docs/scenarios.md, which
says where each one is: every scenario has its line, and the test that it names is there."""
import csv
import io
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import ROOT, Checks, Desk  # noqa: E402

checks = Checks()

# --- 48 to 55: dates and reports
desk = Desk(today="2026-04-10")
desk.must("init", "--name", "Essai", "--code", "E")
desk.must("import", desk.write("items.csv", "customer code;customer name;number;kind;issue date;due date;amount\n"
          "A;Alma;F1;invoice;2026-03-01;2026-03-31;1000,00\nA;Alma;F2;invoice;2026-03-05;2026-04-30;400,00\nA;Alma;AV1;credit note;2026-03-06;;-150,00\n"
          "B;Brume;F3;invoice;2026-03-10;2026-04-09;300,00\n"), "--yes", "--mode", "delta")
desk.must("import", desk.write("pay.csv", "customer code;invoice number;payment date;payment amount\nB;F3;2026-02-20;300,00\nA;;2026-03-20;50,00\n"), "--yes", "--mode", "delta")


def items(day):
    return {i["number"]: i for i in desk.must("--json", "items", "--as-of", day).json["items"]}


for zone in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
    os.environ["TZ"] = zone
    checks.equal([items(day)["F1"]["days_late"] for day in ("2026-03-31", "2026-04-01")], [0, 1], f"pitfall 48: due 31 March is first overdue on 1 April in {zone}")
os.environ.pop("TZ")
for basis in ("gross", "net"):
    report = desk.must("--json", "report", "aged-balance", "--as-of", "2026-04-10", "--basis", basis).json
    buckets = report["columns"]
    for row in [report["total"], *report["rows"]]:
        checks.equal(sum(row[b] for b in buckets), row["outstanding"], f"pitfall 51: the buckets are the outstanding, {basis}, {row.get('customer', 'in all')}")
early = desk.must("--json", "report", "aged-balance", "--as-of", "2026-03-01").json
checks.equal((early["total"]["outstanding"], early["total"]["unallocated"]), (100000 - 30000, -30000), "pitfall 52: a payment before its invoice is there on the days between, as in the ledger")
checks.equal(items("2026-03-10")["F3"]["open"], 0, "pitfall 52: and settles it on the later day of the two")
now = desk.must("--json", "report", "aged-balance", "--as-of", "2026-04-10").json
checks.equal((now["total"]["unallocated"], now["total"]["1-30"], now["total"]["not_due"]), (-20000, 100000, 40000), "pitfall 53: credits once, in unallocated")
page = desk.must("--json", "items", "--open", "--as-of", "2026-04-10").json["items"]
checks.equal(sorted(i["number"] for i in page if i["kind"] == "invoice" and i["open"] > 0), ["F1", "F2"], "pitfall 54: a credit note is no unpaid invoice")
checks.equal({i["kind"] for i in page if i["open"] < 0}, {"credit_note", "payment"}, "pitfall 54: it says what it is")
old = desk.must("--json", "report", "kpis", "--as-of", "2028-01-01").json
checks.equal((old["sales_365"], old["dso"], old["best_possible_dso"], old["average_days_delinquent"]), (0, None, None, None), "pitfall 55: without sales there is no DSO")
desk.close()

# --- 37, 39: currencies. 73, 74: FECs out and in
HEAD = "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"


def entry(journal, number, day, piece, account, aux, label, debit, credit, letter="", piece_day=None, foreign="", currency=""):
    name = "Dollar Inc" if aux else "Ventes"
    return "|".join([journal, journal, number, day, account, name, aux, name if aux else "", piece, piece_day or day, label, f"{debit / 100:.2f}".replace(".", ","),
                     f"{credit / 100:.2f}".replace(".", ","), letter, "", day, foreign, currency]) + "\n"


desk = Desk(today="2025-11-21")
desk.must("init", "--name", "Essai", "--code", "E", "--siren", "999999999")
text = HEAD
text += entry("VE", "1", "20250910", "FA1", "411000", "USA", "FA1 a'b", 9000, 0, "AA", "20250901", "100,00", "USD") + entry("VE", "1", "20250910", "FA1", "701000", "", "FA1", 0, 9000)
text += entry("BQ", "2", "20251015", "VIR1", "411000", "USA", "VIR FA1", 0, 9200, "AA", None, "-100,00", "USD") + entry("BQ", "2", "20251015", "VIR1", "512000", "", "VIR", 9200, 0)
text += entry("OD", "3", "20251015", "ECART", "411000", "USA", "Écart de change FA1", 200, 0, "AA") + entry("OD", "3", "20251015", "ECART", "766000", "", "Gain de change", 0, 200)
desk.must("import", desk.write("999999999FEC20251231.txt", text), "--yes")
rows = {i["number"]: i for i in desk.must("--json", "items", "--customer", "USA").json["items"]}
checks.equal([r["open"] for r in rows.values()], [0, 0, 0], "pitfall 37: paid in dollars at another rate, it is cleared")
checks.equal(desk.must("--json", "report", "aged-balance").json["total"]["outstanding"], 0, "pitfall 37: the exchange difference is no open amount")
desk.must("import", desk.write("usd.csv", "customer code;customer name;number;kind;issue date;due date;amount;currency\nMIX;Mixte;U1;invoice;2025-09-01;2025-10-01;100,00;USD\n"
          "MIX;Mixte;U2;invoice;2025-10-01;2025-12-01;200,00;USD\nMIX;Mixte;E1;invoice;2025-09-01;2025-10-01;70,00;EUR\n"), "--yes", "--mode", "delta", "--source", "liste")
usd = desk.must("--json", "report", "aged-balance", "--currency", "USD").json
checks.equal((usd["currency"], usd["total"]["outstanding"], usd["total"]["31-60"], usd["total"]["not_due"]), ("USD", 30000, 10000, 20000), "pitfall 39: the ageing of dollars is in dollars")
desk.must("import", desk.write("paid.csv", "customer code;invoice number;payment date;payment amount;currency\nMIX;U1;2025-11-10;100,00;USD\n"), "--yes", "--mode", "delta", "--source", "liste")
usd = desk.must("--json", "report", "aged-balance", "--currency", "USD").json
euro = desk.must("--json", "report", "aged-balance").json
checks.equal((usd["total"]["outstanding"], usd["total"]["unallocated"], euro["total"]["outstanding"]), (20000, 0, 7000), "pitfalls 37, 39: dollars pay dollars, and nothing of it shows in euros")
checks.equal((rows["FA1"]["posting_date"], rows["FA1"]["issue_date"]), ("2025-09-10", "2025-09-01"), "pitfall 74: posting and document dates are not swapped")
folder = desk.path("out")
desk.must("export", folder)
with open(os.path.join(folder, "items.csv"), encoding="utf-8-sig", newline="") as file:
    sample = file.read()
table = list(csv.reader(io.StringIO(sample), delimiter=";" if sample.split("\n")[0].count(";") > 2 else ","))
checks.check(len({len(line) for line in table if line}) == 1, "pitfall 73: each line exported has as many columns", str({len(line) for line in table}))
exported = {line[table[0].index("number")]: line for line in table[1:] if line}
checks.equal([exported["FA1"][table[0].index(column)] for column in ("posting_date", "issue_date")], ["2025-09-10", "2025-09-01"], "pitfall 74: nor when they are exported")
checks.check(desk.must("--json", "verify").json["ok"], "the store verifies")
desk.close()

# --- where each scenario is
seen, still_open = {}, []
with open(os.path.join(ROOT, "docs", "scenarios.md"), encoding="utf-8") as file:
    for line in file:
        row = re.match(r"\| *([\dPR, ]+) *\| *([^|]*) *\| *`([^`]+)` *\| *([^|]+?) *\|", line)
        if not row:
            still_open += re.findall(r"^- (\d+), ", line)
            continue
        numbers, path, name = re.split(r", *", row[1].strip()), row[3], row[4]
        with open(os.path.join(ROOT, path), encoding="utf-8") as test:
            there = name in test.read()
        checks.check(there, f"docs/scenarios.md: {row[1].strip()} is “{name}” in {path}")
        for number in numbers:
            seen.setdefault(number, []).append(name)
wanted = [str(n) for n in range(1, 96)] + [f"P{n}" for n in range(1, 11)] + [f"R{n}" for n in range(1, 12)]
checks.equal([n for n in wanted if n not in seen], still_open, "every scenario and property has its line, or is said to be open")
checks.finish()
