#!/usr/bin/env python3
"""A file into a fresh store, beside the sqlite3 shell's .import of the same file into one untyped table, in turn.

usage: import_bench.py LINES [RUNS]             a FEC
       import_bench.py csv INVOICES [RUNS]      a CSV of invoices, then one of their payments
prints processor time (user + system), wall and the most memory of its own (RssAnon) of each, and the ratio
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("ENCOURS_PROGRAM", os.path.join(ROOT, "build", "encours"))


def own_memory(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("RssAnon")), 0)
    except OSError:
        return 0


def timed(command):
    start, peak = time.monotonic(), 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while True:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        peak = max(peak, own_memory(process.pid))
        time.sleep(0.02)
    if status:
        sys.exit(f"{command}: status {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, peak / 1024


def generate(folder, kind, count):
    """The files, in the order in which they are imported, and how sqlite3 separates their cells."""
    generator = [sys.executable, os.path.join(ROOT, "bench", "generate_fec.py")]
    if kind == "csv":
        subprocess.run([*generator, "csv", str(count), str(max(count // 50, 1)), folder], check=True)
        return [os.path.join(folder, "invoices.csv"), os.path.join(folder, "payments.csv")], "csv"
    file = os.path.join(folder, "999999999FEC20251231.txt")
    with open(file, "w") as out:
        subprocess.run([*generator, "fec", str(count), str(max(count // 150, 1))], stdout=out, check=True)
    return [file], "tabs"


def main():
    arguments = sys.argv[1:]
    kind = arguments.pop(0) if arguments and arguments[0] == "csv" else "fec"
    count, runs = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 3
    folder = tempfile.mkdtemp(prefix="encours-bench-")
    try:
        files, mode = generate(folder, kind, count)
        ours, theirs = {file: [] for file in files}, {file: [] for file in files}
        for run in range(runs):
            db, plain = os.path.join(folder, f"ours{run}.db"), os.path.join(folder, f"plain{run}.db")
            subprocess.run([PROGRAM, "--db", db, "init", "--name", "Bench", "--code", "B"], stdout=subprocess.DEVNULL, check=True)
            for number, file in enumerate(files):
                ours[file].append(timed([PROGRAM, "--db", db, "import", file]))
                theirs[file].append(timed(["sqlite3", plain, "-cmd", f".mode {mode}", f".import {file} plain{number}"]))
            os.remove(db)
            os.remove(plain)
        for file in files:
            print(f"== {os.path.basename(file)}, {os.path.getsize(file) / 1e6:.0f} MB, {runs} runs in turn")
            for name, rows in (("encours import", ours[file]), ("sqlite3 .import", theirs[file])):
                cpu, wall, memory = (statistics.median(row[i] for row in rows) for i in range(3))
                print(f"{name:16} processor {cpu:6.1f} s   wall {wall:6.1f} s   memory of its own {memory:6.0f} MB")
            print("ratio of processor time, pair by pair: " + ", ".join(f"{a[0] / b[0]:.2f}" for a, b in zip(ours[file], theirs[file])))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
