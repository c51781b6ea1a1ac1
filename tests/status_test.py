#!/usr/bin/env python3
"""What platforms and public buyers say of invoices, through the whole program: disputes, holds, due dates, and back."""
import zipfile

from program import Checks, Desk, Fec

checks = Checks()
BUYER, OTHER, US = "404833048", "552100554", "732829320"


def cdar(number, code, day, buyer=BUYER, reason="", seller=US, extra="", message="M"):
    return f"""<?xml version="1.0"?><rsm:CrossDomainAcknowledgementAndResponse xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"
 xmlns:ram="urn:r" xmlns:udt="urn:u" xmlns:qdt="urn:q"><rsm:ExchangedDocument><ram:ID>{message}</ram:ID></rsm:ExchangedDocument><rsm:AcknowledgementDocument>
<ram:IssueDateTime><udt:DateTimeString format="204">{day.replace('-', '')}101500</udt:DateTimeString></ram:IssueDateTime><ram:ReferenceReferencedDocument>
<ram:IssuerAssignedID>{number}</ram:IssuerAssignedID><ram:ProcessConditionCode>{code}</ram:ProcessConditionCode>
<ram:IssuerTradeParty><ram:GlobalID schemeID="0002">{seller}</ram:GlobalID></ram:IssuerTradeParty>
<ram:RecipientTradeParty><ram:GlobalID schemeID="0002">{buyer}</ram:GlobalID></ram:RecipientTradeParty>
<ram:SpecifiedDocumentStatus><ram:ReasonCode>{reason}</ram:ReasonCode>{extra}</ram:SpecifiedDocumentStatus></ram:ReferenceReferencedDocument></rsm:AcknowledgementDocument>
</rsm:CrossDomainAcknowledgementAndResponse>"""


desk = Desk(today="2025-11-21")
desk.must("init", "--name", "Brévent", "--code", "B", "--siren", US)
fec = Fec()
for number in ("FA1", "FA2", "FA3", "FA4", "FA5"):
    fec.sale("C1", number, "2025-09-01", 120000)
fec.sale("C2", "FA1", "2025-09-02", 50000)
fec.sale("P1", "PU1", "2025-10-01", 90000)
desk.must("import", desk.write("books.txt", fec.text()))
for customer, siren in (("C1", BUYER), ("C2", OTHER)):
    desk.must("customer", "set", customer, f"siren={siren}")
desk.must("customer", "set", "P1", "siren=356000000", "class=public")


def take(text, name="status.xml", code=0, **options):
    return desk.must("--json", "import", desk.write(name, text), code=code, **options).json


def item(number, customer="C1"):
    return next(row for row in desk.must("items", "--customer", customer, "--json").json["items"] if row["number"] == number)


def left(day="2025-11-21"):
    rows = desk.must("--json", "run", "--dry-run", today=day).json["left_out"]
    return {(row["customer"], row["item"]): (row["reason"], row["detail"]) for row in rows}


# --- a refusal, and its own buyer's item only
answer = take(cdar("FA1", "210", "2025-11-03", reason="CMD_ERR"))
checks.equal((answer["format"], answer["items"]["new"], answer["lines"]), ("cdar", 1, 1), "a status comes in as an import")
checks.equal(left()[("C1", "FA1")][0], "hold", "a refused invoice is not chased")
checks.check(left().get(("C2", "FA1"), ("",))[0] != "hold", "the same number of another buyer is")
checks.equal(take(cdar("FA1", "210", "2025-11-03", reason="CMD_ERR"))["import"], None, "the same status again is nothing new")
again = take(cdar("FA1", "210", "2025-11-03", reason="CMD_ERR", message="other") + "\n", "again.xml")
checks.equal(again["import"], None, "nor in another message")

# --- a dispute with the buyer's reason, a part of it
take(cdar("FA2", "206", "2025-11-04", reason="PU_ERR", extra='<ram:SpecifiedDocumentCharacteristic><ram:TypeCode>MNATTC</ram:TypeCode>'
     '<ram:ValueAmount currencyID="EUR">300.00</ram:ValueAmount></ram:SpecifiedDocumentCharacteristic>'))
