#!/usr/bin/env python3
"""Cash that comes in, from the bank's file to the item and back, by moving the clock: reference/pitfalls.md 57 to 70 by number, what a
waiting line holds back, debits that may come back, and books and banks told in any order: never lost, never doubled."""
import datetime
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Checks, Desk, Fec  # noqa: E402

checks = Checks()
BALANCE = "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{}</Dt></Dt></Bal>"


def camt(entries, opening=None, closing=None):
    """entries: (day, cents, reference, payer, text[, family, reason])"""
    out = ['<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1'
           '</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>']
    if opening:
        out.append(BALANCE.format("OPBD", opening[1] / 100, opening[0]))
    if closing:
        out.append(BALANCE.format("CLBD", closing[1] / 100, closing[0]))
    for day, cents, reference, payer, text, *more in entries:
        family, reason = (more + ["RCDT", ""])[0], (more + ["", ""])[1]
        side, who = ("CRDT", "Dbtr") if cents > 0 else ("DBIT", "Cdtr")
        out.append(f'<Ntry><Amt Ccy="EUR">{abs(cents) / 100:.2f}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>'
                   f'<AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>'
                   f'<NtryDtls><TxDtls><RltdPties><{who}><Pty><Nm>{payer}</Nm></Pty></{who}></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>'
                   + (f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else "") + "</TxDtls></NtryDtls></Ntry>")
    return "".join(out) + "</Stmt></BkToCstmrStmt></Document>"


class Bank(Desk):
    def __init__(self, today="2025-10-15"):
        super().__init__(today=today)
        self.files = 0
        self.must("init", "--name", "Essai SARL")

    def take(self, text, *words, name=None, **options):
        self.files += 1
        return self.must("--json", "import", self.write(name or f"f{self.files}", text), "--yes", *words, **options).json

    def lines(self, state=None, **options):
        return self.must("--json", "cash", *(["--state", state] if state else []), **options).json["lines"]

    def line(self, text, **options):
        return next(line for line in self.lines(**options) if text in line["text"])

    def open(self, number):
        return sum(item["open"] for item in self.must("--json", "items").json["items"] if item["number"] == number)

    def outstanding(self):
        return self.must("--json", "report", "aged-balance").json["total"]["outstanding"]

    def sound(self, name):
        verified = self.run("--json", "verify").json
        checks.check(verified["ok"], name, str(verified))


def books():
    fec = Fec()
    fec.sale("DUPONT", "FA25-101", "2025-08-01", 100000)
    fec.sale("DUPONT", "FA25-102", "2025-08-11", 50000)
    fec.sale("DUPONT", "FA25-103", "2025-10-01", 20000)
    fec.sale("MARTIN", "FA25-201", "2025-08-05", 30000)
    fec.sale("MARTIN", "FA25-202", "2025-08-06", 30000)
    fec.sale("DURAND", "FA25-301", "2025-08-07", 44400)
    return fec


# --- lines: 67 to 70
desk = Bank()
desk.take(books().text(), name="999999999FEC20251231.txt")
september = [("2025-10-10", 100000, "R1", "DUPONT SA", "REGLT FA25-101"), ("2025-10-10", 30000, "R2", "CLIENT MARTIN", "VIREMENT"),
             ("2025-10-13", 7700, "", "", "REM CHQ"), ("2025-10-13", 7700, "", "", "REM CHQ"), ("2025-10-13", -2500, "R5", "EDF", "FACTURE")]
preview = desk.must("--json", "import", desk.write("p.xml", camt(september)), "--dry-run").json
taken = desk.take(camt(september))
checks.equal([taken[k] for k in ("format", "lines", "ignored")] + [taken["items"]["new"]], ["camt.053", 5, 1, 4], "a statement, as the contract counts")
checks.equal(preview["items"]["new"], taken["items"]["new"], "69: as many imported as previewed")
again = desk.take(camt(september))
checks.equal([again["import"], again["items"]["unchanged"]], [None, 4], "67: the same file again")
checks.equal(len(desk.lines()), 4, "68: two real lines alike are two, once")
overlap = desk.take(camt(september[2:4] + [("2025-10-14", 8800, "R1", "DURAND", "AUTRE CHOSE")]))
checks.equal([overlap["items"]["new"], overlap["items"]["unchanged"]], [1, 2], "67, 69: overlapping, with an id that the bank gave before")
before = desk.lines()
desk.take(camt(september[:1]))
checks.equal(desk.lines(), before, "70: an older file after a newer one changes nothing")

