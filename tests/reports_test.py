#!/usr/bin/env python3
"""Reports as files: PDF pages read back, XLSX against CSV through LibreOffice, periods, dimensions, currencies."""
import csv
import io
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Checks, Desk, Fec  # noqa: E402

checks = Checks()
desk = Desk(today="2025-12-31")


def pdf(name, *words, lang="fr", on=desk):
    """The pages of a PDF as text, each its lines as printed; None without pdftotext."""
    path = on.path(name + ".pdf")
    on.must(*words, "--format", "pdf", "--output", path, "--lang", lang)
    with open(path, "rb") as file:
        checks.check(file.read(5) == b"%PDF-", f"{name} is a PDF")
    if not shutil.which("pdftotext"):
        return None
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout.split("\f")[:-1]


# --- a company of 300 customers, one of them with a name that tries everything
fec = Fec()
EVIL = "=HYPERLINK(\"http://x\") & Fils <b>SARL</b> à la très longue raison sociale qui ne tient sur aucune ligne"
for i in range(300):
    code = f"C{i:04d}"
    fec.sale(code, f"FA{i:04d}", f"2025-{i % 12 + 1:02d}-15", 100000 + i * 137, letter=f"L{i}" if i % 3 == 0 else "")
    if i % 3 == 0:
        fec.payment(code, f"VIR{i:04d}", f"2025-{min(i % 12 + 2, 12):02d}-20", 100000 + i * 137, letter=f"L{i}")
text = fec.text().replace("Client C0001", EVIL.replace("|", "")).replace("Client C0002", "-2+3").replace("Client C0004", "@SUM(A1)")
desk.must("init", "--name", "Brévent & Fils SAS", "--siren", "123456789")
desk.must("import", desk.write("123456789FEC20251231.txt", text))

# --- PDF
pages = pdf("aged", "report", "aged-balance")
table = desk.must("--json", "report", "aged-balance").json
if pages is None:
    print("skipped: pdftotext is not installed, PDF pages are not read back")
else:
    checks.check(len(pages) > 3 and all("Balance âgée" in p and "Brévent & Fils SAS" in p and "Au 31/12/2025" in p and "Encours" in p
                                        and f"{n + 1}/{len(pages)}" in p for n, p in enumerate(pages)),
                 "each page has its head, the heads of its columns and its number")
    whole = "\n".join(pages)
    checks.check(all(row["customer"] in whole for row in table["rows"]), "every row is there")
    last = [line for line in pages[-1].splitlines() if line.strip().startswith("Total")]
    checks.check(len(last) == 1 and re.sub(r"[\s\u202f\u00a0]", "", last[0]).startswith(
        f"Total{table['total']['outstanding'] // 100},{table['total']['outstanding'] % 100:02d}€"), "the total in French figures", str(last))
    english = pdf("aged-en", "report", "aged-balance", lang="en")
    checks.check("As of 31/12/2025" in english[0] and "€" in english[0] and "Aged balance" in english[0], "and in English", english[0][:300])
    figures = pdf("kpis", "report", "kpis")
    checks.check(len(figures) == 1 and "DSO" in figures[0] and "1/1" in figures[0], "key figures")
    behaviour = pdf("behaviour", "report", "behaviour")
    checks.check("Comportement de paiement" in behaviour[0] and "l’heure" in behaviour[0] and "C0000" in behaviour[0] and "36,0" in behaviour[0], "behaviour")
    checks.check("Médiane" in pdf("forecast", "forecast")[0], "forecast")
    checks.check(len(pdf("items", "items", "--open")) > 3, "items")
    empty = Desk(today="2025-12-31")
    empty.must("init", "--name", "Vide")
    checks.check("Rien à rapporter" in pdf("empty", "report", "aged-balance", on=empty)[0], "an empty company")
    empty.close()
refused = desk.run("report", "aged-balance", "--format", "docx")
checks.check(refused.code == 2 and "pdf" in refused.err, "an unknown format lists what exists")

# --- periods: without one the shape is the contract's, with one the months stand beside
plain = desk.must("--json", "report", "kpis").json
months = desk.must("--json", "report", "kpis", "--from", "2025-07-10", "--to", "2025-12-31").json
checks.equal({k: v for k, v in months.items() if k not in ("from", "to", "periods")}, plain, "the figures of the last day stay as they are")
checks.check("periods" not in plain and [p["month"] for p in months["periods"]] == [f"2025-{m:02d}" for m in range(7, 13)], "one row a month")
for period in (months["periods"][0], months["periods"][-1]):
    then = desk.must("--json", "report", "kpis", "--as-of", period["as_of"]).json
    checks.check(all(period[k] == v for k, v in then.items() if k not in ("report", "company", "currency", "as_of")), f"as on {period['as_of']}")
aged = desk.must("--json", "report", "aged-balance", "--to", "2025-11-15").json
checks.equal((aged["as_of"], aged["from"], aged["to"], len(aged["periods"]), aged["periods"][-1]["as_of"]),
             ("2025-11-15", "2024-12-01", "2025-11-15", 12, "2025-11-15"), "a year until a day")
checks.equal({k: aged["periods"][-1][k] for k in aged["total"]}, aged["total"], "the last month is the total")
paid = desk.must("--json", "report", "behaviour", "--from", "2025-03-01", "--to", "2025-03-31").json
year = desk.must("--json", "report", "behaviour").json
checks.equal((sum(r["settled"] for r in paid["rows"]), [(p["month"], p["settled"]) for p in paid["periods"]]),
             (sum(100000 + i * 137 for i in range(0, 300, 3) if i % 12 == 1 or i % 12 + 2 == 3),
              [("2025-03", sum(r["settled"] for r in paid["rows"]))]), "behaviour over the settlements of a period")
