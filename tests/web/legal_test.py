#!/usr/bin/env python3
"""The forms of the legal desk: one that is refused comes back filled, its reason beside the field, and nothing changed; JSON callers get
the status alone."""
import html
import os
import re
import subprocess
import sys

from desk import Desk, check, run_tests, same

# As of 30/09/2025: BRUME owes three invoices; ORAGE is in receivership since 1 September; CALME owes more than small claims take.
ITEMS = """customer code;customer name;number;kind;issue date;due date;amount
BRUME;Brume;FA-1;invoice;2025-05-14;2025-06-13;500,00
BRUME;Brume;FA-2;invoice;2025-06-14;2025-07-13;300,00
ORAGE;Orage;OR-1;invoice;2025-06-14;2025-07-13;900,00
CALME;Calme;CA-1;invoice;2025-06-14;2025-07-13;9000,00
"""
desk = None


def fields(page, action):
    """Values of the form that posts there; the error beside each field."""
    form = re.search(rf'<form[^>]*method="post"[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.S)
    check(form, f"no form for {action}")
    values, errors = {}, {}
    for tag, attributes, inner in re.findall(r"<(input|textarea|select)\b([^>]*)>(?:([^<]*)</textarea>)?", form[1]):
        name = re.search(r'name="([^"]*)"', attributes)
        if not name or name[1] == "csrf":
            continue
        value = re.search(r' value="([^"]*)"', attributes)
        if tag == "textarea":
            values[name[1]] = html.unescape(inner)
        elif 'type="checkbox"' in attributes:
            values.setdefault(name[1], [])
            if " checked" in attributes:
                values[name[1]].append(html.unescape(value[1]))
        else:
            values[name[1]] = html.unescape(value[1]) if value else ""
        said = re.search(r'aria-describedby="([^"]*)"', attributes)
        if said and "aria-invalid" in attributes:
            words = re.search(rf'id="{re.escape(said[1])}">([^<]*)<', page)
            check(words and words[1].strip(), f"no words for {name[1]}")
            errors[name[1]] = html.unescape(words[1])
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form[1], re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values, errors


def refused(browser, path, sent, wrong, here=None):
    """Posts, and wants the form back as it was sent, with one field to blame."""
    reply = browser.post(path, sent)
    same(reply.status, 422, f"{path}: {sent}")
    values, errors = fields(reply.text, path)
    for name, value in dict(sent).items():
        if name not in ("item", "back"):
            same(values.get(name), value, f"{path}: {name} as it was sent")
    same(list(errors), [wrong] if wrong else [], f"{path}: the field to blame of {sent}")
    if not wrong:
        check('role="alert"' in reply.text, f"{path}: no reason is given")
    answer = browser.post(path, sent, {"Accept": "application/json"})
    check(answer.status in (409, 422) and answer.json()["error"]["text"], f"{path}: a program gets the status: {answer.status}")
    return reply.text


def limitation():
    browser = desk.browser("credit_manager")
    item = browser.api("/items?customer=BRUME").json()["items"][0]["id"]
    path = f"/items/{item}/limitation"
    sent = {"kind": "suspension", "date": "2025-09-01", "until": "2025-08-01", "proof": "accord <signé>"}
    page = refused(browser, path, sent, "until")
    check("<details class=\"mt12\" open>" in page, "the form is open")
    refused(browser, path, {**sent, "kind": "acknowledged", "until": "", "date": "2030-01-01"}, "date")
    refused(browser, path, {**sent, "kind": "acknowledged", "until": "", "date": "hier"}, "date")
    refused(browser, path, {**sent, "kind": "court", "until": "demain"}, "until")
    page = browser.post(path, {"kind": "court", "date": "2025-09-01", "until": "", "proof": "", "confirm": "1"})
    same((page.status, list(fields(page.text, path)[1])), (422, ["proof"]), "what counts is proved")
    same(fields(page.text, path)[0]["confirm"], ["1"], "its tick stays")
    same(browser.post(path, {"kind": "court", "date": "2025-09-01", "until": "", "proof": ""}).status, 303, "noted without")
    event = browser.api(f"/items/{item}").json()["limitation"]["events"][-1]["id"]
    page = browser.post(f"/limitation/{event}/confirm", {"proof": "", "item": item})
    same((page.status, list(fields(page.text, f"/limitation/{event}/confirm")[1])), (422, ["proof"]), "confirming wants the proof, on the page of the item")
    same(browser.post(f"/limitation/{event}/confirm", {"proof": "", "item": 10**9}).status, 404, "of another item: nothing is shown")
    same(browser.api(f"/items/{item}").json()["limitation"]["events"][-1]["confirmed"], False, "and nothing changed")


def collective_procedure():
    browser = desk.browser("credit_manager")
    path = "/customers/ORAGE/insolvency"
    sent = {"kind": "receivership", "court": "Tribunal d’Annecy", "published": "2025-09-08", "trustee": "Me Test\n1 rue du Lac", "declared_on": "2025-09-20",
            "declared": "900,00", "proof": "", "admitted": "", "admitted_on": "", "dividends": "", "note": "à suivre", "abroad": "1"}
    reply = browser.post(path, sent)
    values, errors = fields(reply.text, path)
    same((reply.status, list(errors)), (422, ["proof"]), "a declaration has its proof")
    same((values["trustee"], values["abroad"], values["retention"], values["court"]), (sent["trustee"], ["1"], [], sent["court"]), "what was typed is there")
    del sent["abroad"]
    refused(browser, path, {**sent, "published": "2025-08-01"}, "published")
    refused(browser, path, {**sent, "declared": "beaucoup"}, "declared")
    refused(browser, path, {**sent, "declared_on": "", "admitted": "100,00"}, "admitted")
    refused(browser, path, {**sent, "kind": ""  , "dividends": "-5,00", "proof": "LRAR"}, "dividends")
    same(browser.api(path).json()["file"]["court"], "", "nothing was kept")
    check(browser.get(path + "/reclaim.pdf").status in (409, 422), "no retention of title: no claim for goods")
    same(browser.post(path, {**sent, "proof": "LRAR 1A 23", "retention": "1"}).status, 303, "then it is right")
    for paper, words in (("declaration", "Déclaration de créances"), ("reclaim", "Revendication de marchandises")):
        reply = browser.get(f"{path}/{paper}.pdf")
        same((reply.status, reply.body[:5]), (200, b"%PDF-"), paper)
        said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=reply.body, capture_output=True).stdout.decode()
        check(words in said and "OR-1" in said and "Me Test" in said and "900,00" in said.replace("\u202f", " "), f"{paper}: {said[:800]}")
    check("LRAR 1A 23" in browser.get(path).text, "kept")
    check(browser.post("/customers/BRUME/insolvency", sent).status in (409, 422), "no procedure: no page, a reason")


