#!/usr/bin/env python3
"""A FEC into a fresh store, beside the sqlite3 shell's .import of the same file into one untyped table, in turn.

usage: import_bench.py LINES [RUNS]        prints processor time (user + system), wall and peak memory of each, and the ratio
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


def timed(command, **options):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command}: status {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    lines, runs = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    folder = tempfile.mkdtemp(prefix="encours-bench-")
    try:
        file = os.path.join(folder, "999999999FEC20251231.txt")
        with open(file, "w") as out:
            subprocess.run([sys.executable, os.path.join(ROOT, "bench", "generate_fec.py"), "fec", str(lines), "20000"], stdout=out, check=True)
        print(f"== a FEC of {lines} lines, {os.path.getsize(file) / 1e6:.0f} MB, {runs} runs in turn")
        ours, theirs = [], []
        for run in range(runs):
            db = os.path.join(folder, f"ours{run}.db")
            subprocess.run([PROGRAM, "--db", db, "init", "--name", "Bench", "--code", "B"], stdout=subprocess.DEVNULL, check=True)
            ours.append(timed([PROGRAM, "--db", db, "import", file]))
            os.remove(db)
            plain = os.path.join(folder, f"plain{run}.db")
            theirs.append(timed(["sqlite3", plain, "-cmd", ".mode tabs", f".import {file} fec"]))
            os.remove(plain)
        for name, rows in (("encours import", ours), ("sqlite3 .import", theirs)):
            cpu, wall, memory = (statistics.median(row[i] for row in rows) for i in range(3))
            print(f"{name:16} processor {cpu:6.1f} s   wall {wall:6.1f} s   memory {memory:6.0f} MB")
        print("ratio of processor time, pair by pair: " + ", ".join(f"{a[0] / b[0]:.2f}" for a, b in zip(ours, theirs)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
