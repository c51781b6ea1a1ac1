#!/usr/bin/env python3
"""Builds and runs every test; the last line is "N passed, N failed".

Unit tests come from Meson (release and sanitizer builds), the others from tests/suite.txt. Each test prints lines
"N passed, N failed"; one that prints none counts as one, by its exit status. Logs: .cache/check/.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOGS = os.path.join(ROOT, ".cache", "check")
COUNT = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed\b", re.M)
LONG = ("smtp", "outbox", "outreach/channels", "import_work", "intake/work")
print_lock = threading.Lock()


def say(text):
    with print_lock:
        print(text, flush=True)


def build(folder, options, compiler=None, targets=()):
    """Sets up and builds one Meson folder; ends the run with the compiler's words when it fails."""
    path = os.path.join(ROOT, folder)
    env = dict(os.environ, **({"CC": compiler, "CC_LD": "lld"} if compiler else {}))  # links in half the time, 160 times
    log = os.path.join(LOGS, f"{folder}.log")
    start = time.monotonic()
    with open(log, "w") as out:
        if not os.path.exists(os.path.join(path, "build.ninja")):
            if subprocess.run(["meson", "setup", path, *options], cwd=ROOT, env=env, stdout=out, stderr=out).returncode:
                sys.stdout.write(open(log).read())
                sys.exit(f"meson setup {folder} failed\n0 passed, 1 failed")
        if subprocess.run(["ninja", "-C", path, *targets], stdout=out, stderr=out).returncode:
            sys.stdout.write(open(log).read()[-20000:])
            print("0 passed, 1 failed")
            sys.exit(f"building {folder} failed")
    warnings = len(re.findall(r"warning:", open(log).read()))
    say(f"built {folder} in {time.monotonic() - start:.0f} s" + (f", {warnings} warnings" if warnings else ""))
    return warnings


def unit_tests(folder, prefix):
    listing = subprocess.run(["meson", "introspect", "--tests", os.path.join(ROOT, folder)], check=True, capture_output=True)
    for test in json.loads(listing.stdout):
        yield f"{prefix} {test['name']}", test["cmd"], dict(test["env"]), int(test["timeout"]) or 300


def suite():
    """tests/suite.txt: SECONDS COMMAND…, run from the root; `alone` before the seconds: after the others, two of these at once."""
    path = os.path.join(ROOT, "tests", "suite.txt")
    for line in open(path):
        line = line.split("#")[0].strip()
        if not line:
            continue
        words = line.split()
        alone = words[0] == "alone"
        if alone:
            words = words[1:]
        yield alone, " ".join(words[1:]), words[1:], {}, int(words[0])


