#!/usr/bin/env python3
"""The contract's figures of one FEC, computed a second time and plainly: no store, no columns, no speed.

    fec_oracle.py FILE --as-of 2025-09-30 [--terms 30]     prints one JSON document

Written from the contract's definitions alone, so that a difference with `encours report` is a question to one of the two.
Only the standard library; amounts are integers of minor units, ratios are fractions until they are printed."""

import argparse
import json
import re
import sys
import unicodedata
from datetime import date, timedelta
from fractions import Fraction

OPENING_CODES = {"AN", "RAN", "ANO", "AD"}
PLACEHOLDERS = {"", "-", "sans", "an"}


def plain(text):
    text = unicodedata.normalize("NFD", text.lower())
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in text if not unicodedata.combining(c))).strip()


def decode(raw):
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        dos = sum(raw.count(bytes([b])) for b in (0x82, 0x85, 0x8A, 0x87, 0x88))
        windows = sum(raw.count(bytes([b])) for b in (0xE9, 0xE0, 0xE8, 0xE7, 0xEA))
        return raw.decode("cp850" if dos > windows else "cp1252", "replace")


def cut(line, separator):
    cells, cell, at, quoted = [], "", 0, False
    while at < len(line):
        c = line[at]
        if quoted:
            if c == '"' and line[at + 1:at + 2] == '"':
                cell, at = cell + '"', at + 1
            elif c == '"':
                quoted = False
            else:
                cell += c
        elif c == '"' and not cell.strip():
            quoted, cell = True, ""
        elif c == separator:
            cells.append(cell.strip(" \xa0"))
            cell = ""
        else:
            cell += c
        at += 1
    return cells + [cell.strip(" \xa0")]


def amount(text):
    text = text.replace(" ", "").replace("\xa0", "").replace(",", ".")
    return int((Fraction(text or "0") * 100)) if text else 0


def day(text):
    if not text:
        return None
    if "/" in text:
        d, m, y = text.split("/")
        return date(int(y), int(m), int(d))
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


class Line:
    pass


def read_lines(path):
    text = decode(open(path, "rb").read())
    rows = re.split(r"(?:\r*\n|\r)", text)
    head = rows[0]
    separator = max("\t|;", key=head.count)
    names = [plain(n).replace(" ", "") for n in cut(head, separator)]

    def column(*wanted):
        return next((names.index(w) for w in wanted if w in names), None)

    at = {name: column(*aliases) for name, aliases in {
        "journal": ["journalcode"], "journal_label": ["journallib"], "number": ["ecriturenum"], "posting": ["ecrituredate"],
        "account": ["comptenum"], "account_label": ["comptelib"], "aux": ["compauxnum"], "aux_label": ["compauxlib"],
        "piece": ["pieceref"], "piece_day": ["piecedate"], "label": ["ecriturelib"], "debit": ["debit"], "credit": ["credit"],
        "amount": ["montant"], "sense": ["sens"], "lettering": ["ecriturelet"],
        "due": ["dateecheance", "echeancedate", "datedecheance"]}.items()}
    lines = []
    for index, row in enumerate(rows[1:], 2):
        if not row.strip(" \t|;"):
            continue
        cells = cut(row, separator)

        def get(name):
            return cells[at[name]] if at[name] is not None and at[name] < len(cells) else ""
        line = Line()
        line.at = index
        line.journal, line.journal_label, line.number = get("journal"), get("journal_label"), get("number")
        line.posting, line.piece_day, line.due = day(get("posting")), day(get("piece_day")), day(get("due"))
        line.account, line.piece, line.label, line.lettering = get("account"), get("piece"), get("label"), get("lettering")
        if at["debit"] is not None and at["credit"] is not None:
            line.amount = amount(get("debit")) - amount(get("credit"))
        else:
            sense = get("sense").upper()
            line.amount = amount(get("amount")) * (-1 if sense in ("C", "-1", "CREDIT", "-") else 1)
        line.customer = get("aux") or line.account
        line.name = (get("aux_label") if get("aux") else "") or get("account_label")
        lines.append(line)
    return lines


