"""A mail provider that wants a token instead of a password, for tests: its token endpoint ("http"), its SMTP and IMAP servers (XOAUTH2).

usage: oauth.py FOLDER http|smtp|imap; prints its port. The refresh token is "good", the access token "fresh" and the login "desk".
"turn-1" gives "turn-2" with its answer, and so on: each is good once."""
import base64
import json
import socketserver
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

FOLDER, KIND = Path(sys.argv[1]), sys.argv[2]
GOOD = base64.b64encode(b"user=desk\x01auth=Bearer fresh\x01\x01").decode()


def log(line: str) -> None:
    with open(FOLDER / "log", "a", encoding="utf-8") as file:
        file.write(line + "\n")


class Endpoint(BaseHTTPRequestHandler):
    turn = 1

    def do_POST(self) -> None:
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        log("asked " + form.get("client_id", [""])[0])
        good = form.get("grant_type") == ["refresh_token"] and form.get("refresh_token", [""])[0] in ("good", f"turn-{Endpoint.turn}") and form.get("client_secret") == ["s&cret"]
        answer = {"access_token": "fresh", "token_type": "Bearer", "expires_in": 3600} if good else {"error": "invalid_grant"}
        if good and form["refresh_token"][0] != "good":
            Endpoint.turn += 1
            answer["refresh_token"] = f"turn-{Endpoint.turn}"
        body = json.dumps(answer).encode()
        self.send_response(200 if good else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Line(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write((line + "\r\n").encode())

    def hear(self) -> str:
        return self.rfile.readline().decode("utf-8", "replace").rstrip("\r\n")


class Smtp(Line):
    def handle(self) -> None:
        self.say("220 provider.example ESMTP")
        allowed = False
        while line := self.hear():
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                self.say("250-provider.example")
                self.say("250 AUTH PLAIN XOAUTH2")
            elif word == "AUTH":
                if line.upper() == "AUTH XOAUTH2":
                    self.say("334 ")
                    line = "AUTH XOAUTH2 " + self.hear()
                allowed = line == "AUTH XOAUTH2 " + GOOD
                log("smtp " + line.split(" ")[1] + (" yes" if allowed else " no"))
                self.say("235 2.7.0 Accepted" if allowed else "535 5.7.8 Bad credentials")
            elif word == "DATA" and allowed:
                self.say("354 go on")
                while self.hear() != ".":
                    pass
                log("taken")
                self.say("250 2.0.0 OK")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 OK" if allowed else "530 5.7.0 Authentication required")


class Imap(Line):
    def handle(self) -> None:
        self.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=PLAIN] provider")
        while line := self.hear():
            tag, _, rest = line.partition(" ")
            word = rest.split(" ")[0].upper()
            if word == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=PLAIN")
                self.say(tag + " OK done")
            elif word == "AUTHENTICATE":
                if rest.upper() == "AUTHENTICATE XOAUTH2":
                    self.say("+ ")
                    rest += " " + self.hear()
                good = rest == "AUTHENTICATE XOAUTH2 " + GOOD
                log("imap " + rest.split(" ")[1] + (" yes" if good else " no"))
                self.say(tag + (" OK welcome" if good else " NO [AUTHENTICATIONFAILED] no"))
            elif word in ("SELECT", "EXAMINE"):
                self.say("* 3 EXISTS")
                self.say("* OK [UIDVALIDITY 7] valid")
                self.say("* OK [UIDNEXT 4] next")
                self.say(tag + " OK [READ-WRITE] selected")
            elif word == "LOGOUT":
                self.say("* BYE bye")
                self.say(tag + " OK bye")
                return
            else:
                self.say(tag + " OK done")


def main() -> None:
    if KIND == "http":
        server: socketserver.BaseServer = HTTPServer(("127.0.0.1", 0), Endpoint)
    else:
        socketserver.ThreadingTCPServer.daemon_threads = True
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp if KIND == "smtp" else Imap)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