# --- matching and deciding: 57 to 64
sure, amount = desk.line("FA25-101"), desk.line("VIREMENT")
checks.equal([sure["state"], [(i["number"], i["customer"], i["amount"]) for i in sure["items"]]],
             ["certain", [("FA25-101", "DUPONT", 100000)]], "a reference and the amount: certain")
checks.check(sure["confidence"] > 0.9 and sure["reasons"] and sure["account"] == "FR7630006000011234567890189" and sure["date"] == "2025-10-10", "with reasons")
checks.check(amount["state"] == "tie" and len(amount["alternatives"]) >= 1, "60: two items of one amount, no reference: both proposed, none booked", str(amount))
def held(day):
    return [l["item"] for l in desk.must("--json", "run", "--dry-run", today=day).json["left_out"] if l["reason"] == "match_pending"]


checks.equal(held("2025-10-15"), ["FA25-101", "FA25-201"], "what a certain line is to pay is left out, and one of two that only one customer can mean")
checks.equal(held("2025-11-20"), ["FA25-101"], "but what nobody decides doesn't hold for ever")
state = desk.must("--json", "items").json
checks.equal(desk.must("--json", "cash", "apply", "--certain").json["applied"], 1, "the certain ones, at one word")
checks.equal([desk.open("FA25-101"), desk.outstanding()], [0, 174400], "applied")
desk.sound("identity after applying")
checks.check("applied already" in desk.run("cash", "apply", sure["id"]).err or "decided already" in desk.run("cash", "apply", sure["id"]).err,
             "58: the second is refused in words")
checks.equal(desk.run("cash", "apply", sure["id"], "--item", "FA25-102").code, 2, "58: and nothing is settled twice")
part = desk.must("--json", "cash", "apply", amount["id"], "--item", "FA25-102=200,00", "FA25-103=100,00").json["lines"][0]
checks.equal([part["state"], desk.open("FA25-102"), desk.open("FA25-103")], ["applied", 30000, 10000], "split by hand")
desk.must("cash", "apply", "--certain")
checks.equal([desk.open("FA25-102"), desk.open("FA25-103")], [30000, 10000], "57: what is allocated by hand stays")
desk.must("cash", "undo", amount["id"])
desk.must("cash", "undo", sure["id"])
checks.equal(desk.must("--json", "items").json, state, "64: undone, all is as before")
desk.sound("identity after undoing")
short = desk.take(camt([("2025-10-14", 44000, "S1", "DURAND", "FA25-301"), ("2025-10-14", 49600, "S2", "DUPONT SA", "FA25-102")]))
line = desk.line("FA25-102")
desk.must("cash", "apply", line["id"], "--item", "FA25-102", "--difference", "rounding")
checks.equal([desk.open("FA25-102"), len([i for i in desk.must("--json", "items").json["items"] if i["kind"] == "other"])], [0, 1],
             "59: within tolerance one write-off, nothing open")
desk.must("cash", "undo", line["id"])
desk.must("cash", "apply", line["id"], "--item", "FA25-102")
checks.equal(desk.open("FA25-102"), 400, "59: or it stays due")
desk.take(camt([("2025-10-14", 9000, "T1", "DURAND", "ACOMPTE"), ("2025-10-14", 9500, "T2", "INCONNU", "LOYER")]))
big = desk.line("ACOMPTE")
checks.check("more than may be let go" in desk.run("cash", "apply", big["id"], "--item", "FA25-301", "--difference", "rounding").err, "59: beyond it is refused")
desk.must("cash", "apply", big["id"], "--customer", "DURAND")
checks.equal(desk.must("--json", "customer", "DURAND").json["outstanding"], 44400 - 9000, "66: on account, never lost")
desk.must("cash", "ignore", desk.line("LOYER")["id"], "--reason", "loyer")
checks.equal([l["text"] for l in desk.lines("ignored") if l["note"] == "loyer"], ["LOYER"], "not a customer's payment")
desk.sound("identity in the end")
checks.check(any(p["customer"] == "DURAND" and p["times"] == 1 for p in desk.must("--json", "cash", "payers").json["payers"]), "who pays for whom is learned")
desk.close()