def run(name, command, env, timeout, extra):
    start = time.monotonic()
    log = os.path.join(LOGS, re.sub(r"[^\w.-]+", "_", name)[:120] + ".log")
    with open(log, "w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **extra, **env}, stdout=out, stderr=out,
                                   stdin=subprocess.DEVNULL, start_new_session=True)
        pid = 0
        while not pid and time.monotonic() - start < timeout:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if not pid:
                time.sleep(0.02)
        try:
            os.killpg(process.pid, 9)  # servers a test left behind
        except ProcessLookupError:
            pass
        if pid:
            code = process.returncode = os.waitstatus_to_exitcode(status)
        else:
            code = f"no end after {timeout} s"
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = -9
    text = open(log, errors="replace").read()
    counts = [(int(a), int(b)) for a, b in COUNT.findall(text)]
    passed, failed = sum(a for a, _ in counts), sum(b for _, b in counts)
    if code != 0 and failed == 0:
        failed = 1
    if code == 0 and not counts:
        passed = 1
    took = time.monotonic() - start
    busy = used.ru_utime + used.ru_stime
    if failed:
        say(f"FAILED {name} ({took:.1f} s, exit {code})\n" + "\n".join("    " + line for line in text.splitlines()[-60:]))
    else:
        say(f"ok {name}: {passed} in {took:.1f} s, {busy:.1f} s of processor")
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="unit tests of the release build only")
    parser.add_argument("--all", action="store_true", help="clang, thread sanitizer, longer fuzzing as well")
    parser.add_argument("only", nargs="?", default="", help="tests whose name holds this")
    options = parser.parse_args()
    os.makedirs(LOGS, exist_ok=True)
    os.chdir(ROOT)
    start = time.monotonic()
    total = [0, 0]

    warnings = build("build", [])
    tests = list(unit_tests("build", "unit"))
    if not options.quick:
        # clang, with its sanitizers, for the unit tests and the fuzzers alike
        warnings += build("build-san", ["-Dfuzz=true", "-Db_sanitize=address,undefined", "-Db_lundef=false"], "clang-14")
        tests += list(unit_tests("build-san", "sanitized"))
        fuzzers = sorted(name[:-2] for name in os.listdir("fuzz") if name.endswith("_fuzz.c"))
        for target in fuzzers:
            name = target[:-5]
            corpus = os.path.join(ROOT, ".cache", "fuzz", name)
            os.makedirs(corpus, exist_ok=True)
            tests.append((f"fuzz {name}", [os.path.join(ROOT, "build-san", target), f"-max_total_time={300 if options.all else 5}",
                                           "-rss_limit_mb=2048", "-timeout=10", f"-artifact_prefix={LOGS}/{name}-", corpus,
                                           os.path.join(ROOT, "fuzz", "corpus", name)], {}, 400))
    if options.all:
        warnings += build("build-clang", [], "clang-14")
        tests += list(unit_tests("build-clang", "clang"))
        build("build-tsan", ["-Db_sanitize=thread", "-Db_lundef=false"])
        tests += list(unit_tests("build-tsan", "threads"))
    alone = []
    if not options.quick:
        for by_itself, name, command, env, timeout in suite():
            (alone if by_itself else tests).append((name, command, env, timeout))
    if options.only:
        tests = [test for test in tests if options.only in test[0]]
        alone = [test for test in alone if options.only in test[0]]

    # in memory where the machine has room: thousands of small files are made and dropped
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 4 << 30 else None
    folder = tempfile.mkdtemp(prefix="encours-check-pg-", dir=memory)
    server = subprocess.run(["scripts/postgres.sh", "start", folder], capture_output=True, text=True)
    if server.returncode:
        say(server.stderr)
        print("0 passed, 1 failed")
        return 1
    cache = tempfile.mkdtemp(prefix="encours-check-")
    extra = {"ENCOURS_TEST_PG": server.stdout.strip(), "ENCOURS_SOURCE": ROOT, "ENCOURS_TEST_CACHE": cache,
             "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1"}
    if options.all:
        extra["ENCOURS_TEST_ALL"] = "1"
    # what the environment of the person at the keyboard holds must not steer the tests
    for name in ("ENCOURS_DB", "ENCOURS_COMPANY", "ENCOURS_TODAY"):
        os.environ.pop(name, None)
    try:
        # those that mostly wait for a clock or a server go first and leave the processors to others
        tests.sort(key=lambda test: not any(word in test[0] for word in LONG))
        for together, at_once in ((tests, (os.cpu_count() or 2) + 3), (alone, 2)):
            with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
                for job in [pool.submit(run, *test, extra) for test in together]:
                    for i, n in enumerate(job.result()):
                        total[i] += n
    finally:
        subprocess.run(["scripts/postgres.sh", "stop", folder])
        shutil.rmtree(cache)
    if warnings:
        say(f"FAILED the build is not quiet: {warnings} warnings, see .cache/check/")
        total[1] += 1
    elif not options.only:
        total[0] += 1
    say(f"in {time.monotonic() - start:.0f} s")
    print(f"{total[0]} passed, {total[1]} failed", flush=True)
    return 1 if total[1] or not total[0] else 0


sys.exit(main())