def entries_of(lines):
    """Entries, and the lines of those that are refused."""
    by_journal = {}
    for line in lines:
        by_journal.setdefault(line.journal, []).append(line)
    groups = []
    for members in by_journal.values():
        numbers = {m.number for m in members}
        same = len(numbers) == 1
        keyed = {}
        run = []
        for m in members:
            if m.number == "" or same:
                run.append(m)
                if sum(x.amount for x in run) == 0:
                    groups.append(run)
                    run = []
            else:
                keyed.setdefault(m.number, []).append(m)
        if run:
            groups.append(run)
        groups += keyed.values()
    good = [g for g in groups if sum(x.amount for x in g) == 0]
    refused = [x for g in groups if sum(x.amount for x in g) != 0 for x in g]
    return good, refused


def receivable(account):
    return account[:3] in ("411", "413", "416")


def kinds(entry):
    opening = entry[0].journal.upper() in OPENING_CODES or re.match(r"(report )?a nouveau", plain(entry[0].journal_label))
    sale = any(l.account.startswith(("70", "4457")) for l in entry)
    bank = any(l.account.startswith(("51", "53", "58")) for l in entry)
    only = all(receivable(l.account) for l in entry)
    for l in entry:
        l.pair = None
        if l.account.startswith("4117"):
            l.kind = "retention"
        elif opening:
            l.kind = "opening"
        elif l.amount > 0 and sale:
            l.kind = "invoice"
        elif l.amount < 0 and sale and not bank:
            l.kind = "credit_note"
        elif l.amount and bank:
            l.kind = "payment" if l.amount < 0 else "unpaid_return"
        else:
            l.kind = "other"
    if only and not opening:
        for near in (lambda a, b: a.customer == b.customer and a.piece == b.piece, lambda a, b: a.customer == b.customer,
                     lambda a, b: a.piece == b.piece, lambda a, b: True):
            for a in entry:
                for b in entry:
                    if a.at < b.at and a.pair is None and b.pair is None and a.amount == -b.amount != 0 and near(a, b):
                        a.pair, b.pair = b, a
        for l in entry:
            if l.pair is not None and l.kind != "retention":
                l.kind = "transfer"


def number_items(items):
    users = {}
    for i in items:
        users.setdefault(i.piece, set()).add(i.customer)

    def nothing(piece):
        if piece.lower() in PLACEHOLDERS:
            return True
        return len(users[piece]) >= (3 if re.search(r"\d", piece) else 2)

    shapes = set()
    for i in items:
        if i.kind in ("invoice", "credit_note") and not nothing(i.piece) and re.search("[A-Za-z]", i.piece):
            shapes.add(re.sub(r"\d", "9", i.piece.upper()))
    for i in items:
        if not nothing(i.piece):
            i.number = i.piece
            continue
        found = [t for t in re.findall(r"[A-Za-z0-9/_.-]+", i.label) if re.sub(r"\d", "9", t.upper()) in shapes]
        i.number = found[0] if found else i.journal + "-" + i.entry_number


def settle(items, a, b, limit=None):
    debit, credit = (a, b) if a.amount > 0 else (b, a)
    part = min(debit.left, -credit.left)
    if limit is not None:
        part = min(part, limit)
    if part <= 0:
        return 0
    debit.left -= part
    credit.left += part
    items.settlements.append((debit, credit, max(debit.posting, credit.posting), part))
    return part


class Items(list):
    settlements = None