# 61, 62, 63
desk = Bank()
fec = books()
fec.number += 1
fec.line("VE", "Ventes", "2025-08-20", "411000", "DUPONT", "AV25-001", "Avoir AV25-001", 0, 3000)
fec.line("VE", "Ventes", "2025-08-20", "707000", "", "AV25-001", "Avoir AV25-001", 3000, 0)
desk.take(fec.text(), name="999999999FEC20251231.txt")
desk.take(camt([("2025-10-10", 100000, "A1", "", "FA25-999"), ("2025-10-10", 44400, "A2", "", "TEL 0130125301"), ]))
checks.check(desk.line("FA25-999")["state"] != "certain", "61: another document's number, the amount happens to fit", str(desk.line("FA25-999")))
checks.check(desk.line("TEL")["state"] != "certain", "62: digits of a telephone", str(desk.line("TEL")))
desk.take(camt([("2025-10-11", 167000, "A3", "DUPONT SA", "FA25-101 FA25-102 FA25-103 AV25-001"), ("2025-10-11", 160000, "A4", "DUPONT SA", "SUITE")]))
all_three = desk.line("FA25-102")
desk.must("cash", "apply", all_three["id"])
checks.equal([desk.open(f"FA25-10{i}") for i in (1, 2, 3)] + [desk.open("AV25-001")], [0, 0, 0, 0], "63: one payment for all of them and a credit note")
refused = desk.run("cash", "apply", desk.line("SUITE")["id"], "--item", "FA25-201=300,00", "FA25-102=500,00")
checks.check(refused.code == 2 and desk.open("FA25-201") == 30000, "63: all or none", refused.err)
desk.close()

# --- 65: a debit, while it may come back; and back
desk = Bank(today="2025-09-01")
desk.take(books().text(), name="999999999FEC20251231.txt")
desk.must("promise", "add", "--item", "FA25-101", "--date", "2025-09-10")
desk.take(camt([("2025-09-08", 100000, "D1", "DUPONT SA", "PRLV FA25-101", "IDDT")]))
debit = desk.line("PRLV")
checks.equal(debit["kind"], "direct_debit", "a direct debit of ours")
desk.must("cash", "apply", debit["id"], "--item", "FA25-101", today="2025-09-09")
desk.must("run", today="2025-09-20")
kept = lambda day: [e["kind"] for e in desk.must("--json", "customer", "DUPONT", today=day).json["timeline"] if e["kind"].startswith("promise.")]
checks.equal(kept("2025-09-20"), ["promise.made"], "subject to collection: kept by nothing yet, and not broken")
desk.take(camt([("2025-09-22", -100900, "D2", "DUPONT SA", "REJET PRLV FA25-101", "RDDT", "AM04")]), today="2025-09-22")
back = desk.line("REJET")
checks.equal([back["state"], back["return_reason"], [(i["number"], i["amount"]) for i in back["items"]], back["fees"]],
             ["proposed", "Insufficient funds (AM04)", [("FA25-101", -100000)], 900], "it comes back, with the bank's reason in words")
desk.must("cash", "apply", back["id"], today="2025-09-22")
item = next(i for i in desk.must("--json", "items", today="2025-09-22").json["items"] if i["kind"] == "unpaid_return")
checks.equal([item["number"], item["due_date"], item["due_source"], item["open"]], ["FA25-101", "2025-08-31", "original", 100000], "65: the old due date")
desk.must("run", today="2025-09-23")
checks.check("promise.kept" not in kept("2025-09-23"), "no kept promise", str(kept("2025-09-23")))
checks.equal(desk.run("cash", "undo", debit["id"]).code, 2, "the payment waits for its return to be undone first")
desk.sound("identity after a return")
# a promise kept by a transfer is kept at once
desk.must("promise", "add", "--item", "FA25-201", "--date", "2025-09-26", today="2025-09-23")
desk.take(camt([("2025-09-25", 30000, "V1", "MARTIN SARL", "FA25-201")]), today="2025-09-25")
desk.must("cash", "apply", "--certain", today="2025-09-25")
desk.must("run", today="2025-09-25")
checks.check(any(e["kind"] == "promise.kept" for e in desk.must("--json", "customer", "MARTIN", today="2025-09-25").json["timeline"]), "a transfer keeps it")
desk.close()

# --- by itself only where it is allowed, and always undoable
desk = Bank()
desk.take(books().text(), name="999999999FEC20251231.txt")
desk.take(camt(september[:1]))
desk.must("run")
checks.equal(desk.open("FA25-101"), 100000, "off at first: nothing is applied by itself")
desk.must("company", "set", "cash.automatic=1")
desk.must("run")
checks.equal([desk.open("FA25-101"), desk.lines("applied")[0]["automatic"]], [0, True], "allowed: before the day is planned")
desk.must("cash", "undo", desk.lines("applied")[0]["id"])
checks.equal(desk.open("FA25-101"), 100000, "and taken back")
desk.must("cash", "apply", "--certain")
imports = desk.must("--json", "imports").json["imports"]
undone = desk.must("--json", "import", "undo", next(i["id"] for i in imports if i["source"] == "bank")).json
checks.equal([undone["applications"], desk.open("FA25-101"), desk.lines()], [1, 100000, []], "the statement taken back says so")
desk.sound("identity after taking a statement back")
desk.close()

