"""A desk to test against: a store of its own in a temporary folder, a server on a free port, browsers that log in.

    with Desk() as desk:
        admin = desk.browser("administrator")
        reply = admin.get("/account")
        reply = admin.post("/account", {"name": "Ada"})      the form's csrf value is added

ENCOURS names the program (default build/encours). ENCOURS_TEST_STORES=postgresql: each desk has a database of its own on the server of
ENCOURS_TEST_PG (a URL, as ./check sets it).
"""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("ENCOURS") or os.path.join(ROOT, "build", "encours")
ROLES = ["administrator", "credit_manager", "collector", "sales", "resolver", "reader", "accountant"]
PASSWORD = "correct horse battery"


def fresh_database():
    """A database of its own on the server of the tests, and what drops it."""
    server = os.environ["ENCOURS_TEST_PG"]
    name = f"desk_{os.getpid()}_{time.time_ns()}"

    def tell(sql):
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", sql, server], check=True, stdout=subprocess.DEVNULL)

    tell(f"CREATE DATABASE {name}")
    return re.sub(r"(//[^/]*)/[^?]*", rf"\1/{name}", server, count=1), lambda: tell(f"DROP DATABASE {name} WITH (FORCE)")


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.text = body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def cookies(self):
        return [value for key, value in self.headers if key.lower() == "set-cookie"]


class Browser:
    """Cookies, the csrf value of the last page, one keep-alive connection; redirects are not followed."""

    def __init__(self, desk):
        self.desk, self.cookies, self.csrf, self.connection = desk, {}, None, None

    def request(self, method, path, body=None, headers=None):
        sent = {"Host": f"127.0.0.1:{self.desk.port}"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        sent.update(headers or {})
        for attempt in range(2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.desk.port, timeout=60)
            try:
                self.connection.request(method, path, body, sent)
                answer = self.connection.getresponse()
                reply = Reply(answer.status, answer.getheaders(), answer.read())
                break
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
                self.connection = None
                if attempt:
                    raise
        for cookie in reply.cookies():
            name, value = cookie.split(";")[0].split("=", 1)
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        found = re.search(r'name="csrf" value="([^"]*)"', reply.text) if reply.header("Content-Type") and \
            reply.header("Content-Type").startswith("text/html") else None
        if found:
            self.csrf = found.group(1)
        return reply

    def get(self, path, headers=None):
        return self.request("GET", path, headers=headers)

    def api(self, path):
        return self.get(path, {"Accept": "application/json"})

    def post(self, path, fields=None, headers=None, csrf=True):
        fields = list(fields.items()) if isinstance(fields, dict) else list(fields or [])
        if csrf and self.csrf:
            fields.append(("csrf", self.csrf))
        return self.request("POST", path, urllib.parse.urlencode(fields),
                            {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def upload(self, path, fields, files, headers=None, csrf=True):
        boundary = "----encours7b3f"
        parts = []
        pairs = list(fields.items()) + ([("csrf", self.csrf)] if csrf and self.csrf else [])
        for name, value in pairs:
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, (file_name, content) in files:
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
                         "Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        return self.request("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}", **(headers or {})})

    def login(self, email, password=PASSWORD, **more):
        self.get("/login")
        return self.post("/login", {"email": email, "password": password, **more})


class Desk:
    def __init__(self, options=(), today="2025-09-30", companies=("ALPHA",), jobs=False, serve=True):
        self.folder = tempfile.mkdtemp(prefix="encours-web-")
        self.db, self.forget = os.path.join(self.folder, "desk.db"), None
        if os.environ.get("ENCOURS_TEST_STORES") == "postgresql":
            self.db, self.forget = fresh_database()
        self.options, self.today, self.companies, self.jobs = list(options), today, companies, jobs
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("ENCOURS_")}
        self.environment.update(LC_ALL="C.UTF-8", TMPDIR=self.folder)
        self.process = self.port = None
        self.browsers = {}
        for code in companies:
            self.run("init", "--name", f"{code.title()} SAS", "--code", code)
        for role in ROLES:
            self.run("user", "add", f"{role}@test.example", "--role", role, "--password-stdin", words=PASSWORD + "\n")
        if serve:
            self.start()

    def run(self, *words_of_command, words=None, check=True, company=None):
        command = [PROGRAM, "--db", self.db, "--today", self.today]
        if company or (len(self.companies) > 1 and words_of_command[0] not in ("init", "user")):
            command += ["--company", company or self.companies[0]]
        done = subprocess.run(command + list(words_of_command), input=words, capture_output=True, text=True, env=self.environment)
        if check and done.returncode not in (0, 1):
            raise RuntimeError(f"{' '.join(words_of_command)}: exit {done.returncode}: {done.stderr}")
        return done

    def start(self):
        read, write = os.pipe()
        self.log = open(os.path.join(self.folder, "serve.log"), "a+")
        command = [PROGRAM, "--db", self.db, "--today", self.today, "serve", "--listen", "127.0.0.1:0", "--port-fd", str(write)]
        command += ([] if self.jobs else ["--no-jobs"]) + self.options
        self.process = subprocess.Popen(command, pass_fds=[write], stderr=self.log, stdout=self.log, env=self.environment)
        os.close(write)
        with os.fdopen(read) as pipe:
            line = pipe.readline()
        if not line:
            self.process.wait()
            self.log.seek(0)
            raise RuntimeError("the server did not start: " + self.log.read())
        self.port = int(line)

    def stop(self):
        """Its exit status."""
        if not self.process:
            return None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        self.process = None
        return status

    def words_of_log(self):
        self.log.flush()
        return open(self.log.name).read()

    def browser(self, role=None):
        """Logged in as <role>@test.example; without a role: nobody."""
        browser = Browser(self)
        if role:
            reply = browser.login(f"{role}@test.example")
            if reply.status != 303:
                words = re.search(r'id="login-error">.*?<div>(.*?)</div>', reply.text, re.S)
                raise Failure(f"login of {role}: {reply.status} {words.group(1) if words else reply.text[:500]}")
            browser.get("/account")
        return browser

    def raw(self, data, wait=1.5):
        """Bytes as they are on a fresh connection; what came back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            try:
                connection.sendall(data)
            except OSError:
                pass
            received = b""
            try:
                while len(received) < 1 << 20:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    received += piece
            except OSError:
                pass
            return received

    def routes(self):
        return json.loads(self.run("routes", "--json").stdout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
        if self.forget:
            self.forget()
        shutil.rmtree(self.folder, ignore_errors=True)


# --- a small runner: named behaviours, counted ------------------------------------------------------------------------------
class Failure(AssertionError):
    pass


def check(condition, words):
    if not condition:
        raise Failure(words)


def same(got, want, words=""):
    if got != want:
        raise Failure(f"{words}: got {got!r}, expected {want!r}")


def run_tests(tests, only=None):
    import traceback
    passed = failed = 0
    for name, test in tests:
        if only and only not in name:
            continue
        start = time.monotonic()
        try:
            test()
            passed += 1
            print(f"ok {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception as trouble:
            failed += 1
            print(f"FAILED {name}: {trouble}", flush=True)
            if not isinstance(trouble, Failure):
                traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