def project(lines, terms):
    good, refused = entries_of(lines)
    items = Items()
    items.settlements = []
    for entry in good:
        kinds(entry)
        for l in entry:
            if receivable(l.account):
                l.entry_number = l.number
                l.left = l.amount
                l.issue = l.piece_day or l.posting
                items.append(l)
    items.sort(key=lambda i: i.at)
    number_items(items)
    groups = {}
    for i in items:
        if i.lettering:
            groups.setdefault((i.customer, i.account, i.lettering), []).append(i)
    order = lambda i: (i.posting, i.at)
    for group in groups.values():
        debits = sorted((i for i in group if i.amount > 0), key=order)
        for credit in sorted((i for i in group if i.amount < 0), key=order):
            for debit in debits:
                settle(items, debit, credit)
    # transfers and retentions carved out: the credit settles the original, the debit takes over
    origin = {}
    for credit in sorted((i for i in items if i.pair is not None and i.amount < 0), key=order):
        lettered = [s[0] for s in items.settlements if s[1] is credit]
        if not lettered:
            open_ones = sorted((i for i in items if i.amount > 0 and i.left > 0 and i.customer == credit.customer and i is not credit.pair
                                and order(i) <= order(credit)), key=order)
            same = [i for i in open_ones if i.number == credit.number and i.account == credit.account] or \
                   [i for i in open_ones if i.amount == -credit.amount and i.account == credit.account]
            for debit in same:
                settle(items, debit, credit)
            lettered = [s[0] for s in items.settlements if s[1] is credit]
        if lettered and credit.pair is not None:
            origin[id(credit.pair)] = lettered[0]
    for i in sorted(items, key=order):
        if i.due:
            i.due_source = "file"
        elif i.kind == "retention" and i.amount > 0:
            i.due, i.due_source = date(i.posting.year + 1, i.posting.month, min(i.posting.day, 28) if i.posting.month == 2 else i.posting.day), "retention"
        elif i.kind == "transfer" and id(i) in origin:
            o = origin[id(i)]
            i.number, i.issue, i.due, i.due_source = o.number, o.issue, o.due, "original"
        elif i.kind == "unpaid_return":
            i.due, i.due_source = i.posting, "original"
            earlier = [o for o in items if o.kind in ("invoice", "opening", "transfer") and o.amount > 0 and o.customer == i.customer and order(o) < order(i)]
            named = [o for o in earlier if o.number == i.number or (len(o.number) > 3 and o.number in i.label)]
            settled = [o for o in earlier if o.amount == i.amount and any(s[0] is o and s[2] <= i.posting for s in items.settlements)]
            exact = [o for o in named if o.amount == i.amount]
            if named or settled:
                i.due = (exact or named or settled)[0].due
        elif i.kind == "opening" and i.issue == i.posting:
            i.due, i.due_source = i.posting, "opening"
        elif i.amount <= 0:
            i.due, i.due_source = i.issue, "issue"
        else:
            i.due, i.due_source = i.issue + timedelta(terms), "assumed"
    return items, refused


def ratio(value):
    if value is None:
        return None
    scaled = value * 10**6
    half = (abs(scaled) * 2 + 1) // 2
    return float((half if value >= 0 else -half)) / 10**6


def days2(value):
    if value is None:
        return None
    scaled = value * 100
    half = (abs(scaled) * 2 + 1) // 2
    return float(half if value >= 0 else -half) / 100


BUCKETS = ["not_due", "1-30", "31-60", "61-90", "90+"]


def bucket(late):
    return BUCKETS[0 if late <= 0 else 1 if late <= 30 else 2 if late <= 60 else 3 if late <= 90 else 4]


def opens(items, d):
    out = {}
    for i in items:
        if i.posting <= d:
            out[id(i)] = i.amount
    for debit, credit, when, part in items.settlements:
        if when <= d:
            out[id(debit)] -= part
            out[id(credit)] += part
    return [(i, out[id(i)]) for i in items if id(i) in out]


def aged(items, d, basis):
    rows = {}
    by_customer = {}
    for i, o in opens(items, d):
        by_customer.setdefault(i.customer, []).append((i, o))
    for customer, members in by_customer.items():
        row = dict.fromkeys(["outstanding"] + BUCKETS + ["unallocated"], 0)
        credit = -sum(o for _, o in members if o < 0)
        if basis == "gross":
            row["unallocated"], credit = -credit, 0
        for i, o in sorted(((i, o) for i, o in members if o > 0), key=lambda p: (p[0].due, p[0].posting, p[0].number)):
            used = min(o, credit)
            credit -= used
            row[bucket((d - i.due).days)] += o - used
        row["unallocated"] -= credit
        row["outstanding"] = sum(row[k] for k in BUCKETS + ["unallocated"])
        if any(row.values()):
            rows[customer] = row
    total = dict.fromkeys(["outstanding"] + BUCKETS + ["unallocated"], 0)
    for row in rows.values():
        for key, value in row.items():
            total[key] += value
    return {"total": total, "rows": [dict(customer=c, **rows[c]) for c in sorted(rows)]}