# --- the lettering comes back as a file that the books can post, and then is the same money
desk = Bank()
fec = books()
desk.take(fec.text(), name="999999999FEC20251231.txt")
desk.take(camt(september[:1]))
desk.must("cash", "apply", "--certain")
journal = desk.must("cash", "lettering", "--format", "fec").out.splitlines()
checks.equal([len(journal), len(set(len(row.split("\t")) for row in journal))], [3, 1], "an entry of two lines, 18 columns each (73)")
checks.check("AAB" in desk.must("cash", "lettering").out, "with its letters")
posted = fec.text() + "".join("|".join(row.split("\t")) + "\n" for row in journal[1:])
desk.take(posted, name="999999999FEC20251231.txt", today="2025-10-16")
checks.equal([desk.outstanding(), len(desk.must("--json", "items", "--customer", "DUPONT").json["items"])], [174400, 4], "posted as told: one payment")
desk.sound("identity after the books posted it")
# an early-payment discount with its VAT: 2 % of 200.00 within 15 days, 4.00 of which 0.67 of VAT
desk.must("customer", "set", "DUPONT", "discount.days=15", "discount.rate=2,00")
desk.must("company", "set", "discount.vat=20.00")
desk.take(camt([("2025-10-13", 19600, "R9", "DUPONT SA", "REGLT FA25-103")]))
desk.must("cash", "apply", "--certain", today="2025-10-16")
checks.equal([desk.open("FA25-103"), desk.outstanding()], [0, 154400], "a discount in time is let go")
journal = [row.split("\t") for row in desk.must("cash", "lettering", "--format", "fec", today="2025-10-16").out.splitlines()[1:]]
entry = {(row[4][:5], row[11].replace(",", "."), row[12].replace(",", ".")) for row in journal if row[2] == journal[-1][2]}
checks.equal(sorted(entry), [("41100", "0.00", "196.00"), ("41100", "0.00", "4.00"), ("44571", "0.67", "0.00"), ("51200", "196.00", "0.00"), ("66500", "3.33", "0.00")],
             "its entry gives the VAT back")
posted += "".join("|".join(row) + "\n" for row in journal if row[2] == journal[-1][2])
desk.take(posted, name="999999999FEC20251231.txt", today="2025-10-16")
checks.equal([desk.open("FA25-103"), desk.outstanding()], [0, 154400], "posted as told: the same money and the same discount, once")
desk.sound("identity after the books posted the discount")
desk.close()


# --- books kept weeks later: the same invoice is not paid twice; equal amounts are a question
desk = Bank()
fec = books()
desk.take(fec.text(), name="999999999FEC20251231.txt", today="2025-09-01")
desk.take(camt([("2025-09-05", 100000, "L1", "DUPONT SA", "FA25-101"), ("2025-09-05", 44400, "L2", "DURAND", "FA25-301")]))
desk.must("cash", "apply", "--certain")
fec.payment("DUPONT", "FA25-101", "2025-10-10", 100000)
fec.payment("DURAND", "REGLT", "2025-10-10", 44400)
desk.take(fec.text(), name="999999999FEC20251231.txt")
checks.equal(desk.must("--json", "customer", "DUPONT").json["outstanding"], 70000, "posted five weeks later, of the same invoice: counted once")
asked = desk.must("--json", "cash", "twice").json["twice"]
checks.equal([(r["customer"], r["amount"], r["bank_date"], r["books_date"], r["number"]) for r in asked],
             [("DURAND", 44400, "2025-09-05", "2025-10-10", "REGLT")], "of the same amount only: asked")
checks.equal(desk.must("--json", "customer", "DURAND").json["outstanding"], -44400, "both count until somebody answers")
desk.must("cash", "same", asked[0]["payment"], asked[0]["item_id"])
checks.equal([desk.must("--json", "customer", "DURAND").json["outstanding"], desk.open("FA25-301"), desk.must("--json", "cash", "twice").json["twice"]],
             [0, 0, []], "the same money: once")
