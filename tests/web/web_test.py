#!/usr/bin/env python3
"""The server over real HTTP: rights of every route, forms, sessions, limits, hostile requests. See desk.py."""
import gzip
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import PASSWORD, PROGRAM, ROLES, ROOT, Browser, Desk, check, run_tests, same  # noqa: E402

# Written down here on purpose, apart from the code: what each role may do (docs/security.md).
RIGHTS = {
    "administrator": {"read", "note", "collect", "resolve", "import", "scenario", "settings", "users", "audit", "export", "self", "cash", "personal"},
    "credit_manager": {"read", "note", "collect", "resolve", "import", "scenario", "audit", "export", "self", "cash", "personal"},
    "collector": {"read", "note", "collect", "export", "self", "cash"},
    "sales": {"read", "note", "self"},
    "resolver": {"read", "note", "resolve", "self"},
    "reader": {"read", "self"},
    "accountant": {"read", "import", "audit", "export", "self", "cash"},
}
desk = None


def address(pattern, method="GET"):
    """An address of the pattern: what is read may exist, what is written to does not."""
    return re.sub(r"\{\w+\}", "1" if method == "GET" else "987654", pattern)


# --- rights -------------------------------------------------------------------------------------------------------------------
def every_route_every_role():
    problems, seen = [], 0
    for role in ROLES:
        browser = desk.browser(role)
        for route in desk.routes():
            if route["public"] or route["pattern"] in ("/logout", "/company"):
                continue
            if route["method"] == "GET":
                reply = browser.api(address(route["pattern"]))
            elif route["upload"]:
                reply = browser.upload(address(route["pattern"], "POST"), {}, [])
            else:
                reply = browser.post(address(route["pattern"], "POST"), {}, {"Accept": "application/json"})
            seen += 1
            allowed = route["right"] in RIGHTS[role]
            words = f"{role} {route['method']} {route['pattern']} ({route['right']}): {reply.status} {reply.text[:160]}"
            if reply.status >= 500:
                problems.append("failed: " + words)
            if not allowed and reply.status != 403:
                problems.append("not refused: " + words)
            if allowed and reply.status == 403 and "role" in reply.text:
                problems.append("refused: " + words)
            if reply.status == 401:
                browser = desk.browser(role)  # some answer by ending the session
    check(seen > 50, f"only {seen} requests")
    check(not problems, "\n  " + "\n  ".join(problems))


def nobody_is_let_in():
    browser = desk.browser()
    for route in desk.routes():
        if route["public"]:
            continue
        path = address(route["pattern"], route["method"])
        if route["method"] == "GET":
            page = browser.get(path)
            check(page.status == 303 and page.header("Location").startswith("/login"), f"GET {path}: {page.status}")
            same(browser.api(path).status, 401, f"GET {path} as JSON")
            same(browser.get("/api/v1" + path).status, 401, f"GET /api/v1{path}")
        else:
            same(browser.post(path, {}, {"Accept": "application/json"}).status, 401, f"POST {path}")


def every_write_needs_its_token():
    browser = desk.browser("administrator")
    count = 0
    for route in desk.routes():
        if route["method"] == "GET":
            continue
        if route["by_link"]:
            continue  # the link in the path is the proof: debtor_test.py
        path = address(route["pattern"], route["method"])
        for fields in ({}, {"csrf": ""}, {"csrf": "x" * 43}, {"csrf": browser.csrf[:-1]}):
            if route["upload"]:
                reply = browser.upload(path, fields, [], csrf=False)
            else:
                reply = browser.post(path, fields, csrf=False)
            same(reply.status, 403, f"POST {path} with {fields}")
        count += 1
    check(count >= 10, f"only {count} routes that write")
    same(browser.get("/account").status, 200, "still logged in: no write got through")


def another_site_is_refused():
    browser = desk.browser("administrator")
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        same(browser.post("/account", {"name": "Eve"}, headers).status, 403, f"with {headers}")
    same(browser.post("/account", {"name": "Ada"}, {"Origin": f"http://127.0.0.1:{desk.port}", "Sec-Fetch-Site": "same-origin"}).status, 303, "own page")
    same(browser.api("/account").json()["name"], "Ada", "name")


