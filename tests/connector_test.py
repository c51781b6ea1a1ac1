#!/usr/bin/env python3
"""Programs asked over their own interface: local servers in the shape that each documents, and everything that goes wrong on the way."""
import base64
import http.server
import json
import threading
import urllib.parse

from program import Checks, Desk

checks = Checks()


class Server(http.server.BaseHTTPRequestHandler):
    """One program; `state` is its data and what it is to do wrong."""

    def answer(self, value, code=200, headers=()):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(code)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_one(self, body):
        state = self.server.state
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        state["asked"].append((url.path, query, self.headers.get("Authorization"), body))
        if state["wrong"] and not url.path.endswith("token"):
            wrong = state["wrong"].pop(0)
            if wrong == "ok":
                pass
            elif wrong == "cut":
                return self.answer(b'{"value":[{"number":"C1"')
            else:
                code, headers = wrong
                return self.answer({"error": "wrong"}, code, headers)
        self.server.program(self, url.path, query, body)

    def do_GET(self):
        self.handle_one(None)

    def do_POST(self):
        self.handle_one(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def log_message(self, *args):
        pass


def serve(program, **data):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.program = program
    server.state = {"asked": [], "wrong": [], **data}
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def desk_for(kind, server, path, secret, *options):
    desk = Desk(today="2025-11-21")
    desk.must("init", "--name", "Brévent", "--code", "B", "--siren", "732829320")
    words = [word for option in options for word in ("--set", option)]
    desk.feed = desk.must("feed", "add", kind, server.url + path, "--secret-file", desk.write("secret", secret + "\n"), *words, "--json").json["feed"]
    return desk


def look(desk, code=None):
    answer = desk.run("feed", "run", "--json")
    if code is not None:
        checks.check(answer.code == code, f"look ends with {code}", answer.out + answer.err)
    return answer.json


def items(desk):
    """By number; what an import closed an item with bears its number too, and came after it."""
    found = {}
    for row in sorted(desk.must("items", "--json").json["items"], key=lambda row: row["id"]):
        found.setdefault(row["number"], row)
    return found


# --- Business Central: OData V4, a token that ends, pages
def business_central(self, path, query, body):
    state = self.server.state
    if path == "/token":
        form = dict(urllib.parse.parse_qsl(body))
        if form.get("client_secret") != "s3cret" or form.get("grant_type") != "client_credentials":
            return self.answer({"error": "invalid_client"}, 401)
        state["tokens"] += 1
        return self.answer({"access_token": f"t{state['tokens']}", "expires_in": 3600})
    if self.headers.get("Authorization") != f"Bearer t{state['tokens']}" or state["expired"] == state["tokens"]:
        return self.answer({"error": "expired"}, 401)
    rows = state["customers"] if path.endswith("/customers") else state["entries"]
    since = query.get("$filter", "").rpartition(" ge ")[2]
    stamp = "lastModifiedDateTime" if path.endswith("/customers") else "systemModifiedAt"
    rows = [row for row in rows if row[stamp] >= since]
    at = int(query.get("$skiptoken", "0"))
    page = {"@odata.context": "x", "value": rows[at:at + 2]}
    if state["expire_at"] == at and at:
        state["expired"], state["expire_at"] = state["tokens"], None
        return self.answer({"error": "expired"}, 401)
    if at + 2 < len(rows):
        page["@odata.nextLink"] = state["next"] or f"{self.server.url}{path}?$skiptoken={at + 2}" + ("&$filter=" + urllib.parse.quote(query["$filter"]) if "$filter" in query else "")
    self.answer(page)


def entry(number, customer, kind, amount, remaining, at, **more):
    return {"entryNumber": number, "postingDate": "2025-09-01", "documentDate": "2025-09-01", "dueDate": "2025-10-01", "documentType": kind, "documentNumber": f"BC-{number}",
            "customerNumber": customer, "customerName": f"Client {customer[1:]}", "description": "Facture; \"test\"", "currencyCode": "", "amount": amount, "remainingAmount": remaining,
            "open": remaining != 0, "systemModifiedAt": at, **more}


customers = [{"id": f"g{n}", "number": f"C{n}", "displayName": f"Client {n}", "email": f"c{n}@c{n}.example", "city": "Lyon", "postalCode": "69001",
              "lastModifiedDateTime": f"2025-11-0{n}T10:00:00.123Z"} for n in range(1, 6)]
entries = [entry(1, "C1", "Invoice", 1200.0, 1200.0, "2025-11-01T00:00:00Z"), entry(2, "C2", "Invoice", 99.99, 49.99, "2025-11-02T00:00:00Z"),
           entry(3, "C1", "Credit_x0020_Memo", -100.0, -100.0, "2025-11-03T00:00:00Z"), entry(4, "C3", "Payment", -50.0, 0, "2025-11-04T00:00:00Z", dueDate="0001-01-01"),
           entry(5, "C3", "Invoice", 75.5, 75.5, "2025-11-05T00:00:00Z")]
server = serve(business_central, customers=customers, entries=entries, tokens=0, expired=-1, expire_at=2, next=None)
desk = desk_for("business-central", server, "/v2.0/t/prod/api/v2.0/companies(1)/", "s3cret", "client_id=app", f"token_url={server.url}/token")
first = look(desk, 0)
checks.equal(first["imported"], 2, "customers and entries are imported")
got = items(desk)
checks.equal(sorted(got), ["BC-1", "BC-2", "BC-3", "BC-4", "BC-5"], "each once over the pages")
checks.equal((got["BC-1"]["open"], got["BC-2"]["amount"], got["BC-2"]["open"], got["BC-3"]["open"], got["BC-3"]["kind"]), (120000, 9999, 4999, -10000, "credit_note"), "with what is open of them")
checks.equal(got["BC-5"]["due_date"], "2025-10-01", "and when it is due")
checks.equal(server.state["tokens"], 3, "the token that ended on the way was renewed")
checks.check(desk.must("customer", "C1", "--json").json["name"] == "Client 1", "the customer has his name", desk.must("customer", "C1", "--json").out[:300] + desk.must("imports", "--json").out)
again = look(desk, 0)
checks.equal((again["imported"], again["unchanged"]), (0, 2), "a second look gives nothing new")
checks.equal(len(desk.must("imports", "--json").json["imports"]), 2, "and is no import")
checks.check(any("systemModifiedAt ge 2025-11-05T00:00:00Z" in q.get("$filter", "") for _, q, _, _ in server.state["asked"]), "only news are asked for")
entries[0].update(remainingAmount=0, open=False, systemModifiedAt="2025-11-20T00:00:00Z", closedAtDate="2025-11-19")
look(desk, 0)
checks.equal((items(desk)["BC-1"]["open"], items(desk)["BC-1"]["closed_on"]), (0, "2025-11-19"), "what was paid meanwhile is closed")
for wrong, says in (("cut", "cut off"), ((500, ()), None), ((429, (("Retry-After", "1"),)), None), ((429, (("Retry-After", "3600"),)), "3600 seconds"), ((404, ()), "404"), ((403, ()), "refused the login")):
    server.state["wrong"] = [wrong]
    answer = look(desk)
    checks.check((answer["error"] == "") if says is None else says in answer["error"], f"{wrong}: {says or 'tried again'}", str(answer))
server.state["wrong"] = [(500, ())] * 9
checks.check("500" in look(desk, 1)["error"], "an error that stays is said")
server.state["wrong"] = []
entries += [entry(n, "C1", "Invoice", 10, 10, "2025-11-21T00:00:00Z") for n in range(6, 10)]
server.state["next"] = f"{server.url}/v2.0/t/prod/api/v2.0/companies(1)/customerLedgerEntries?$skiptoken=2&$filter=systemModifiedAt%20ge%202025-11-20T00%3A00%3A00Z"
checks.check("lead back" in look(desk, 1)["error"], "pages that go round are left")
server.state["next"] = "http://127.0.0.1:9/elsewhere"
checks.check("another server" in look(desk, 1)["error"], "the token goes to no other server")
checks.check("BC-6" not in items(desk), "and nothing of it is kept")
server.state["next"] = None
look(desk, 0)
checks.check("BC-9" in items(desk), "the next look takes it")
checks.check("s3cret" not in open(desk.db, "rb").read().decode("latin1"), "the secret is kept sealed")
checks.check(desk.must("verify", "--json").json["ok"], "the books hold")
desk.close()
server.shutdown()


# --- SAP: OData V2, dates in milliseconds, decimals as text
def sap(self, path, query, body):
    state = self.server.state
    if self.headers.get("Authorization") != "Basic " + base64.b64encode(b"me:pw").decode():
        return self.answer({}, 401)
    rows = state["partners"] if path.endswith("A_Customer") else state["rows"]
    at = int(query.get("$skiptoken", "0"))
    page = {"d": {"results": rows[at:at + 2]}}
    if at + 2 < len(rows):
        page["d"]["__next"] = f"{self.server.url}{path}?$skiptoken={at + 2}"
    self.answer(page)


def cube(number, item, amount, clearing=None, kind="RV"):
    return {"CompanyCode": "FR01", "FiscalYear": "2025", "AccountingDocument": number, "AccountingDocumentItem": item, "Customer": "S1", "AccountingDocumentType": kind,
            "DocumentReferenceID": f"SAP-{number}", "DocumentDate": "/Date(1756684800000)/", "PostingDate": "/Date(1756684800000)/", "NetDueDate": "/Date(1759276800000)/",
            "AmountInTransactionCurrency": amount, "TransactionCurrency": "EUR", "ClearingDate": clearing, "ClearingAccountingDocument": "9" if clearing else "", "DocumentItemText": "x"}


rows = [cube("100", "1", "1200.00"), cube("101", "1", "50.50", "/Date(1762000000000)/"), cube("102", "1", "-10.00", None, "DG"), cube("100", "1", "1200.00")]
server = serve(sap, rows=rows, partners=[{"Customer": "S1", "CustomerName": "Sapeurs", "VATRegistration": "FR83404833048"}])
desk = desk_for("sap", server, "/sap/opu/odata/sap/", "pw", "user=me", "company=FR01")
look(desk, 0)
got = items(desk)
checks.equal({number: (row["amount"], row["open"]) for number, row in got.items()}, {"SAP-100": (120000, 120000), "SAP-101": (5050, 0), "SAP-102": (-1000, -1000)}, "SAP's items, a row on two pages once")
checks.equal((got["SAP-100"]["issue_date"], got["SAP-100"]["due_date"]), ("2025-09-01", "2025-10-01"), "with their days")
checks.check(any("CompanyCode eq 'FR01'" in q.get("$filter", "") for _, q, _, _ in server.state["asked"]), "of one company code")
checks.equal(look(desk, 0)["imported"], 0, "a second look gives nothing new")
checks.check(any("ClearingDate ge datetime'2025-11-20" in q.get("$filter", "") for _, q, _, _ in server.state["asked"]), "and asks for news alone")
desk.close()
server.shutdown()


# --- Pennylane: cursors, a list of changes
def pennylane(self, path, query, body):
    state = self.server.state
    if self.headers.get("Authorization") != "Bearer tok":
        return self.answer({"error": "Unauthorized"}, 401)
    if "changelogs" in path:
        rows = state["changes"] if path.endswith("invoices") else []
        return self.answer({"items": [row for row in rows if row["processed_at"] >= query.get("start_date", "")], "has_more": False, "next_cursor": None})
    rows = state["customers"] if path.endswith("/customers") else state["invoices"]
    if "filter" in query:
        wanted = json.loads(query["filter"])[0]["value"]
        rows = [row for row in rows if row["id"] in wanted]
    at = int(query.get("cursor", "0"))
    more = at + 2 < len(rows)
    self.answer({"items": rows[at:at + 2], "has_more": more, "next_cursor": str(at + 2) if more else None})


def invoice(number, amount, remaining, **more):
    return {"id": number, "invoice_number": f"F-{number}", "date": "2025-09-01", "deadline": "2025-10-01", "currency": "EUR", "amount": amount, "currency_amount": amount,
            "remaining_amount_with_tax": remaining, "paid": False, "draft": False, "status": "late", "label": "Facture", "customer": {"id": 7, "url": "x"}, **more}


invoices = [invoice(1, "120.00", "120.00"), invoice(2, "80.00", "30.00"), invoice(3, "10.00", "10.00", draft=True), invoice(4, "-20.00", "-20.00"), invoice(5, "5.00", "5.00")]
server = serve(pennylane, customers=[{"id": 7, "name": "Brasserie", "reg_no": "404833048", "emails": ["a@b.example"], "billing_address": {"address": "1 rue", "postal_code": "69001", "city": "Lyon", "country_alpha2": "FR"}}],
               invoices=invoices, changes=[])
desk = desk_for("pennylane", server, "/api/external/v2/", "tok")
look(desk, 0)
checks.equal({number: row["open"] for number, row in items(desk).items()}, {"F-1": 12000, "F-2": 3000, "F-4": -2000, "F-5": 500}, "Pennylane's invoices, no draft")
checks.equal(look(desk, 0)["imported"], 0, "a second look gives nothing new")
invoices[0]["remaining_amount_with_tax"] = "0.0"
server.state["changes"] = [{"id": 1, "operation": "update", "processed_at": "2025-11-21T08:00:00Z"}, {"id": 3, "operation": "delete", "processed_at": "2025-11-21T08:00:01Z"}]
checks.equal(look(desk, 0)["imported"], 1, "a change is taken")
checks.equal(items(desk)["F-1"]["open"], 0, "paid")
checks.equal(look(desk, 0)["imported"], 0, "once")
desk.close()
server.shutdown()


# --- Odoo: JSON-RPC
def odoo(self, path, query, body):
    state = self.server.state
    params = json.loads(body)["params"]
    if params["service"] == "common":
        return self.answer({"jsonrpc": "2.0", "id": 1, "result": 5 if params["args"][:3] == ["db", "me", "key"] else False})
    database, uid, key, model, method, (domain,), options = params["args"]
    if (database, uid, key, method) != ("db", 5, "key", "search_read"):
        return self.answer({"jsonrpc": "2.0", "id": 1, "error": {"message": "Odoo Server Error", "data": {"message": "Access Denied"}}})
    rows = state[model]
    for field, sign, value in domain:
        if field == "id":
            rows = [row for row in rows if row["id"] > value]
        if field == "write_date":
            rows = [row for row in rows if row["write_date"] >= value]
    state["limits"].append(options["limit"])
    self.answer({"jsonrpc": "2.0", "id": 1, "result": rows[:options["limit"]]})


moves = [{"id": n, "name": f"INV/{n}", "move_type": "out_invoice", "partner_id": [3, "Azur"], "invoice_date": "2025-09-01", "invoice_date_due": "2025-10-01",
          "amount_total_signed": 10.1 * n, "amount_residual_signed": 10.1 * n, "ref": False, "write_date": f"2025-11-01 10:00:{n % 60:02d}"} for n in range(1, 1102)]
moves[1].update(move_type="out_refund", amount_total_signed=-20.2, amount_residual_signed=-20.2)
server = serve(odoo, **{"res.partner": [{"id": 3, "name": "Azur", "vat": "FR83404833048", "email": False, "write_date": "2025-11-01 10:00:00"}], "account.move": moves, "limits": []})
desk = desk_for("odoo", server, "/", "key", "database=db", "user=me")
look(desk, 0)
got = items(desk)
checks.equal((len(got), got["INV/3"]["open"], got["INV/2"]["kind"], got["INV/1101"]["amount"]), (1101, 3030, "credit_note", 1112010), "Odoo's invoices, over three pages")
checks.equal(look(desk, 0)["imported"], 0, "a second look gives nothing new")
checks.check(desk.must("verify", "--json").json["ok"], "the books hold")
desk.must("feed", "remove", desk.feed)
desk.must("feed", "add", "odoo", server.url + "/", "--secret-file", desk.write("secret", "wrong\n"), "--set", "database=db", "--set", "user=me")
checks.check("refused the login" in look(desk, 1)["error"], "a wrong key is said")
for words, says in ((("odoo", "http://example.com/"), "https://"), (("sap", server.url + "/"), "sealed"), (("folder", "/tmp", "--set", "a=b"), "--set goes with")):
    answer = desk.run("feed", "add", *words)
    checks.check(answer.code == 2 and says in answer.err, f"refused: {words[0]}", answer.err)
desk.close()
server.shutdown()
checks.finish()