def handing_over():
    browser = desk.browser("credit_manager")
    items = {i["number"]: i["id"] for i in browser.api("/items?open=1").json()["items"]}
    path = "/customers/CALME/handover"
    sent = [("route", "small_claims"), ("partner", "Me <Test>"), ("email", "me@test.example"), ("item", items["CA-1"])]
    page = refused(browser, path, sent, "route")
    same(fields(page, path)[0]["item"], [str(items["CA-1"])], "the tick stays")
    reply = browser.post(path, sent[:3])
    same(reply.status, 422, "nothing is ticked")
    same(fields(reply.text, path)[0]["item"], [], "nothing is ticked for him")
    refused(browser, path, [("route", "lawyer"), ("partner", "x" * 1200), ("email", ""), ("item", items["CA-1"])], "partner")
    made = browser.post(path, [("route", "lawyer"), ("partner", "Me Test"), ("email", ""), ("item", items["CA-1"])])
    same(made.status, 303, "handed over")
    case = made.header("Location")
    step = {"stage": "sent", "reference": "RG 25/1", "partner": "Me Test", "deadline": "2025-10-30", "deadline_text": "réponse", "cost": "12,50", "note": "appel"}
    refused(browser, case + "/step", {**step, "cost": "-5,00"}, "cost")
    refused(browser, case + "/step", {**step, "cost": "cher"}, "cost")
    refused(browser, case + "/step", {**step, "deadline": "30/10"}, "deadline")
    refused(browser, case + "/step", {**step, "note": "x" * 1200}, "note")
    refused(browser, case + "/close", {"outcome": "", "note": "fini"}, None)
    refused(browser, case + "/close", {"outcome": "recovered", "note": "x" * 1200}, None)
    same(browser.api(case).json()["file"]["stage"], "prepared", "nothing changed")


def late_interest():
    browser = desk.browser("credit_manager")
    path = "/customers/BRUME/interest"
    reply = browser.post(path, {})
    check(reply.status == 422 and 'role="alert"' in reply.text, "nothing is ticked, and it says so")
    item = [r["id"] for r in browser.api(path).json()["rows"]][0]
    same(browser.post(path, {"item": item}).status, 303, "claimed")
    note = browser.api(path).json()["notes"][0]
    page = refused(browser, f"/interest/{note['id']}/pay", {"amount": "99999,00"}, "amount")
    check("<details open>" in page, "the note's forms are open")
    refused(browser, f"/interest/{note['id']}/pay", {"amount": "<b>"}, "amount")
    refused(browser, f"/interest/{note['id']}/waive", {"reason": ""}, "reason")
    refused(browser, f"/interest/{note['id']}/cancel", {"reason": "x" * 1200}, "reason")
    same(browser.api(path).json()["notes"][0]["rest"], note["rest"], "nothing changed")


TESTS = [("a limitation's form comes back", limitation), ("a collective procedure's form comes back", collective_procedure),
         ("a hand-over's form comes back", handing_over), ("a note of interest's form comes back", late_interest)]

if __name__ == "__main__":
    with Desk() as desk:
        path = os.path.join(desk.folder, "items.csv")
        with open(path, "w") as file:
            file.write(ITEMS)
        desk.run("import", path, "--yes")
        desk.run("customer", "set", "BRUME", "class=professional")
        desk.run("customer", "set", "ORAGE", "insolvency=2025-09-01")
        run_tests(TESTS, sys.argv[1] if len(sys.argv) > 1 else None)
