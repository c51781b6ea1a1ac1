#!/usr/bin/env python3
"""Files that come by themselves: a watched folder, an address, a real SFTP server (Debian's openssh), and what goes wrong there."""
import base64
import getpass
import hashlib
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Checks, Desk, Fec  # noqa: E402

checks = Checks()
desk = Desk()
desk.must("init", "--name", "Brévent", "--code", "B")


def put(folder, name, text, age=60):
    """A file that nobody has touched for a while."""
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def ledger(*numbers):
    fec = Fec()
    for i, number in enumerate(numbers):
        fec.sale("C1", number, f"2025-09-{i + 1:02d}", 10000)
    return fec.text()


# --- a folder
folder = desk.path("exports")
os.mkdir(folder)
feed = desk.must("feed", "add", "folder", folder, "--pattern", "*.txt", "--late", "24", "--json").json["feed"]
put(folder, "fec.txt", ledger("F1", "F2"))
put(folder, "fresh.txt", ledger("F9"), age=0)
put(folder, "half.txt.part", "x")
put(folder, "notes.doc", "x")
turn = desk.must("feed", "run", "--json").json
checks.equal((turn["imported"], turn["waiting"], turn["failed"]), (1, 0, 0), "what matches and is whole is taken")
checks.check(os.path.exists(os.path.join(folder, "done", "fec.txt")), "and put away")
checks.check(os.path.exists(os.path.join(folder, "fresh.txt")), "what was written just now is left to settle")
checks.equal(len(desk.must("items", "--json").json["items"]), 2, "its items are there")
os.remove(os.path.join(folder, "fresh.txt"))
put(folder, "fec.txt", ledger("F1", "F2"), age=50)
checks.equal(desk.must("feed", "run", "--json").json["unchanged"], 1, "the same file again says nothing new")
checks.equal(len(desk.must("imports", "--json").json["imports"]), 1, "and is no second import")
put(folder, "wrong.txt", ledger("F1").replace("100,00|0,00", "100,0x|0,00"))
answer = desk.run("feed", "run", "--json")
checks.equal((answer.code, answer.json["waiting"]), (1, 1), "what can't be used waits for a person")
checks.check(os.path.exists(os.path.join(folder, "waiting", "wrong.txt")), "in a folder of its own")
put(folder, "link-target.doc", ledger("F1", "F2", "F7"))
os.symlink(os.path.join(folder, "link-target.doc"), os.path.join(folder, "link.txt"))
checks.equal(desk.must("feed", "run", "--json").json["imported"], 0, "links are not followed")
shutil.rmtree(folder)
answer = desk.run("feed", "run", "--json")
checks.check(answer.code == 1 and "can't be read" in answer.json["error"], "a folder that is gone is said")
listed = desk.must("feed", "list", "--json").json["feeds"][0]
checks.equal(listed["state"], "failing", "and shown")
os.mkdir(folder)
put(folder, "next.txt", ledger("F1", "F2", "F3"))
day = desk.must("run", "--json")
checks.equal(len(desk.must("items", "--json").json["items"]), 3, "the day's run takes what came before it plans")

# --- read-only: known by name, size and time
os.chmod(folder, 0o555)
if os.geteuid() != 0:
    put(folder, "ro.txt", ledger("F1", "F2", "F3", "F4"))
    desk.must("feed", "run")
    checks.equal(desk.must("feed", "run", "--json").json["imported"], 0, "a folder that may not be written is read once")
os.chmod(folder, 0o755)
desk.must("feed", "remove", feed)
checks.equal(desk.must("feed", "list", "--json").json["feeds"], [], "removed")

for words, says in ((("folder", "exports"), "from the root"), (("folder", "/nowhere/at/all"), "There is no folder"), (("https", "http://example.com/x"), "https://"),
                    (("sftp", "sftp://me@host/x"), "slash"), (("sftp", "sftp://me@host/x/"), "server's key"),
                    (("https", "https://me:secret@host/x"), "password does not belong")):
    answer = desk.run("feed", "add", *words)
    checks.check(answer.code == 2 and says in answer.err, f"refused: {words[1]}", answer.err)


# --- an address
class Server(http.server.BaseHTTPRequestHandler):
    text, asked, status = "", [], 200

    def do_GET(self):
        Server.asked.append((self.headers.get("Authorization"), self.headers.get("If-None-Match")))
        tag = '"%s"' % hashlib.sha256(Server.text.encode()).hexdigest()[:12]
        if Server.status != 200:
            self.send_error(Server.status)
        elif self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(Server.text.encode())

    def log_message(self, *args):
        pass


