"""What tests of the whole program share: a store of their own, running commands, small accounting files, a count at the end."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("ENCOURS_PROGRAM", os.path.join(ROOT, "build", "encours"))


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


class Desk:
    """A folder with a store; everything goes with close()."""

    def __init__(self, today="2025-11-21", url=None):
        self.folder = tempfile.mkdtemp(prefix="encours-test-")
        self.db = url or os.path.join(self.folder, "test.db")
        self.today = today

    def arguments(self, *words, today=None):
        return [PROGRAM, "--db", self.db, "--today", today or self.today, "--lang", "en", *map(str, words)]

    def environment(self):
        env = {name: value for name, value in os.environ.items() if not name.startswith("ENCOURS_")}
        return dict(env, ENCOURS_SOURCE=ROOT)

    def run(self, *words, today=None, stdin=None, preexec=None, timeout=120):
        done = subprocess.run(self.arguments(*words, today=today), capture_output=True, text=True, input=stdin or "", env=self.environment(),
                              preexec_fn=preexec, timeout=timeout)
        return Answer(done.returncode, done.stdout, done.stderr)

    def start(self, *words, **options):
        return subprocess.Popen(self.arguments(*words), env=self.environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    def must(self, *words, code=0, **options):
        answer = self.run(*words, **options)
        if answer.code != code:
            raise AssertionError(f"encours {' '.join(map(str, words))}: exit {answer.code}\n{answer.out[-2000:]}{answer.err[-2000:]}")
        return answer

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, encoding="utf-8"):
        with open(self.path(name), "w", encoding=encoding, newline="") as file:
            file.write(text)
        return self.path(name)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


HEAD = "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise"


class Fec:
    """Entries of a FEC, written line by line: sale() and payment() post balanced entries."""

    def __init__(self):
        self.rows, self.number = [], 0

    def line(self, journal, label, day, account, customer, piece, words, debit, credit, letter="", piece_day=None):
        money = lambda cents: f"{cents // 100},{cents % 100:02d}"
        self.rows.append("|".join([journal, label, f"{journal}{self.number:06d}", day.replace("-", ""), account, account, customer,
                                   f"Client {customer}" if customer else "", piece, (piece_day or day).replace("-", ""), words,
                                   money(debit), money(credit), letter, "", "", "", ""]))

    def sale(self, customer, piece, day, cents, letter=""):
        self.number += 1
        self.line("VE", "Ventes", day, "411000", customer, piece, f"Facture {piece}", cents, 0, letter)
        self.line("VE", "Ventes", day, "707000", "", piece, f"Facture {piece}", 0, cents)

    def payment(self, customer, piece, day, cents, letter=""):
        self.number += 1
        self.line("BQ", "Banque", day, "512000", "", piece, f"VIR {customer} {piece}", cents, 0)
        self.line("BQ", "Banque", day, "411000", customer, piece, f"VIR {customer} {piece}", 0, cents, letter)

    def text(self):
        return "\r\n".join(["|".join(HEAD.split())] + self.rows) + "\r\n"


class Checks:
    """check(condition, name) counts; finish() prints the closing line and gives the exit status."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, condition, name, detail=""):
        if condition:
            self.passed += 1
            print(f"ok {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED {name} {detail}", flush=True)
        return bool(condition)

    def equal(self, got, want, name):
        return self.check(got == want, name, f"\n  got:      {got!r}\n  expected: {want!r}")

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed else 0)