explained = desk.must("customer", "C1", "--json").json
disputes = [row for row in explained["timeline"] if row["kind"] == "dispute.opened"]
checks.equal(len(disputes), 1, "a partial approval opens a dispute")
checks.check("prix unitaire" in str(disputes[0]).lower(), "with the buyer's reason", str(disputes[0]))
checks.check(any(row["kind"] == "status.received" and "FA2" in row["items"] for row in explained["timeline"]), "the status stands in the timeline", str(explained["timeline"][:3]))
disputed = take(cdar("FA3", "207", "2025-11-04", reason="LIVR_INCOMP"), "f3.xml")
checks.equal(left()[("C1", "FA3")][0], "dispute", "a contested invoice is in dispute")
take(cdar("FA3", "205", "2025-11-10"), "f3ok.xml")
checks.check(left().get(("C1", "FA3"), ("",))[0] != "dispute", "until the buyer approves")
take(cdar("FA3", "210", "2025-11-07", reason="CMD_ERR"), "f3late.xml")
checks.check(left().get(("C1", "FA3"), ("",))[0] not in ("dispute", "hold"), "19: what is said late of an earlier day changes nothing", str(left().get(("C1", "FA3"))))

# --- suspended, completed; payment sent
take(cdar("FA4", "208", "2025-11-05", reason="JUSTIF_ABS"), "f4.xml")
checks.equal(left()[("C1", "FA4")][0], "hold", "a suspended invoice is held")
completed = take(cdar("FA4", "209", "2025-11-06"), "f4done.xml")
checks.check(left().get(("C1", "FA4"), ("",))[0] != "hold", "until it is completed")
desk.must("import", "undo", completed["import"])
checks.equal(left()[("C1", "FA4")][0], "hold", "taken back, the earlier word stands again")
take(cdar("FA5", "211", "2025-11-20"), "f5.xml")
checks.equal(left()[("C1", "FA5")][0], "hold", "payment sent gives a few days of peace")
checks.check(left("2025-11-26").get(("C1", "FA5"), ("",))[0] != "hold", "and no more")

# --- a person's word stands
desk.must("dispute", "open", "--item", "FA5", "--reason", "quality")
take(cdar("FA5", "207", "2025-11-21", reason="PU_ERR"), "f5d.xml")
take(cdar("FA5", "205", "2025-11-22"), "f5ok.xml")
checks.equal(left()[("C1", "FA5")][0], "dispute", "a dispute of ours is not closed by a platform")
take(cdar("FA2", "205", "2025-11-12"), "f2ok.xml")
desk.must("dispute", "open", "--item", "FA2", "--reason", "price")
checks.equal(left()[("C1", "FA2")][0], "dispute", "the platform's was closed, so that another can open")

# --- others' invoices, unknown ones, unknown words
foreign = take(cdar("FA1", "210", "2025-11-03", seller=OTHER), "foreign.xml")
checks.check(foreign["import"] is None and "another seller's" in str(foreign["warnings"]), "another seller's status is passed over", str(foreign))
early = take(cdar("FA9", "210", "2025-11-18", reason="DOUBLON"), "early.xml")
checks.check("not known here yet" in str(early["warnings"]), "an unknown invoice's status waits", str(early))
fec.sale("C1", "FA9", "2025-09-10", 7000)
desk.must("import", desk.write("books.txt", fec.text()))
checks.equal(left()[("C1", "FA9")][0], "hold", "and is there when the invoice comes")
odd = take("Invoice number;Status;Status date;SIREN\nFA3;Approved;2025-11-11;%s\nFA3;Looked at sideways;2025-11-11;%s\n" % (BUYER, BUYER), "odd.csv")
checks.check(odd["format"] == "status-list" and "sideways" in str(odd["warnings"]), "an unknown word is kept and said", str(odd))