checks.check(len(year["rows"]) == 100 and "periods" not in year, "and of a year without one")
for words, says in ((("--from", "2025-09-01", "--to", "2025-08-01"), "after --to"), (("--as-of", "2025-09-01", "--to", "2025-08-01"), "--as-of"),
                    (("--from", "1900-01-01"), "120"), (("--by", "group"), "--by")):
    answer = desk.run("report", "kpis", *words)
    checks.check(answer.code == 2 and says in answer.err, f"refused: {' '.join(words)}", answer.err)
checks.check("2025-11" in desk.must("report", "aged-balance", "--from", "2025-10-01", "--format", "csv").out, "months as CSV")

# --- dimensions and currencies
total = desk.must("--json", "report", "aged-balance").json["total"]
for by in ("group", "collector", "sales", "country", "class", "account"):
    rows = desk.must("--json", "report", "aged-balance", "--by", by).json["rows"]
    checks.check(all(by in row for row in rows) and {k: sum(r[k] for r in rows) for k in total} == total, f"by {by}: the same total")
    if by != "account":
        rows = desk.must("--json", "report", "behaviour", "--by", by).json["rows"]
        checks.equal(sum(r["settled"] for r in rows), sum(r["settled"] for r in year["rows"]), f"behaviour by {by}: the same total")
desk.must("import", desk.write("dollars.csv", "client,numero,date,echeance,montant,devise\nC0001,USD1,2025-10-01,2025-10-31,100.00,USD\n"
                                              "C0001,TND1,2025-10-01,2025-10-31,100.125,TND\n"), "--mode", "delta", "--source", "usd")
by = {row["currency"]: row for row in desk.must("--json", "report", "aged-balance", "--by", "currency").json["rows"]}
checks.equal((by["USD"]["outstanding"], by["TND"]["61-90"], by["EUR"]["outstanding"]), (10000, 100125, total["outstanding"]), "by currency, nothing added")
checks.equal(desk.must("--json", "report", "aged-balance", "--currency", "USD").json["total"]["61-90"], 10000, "in one currency")
checks.check(desk.run("report", "aged-balance", "--by", "account", "--basis", "net").code == 2, "accounts are gross")

# --- no text becomes a formula
names = {row["customer"]: row["name"] for row in csv.DictReader(io.StringIO(desk.must("report", "aged-balance", "--format", "csv").out))}
checks.equal((names["C0001"], names["C0002"], names["C0004"]), ("'" + EVIL, "'-2+3", "'@SUM(A1)"), "in CSV an apostrophe stands before it")

# --- XLSX against CSV, cell by cell, as LibreOffice reads it
def value(text):
    """A cell as LibreOffice writes it (raw, American dates), or as our CSV does, as what it stands for."""
    if re.fullmatch(r"\d\d/\d\d/\d{4}", text):
        return f"{text[6:]}-{text[:2]}-{text[3:5]}"
    if re.fullmatch(r"-?\d+(\.\d+)?%", text):
        return float(text[:-1]) / 100
    if re.fullmatch(r"-?\d+(\.\d+)?(E-\d+)?", text) and not re.fullmatch(r"0\d+", text):
        return float(text)
    return text


def same(ours, theirs):
    # an apostrophe keeps a text of the CSV from being a formula; a cell of the XLSX is a text by itself
    if ours.startswith("'"):
        return ours[1:] == theirs
    ours, theirs = value(ours), value(theirs)
    return ours == theirs or (isinstance(ours, float) and isinstance(theirs, float) and abs(ours - theirs) < 1e-6)


def read(text):
    return list(csv.reader(io.StringIO(text)))


office = shutil.which("soffice") or shutil.which("libreoffice")
if not office:
    print("skipped: LibreOffice is not installed, XLSX is not compared with CSV (make check-all installs it)")
else:
    # columns of codes and months are words in the XLSX, and left out
    lists = {"aged": (("report", "aged-balance"), []), "behaviour": (("report", "behaviour"), []), "items": (("items",), [2, 5]),
             "months": (("report", "kpis", "--from", "2025-07-01"), [0]), "customers": (("customers",), [3]), "forecast": (("forecast",), [0])}
    for name, (words, _) in lists.items():
        desk.must(*words, "--format", "xlsx", "--output", desk.path(name + ".xlsx"))
    subprocess.run([office, f"-env:UserInstallation=file://{desk.path('office')}", "--headless", "--convert-to",
                    "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false,false", "--outdir", desk.folder,
                    *(desk.path(name + ".xlsx") for name in lists)], check=True, capture_output=True, timeout=250)
    for name, (words, codes) in lists.items():
        ours = read(desk.must(*words, "--format", "csv").out)
        with open(desk.path(name + ".csv"), newline="", encoding="utf-8") as file:
            theirs = list(csv.reader(file))
        wrong = [(a, b) for a, b in zip(ours[1:], theirs[1:])
                 if len(a) != len(b) or not all(same(x, y) for c, (x, y) in enumerate(zip(a, b)) if c not in codes)]
        checks.check(len(ours) == len(theirs) and len(ours) > 6 and not wrong, f"{name}: XLSX says what CSV says ({len(ours) - 1} rows)", str(wrong[:3]))
        if name == "aged":
            names = [row[1] for row in theirs]
            checks.check(EVIL in names and "-2+3" in names and "@SUM(A1)" in names, "no text became a formula", str(names[:4]))

if os.environ.get("KEEP"): print(desk.folder); checks.finish()
desk.close()
checks.finish()