def unknown_hosts_are_refused():
    browser = desk.browser()
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.1:80@evil", ""):
        reply = browser.get("/login", {"Host": host})
        check(reply.status in (400, 421), f"Host {host!r}: {reply.status}")
    same(browser.get("/login", {"Host": f"localhost:{desk.port}"}).status, 200, "localhost")
    with Desk(options=["--hosts", "desk.example"], companies=()) as other:
        same(other.browser().get("/login", {"Host": "desk.example"}).status, 200, "own name")
        same(other.browser().get("/login", {"Host": f"127.0.0.1:{other.port}"}).status, 421, "address")
        same(other.browser().get("/healthz", {"Host": "10.0.0.7"}).status, 200, "a probe")


# --- sessions -------------------------------------------------------------------------------------------------------------------
def sessions_are_made_new():
    browser = desk.browser()
    browser.cookies["encours_session"] = "1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    same(browser.login("reader@test.example").status, 303, "login")
    first = browser.cookies["encours_session"]
    check("AAAA" not in first, "a cookie from outside was kept")
    reply = browser.get("/account")
    same(reply.status, 200, "account")
    stolen = Browser(desk)
    stolen.cookies["encours_session"] = first
    same(stolen.get("/account").status, 200, "the same cookie elsewhere")
    browser.get("/login")
    # a second login in the same browser ends the first session
    browser.csrf = re.search(r'name="csrf" value="([^"]*)"', browser.get("/account").text).group(1)
    same(browser.post("/login", {"email": "reader@test.example", "password": PASSWORD}).status, 303, "again")
    check(browser.cookies["encours_session"] != first, "the cookie was not changed")
    same(stolen.get("/account").status, 303, "the first session still lives")
    browser.get("/account")
    kept = browser.cookies["encours_session"]
    same(browser.post("/logout").status, 303, "logout")
    stolen.cookies["encours_session"] = kept
    same(stolen.get("/account").status, 303, "the session lives after logout")


def cookies_are_closed():
    browser = desk.browser()
    browser.get("/login")
    reply = browser.post("/login", {"email": "reader@test.example", "password": PASSWORD})
    cookie = next(c for c in reply.cookies() if c.startswith("encours_session="))
    check("HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Secure" not in cookie, cookie)
    with Desk(options=["--https"], companies=()) as secure:
        browser = secure.browser()
        browser.get("/login")
        reply = browser.post("/login", {"email": "reader@test.example", "password": PASSWORD})
        check(all("Secure" in c for c in reply.cookies() if "Max-Age=0" not in c), str(reply.cookies()))
        check(reply.header("Strict-Transport-Security"), "no HSTS")


def logins_are_throttled():
    with Desk(companies=()) as own:
        for attempt in range(5):
            reply = own.browser().login("collector@test.example", "wrong password")
            same(reply.status, 401, f"attempt {attempt}")
            check("encours_session" not in str(reply.cookies()), "a session")
        reply = own.browser().login("collector@test.example")
        same(reply.status, 401, "the right password within the pause")
        same(own.browser().login("reader@test.example").status, 303, "somebody else")
        unknown, wrong = (own.browser().login(email, "wrong password") for email in ("nobody@test.example", "sales@test.example"))
        strip = lambda text: re.sub(r'value="[^"]*"', "", text)  # noqa: E731
        same(strip(unknown.text), strip(wrong.text), "the page tells who exists")


def passwords_change_and_close_sessions():
    with Desk(companies=()) as own:
        one, two = own.browser("sales"), own.browser("sales")
        new = "a sentence that is mine"
        fields = {"old": PASSWORD, "password": new, "again": new}
        same(one.post("/account/password", {**fields, "old": "not it"}).status, 422, "wrong old password")
        same(one.post("/account/password", {**fields, "again": "another one here"}).status, 422, "not twice the same")
        same(one.post("/account/password", {**fields, "password": "short", "again": "short"}).status, 422, "too short")
        before = one.cookies["encours_session"]
        same(one.post("/account/password", fields).status, 303, "change")
        check(one.cookies["encours_session"] != before, "the cookie was not changed")
        same(one.get("/account").status, 200, "goes on")
        same(two.get("/account").status, 303, "the other session")
        same(own.browser().login("sales@test.example").status, 401, "the old password")
        admin = own.browser("administrator")
        user = next(u for u in admin.api("/settings/users").json()["users"] if u["email"] == "sales@test.example")
        reply = admin.post(f"/settings/users/{user['id']}/reset")
        made = re.search(r'id="made" value="([^"]+)"', reply.text).group(1)
        same(one.get("/account").status, 303, "his session after the reset")
        browser = own.browser()
        same(browser.login("sales@test.example", made).header("Location"), "/account/password", "after the first login")
        same(browser.get("/account").header("Location"), "/account/password", "any other page")
        same(browser.api("/companies").status, 403, "the API before a password of his own")
        browser.get("/account/password")
        same(browser.post("/account/password", {"old": made, "password": new, "again": new}).status, 303, "his own")
        same(browser.get("/account").status, 200, "then all is open")