# --- Chorus Pro: the public buyer's time
CHORUS = "Numéro de facture;Date de facture;Date de dépôt;Statut;Date du statut;Destinataire;SIRET;Montant TTC;Commentaire\n"
row = "PU1;01/10/2025;02/10/2025;%s;%s;La Poste;35600000000048;900,00;%s\n"
before = item("PU1", "P1")["due_date"]
first = take(CHORUS + row % ("Mise à disposition du destinataire", "06/10/2025 08:00", ""), "chorus.csv")
checks.equal(first["format"], "chorus-pro", "a list of Chorus Pro is recognised")
checks.equal((item("PU1", "P1")["due_date"], item("PU1", "P1")["due_source"]), ("2025-11-05", "file"), "30 days from when it was made available")
take(CHORUS + row % ("Mise à disposition du destinataire", "06/10/2025 08:00", "") + row % ("Suspendue", "20/10/2025 08:00", "Bon absent"), "chorus2.csv")
checks.equal(left()[("P1", "PU1")][0], "hold", "suspended it is not chased")
third = take(CHORUS + row % ("Complétée", "10/11/2025 08:00", ""), "chorus3.csv")
checks.equal(item("PU1", "P1")["due_date"], "2025-12-10", "completed, a new term runs")
checks.check(desk.must("verify", "--json").json["ok"], "the books hold")
desk.must("import", "undo", third["import"])
checks.equal(item("PU1", "P1")["due_date"], "2025-11-05", "taken back with the file")
desk.must("import", "undo", first["import"])
checks.equal(item("PU1", "P1")["due_date"], "2025-11-05", "what another file says too stays")
desk.must("import", desk.write("books.txt", fec.text() + ""))
checks.equal(item("PU1", "P1")["due_date"], "2025-11-05", "and through another export of the books")
bad = desk.run("--json", "import", desk.write("bad.csv", CHORUS + row % ("Suspendue", "demain", "")))
checks.check(bad.code == 2 and "not a date" in bad.out, "a line without a day is refused", bad.out)
checks.check(desk.must("verify", "--json").json["ok"], "the books hold still")

# --- collected: each part once, taken back when it comes back
checks.equal(desk.must("collected", "--dry-run", "--json").json["lines"], [], "nothing was paid, nothing is to be told")
fec.rows = [row.replace("FA4|20250901|Facture FA4|1200,00|0,00|", "FA4|20250901|Facture FA4|1200,00|0,00|L") if "|411000|" in row else row for row in fec.rows]
fec.payment("C1", "FA4", "2025-11-15", 50000, "L")
paid = desk.must("--json", "import", desk.write("books2.txt", fec.text())).json
due = desk.must("collected", "--dry-run", "--json").json["lines"]
checks.equal([(row["item"], row["amount"], row["date"]) for row in due], [("FA4", 50000, "2025-11-15")], "a part payment is to be told")
written = desk.must("collected")
checks.check("FA4" in written.out and "500,00" in written.out and ";212;" in written.out, "a file tells it", written.out)
checks.equal(desk.must("collected", "--json").json["batch"], None, "once")
messages = desk.must("collected", "--again", "1", "--format", "cdar", "--output", desk.path("m.zip"))
with zipfile.ZipFile(desk.path("m.zip")) as archive:
    message = archive.read(archive.namelist()[0]).decode()
checks.check("<ram:ProcessConditionCode>212<" in message and '<ram:ValueAmount currencyID="EUR">500.00<' in message and US in message, "also as a message", message)
read = desk.must("--json", "import", desk.write("own.xml", message), "--dry-run").json
checks.equal((read["format"], read["items"]["new"]), ("cdar", 1), "which we read ourselves")
desk.must("import", "undo", paid["import"])
back = desk.must("collected", "--dry-run", "--json").json["lines"]
checks.equal([(row["item"], row["amount"]) for row in back], [("FA4", -50000)], "undone, it is taken back")
desk.must("collected")
checks.equal(desk.must("collected", "--dry-run", "--json").json["lines"], [], "once")
checks.check(desk.must("verify", "--json").json["ok"], "the books hold to the end")
folder = desk.path("everything")
desk.must("export", folder)
checks.check("FA4" in open(folder + "/collected.csv").read() and "refused" in open(folder + "/invoice_statuses.csv").read(), "statuses and what was told leave with the export")
copy = desk.path("copy.db")
desk.must("backup", copy)
again = Desk(today="2025-11-21", url=desk.path("restored.db"))
again.must("restore", copy)
checks.equal(again.must("collected", "--dry-run", "--json").json["lines"], [], "a backup keeps what was told")
again.close()
desk.close()
checks.finish()