checks.equal(desk.run("cash", "another", asked[0]["payment"], asked[0]["item_id"]).code, 2, "answered is answered")
desk.sound("identity with late postings")
desk.must("cash", "undo", desk.line("FA25-301")["id"])
checks.equal(desk.must("--json", "customer", "DURAND").json["outstanding"], 0, "the bank's decision taken back: the books' payment stays, free")
desk.must("cash", "apply", desk.line("FA25-301")["id"], "--item", "FA25-301")
again = desk.must("--json", "cash", "twice").json["twice"]
checks.equal([r["customer"] for r in again], ["DURAND"], "and is asked about anew")
desk.must("cash", "another", again[0]["payment"], again[0]["item_id"])
checks.equal([desk.must("--json", "customer", "DURAND").json["outstanding"], desk.must("--json", "cash", "twice").json["twice"]], [-44400, []], "another one: both count")
desk.close()

# --- any order: never lost, never doubled
def history(seed):
    chance = random.Random(seed)
    desk = Bank(today="2025-12-31")
    start = datetime.date(2025, 9, 1)
    day = lambda n: str(start + datetime.timedelta(days=n))
    customers = ["ALFA", "BETA"]
    invoices = [(customers[i % 2], f"F{i:03d}", 1000000 + (1 << i)) for i in range(8)]  # any sum tells its parts
    posting = {number: (chance.randrange(0, 3), chance.random() < 0.7) for _, number, _ in invoices}  # days later, in one line or two
    paid = [(c, number, cents, chance.randrange(5, 70)) for c, number, cents in invoices if chance.random() < 0.8]

    def export(until):
        fec = Fec()
        for c, number, cents in invoices:
            fec.sale(c, number, "2025-08-15", cents)
        for c, number, cents, on in sorted(paid, key=lambda p: p[3]):
            later, whole = posting[number]
            if on <= until:
                for part in [cents] if whole else [cents - 4321, 4321]:
                    fec.payment(c, "VIR", day(on + later), part)
        return fec.text()

    seen_books, seen_bank = 0, 0
    for step in range(6):
        if step == 0 or chance.random() < 0.5:
            seen_books = max(seen_books, chance.randrange(0, 75))
            desk.take(export(seen_books), name="999999999FEC20251231.txt")
        else:
            until = chance.randrange(5, 75)
            told = [(day(on), cents, f"R{number}", c, f"VIR {number}") for c, number, cents, on in paid if on <= until]
            if not told:
                continue
            desk.take(camt(told))
            desk.must("cash", "apply", "--certain", code=0)
            for line in desk.lines("open"):  # a person applies the rest: as proposed, or on account
                payer = line["payer"]
                if desk.run("cash", "apply", line["id"]).code:
                    desk.must("cash", "apply", line["id"], "--customer", payer)
            seen_bank = max(seen_bank, until)
    known = max(seen_books, seen_bank)
    expected = sum(cents for _, _, cents in invoices) - sum(cents for _, _, cents, on in paid if on <= seen_books or on <= seen_bank)
    checks.equal(desk.outstanding(), expected, f"history {seed}: books until {seen_books}, bank until {seen_bank}, counted once (until {known})")
    desk.sound(f"history {seed}: identity")
    desk.close()


# --- one account, told in three formats: CAMT names its IBAN, OFX its parts, the bank's CSV its RIB
desk = Bank()
desk.take(books().text(), name="999999999FEC20251231.txt")
told = [("2025-10-10", 100000, "R1", "DUPONT", "VIR FA25-101"), ("2025-10-11", 5000, "R2", "X", "VIR A"), ("2025-10-11", 5000, "R3", "Y", "VIR B")]
desk.take(camt(told))
ofx = "".join(f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{on.replace('-', '')}<TRNAMT>{cents / 100:.2f}<FITID>OFX{reference}<NAME>{words}</STMTTRN>\n" for on, cents, reference, _, words in told)
first = desk.take("OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>30006<BRANCHID>00001"
                  f"<ACCTID>12345678901<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>\n{ofx}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n", name="b.ofx")
checks.equal([first["format"], first["items"]["new"]], ["ofx", 0], "the same movements as OFX, numbered otherwise: no new line")
rows = "".join(f"{on[8:]}/{on[5:7]}/{on[:4]};{words};;{cents // 100},{cents % 100:02d}\n" for on, cents, _, _, words in told)
second = desk.take(f"Compte;30006 00001 12345678901 89\nSolde au 30/10/2025;150,00\n\nDate;Libelle;Debit;Credit\n{rows}", name="b.csv")
checks.equal([second["format"], second["items"]["new"]], ["bank-csv", 0], "and as the bank's CSV, whose RIB is the IBAN")
checks.equal(len(desk.lines()), 3, "three movements are three lines")
desk.sound("identity after three formats")
desk.close()


for seed in range(int(os.environ.get("ENCOURS_HISTORIES", "12"))):
    history(seed)

checks.finish()
