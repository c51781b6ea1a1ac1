#!/usr/bin/env python3
"""Files that are broken, hostile or locked (issue: bad input): each is refused in words, quickly, within bounded memory, and nothing of
it is imported; what is only odd is read as people mean it."""
import io
import os
import resource
import struct
import sys
import time
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Checks, Desk, Fec  # noqa: E402

checks = Checks()
desk = Desk(today="2025-11-21")
desk.must("init", "--name", "Essai SARL")


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))


def write(name, data):
    path = desk.path(name)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def refused(name, path, says, words=()):
    start = time.monotonic()
    answer = desk.run("--json", "import", path, "--yes", *words, preexec=bounded, timeout=60)
    told = answer.err + "".join(row["reason"] for row in (answer.json.get("rejected", []) if answer.out.strip() else []))
    checks.check(answer.code == 2 and answer.out.strip() and answer.json["import"] is None and any(s in told for s in says), f"{name}: refused in words",
                 f"exit {answer.code} after {time.monotonic() - start:.1f} s: {told[:400]!r}")


fec = Fec()
for i in range(50):
    fec.sale(f"C{i % 7}", f"FA25-{i:03d}", f"2025-{1 + i % 9:02d}-15", 12000 + i)
BOOKS = fec.text().encode()
LIST = "client;nom;facture;date;echeance;montant\n"
UBL = ('<?xml version="1.0" encoding="UTF-8"?>{}<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>{}</ID>'
       '<IssueDate>2025-09-01</IssueDate></Invoice>')