def no_way_out_by_redirects():
    for bad in ("//evil.example", "https://evil.example", "/\\evil.example", "/x\r\nSet-Cookie: a=b", "javascript:alert(1)"):
        browser = desk.browser()
        reply = browser.login("reader@test.example", next=bad)
        same(reply.header("Location"), "/", f"next={bad!r}")
        browser.get("/account")
        reply = browser.post("/company", {"company": "ALPHA", "back": bad})
        same(reply.header("Location"), "/", f"back={bad!r}")
    browser = desk.browser()
    reply = browser.get("/account?a=1")
    same(reply.header("Location"), "/login?next=%2Faccount%3Fa%3D1", "where to go after the login")
    same(browser.login("reader@test.example", next="/account?a=1").header("Location"), "/account?a=1", "there")


# --- the page's armour -------------------------------------------------------------------------------------------------------------
def pages_are_armoured():
    browser = desk.browser("administrator")
    paths = ["/login", "/no-such-page"] + [r["pattern"] for r in desk.routes() if r["method"] == "GET" and r["template"] and "{" not in r["pattern"]]
    for path in paths:
        reply = browser.get(path)
        policy = reply.header("Content-Security-Policy") or ""
        for part in ("default-src 'self'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'"):
            check(part in policy, f"{path}: no {part} in {policy}")
        check("unsafe" not in policy, f"{path}: {policy}")
        for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY"), ("Cache-Control", "no-store")):
            same(reply.header(name), value, f"{path} {name}")
        check(re.fullmatch(r"[0-9a-f]{12}", reply.header("X-Request-Id") or ""), f"{path}: no request id")
        check(not re.search(r"\sstyle=|\son[a-z]+=\"|javascript:", re.sub(r"<script[^>]*type=\"application/json\".*?</script>", "", reply.text, flags=re.S)), f"{path}: inline style or script")
        for script in re.findall(r"<script([^>]*)>", reply.text):
            check("src=" in script or "application/json" in script, f"{path}: <script{script}>")


def errors_say_what_and_how():
    browser = desk.browser("administrator")
    page = browser.get("/no-such-page")
    same(page.status, 404, "unknown page")
    check("Cette page n’existe pas" in page.text and page.header("X-Request-Id") in page.text, page.text[-800:])
    failure = browser.api("/no-such-page").json()["error"]
    same((failure["code"], failure["status"]), ("not_found", 404), "as JSON")
    check("There is no such page" in browser.get("/no-such-page?lang=en").text, "in English")
    same(browser.request("PUT", "/account", "").status, 405, "PUT")
    same(browser.request("DELETE", "/account").status, 405, "DELETE")
    same(desk.browser("reader").get("/settings/users").status, 403, "a reader among accounts")


def languages():
    browser = desk.browser()
    check("Se connecter" in browser.get("/login").text, "French without a wish")
    check("Password" in browser.get("/login", {"Accept-Language": "de, en-GB;q=0.9, fr;q=0.5"}).text, "English by the browser")
    check("Password" in browser.get("/login?lang=en").text, "English by ?lang=")
    check("Password" in browser.get("/login").text, "and it stays")
    user = desk.browser("resolver")
    same(user.post("/account", {"language": "en", "theme": "dark"}).status, 303, "setting")
    again = desk.browser("resolver")
    page = again.get("/account").text
    check('lang="en"' in page and 'data-theme="dark"' in page, "language and theme of the account")
    same(user.post("/account", {"language": "xx"}).status, 422, "an unknown language")


