#!/usr/bin/env python3
"""A random FEC of one of the forms that packages write, the same for the same seed.

    fec_generator.py SEED FILE        prints the variant on stderr

Holds what real ledgers hold: instalments, several customers in one entry, credit notes, part payments, part-lettered groups,
overpayments, unlettered cash, returned payments, refunds, write-offs, transfers to 416, retentions, opening lines, placeholders,
entry numbers that say nothing, scattered entries."""

import random
import sys
from datetime import date, timedelta

NAMES = ["DUPONT SA", "Société Générale d'Équipement", "MARTIN & FILS", "Crêperie de l'Île", "GARAGE LEFÈVRE", "Hôtel du Nord", "BÂTIMENT 44"]
COLUMNS = ["JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib", "PieceRef",
           "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"]


class Ledger:
    def __init__(self, seed):
        self.r = random.Random(seed)
        r = self.r
        self.rows = []      # (posting, order, fields)
        self.count = 0
        self.letter = {}
        self.customers = [("C%03d" % n, r.choice(NAMES) + " %d" % n) for n in range(r.randint(3, 12))]
        self.no_aux = r.random() < 0.15
        self.numbering = r.choice(["per_journal"] * 4 + ["global", "empty", "zero"])
        self.numbers = {}
        self.placeholder = r.random() < 0.3
        self.due_column = r.random() < 0.3
        self.open_invoices = []

    def code(self, customer):
        key = customer[0]
        n = self.letter[key] = self.letter.get(key, 0) + 1
        text = ""
        while n:
            n, digit = divmod(n - 1, 26)
            text = chr(65 + digit) + text
        return text

    def line(self, account, customer, piece, piece_day, label, amount, lettering="", due=None):
        aux = customer is not None and not self.no_aux
        if customer is not None and self.no_aux:
            account = account[:3] + customer[0]
        labels = {"411": "Clients", "416": "Clients douteux", "707": "Ventes", "445": "TVA collectée", "512": "Banque", "654": "Pertes"}
        return {"account": account, "account_label": customer[1] if customer and self.no_aux else labels.get(account[:3], "Divers"),
                "aux": customer[0] if aux else "", "aux_label": customer[1] if aux else "", "piece": piece, "piece_day": piece_day,
                "label": label, "amount": amount, "lettering": lettering, "due": due}

    def entry(self, journal, label, posting, lines):
        self.count += 1
        if self.numbering == "empty":
            number = ""
        elif self.numbering == "zero":
            number = "0"
        else:
            key = journal if self.numbering == "per_journal" else ""
            self.numbers[key] = self.numbers.get(key, 0) + 1
            number = "%s%05d" % (journal, self.numbers[key])
        for n, line in enumerate(lines):
            line.update(journal=journal, journal_label=label, number=number, posting=posting)
            self.rows.append((posting, self.count, n, line))  # the line itself: it may be lettered later

    def invoice(self, n):
        r = self.r
        customer = r.choice(self.customers)
        posting = date(2025, 1, 2) + timedelta(r.randint(0, 300))
        piece_day = posting - timedelta(r.choice([0, 0, 0, 1, 5]))
        number = "FA25-%03d" % n
        piece = "-" if self.placeholder and r.random() < 0.3 else number
        total = r.randint(1000, 500000)
        tax = total // 6
        lines, parts = [], []
        shares = [total]
        if r.random() < 0.15 and self.numbering not in ("empty", "zero"):
            first = total // 3
            shares = [first, total - first]
        for k, share in enumerate(shares):
            line = self.line("411000", customer, piece, piece_day, "Facture %s" % number, share,
                             due=piece_day + timedelta(15 + 30 * k) if self.due_column and r.random() < 0.8 else None)
            lines.append(line)
            parts.append((line, customer, posting, number))
        lines += [self.line("707000", None, piece, piece_day, "Facture %s" % number, tax - total),
                  self.line("445710", None, piece, piece_day, "Facture %s" % number, -tax)]
        if r.random() < 0.3:
            r.shuffle(lines)
        self.entry("VE", "Ventes", posting, lines)
        self.open_invoices += parts

    def credit_note(self, n, target):
        line, customer, posting, number = target
        r = self.r
        day = posting + timedelta(r.randint(0, 40))
        total = max(1, line["amount"] // r.choice([1, 2, 5]))
        letter = ""
        if r.random() < 0.7 and not line["lettering"]:
            letter = line["lettering"] = self.code(customer)
        self.entry("VE", "Ventes", day, [
            self.line("709000", None, "AV25-%03d" % n, day, "Avoir", total),
            self.line("411000", customer, "AV25-%03d" % n, day, "Avoir sur %s" % number, -total, letter)])

    def payment(self, targets):
        r = self.r
        customer = targets[0][1]
        day = max(t[2] for t in targets) + timedelta(r.randint(0, 90))
        total = sum(t[0]["amount"] for t in targets)
        kind = r.random()
        if kind < 0.15:
            total = max(1, total * r.randint(20, 95) // 100)
        elif kind < 0.22:
            total += r.randint(1, 5000)
        letter = ""
        if r.random() < 0.75:
            letter = next((t[0]["lettering"] for t in targets if t[0]["lettering"]), "") or self.code(customer)
            for t in targets:
                if not t[0]["lettering"]:
                    t[0]["lettering"] = letter
        piece = r.choice(["VIR", "VIR", "", "CHQ %d" % r.randint(1000, 9999)])
        lines = [self.line("512000", None, piece, day, "VIR " + customer[1], total),
                 self.line("411000", customer, piece, day, "VIR " + customer[1], -total, letter)]
        self.entry("BQ", "Banque", day, lines)
        if letter and len(targets) == 1 and kind >= 0.22 and r.random() < 0.12:
            back = day + timedelta(r.randint(2, 12))
            self.entry("BQ", "Banque", back, [
                self.line("411000", customer, targets[0][3], back, "IMPAYE %s" % targets[0][3], total),
                self.line("512000", None, targets[0][3], back, "IMPAYE %s" % targets[0][3], -total)])

    def transfer(self, target):
        line, customer, posting, number = target
        day = posting + timedelta(self.r.randint(60, 150))
        letter = line["lettering"] = self.code(customer)
        self.entry("OD", "Opérations diverses", day, [
            self.line("416000", customer, number, day, "Passage en douteux", line["amount"]),
            self.line("411000", customer, number, day, "Passage en douteux", -line["amount"], letter)])

    def write_off(self, target):
        line, customer, posting, number = target
        day = posting + timedelta(self.r.randint(60, 150))
        letter = line["lettering"] = self.code(customer)
        self.entry("OD", "Opérations diverses", day, [
            self.line("411000", customer, number, day, "Perte", -line["amount"], letter),
            self.line("654000", None, number, day, "Perte", line["amount"])])

    def opening(self):
        r = self.r
        day = date(2025, 1, 1)
        lines = []
        for customer in self.customers:
            if r.random() < 0.4:
                total = r.randint(-20000, 100000) or 1
                detailed = r.random() < 0.5
                lines.append(self.line("411000", customer, "FA24-%03d" % r.randint(1, 999) if detailed else "AN",
                                       day - timedelta(r.randint(10, 90)) if detailed else day, "A nouveau", total))
        if lines:
            lines.append(self.line("110000", None, "AN", day, "A nouveau", -sum(l["amount"] for l in lines)))
            self.entry(r.choice(["AN", "RAN", "OUV"]), "À nouveaux", day, lines)

    def build(self):
        r = self.r
        if r.random() < 0.5:
            self.opening()
        for n in range(1, r.randint(10, 80)):
            self.invoice(n)
        # an amount that stands twice for one customer would make "same amount" a matter of order
        pool = list(self.open_invoices)
        r.shuffle(pool)
        n = 0
        while pool and r.random() > 0.02:
            target = pool.pop()
            n += 1
            choice = r.random()
            if choice < 0.1:
                self.credit_note(n, target)
            elif choice < 0.15:
                self.transfer(target)
            elif choice < 0.18:
                self.write_off(target)
            elif choice < 0.8:
                more = [t for t in pool if t[1] == target[1]][:r.choice([0, 0, 0, 1, 2])]
                for t in more:
                    pool.remove(t)
                self.payment([target] + more)
        return self


def write(ledger, path):
    r = ledger.r
    separator = r.choice(["\t", "\t", "|"])
    ends = r.choice(["\n", "\r\n", "\r\n", "\r\r\n"])
    encoding = r.choice(["utf-8", "utf-8", "utf-8-sig", "cp1252", "cp850"])
    amounts = r.choice(["sides", "sides", "sides", "sense", "signs", "negative_debit"])
    padded, trailing = r.random() < 0.15, r.random() < 0.15
    columns = list(COLUMNS)
    if amounts in ("sense", "signs"):
        columns[11:13] = ["Montant", "Sens"]
    if ledger.due_column:
        columns.append("DateEcheance")
    if r.random() < 0.15:
        columns = [columns[0]] + r.sample(columns[1:], len(columns) - 1)
    number = lambda v: ("-" if v < 0 else "") + "%d,%02d" % divmod(abs(v), 100)
    out = separator.join(columns) + (separator if trailing else "") + ends
    # entries keep together; those of one journal and number may be scattered only where numbers say something
    for _, _, _, f in sorted(ledger.rows, key=lambda row: row[:3]):
        v = f["amount"]
        cell = {"JournalCode": f["journal"], "JournalLib": f["journal_label"], "EcritureNum": f["number"], "EcritureDate": f["posting"].strftime("%Y%m%d"),
                "CompteNum": f["account"], "CompteLib": f["account_label"], "CompAuxNum": f["aux"], "CompAuxLib": f["aux_label"], "PieceRef": f["piece"],
                "PieceDate": f["piece_day"].strftime("%Y%m%d"), "EcritureLib": f["label"], "EcritureLet": f["lettering"],
                "DateLet": "20251231" if f["lettering"] else "", "ValidDate": "", "Montantdevise": "", "Idevise": "",
                "Debit": number(max(v, 0)), "Credit": number(max(-v, 0)),
                "DateEcheance": f["due"].strftime("%Y%m%d") if f["due"] else ""}
        if amounts == "negative_debit":
            cell["Debit"], cell["Credit"] = number(v), "0,00"
        if amounts in ("sense", "signs"):
            cell["Montant"] = number(abs(v))
            cell["Sens"] = ("D" if v >= 0 else "C") if amounts == "sense" else ("+1" if v >= 0 else "-1")
        cells = [cell[c].ljust(12) if padded else cell[c] for c in columns]
        out += separator.join(cells) + (separator if trailing else "") + ends
    with open(path, "wb") as file:
        file.write(out.encode(encoding, "replace"))
    return "%s, separator %r, ends %r, amounts %s, numbers %s, %s%s%s%d lines" % (
        encoding, separator, ends, amounts, ledger.numbering, "padded, " if padded else "", "due dates, " if ledger.due_column else "",
        "no auxiliary, " if ledger.no_aux else "", len(ledger.rows))


if __name__ == "__main__":
    print(write(Ledger(int(sys.argv[1])).build(), sys.argv[2]), file=sys.stderr)
