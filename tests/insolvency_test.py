#!/usr/bin/env python3
"""The official gazette: notices by SIREN stop reminders at once, wait for a person, and are taken back when they are cancelled."""
import http.server
import json
import threading
import urllib.parse

from program import Checks, Desk, Fec

checks = Checks()
BUYER, OTHER = "404833048", "552100554"


def notice(number, siren=BUYER, nature="Jugement d'ouverture de liquidation judiciaire", day="2025-11-03", family="Jugement d'ouverture", kind="annonce", corrects=None, name="CLIENT UN"):
    return {"id": f"A20250200{number}", "publicationavis": "A", "parution": "20250200", "numeroannonce": number, "dateparution": "2025-11-12", "typeavis": kind, "familleavis": "collective",
            "tribunal": "Tribunal de commerce de Lyon", "commercant": name, "registre": [f"{siren[:3]} {siren[3:6]} {siren[6:]}", siren],
            "jugement": json.dumps({"type": "initial", "famille": family, "nature": nature, "date": day, "complementJugement": "Me X"}),
            "parutionavisprecedent": json.dumps({"nomPublication": "BODACC A", "numeroParution": "20250200", "numeroAnnonce": corrects}) if corrects else None}


desk = Desk(today="2025-11-21")
desk.must("init", "--name", "Brévent", "--code", "B", "--siren", "732829320")
fec = Fec()
fec.sale("C1", "FA1", "2025-09-01", 120000)
fec.sale("C1", "FA2", "2025-11-04", 50000)
fec.sale("C2", "FA3", "2025-09-01", 70000)
desk.must("import", desk.write("books.txt", fec.text()))
for customer, siren in (("C1", BUYER), ("C2", "356000000")):
    desk.must("customer", "set", customer, f"siren={siren}", "terms.days=10")


def take(*notices, name="bodacc.json"):
    return desk.must("--json", "import", desk.write(name, json.dumps(list(notices)))).json


def reasons():
    return {row["item"]: row["reason"] for row in desk.must("--json", "run", "--dry-run").json["left_out"]}


checks.check(reasons().get("FA1") != "insolvency", "before the notice it is chased")
stranger = take(notice(1, siren=OTHER, name="Client C2"))
checks.equal((stranger["import"], stranger["ignored"]), (None, 1), "another company of the same name never counts")
first = take(notice(2), notice(3, siren=OTHER))
checks.equal((first["format"], first["items"]["new"], first["ignored"]), ("bodacc", 1, 1), "a customer's notice is taken")
checks.equal(reasons().get("FA1"), "insolvency", "and stops reminders at once")
checks.check(reasons().get("FA2") != "insolvency", "what was invoiced after the judgment is paid when due")
timeline = desk.must("customer", "C1", "--json").json["timeline"]
checks.check(any(row["kind"] == "insolvency.proposed" for row in timeline), "it stands in the customer's file", str(timeline[:2]))
checks.equal(take(notice(2), name="again.json")["import"], None, "the same notice again is nothing new")
cancelled = take(notice(4, kind="annulation", corrects=2), name="cancel.json")
checks.check(reasons().get("FA1") != "insolvency", "a cancelled notice takes it back")
checks.equal(take(notice(4, kind="annulation", corrects=2), name="cancel2.json")["import"], None, "once")
take(notice(5, nature="Jugement d'ouverture d'une procédure de redressement judiciaire"), name="next.json")
checks.equal(reasons().get("FA1"), "insolvency", "a new one counts again")
take(notice(6, siren=OTHER, kind="rectificatif", corrects=5), name="wrong.json")
checks.check(reasons().get("FA1") != "insolvency", "put right: it was another company's")
seventh = take(notice(7), name="seven.json")
desk.must("import", "undo", seventh["import"])
checks.check(reasons().get("FA1") != "insolvency", "undone with its import")
eighth = take(notice(7), name="seven.json")
checks.equal(reasons().get("FA1"), "insolvency", "and back with it")
moved = take(notice(8, kind="rectificatif", corrects=7, day="2025-11-11"), name="moved.json")
checks.equal(reasons().get("FA2"), "insolvency", "put right: the day of the judgment is later")
checks.equal(take(notice(8, kind="rectificatif", corrects=7, day="2025-11-11"), name="moved2.json")["import"], None, "once")
closing = take(notice(9, nature="Jugement de clôture pour insuffisance d'actif", family="Jugement de clôture"), name="closing.json")
checks.equal(reasons().get("FA1"), "insolvency", "a closing lifts nothing by itself")
xml = desk.must("--json", "import", desk.write("PCL.xml", "<?xml version='1.0'?><PCL_REDIFF><parution>20250201</parution><dateParution>2025-11-13</dateParution><annonces><annonce>"
                "<typeAnnonce><annonce/></typeAnnonce><numeroAnnonce>7</numeroAnnonce><tribunal>TC Nantes</tribunal><numeroImmatriculation><numeroIdentificationRCS>356 000 000"
                "</numeroIdentificationRCS></numeroImmatriculation><jugement><famille>Jugement d'ouverture</famille><nature>Jugement d'ouverture d'une procédure de sauvegarde</nature>"
                "<date>12 novembre 2025</date></jugement></annonce></annonces></PCL_REDIFF>")).json
checks.equal((xml["format"], xml["items"]["new"], reasons().get("FA3")), ("bodacc", 1, "insolvency"), "the daily XML file is read too")
for text in ("[{", "{\"familleavis\":1}", "<PCL_REDIFF/>"):
    answer = desk.run("import", desk.write("bad.json", text))
    checks.check(answer.code == 2, f"refused: {text}", answer.out + answer.err)
checks.check(desk.must("verify", "--json").json["ok"], "the books hold")


# --- by itself, from the API
class Gazette(http.server.BaseHTTPRequestHandler):
    asked, notices, status = [], [], 200

    def do_GET(self):
        Gazette.asked.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))["where"])
        body = json.dumps(Gazette.notices).encode()
        self.send_response(Gazette.status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gazette)
threading.Thread(target=web.serve_forever, daemon=True).start()
desk.must("feed", "add", "bodacc", f"http://127.0.0.1:{web.server_port}/exports/json", "--every", "1440")
checks.equal(desk.must("feed", "run", "--json").json["unchanged"], 1, "an empty day says nothing new")
checks.equal(Gazette.asked[-1], 'familleavis="collective" and dateparution>=date\'2025-10-22\'', "a month back at first")
Gazette.notices = [notice(20, siren="356000000", nature="Jugement de conversion en liquidation judiciaire")]
checks.equal(desk.must("feed", "run", "--json").json["imported"], 1, "a notice comes by itself")
checks.equal(Gazette.asked[-1][-12:], "'2025-11-18'", "then from where it was read, some days over")
checks.equal(desk.must("feed", "run", "--json").json["unchanged"], 1, "once")
Gazette.status = 500
checks.check("500" in desk.run("feed", "run", "--json").json["error"], "an error is said")
web.shutdown()
checks.check(desk.must("verify", "--json").json["ok"], "the books hold to the end")
desk.close()
checks.finish()