# --- limits and hostile requests ------------------------------------------------------------------------------------------------------
def too_much_is_refused():
    browser = desk.browser("administrator")
    head = f"POST /account HTTP/1.1\r\nHost: localhost:{desk.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    answer = desk.raw((head + f"Content-Length: {3 << 20}\r\n\r\n").encode())
    check(b" 413 " in answer.split(b"\r\n")[0], answer[:200])
    # in pieces, so that the length shows only at the end
    def chunks():
        for _ in range(48):
            yield b"x" * 65536
    reply = browser.request("POST", "/account", chunks(), {"Content-Type": "application/x-www-form-urlencoded"})
    same(reply.status, 413, "a long body in pieces")
    many = "&".join(f"f{i}=1" for i in range(20010))
    same(browser.request("POST", "/account", many, {"Content-Type": "application/x-www-form-urlencoded"}).status, 422, "20010 fields")
    answer = desk.raw(f"GET /{'a' * 70000} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    check(re.match(rb"HTTP/1.1 (414|431|400) ", answer), answer[:100])
    answer = desk.raw(f"GET /{'a' * 17000} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    check(re.match(rb"HTTP/1.1 414 ", answer), answer[:100])
    answer = desk.raw(f"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Long: {'a' * 90000}\r\n\r\n".encode())
    check(re.match(rb"HTTP/1.1 (431|400) ", answer) or answer == b"", answer[:100])
    same(desk.browser().get("/healthz").status, 200, "alive")


def broken_requests_do_no_harm():
    for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 4096, b"GET /login HTTP/1.1\r\n\r\n",
                 b"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /login?a=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 b"GET /login?a=%ff%fe HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n", b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
                 b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data\r\nContent-Length: 4\r\n\r\nabcd",
                 b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /login HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"):
        answer = desk.raw(data)
        check(answer == b"" or re.match(rb"HTTP/1\.[01] [1-5]\d\d ", answer), f"{data[:60]!r}: {answer[:100]!r}")
        check(not re.match(rb"HTTP/1\.[01] 5", answer) or b" 505 " in answer[:20], f"{data[:60]!r}: {answer[:100]!r}")
        same(desk.browser().get("/healthz").status, 200, f"alive after {data[:60]!r}")
    browser = desk.browser("administrator")
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    for body in (b"", b"--b", b"--b\r\n\r\n", b"--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nx", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
                 b"--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n\xff\xfe\r\n--b--\r\n"):
        reply = browser.request("POST", "/account", body, multipart)
        check(400 <= reply.status < 500, f"{body!r}: {reply.status}")
    for body in (b"{", b"[]", b"{\"a\":1,\"a\":2}", b"\xff", b"[" * 100000, b"1", b"{\"name\":\"\\u0000\"}"):
        reply = browser.request("POST", "/account", body, {"Content-Type": "application/json", "X-CSRF-Token": browser.csrf})
        check(400 <= reply.status < 500, f"{body[:40]!r}: {reply.status}")
    same(browser.request("POST", "/account", b"name=x", {"Content-Type": "text/plain"}).status, 415, "text/plain")
    # a slow sender holds up nobody
    with socket.create_connection(("127.0.0.1", desk.port)) as slow:
        slow.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nab")
        start = time.monotonic()
        same(desk.browser().get("/login").status, 200, "beside a slow sender")
        check(time.monotonic() - start < 2, "held up")


def assets_stay_in_their_folder():
    browser = desk.browser()
    reply = browser.get("/assets/css/base.css")
    same((reply.status, reply.header("Content-Type")), (200, "text/css; charset=utf-8"), "base.css")
    for path in ("/assets/../pages/layout.html", "/assets/%2e%2e/schema/0001_initial.sql", "/assets/..%2fschema/0001_initial.sql", "/assets//etc/passwd",
                 "/assets/./../../etc/passwd", "/assets/css", "/assets/", "/assets/css/base.css%00.png", "/assets/icons.txt/../../schema/0001_initial.sql",
                 "/pages/layout.html", "/schema/0001_initial.sql", "/assets/\\..\\schema"):
        answer = desk.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1"))
        check(re.match(rb"HTTP/1.1 (404|303|400) ", answer) and b"CREATE TABLE" not in answer and b"root:" not in answer, f"{path}: {answer[:80]!r}")
    tag = reply.header("ETag")
    same(browser.get("/assets/css/base.css", {"If-None-Match": tag}).status, 304, "known")
    packed = browser.get("/assets/css/base.css", {"Accept-Encoding": "gzip"})
    same(packed.header("Content-Encoding"), "gzip", "packed")
    same(gzip.decompress(packed.body), reply.body, "what is in it")
    build = re.search(r"base\.css\?v=([0-9a-f]+)", browser.get("/login").text).group(1)
    check("immutable" in browser.get(f"/assets/css/base.css?v={build}").header("Cache-Control"), "kept for ever under this build")
    check("immutable" not in browser.get("/assets/css/base.css?v=0").header("Cache-Control"), "kept for ever under another name")


def uploads_need_a_login():
    nobody = desk.browser()
    for route in desk.routes():
        if route["upload"] and not route["public"] and route["method"] == "POST":
            reply = nobody.upload(address(route["pattern"], "POST"), {}, [("file", ("a.csv", b"x" * 100000))], {"Accept": "application/json"})
            same(reply.status, 401, f"an upload by nobody to {route['pattern']}")
    upload = next(r for r in desk.routes() if r["upload"] and r["pattern"] == "/imports")
    reader = desk.browser("reader")
    same(reader.upload(address(upload["pattern"]), {}, [("file", ("a.csv", b"x" * 100000))]).status, 403, "an upload by a reader")
    # whole, whatever its size, in one piece or many; the name is not a path
    lines = "".join(f"FA{n:06d};C{n % 50:03d};2025-01-15;2025-02-15;{n % 900 + 1},50\n" for n in range(120000))
    books = ("numero;client;date;echeance;montant\n" + lines).encode()
    accountant = desk.browser("accountant")
    for content in (books[:20000].rsplit(b"\n", 1)[0] + b"\n", books):
        reply = accountant.upload(address(upload["pattern"], "POST"), {}, [("file", ("../../etc/passwd\u202e.csv", content))])
        check(reply.status in (200, 303), f"an upload of {len(content)} bytes: {reply.status} {reply.text[:300]}")
        page = accountant.get(reply.header("Location")).text if reply.status == 303 else reply.text
        check("../" not in page, "a path in the name")
    same(accountant.upload(address(upload["pattern"], "POST"), {}, []).status, 422, "without a file")
    left = [name for name in os.listdir(desk.folder) if name.startswith("encours-upload")]
    same(left, [], "files left behind")


# --- companies, the API ------------------------------------------------------------------------------------------------------------------
def companies_are_apart():
    admin = desk.browser("administrator")
    users = admin.api("/settings/users").json()["users"]
    user = next(u for u in users if u["email"] == "collector@test.example")
    same(admin.post(f"/settings/users/{user['id']}", {"has_companies": "1", "company_code": "BETA"}).status, 303, "only BETA")
    try:
        browser = desk.browser("collector")
        same([c["code"] for c in browser.api("/companies").json()["companies"]], ["BETA"], "companies")
        check(browser.post("/company", {"company": "ALPHA"}).status in (403, 404), "switching to ALPHA")
        for route in desk.routes():
            if route["method"] == "GET" and not route["public"] and not route["no_company"] and "{" not in route["pattern"]:
                reply = browser.api(route["pattern"] + "?company=ALPHA")
                check(reply.status in (403, 404), f"{route['pattern']}?company=ALPHA: {reply.status} {reply.text[:200]}")
        check("Alpha" not in browser.get("/account").text, "ALPHA's name on his page")
        same(admin.post(f"/settings/users/{user['id']}", {"has_companies": "1"}).status, 422, "no company at all")
    finally:
        same(admin.post(f"/settings/users/{user['id']}", {"has_companies": "1", "every_company": "1"}).status, 303, "all again")
    browser = desk.browser("collector")
    same(browser.post("/company", {"company": "BETA", "back": "/account"}).header("Location"), "/account", "switch")
    check(re.search(r'mi on"[^>]*value="BETA"', browser.get("/account").text), "BETA is the one looked at")


def tokens_act_for_their_owner():
    browser = desk.browser("credit_manager")
    made = {}
    for scope in ("read", "write"):
        reply = browser.post("/account/tokens", {"name": f"my {scope}", "scope": scope})
        same(reply.status, 201, "made")
        made[scope] = re.search(r'id="value" value="([^"]+)"', reply.text).group(1)
        check(made[scope] not in browser.get("/account").text, "shown again")
    same(browser.post("/account/tokens", {"name": "", "scope": "read"}).status, 422, "without a name")
    program = desk.browser()
    def call(scope, method, path, body=None, **headers):
        return program.request(method, "/api/v1" + path, body, {"Authorization": f"Bearer {made[scope]}", "Content-Type": "application/json", **headers})
    same(call("read", "GET", "/companies").status, 200, "reading")
    check(call("read", "GET", "/companies").header("Content-Type").startswith("application/json"), "JSON")
    same(call("write", "POST", "/account", json.dumps({"name": "By program"})).status, 200, "writing needs no form's token")
    same(browser.api("/account").json()["name"], "By program", "written")
    for path, body in (("/account", {"name": "Mallory"}), ("/account/tokens", {"name": "more", "scope": "write"})):
        same(call("read", "POST", path, json.dumps(body)).status, 403, f"a reading token writes to {path}")
    same(call("write", "POST", "/account/tokens", json.dumps({"name": "more", "scope": "write"})).status, 403, "a token makes tokens")
    same(call("write", "GET", "/settings/users").status, 403, "beyond his role")
    same(program.get("/api/v1/companies", {"Authorization": "Bearer enc_unknown"}).status, 401, "unknown")
    tokens = browser.api("/account").json()["tokens"]
    browser.get("/account")
    same(browser.post(f"/account/tokens/{tokens[0]['id']}/revoke").status, 303, "revoke")
    same(sorted([call("read", "GET", "/companies").status, call("write", "GET", "/companies").status]), [200, 401], "after one was revoked")
    other = desk.browser("reader")
    check(other.post(f"/account/tokens/{tokens[1]['id']}/revoke").status in (403, 404), "somebody else's token")


def api_is_described():
    reply = desk.browser().get("/api/v1/openapi.json")
    same(reply.status, 200, "openapi.json")
    document = reply.json()
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    for route in desk.routes():
        if route["right"] != "none":
            check((route["method"], route["pattern"]) in described, f"{route['method']} {route['pattern']} is not described")
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    same(len(ids), len(set(ids)), "operation ids are unique")
    for path, item in document["paths"].items():
        for operation in item.values():
            named = {p["name"] for p in operation["parameters"] if p.get("in") == "path"}
            same(named, set(re.findall(r"\{(\w+)\}", path)), f"parameters of {path}")
    samples = os.path.join(os.path.dirname(ROOT), "shared", "samples", "schemas", "openapi", "schema.yaml")
    try:
        import jsonschema
        import yaml
        schema = yaml.safe_load(open(samples))
    except (ImportError, FileNotFoundError) as missing:
        print(f"  (not held against the meta-schema: {missing})")
        return
    errors = [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in jsonschema.Draft4Validator(schema).iter_errors(document)]
    check(not errors, "\n  " + "\n  ".join(errors[:10]))


def probes_answer():
    browser = desk.browser()
    same(browser.get("/healthz").json(), {"ok": True}, "healthz")
    same(browser.get("/readyz").json()["ok"], True, "readyz")
    desk.browser("administrator")
    text = browser.get("/metrics").text
    check(re.search(r'^encours_requests_total\{method="POST",route="/login",status="3xx"\} \d+$', text, re.M), text[:500])
    check(re.search(r'^encours_request_seconds_count\{method="GET",route="/healthz"\} \d+$', text, re.M), "durations")
    check('encours_revision{company="ALPHA"}' in text and "encours_store_up 1" in text, text[-800:])
    for line in text.splitlines():
        check(line.startswith("#") or re.fullmatch(r'[a-z_]+(\{[^{}]*(\{\w+\}[^{}]*)*\})? [0-9.e+-]+', line), line)
    same(browser.get("/metrics", {"X-Forwarded-For": "203.0.113.9"}).status, 403, "metrics for the world")


def known_pages_are_not_sent_again():
    browser = desk.browser("administrator")
    page = next((r["pattern"] for r in desk.routes() if r["method"] == "GET" and r["template"] and r["menu"] not in ("", "account") and not r["live"]
                 and not r["no_company"] and "{" not in r["pattern"]), None)
    if not page:
        print("  (no page of a company yet)")
        return
    first = browser.api(page)
    tag = first.header("ETag")
    check(tag, f"{page} has no ETag")
    again = browser.get(page, {"Accept": "application/json", "If-None-Match": tag})
    same((again.status, again.body), (304, b""), "known")
    same(browser.get(page + "?lang=en", {"Accept": "application/json", "If-None-Match": tag}).status, 200, "in English")
    other = desk.browser("credit_manager")
    same(other.get(page, {"Accept": "application/json", "If-None-Match": tag}).status, 200, "for somebody else")
    desk.run("company", "set", "terms.days=45")
    same(browser.get(page + "?lang=fr", {"Accept": "application/json", "If-None-Match": tag}).status, 200, "after a change")


def the_past_is_read_only():
    browser = desk.browser("administrator")
    page = browser.get("/account?as_of=2025-01-31").text
    check('data-past-day="2025-01-31"' in page, "the banner's day")
    same(browser.get("/account?as_of=31/01/2025").status, 422, "a date written otherwise")
    writes = [r for r in desk.routes() if r["method"] == "POST" and r["right"] in ("note", "collect", "resolve", "import", "scenario", "settings", "users", "cash", "personal") and not r["upload"]]
    check(writes, "no route that writes")
    for route in writes:
        same(browser.post(address(route["pattern"]) + "?as_of=2025-01-31", {}, {"Accept": "application/json"}).status, 409, route["pattern"])
        reply = browser.post(address(route["pattern"]), {}, {"Accept": "application/json", "Referer": f"http://127.0.0.1:{desk.port}/x?a=1&as_of=2025-01-31"})
        same(reply.status, 409, route["pattern"] + " from a page of the past")


def notices_are_said_once():
    browser = desk.browser("reader")
    same(browser.post("/account", {"phone": "01 23 45 67 89"}).status, 303, "save")
    check("Votre compte est enregistré" in browser.get("/account").text, "said")
    check("Votre compte est enregistré" not in browser.get("/account").text, "said twice")
    browser.cookies["encours_notice"] = "%7B%22text%22%3A%22forged%22%2C%22undo%22%3A%22%2Fx%22%7D." + "0" * 32
    check("forged" not in browser.get("/account").text, "a forged notice")


def many_at_once():
    errors = []
    # one after the other: attempts under way count for their address, and earlier tests have guessed from it
    browsers = {role: desk.browser(role) for role in ROLES}
    def visit(role):
        try:
            browser = browsers[role]
            for _ in range(40):
                reply = browser.get("/account")
                if reply.status != 200 or f"{role}@test.example" not in reply.text:
                    errors.append(f"{role}: {reply.status}")
        except Exception as trouble:
            errors.append(f"{role}: {trouble}")
    threads = [threading.Thread(target=visit, args=(role,)) for role in ROLES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not errors, str(errors[:5]))


def stops_in_order():
    with Desk(companies=()) as own:
        own.browser("reader")
        done = subprocess.run([PROGRAM, "--db", own.db, "restore", os.devnull], capture_output=True, text=True, env=own.environment)
        check(done.returncode != 0, "restored under a running server")
        results = []
        def login():
            results.append(own.browser().login("sales@test.example").status)
        threads = [threading.Thread(target=login) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.05)
        start = time.monotonic()
        same(own.stop(), 0, "exit status")
        check(time.monotonic() - start < 10, "took too long")
        for thread in threads:
            thread.join()
        check("Sanitizer" not in own.words_of_log(), own.words_of_log()[-2000:])


TESTS = [
    ("every route for every role", every_route_every_role), ("nobody is let in", nobody_is_let_in),
    ("every write needs its token", every_write_needs_its_token), ("another site is refused", another_site_is_refused),
    ("unknown hosts are refused", unknown_hosts_are_refused), ("sessions are made new", sessions_are_made_new),
    ("cookies are closed", cookies_are_closed), ("logins are throttled", logins_are_throttled),
    ("passwords change and close sessions", passwords_change_and_close_sessions), ("no way out by redirects", no_way_out_by_redirects),
    ("pages are armoured", pages_are_armoured), ("errors say what and how", errors_say_what_and_how), ("languages", languages),
    ("too much is refused", too_much_is_refused), ("broken requests do no harm", broken_requests_do_no_harm),
    ("assets stay in their folder", assets_stay_in_their_folder), ("uploads need a login", uploads_need_a_login),
    ("companies are apart", companies_are_apart), ("tokens act for their owner", tokens_act_for_their_owner),
    ("the API is described", api_is_described), ("probes answer", probes_answer),
    ("known pages are not sent again", known_pages_are_not_sent_again), ("the past is read-only", the_past_is_read_only),
    ("notices are said once", notices_are_said_once), ("many at once", many_at_once), ("stops in order", stops_in_order),
]

if __name__ == "__main__":
    with Desk(companies=("ALPHA", "BETA")) as desk:
        run_tests(TESTS, sys.argv[1] if len(sys.argv) > 1 else None)
