#!/usr/bin/env python3
"""Writes a FEC, or a CSV of invoices and one of their payments, of any size; the same seed gives the same bytes.

  bench/generate_fec.py fec 3000000 20000 > big.txt          lines, customers
  bench/generate_fec.py csv 10000000 200000 FOLDER           invoices, customers: FOLDER/invoices.csv, FOLDER/payments.csv
"""
import datetime
import random
import sys

HEAD = ("JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\t"
        "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n")
DAYS = [(datetime.date(2025, 1, 1) + datetime.timedelta(d)).strftime("%Y%m%d") for d in range(365)]
ISO = [(datetime.date(2025, 1, 1) + datetime.timedelta(d)).isoformat() for d in range(540)]


def euros(cents):
    return "%d,%02d" % (cents // 100, cents % 100)


def fec(lines, customers):
    """In order of date: each sale three lines, each payment two; four sales in five are paid and lettered."""
    rng = random.Random(7)
    out = sys.stdout
    out.write(HEAD)
    sales = int(lines / (3 + 0.8 * 2))
    due = [[] for _ in range(365)]
    written = entry = 0
    for day in range(365):
        part = []
        for n in range(sales * day // 365, sales * (day + 1) // 365):
            entry += 1
            c = rng.randrange(customers)
            cents = rng.randrange(1000, 900000)
            vat = cents // 6
            paid = day + rng.randrange(5, 75) if rng.random() < 0.8 else 999
            letter = "L%d" % n if paid < 365 else ""
            if paid < 365:
                due[paid].append((c, cents, letter, n))
            tail = "\tC%06d\tCUSTOMER %d\tFA25-%07d\t%s\tFacture FA25-%07d\t" % (c, c, n, DAYS[day], n)
            start = "VE\tVentes\t%d\t%s\t" % (entry, DAYS[day])
            part.append(start + "411000\tClients" + tail + "%s\t0,00\t%s\t\t%s\t\t\n" % (euros(cents), letter, DAYS[day]))
            rest = "\t\t\tFA25-%07d\t%s\tFacture FA25-%07d\t0,00\t" % (n, DAYS[day], n)
            part.append(start + "707000\tVentes" + rest + "%s\t\t\t%s\t\t\n" % (euros(cents - vat), DAYS[day]))
            part.append(start + "445710\tTVA" + rest + "%s\t\t\t%s\t\t\n" % (euros(vat), DAYS[day]))
        for c, cents, letter, n in due[day]:
            entry += 1
            start = "BQ\tBanque\t%d\t%s\t" % (entry, DAYS[day])
            part.append(start + "512000\tBanque\t\t\tVIR%d\t%s\tVIR CUSTOMER %d\t%s\t0,00\t\t\t%s\t\t\n"
                        % (n, DAYS[day], c, euros(cents), DAYS[day]))
            part.append(start + "411000\tClients\tC%06d\tCUSTOMER %d\tVIR%d\t%s\tVIR CUSTOMER %d\t0,00\t%s\t%s\t\t%s\t\t\n"
                        % (c, c, n, DAYS[day], c, euros(cents), letter, DAYS[day]))
        written += len(part)
        out.write("".join(part))
    print(written, "lines", file=sys.stderr)


def csv(invoices, customers, folder):
    rng = random.Random(7)
    with open(folder + "/invoices.csv", "w") as items, open(folder + "/payments.csv", "w") as payments:
        items.write("customer,name,number,issue date,due date,amount\n")
        payments.write("customer,reference,payment date,amount,invoice number\n")
        for start in range(0, invoices, 10000):
            a, b = [], []
            for n in range(start, min(start + 10000, invoices)):
                c = rng.randrange(customers)
                day = n * 365 // invoices
                cents = rng.randrange(1000, 900000)
                a.append("C%06d,Customer %d,FA%08d,%s,%s,%d.%02d\n" % (c, c, n, ISO[day], ISO[day + 30], cents // 100, cents % 100))
                if rng.random() < 0.8:
                    part = cents if rng.random() < 0.9 else cents // 2
                    b.append("C%06d,P%08d,%s,%d.%02d,FA%08d\n" % (c, n, ISO[day + rng.randrange(5, 75)], part // 100, part % 100, n))
            items.write("".join(a))
            payments.write("".join(b))


if __name__ == "__main__":
    if sys.argv[1] == "fec":
        fec(int(sys.argv[2]), int(sys.argv[3]))
    else:
        csv(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
