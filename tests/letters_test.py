#!/usr/bin/env python3
"""From the reminder to the formal notice, day after day through the whole program: what each letter says, looked at as text."""
import datetime
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "web"))
sys.path.insert(1, os.path.dirname(os.path.abspath(__file__)))
from desk import Desk  # noqa: E402
from program import Checks, Fec  # noqa: E402

checks = Checks()


def text_of(pdf, folder, name):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(pdf)
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True).stdout
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout, info


with Desk(today="2025-09-01", serve=False) as desk:
    desk.run("company", "set", "siren=999104512", "stale.days=200", "bank.iban=FR7630006000011234567890189", "legal.form=SAS", "legal.capital=100 000 €",
             "legal.rcs=RCS Saint-Étienne 999 104 512", "legal.vat=FR12999104512", "legal.address=12 rue des Forges", "legal.postcode=42000",
             "legal.city=SAINT-ÉTIENNE", "signature.name=Anne Roux", "signature.title=Responsable crédit")
    mails = os.path.join(desk.folder, "mails")
    os.mkdir(mails)
    server = subprocess.Popen(["/usr/bin/python3", os.path.join(os.path.dirname(os.path.abspath(__file__)), "mail", "real.py"), mails], stdout=subprocess.PIPE, text=True)
    desk.run("company", "set", "mail.host=127.0.0.1", f"mail.port={int(server.stdout.readline())}", "mail.security=none", "mail.from=recouvrement@brevent.example",
             "mail.reply_to=recouvrement@brevent.example")
    fec = Fec()
    for day in range(1, 3):
        fec.sale("C1", f"FA25-00{day}", f"2025-09-0{day}", 100000 + day)
    fec.sale("C2", "FA25-009", "2025-09-01", 50000)
    ledger = os.path.join(desk.folder, "fec.txt")
    with open(ledger, "w") as file:
        file.write(fec.text())
    desk.run("import", ledger)
    desk.run("contact", "add", "C1", "--email", "compta@c1.example", "--name", "Mme Dupuis")
    for code, name, language in (("C1", "Charpentes du Layon", "fr"), ("C2", "Layon Timber Ltd", "en")):
        for setting in (f"name={name}", f"language={language}", "address=3 rue du Bois", "postcode=49380", "city=Thouarcé", "scenario=average", "class=professional"):
            desk.run("customer", "set", code, setting, check=False)
    desk.run("contact", "add", "C2", "--email", "ap@c2.example", "--language", "en")
    desk.run("company", "set", "live=1")

    steps, letters = {}, {}
    day = datetime.date(2025, 9, 22)
    while day < datetime.date(2025, 12, 15) and len(letters) < 4:
        desk.today = day.isoformat()
        plan = json.loads(desk.run("run", "--json").stdout)
        for action in plan["actions"]:
            if action["state"] in ("planned", "to_confirm"):
                steps.setdefault(action["customer"], []).append((action["step"], action["channel"], day.isoformat()))
                if action["channel"] in ("letter", "registered_letter"):
                    letters[(action["customer"], action["step"])] = (action["id"], day.isoformat(), action)
                word = "confirm" if action["mode"] == "confirm" else "done"
                more = ["--outcome", "other"] if action["channel"] == "call" else []
                answer = desk.run("action", word, str(action["id"]), *more, check=False)
                if answer.returncode: print("  ", word, answer.stderr.strip()[:200])
        desk.run("run")  # what was confirmed leaves
        day += datetime.timedelta(days=1)

    order = [step for step, _, _ in steps["C1"]]
    checks.check(order.index("reminder") < order.index("firm") < order.index("formal_notice"), "reminder, firm letter, formal notice, in this order", str(steps["C1"]))
    days = [when for _, _, when in steps["C1"]]
    checks.equal(len(days), len(set(days)), "one contact a day")
    checks.check(("C1", "firm") in letters and ("C1", "formal_notice") in letters and ("C2", "formal_notice") in letters, "letters were planned", str(sorted(letters)))

    desk.start()
    admin = desk.browser("administrator")
    keep = os.environ.get("KEEP_LETTERS")
    for (customer, step), (action, when, planned) in sorted(letters.items()):
        reply = admin.get(f"/letters/{action}")
        checks.check(reply.status == 200 and reply.body[:4] == b"%PDF", f"{customer} {step}: its letter", f"{reply.status} {reply.text[:200]}")
        if keep:
            open(os.path.join(keep, f"{customer}-{step}.pdf"), "wb").write(reply.body)
        words, info = text_of(reply.body, desk.folder, "letter.pdf")
        flat = " ".join(words.replace("\u202f", " ").replace("\u00a0", " ").split())
        checks.check("A4" in info, f"{customer} {step}: A4", info)
        french = customer == "C1"
        for number in planned["items"]:
            checks.check(number in flat, f"{customer} {step}: names {number}", flat[:1500])
        amount = f"{planned['amount'] / 100:,.2f}"
        amount = amount.replace(",", " ").replace(".", ",") if french else amount
        checks.check(amount in flat, f"{customer} {step}: claims {amount}", flat[:1500])
        if step == "formal_notice":
            checks.check(("mise en demeure" if french else "formal") in flat.lower(), f"{customer}: says what it is", flat[:600])
            checks.check("L441-10" in flat.replace("L. 441-10", "L441-10"), f"{customer}: names the law", flat[:3000])
            fee = f"{40 * len(planned['items'])},00" if french else f"{40 * len(planned['items'])}.00"
            checks.check(fee in flat, f"{customer}: the fixed fee, once an invoice", flat[:3000])
            told = [when for step_told, channel, when in steps[customer] if channel != "call" and step_told not in ("before_due", "formal_notice")]
            for when_told in told:
                year, _, date = when_told.split("-")
                checks.check((f"{int(date)} " if french else date.lstrip("0")) in flat, f"{customer}: the reminder of {when_told} is named", flat[:1500])
            if french:
                checks.check("26 septembre" not in flat, "what was said before the due date is no reminder", flat[:900])
        checks.check("{{" not in flat and "[" not in flat.replace("[email", ""), f"{customer} {step}: no blank left", flat[:3000])
        checks.check(("Charpentes du Layon" if french else "Layon Timber Ltd").lower() in flat.lower(), f"{customer} {step}: addressed", flat[:600])
    checks.check(len(os.listdir(mails)) >= 4, "the mails between them left", str(os.listdir(mails)))
    server.terminate()
    checks.check(json.loads(desk.run("verify", "--json").stdout)["ok"], "the books hold")
checks.finish()
