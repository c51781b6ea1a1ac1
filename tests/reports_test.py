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

if os.environ.get("KEEP"): print(desk.folder); checks.finish()
desk.close()
checks.finish()
