#!/usr/bin/env python3
"""A mailbox that takes attachments, with Debian's dovecot; and PDFs that find their item, from a mail and from a folder."""
import email.message
import os
import pathlib
import shutil
import subprocess
import sys
import time

from program import ROOT, Checks, Desk, Fec

checks = Checks()


def pdf(words):
    """One page that says `words`."""
    page = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode("latin1")
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % xref


desk = Desk(today="2025-11-21")
desk.must("init", "--name", "Brévent", "--code", "B", "--siren", "732829320")
fec = Fec()
for n, cents in ((1, 120000), (2, 50000), (3, 70000), (4, 70000), (5, 33333)):
    fec.sale("C1", f"FA25-00{n}", "2025-09-01", cents)
desk.must("import", desk.write("books.txt", fec.text()))
items = {row["number"]: row["id"] for row in desk.must("items", "--json").json["items"]}


def documents():
    folder = desk.path("out")
    shutil.rmtree(folder, ignore_errors=True)
    desk.must("export", folder)
    rows = open(os.path.join(folder, "documents.csv"), encoding="utf-8-sig").read().splitlines()
    head = rows[0].replace('"', "").split(",")
    return {tuple(row.replace('"', "").split(",")[head.index(name)] for name in ("name", "item_id")) for row in rows[1:]}


# --- a folder of invoices: by the name, by the text inside, by the amount where several numbers are named
folder = desk.path("invoices")
os.mkdir(folder)


def put(name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)
    os.utime(os.path.join(folder, name), (time.time() - 60,) * 2)


desk.must("feed", "add", "folder", folder)
put("Facture_FA25-001_Dupont.pdf", pdf("Merci"))
put("scan0001.pdf", pdf("Facture FA25-002 du 01/09/2025"))
put("scan0002.pdf", pdf("Facture FA25-003, remplace FA25-005. Total TTC 700,00 EUR"))
put("scan0003.pdf", pdf("Releve : FA25-001 FA25-002 FA25-003 FA25-004"))
put("scan0004.pdf", pdf("Bonjour"))
looked = desk.run("feed", "run", "--json").json
checks.equal((looked["imported"], looked["waiting"]), (3, 2), "three find their item, two wait for a person")
checks.equal(documents(), {("Facture_FA25-001_Dupont.pdf", str(items["FA25-001"])), ("scan0001.pdf", str(items["FA25-002"])), ("scan0002.pdf", str(items["FA25-003"]))}, "the right ones")
feed = desk.must("feed", "list", "--json").json["feeds"][0]["id"]
desk.must("feed", "remove", feed)

# --- a mailbox
if not os.path.exists("/usr/sbin/dovecot"):
    print("dovecot is not here: the mailbox is not tried")
    desk.close()
    checks.finish()
mail = desk.path("mail")
os.mkdir(mail)
os.chmod(desk.folder, 0o755)
server = subprocess.Popen(["/usr/bin/python3", os.path.join(ROOT, "tests/mail/dovecot.py"), mail], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
port = int(server.stdout.readline().split()[0])
count = 0


def deliver(sender, files, message_id=None):
    global count
    count += 1
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "invoices@firm.example", "Pièces jointes"
    message["Message-ID"] = message_id or f"<m{count}@erp.example>"
    message.set_content("Bonjour, voici les fichiers.")
    for name, content in files:
        maintype, subtype = ("application", "pdf") if name.endswith(".pdf") else ("image", "png") if name.endswith(".png") else ("application", "octet-stream")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    path = pathlib.Path(mail, "mail", "new", f"{1700000000 + count}.M{count}.host")
    path.write_bytes(message.as_bytes())
    owner = os.stat(pathlib.Path(mail, "mail"))
    os.chown(path, owner.st_uid, owner.st_gid)


def look():
    for _ in range(50):
        answer = desk.run("feed", "run", "--json")
        if "does not answer" not in answer.json["error"]:
            return answer
        time.sleep(0.1)
    return answer


secret = desk.write("secret", "secret\n")
desk.must("feed", "add", "mailbox", f"imap://desk@127.0.0.1:{port}/INBOX", "--secret-file", secret, "--set", "security=plain", "--set", "senders=erp@firm.example,@bank.example")
os.remove(secret)
fec.sale("C2", "FA25-100", "2025-10-01", 9900)
deliver("ERP <ERP@firm.example>", [("export.txt", fec.text().encode()), ("logo.png", b"\x89PNG....")])
deliver("x@stranger.example", [("other.txt", fec.text().encode())])
deliver("releves@bank.example", [("facture.pdf", pdf("Facture FA25-004")), ("rien.pdf", pdf("Rien"))])
answer = look()
checks.equal((answer.json["imported"], answer.json["waiting"], answer.json["error"]), (2, 1, ""), "attachments of named senders are taken, a picture and a stranger's are not")
checks.check("FA25-100" in {row["number"] for row in desk.must("items", "--json").json["items"]}, "the books that were sent are in")
checks.check(("facture.pdf", str(items["FA25-004"])) in documents(), "and the PDF is at its item")
checks.equal(desk.run("feed", "run", "--json").json["imported"], 0, "once")
files = {path.name.split(":2,")[-1] for path in pathlib.Path(mail, "mail", "cur").iterdir()}
checks.check("S" in "".join(files), "what was read is marked as seen", str(files))
deliver("erp@firm.example", [("export.txt", fec.text().encode())], message_id="<m1@erp.example>")
answer = look()
checks.equal((answer.json["imported"], answer.json["unchanged"]), (0, 0), "the same message again is not taken")
for path in pathlib.Path(mail, "mail").glob("dovecot*"):
    if path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)
before = len(desk.must("imports", "--json").json["imports"])
look()
checks.equal(len(desk.must("imports", "--json").json["imports"]), before, "a mailbox that counts anew brings nothing twice")
deliver("erp@firm.example", [("evil.txt", b"JournalCode|EcritureDate\n" + b"A|" * 10)])
answer = look()
checks.check(answer.json["waiting"] == 1 and answer.json["error"] == "", "what can't be used waits for a person", answer.out)
checks.check("secret" not in open(desk.db, "rb").read().decode("latin1").replace("secret_file", "").replace("secret TEXT", "").split("desk@127.0.0.1")[-1][:200], "the password is not in the store")
server.terminate()
server.wait()
answer = desk.run("feed", "run", "--json")
checks.check(answer.code == 1 and answer.json["error"] != "", "a mailbox that is gone is said", answer.out)
for words, says in ((("mailbox", "imap://host/"), "imaps://user@host/"), (("mailbox", "imaps://me@host/"), "its password")):
    answer = desk.run("feed", "add", *words)
    checks.check(answer.code == 2 and says in answer.err, f"refused: {words[1]}", answer.err)
checks.check(desk.must("verify", "--json").json["ok"], "the books hold")
desk.close()
checks.finish()