web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=web.serve_forever, daemon=True).start()
secret = desk.write("token", "Authorization: Bearer abc\n")
desk.must("feed", "add", "https", f"http://127.0.0.1:{web.server_port}/export.txt", "--secret-file", secret, "--every", "5")
Server.text = ledger("F1", "F2", "F3", "F5")
checks.equal(desk.must("feed", "run", "--json").json["imported"], 1, "an address gives its file")
checks.equal(Server.asked[-1], ("Bearer abc", None), "with the token")
checks.equal(desk.must("feed", "run", "--json").json["unchanged"], 1, "the second time it says that nothing changed")
checks.check(Server.asked[-1][1] is not None, "by its mark")
Server.status = 503
answer = desk.run("feed", "run", "--json")
checks.check(answer.code == 1 and "503" in answer.json["error"], "an error of the server is said")
desk.must("feed", "remove", desk.must("feed", "list", "--json").json["feeds"][0]["id"])
web.shutdown()

# --- SFTP, with Debian's server
sshd = "/usr/sbin/sshd"
if os.path.exists(sshd) and os.geteuid() == 0:
    home = desk.path("ssh")
    os.makedirs(os.path.join(home, "out"))
    os.makedirs("/run/sshd", exist_ok=True)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(home, name)], check=True)
    shutil.copy(os.path.join(home, "user.pub"), os.path.join(home, "authorized"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = desk.write("sshd_config", f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nAuthorizedKeysFile {home}/authorized\nStrictModes no\n"
                        f"PasswordAuthentication no\nUsePAM no\nPermitRootLogin yes\nPidFile {home}/pid\nSubsystem sftp internal-sftp\n")
    server = subprocess.Popen([sshd, "-D", "-f", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    blob = base64.b64decode(open(os.path.join(home, "host.pub")).read().split()[1])
    mark = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    place = f"sftp://{getpass.getuser()}@127.0.0.1:{port}{home}/out/"
    put(os.path.join(home, "out"), "fec é.txt", ledger("F1", "F2", "F3", "F5", "F6"))
    feed = desk.must("feed", "add", "sftp", place, "--host-key", mark, "--secret-file", os.path.join(home, "user"), "--json").json["feed"]
    answer = desk.run("feed", "run", "--json")
    checks.check(answer.json["imported"] == 1, "a file comes by SFTP", answer.out + answer.err)
    checks.equal(desk.must("feed", "run", "--json").json, {"imported": 0, "unchanged": 0, "waiting": 0, "failed": 0, "error": ""}, "once")
    put(os.path.join(home, "out"), "fec é.txt", ledger("F1", "F2", "F3", "F5", "F6", "F7"), age=30)
    checks.equal(desk.must("feed", "run", "--json").json["imported"], 1, "again when it changed")
    desk.must("feed", "remove", feed)
    desk.must("feed", "add", "sftp", place, "--host-key", base64.b64encode(b"x" * 32).decode().rstrip("="), "--secret-file", os.path.join(home, "user"))
    answer = desk.run("feed", "run", "--json")
    checks.check(answer.code == 1 and "not the one that was named" in answer.json["error"], "another server's key is refused", answer.out)
    server.terminate()
    server.wait()
else:
    print("SFTP not tried: needs Debian's openssh-server, and root")

# --- what counts as fresh: an invoice or a bank line that comes says nothing of what the books know was paid
books = Desk(today="2025-09-01")
books.must("init", "--name", "Brévent", "--code", "B", "--siren", "999104512")
fec = Fec()
fec.sale("C1", "FA1", "2025-08-01", 10000)
books.must("import", books.write("books.txt", fec.text()))
invoice = books.write("invoice.xml", """<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">
<cbc:ID>FA9</cbc:ID><cbc:IssueDate>2025-09-20</cbc:IssueDate><cbc:DueDate>2025-10-20</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Brévent</cbc:RegistrationName><cbc:CompanyID schemeID="0002">999104512</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Acheteur</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount currencyID="EUR">120.00</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">120.00</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>""")


def reasons(day):
    return {row["item"]: row["reason"] for row in books.must("--json", "run", "--dry-run", today=day).json["left_out"]}


checks.equal(reasons("2025-09-22").get("FA1"), "stale_data", "three weeks after the books nothing is chased")
taken = books.must("--json", "import", invoice, "--yes", today="2025-09-22").json
checks.check(taken["items"]["new"] == 1, "an e-invoice comes", str(taken))
checks.equal(reasons("2025-09-22").get("FA1"), "stale_data", "which makes the books no younger")
books.must("import", books.write("contacts.csv", "code client;nom contact;email\nC1;Mme Roux;c1@c1.example\n"), today="2025-09-22")
checks.equal(reasons("2025-09-22").get("FA1"), "stale_data", "nor does a list of contacts")
fec.sale("C1", "FA2", "2025-09-19", 5000)
books.must("import", books.write("books.txt", fec.text()), today="2025-09-22")
checks.check(reasons("2025-09-22").get("FA1") != "stale_data", "the books themselves do")
books.close()

checks.check(desk.must("verify", "--json").json["ok"], "the books hold")
desk.close()
checks.finish()