def sales(items, d):
    return sum(i.amount for i in items if i.kind in ("invoice", "credit_note") and i.posting <= d and d - timedelta(365) < i.issue <= d)


def behaviour(items, d, customer=None):
    weight = pay = late = on_time = 0
    for debit, credit, when, part in items.settlements:
        if debit.kind != "invoice" or credit.kind != "payment" or not d - timedelta(365) < when <= d:
            continue
        if customer is not None and debit.customer != customer:
            continue
        weight += part
        pay += part * (when - debit.issue).days
        late += part * (when - debit.due).days
        on_time += part if when <= debit.due else 0
    if not weight:
        return 0, None, None, None
    return weight, Fraction(pay, weight), Fraction(late, weight), Fraction(on_time, weight)


def countback(items, d, outstanding):
    if outstanding <= 0:
        return Fraction(0), False
    rest, days, month = Fraction(outstanding), Fraction(0), date(d.year, d.month, 1)
    known = [i for i in items if i.kind in ("invoice", "credit_note") and i.posting <= d]
    if not known:
        return Fraction(0), True
    first = min(i.issue for i in known).replace(day=1)
    while month >= first:
        nxt = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        last = min(nxt - timedelta(1), d)
        length = (last - month).days + 1
        sold = sum(i.amount for i in known if month <= i.issue <= last)
        if sold > 0 and sold >= rest:
            return days + rest / sold * length, False
        rest -= sold
        days += length
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return days, rest > 0


def kpis(items, d):
    total = aged(items, d, "gross")["total"]
    overdue = sum(total[b] for b in BUCKETS[1:])
    sold = sales(items, d)
    before = aged(items, d - timedelta(90), "gross")["total"]["outstanding"]
    sold_90 = sum(i.amount for i in items if i.kind in ("invoice", "credit_note") and i.posting <= d and d - timedelta(90) < i.issue <= d)
    divisor = before + sold_90 - total["not_due"]
    weight, pay, late, on_time = behaviour(items, d)
    per = lambda value: days2(Fraction(value * 365, sold)) if sold > 0 else None
    back, least = countback(items, d, total["outstanding"])
    return {
        "outstanding": total["outstanding"], "overdue": overdue, "not_due": total["not_due"], "unallocated": total["unallocated"],
        "overdue_rate": ratio(Fraction(overdue, overdue + total["not_due"])) if overdue + total["not_due"] else None,
        "sales_365": sold, "dso": per(total["outstanding"]), "best_possible_dso": per(total["not_due"]), "average_days_delinquent": per(overdue),
        "dso_countback": days2(back), "dso_countback_min": least,
        "average_days_to_pay": days2(pay), "average_days_late": days2(late), "on_time_rate": ratio(on_time),
        "cei_90": ratio(Fraction(before + sold_90 - total["outstanding"], divisor)) if divisor > 0 else None,
        "disputed": 0, "promised": 0, "open_items": sum(1 for _, o in opens(items, d) if o)}


def report(path, d, terms):
    items, refused = project(read_lines(path), terms)
    people = sorted({i.customer for i in items})
    rows = []
    for customer in people:
        weight, pay, late, on_time = behaviour(items, d, customer)
        if weight:
            rows.append({"customer": customer, "settled": weight, "average_days_to_pay": days2(pay), "average_days_late": days2(late), "on_time_rate": ratio(on_time)})
    return {
        "as_of": d.isoformat(), "refused": sorted(l.at for l in refused),
        "aged_gross": aged(items, d, "gross"), "aged_net": aged(items, d, "net"), "kpis": kpis(items, d), "behaviour": rows,
        "items": [{"number": i.number, "customer": i.customer, "kind": i.kind, "issue_date": i.issue.isoformat(), "due_date": i.due.isoformat(),
                   "due_source": i.due_source, "posting_date": i.posting.isoformat(), "amount": i.amount, "open": o}
                  for i, o in opens(items, d)]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--terms", type=int, default=30)
    given = parser.parse_args()
    json.dump(report(given.file, date.fromisoformat(given.as_of), given.terms), sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