def archive(parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in parts:
            file.writestr(name, data)
    return out.getvalue()


RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def workbook(sheet, more=()):
    return archive([("[Content_Types].xml", "<Types/>"),
                    ("_rels/.rels", f'{RELS}<Relationship Id="a" Type="{TYPE}officeDocument" Target="xl/workbook.xml"/></Relationships>'),
                    ("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'),
                    ("xl/_rels/workbook.xml.rels", f'{RELS}<Relationship Id="rId1" Type="{TYPE}worksheet" Target="worksheets/sheet1.xml"/></Relationships>'),
                    ("xl/worksheets/sheet1.xml", sheet), *more])


def sheet(rows, tail=""):
    cell = lambda text: f'<c t="inlineStr"><is><t>{text}</t></is></c>' if text is not None else "<c/>"
    return "<worksheet><sheetData>" + "".join("<row>" + "".join(map(cell, row)) + "</row>" for row in rows) + f"</sheetData>{tail}</worksheet>"


def locked_zip():
    data = bytearray(archive([("items.csv", LIST + "C1;Un;F1;01/09/2025;01/10/2025;10,00\n")]))
    data[6] |= 1  # local header: encrypted
    central = data.rindex(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


# --- truncated
refused("a FEC that breaks off in an entry", write("999999999FEC20251231.txt", BOOKS[:len(BOOKS) - 90]), ["balance", "breaks off", "break off"])
refused("an XML that breaks off", write("half.xml", UBL.format("", "F1")[:-20]), ["breaks off"])
refused("a workbook that breaks off", write("half.xlsx", workbook(sheet([["client", "facture"]]))[:-200]), ["damaged", "archive", "ZIP"])
refused("an archive that breaks off", write("half.zip", archive([("a.csv", LIST * 50)])[:-60]), ["damaged", "archive", "ZIP"])
refused("an empty file", write("empty.csv", b""), ["empty", "no line"])

# --- encodings
refused("bytes of no encoding", write("noise.csv", bytes(range(256)) * 40), ["zero", "binary", "known format", "text"])
refused("XML that is not in its own encoding", write("latin.xml", UBL.format("", "F1").encode() + b"\xff\xfe\xfa"), ["well-formed", "UTF-8", "follows after the end"])
wide = desk.must("--json", "import", write("999999999FEC20251231.txt", BOOKS.decode().encode("utf-16")), "--dry-run").json
checks.equal([wide["encoding"].lower()[:6], wide["lines"]], ["utf-16", 100], "a FEC in UTF-16 is read as it is")

# --- bombs and entities
refused("a zip bomb", write("bomb.zip", archive([("bomb.csv", b"0" * (60 << 20))])), ["times", "unpack", "packed"])
refused("a workbook that is a bomb", write("bomb.xlsx", workbook(b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * (3 << 20) + b"</sheetData></worksheet>")),
        ["times", "unpack", "too long"])
laughs = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY {chr(98 + i)} '{('&' + chr(97 + i) + ';') * 10}'>" for i in range(9)) + "]>"
refused("an XML bomb", write("laughs.xml", UBL.format(laughs, "&j;")), ["document type", "DOCTYPE", "entit"])
secret = write("secret.txt", "do not tell")
refused("an external entity", write("outside.xml", UBL.format(f"<!DOCTYPE a [<!ENTITY x SYSTEM 'file://{secret}'>]>", "&x;")), ["document type", "DOCTYPE", "entit"])
with open(desk.path("line.csv"), "wb") as file:
    file.write(LIST.encode() + b"C1;")
    for _ in range(200):
        file.write(b"x" * (1 << 20))
refused("a line of 200 MB", desk.path("line.csv"), ["long", "characters", "line"])
os.unlink(desk.path("line.csv"))

# --- values
for value in ("NaN", "Infinity", "1e400", "12,34,56", "0x10"):
    refused(f"the amount {value}", write("amount.csv", LIST + "C1;Un;F1;01/09/2025;01/10/2025;10,00\nC2;Deux;F2;01/09/2025;01/10/2025;20,00\n"
                                                         f"C3;Trois;F3;01/09/2025;01/10/2025;{value}\n"), ["amount"])
refused("year 0", write("zero.csv", LIST + "C1;Un;F1;01/09/2025;01/10/2025;10,00\nC2;Deux;F2;02/09/2025;02/10/2025;12,00\nC3;Trois;F3;01/09/0000;01/10/2025;10,00\n"), ["date"])
refused("year 9999", write("late.csv", LIST + "C1;Un;F1;01/09/2025;01/10/2025;10,00\nC2;Deux;F2;02/09/2025;02/10/2025;12,00\nC3;Trois;F3;01/09/9999;01/10/2025;10,00\n"), ["date"])

# --- locked, macros, formulas, headers, merged cells
ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4096
refused("a workbook behind a password", write("locked.xlsx", ole), ["password"])
refused("an archive behind a password", write("locked.zip", locked_zip()), ["password"])
pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n" \
      b"3 0 obj<</Filter/Standard/V 1/R 2/O(" + b"x" * 32 + b")/U(" + b"y" * 32 + b")/P -4>>endobj\n" \
      b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[(a)(a)]>>\n%%EOF\n"
refused("a PDF behind a password", write("locked.pdf", pdf), ["password"])
checks.equal([desk.must("--json", "imports").json["imports"], desk.must("--json", "items").json["items"]], [[], []], "nothing of all this was imported")
checks.check("do not tell" not in str(desk.must("--json", "customers").json), "and no other file was read")
HEAD = ["client", "nom", "facture", "date", "echeance", "montant"]
macro = workbook(sheet([HEAD, ["C1", "Un", "M1", "01/09/2025", "01/10/2025", "10,00"]]), [("xl/vbaProject.bin", b"Attribute VB_Name")])
checks.equal(desk.must("--json", "import", write("macro.xlsm", macro), "--mode", "delta").json["items"]["new"], 1, "a workbook with macros is read, they are not run")
twice = LIST.replace("nom", "facture") + "C2;X9;F2;01/09/2025;01/10/2025;20,00\n"
answer = desk.run("--json", "import", write("twice.csv", twice), "--mode", "delta", "--dry-run")
checks.check(answer.code in (0, 2) and answer.json["lines"] in (0, 1), "a header that stands twice: one of them counts, or a refusal in words", answer.err)
merged = sheet([HEAD, ["C3", "Trois", "F3", "01/09/2025", "01/10/2025", "30,00"], ["C3", None, "F4", "01/09/2025", "01/10/2025", "40,00"]],
               '<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B2:B3"/></mergeCells>')
checks.equal(desk.must("--json", "import", write("merged.xlsx", workbook(merged)), "--mode", "delta").json["items"]["new"], 2, "merged cells are read as they look")
formula = LIST + '=2+5+cmd|\' /C calc\'!A0;@SUM(1+1);F5;01/09/2025;01/10/2025;50,00\n'
desk.must("import", write("formula.csv", formula), "--mode", "delta")
out = desk.must("report", "aged-balance", "--format", "csv").out
checks.check("'=2+5" in out and "\n=2" not in out and ';=' not in out and ',=' not in out and ';@' not in out, "a formula leaves as text", out)
checks.check(desk.must("--json", "verify").json["ok"], "the store is sound")
desk.close()
checks.finish()
