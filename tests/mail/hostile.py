#!/usr/bin/env python3
"""A mail server that misbehaves on purpose. usage: hostile.py MODE LOG

Prints its port, then serves until it is killed. Each stage reached is a line of LOG (greeting, mail, rcpt, data, body, dot,
delivered), written before the answer, so that a test can kill its client at that very moment.

Modes: accept; greet4 auth5 mail4 mail5 rcpt4 rcpt5 data4 data5 dot4 dot5 (answers of that kind at that stage);
hang_greeting hang_rcpt hang_data hang_dot (no answer at all); drop_greeting drop_rcpt drop_data drop_before_dot drop_after_dot
(the connection closes); drop_after_dot has taken the message.
"""
import socket
import sys
import threading
import time

mode, log_path = sys.argv[1], sys.argv[2]
lock = threading.Lock()


def log(line):
    with lock, open(log_path, "a") as log_file:
        log_file.write(line + "\n")


class Gone(Exception):
    pass


def serve(client):
    stream = client.makefile("rwb")

    def say(text):
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    def stage(name, good):
        log(name)
        if mode == "hang_" + name:
            time.sleep(3600)
        if mode == "drop_" + name:
            raise Gone
        if mode == name + "4":
            say("451 4.3.0 try again later")
            return False
        if mode == name + "5":
            say("550 5.1.1 no such mailbox")
            return False
        say(good)
        return True

    try:
        log("greeting")
        if mode == "hang_greeting":
            time.sleep(3600)
        if mode == "drop_greeting":
            raise Gone
        say("421 too busy" if mode == "greet4" else "220 hostile ESMTP")
        while True:
            line = stream.readline()
            if not line:
                return
            command = line.decode("utf-8", "replace").strip()
            verb = command.split(":")[0].split(" ")[0].upper()
            if verb == "EHLO":
                say("250-hostile\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME" if mode == "auth5" else "250 hostile")
            elif verb == "HELO":
                say("250 hostile")
            elif verb == "AUTH":
                say("535 5.7.8 authentication failed")
            elif verb == "MAIL":
                stage("mail", "250 ok")
            elif verb == "RCPT":
                stage("rcpt", "250 ok")
            elif verb == "DATA":
                if not stage("data", "354 go ahead"):
                    continue
                body = []
                while True:
                    part = stream.readline()
                    if not part:
                        return
                    if not body:
                        log("body")
                        if mode == "drop_before_dot":
                            raise Gone
                    if part == b".\r\n":
                        break
                    body.append(part)
                if mode in ("drop_after_dot", "hang_dot"):
                    log("delivered")
                if stage_dot(stage):
                    log("delivered " + message_id(body))
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")
    except (Gone, OSError):
        pass
    finally:
        # a reset rather than a polite end
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        stream.close()
        client.close()


def stage_dot(stage):
    if mode == "drop_after_dot":
        log("dot")
        raise Gone
    return stage("dot", "250 taken")


def message_id(body):
    for line in body:
        if line.lower().startswith(b"message-id:"):
            return line.split(b":", 1)[1].strip().decode()
    return "?"


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 0))
server.listen(16)
print(server.getsockname()[1], flush=True)
while True:
    peer, _ = server.accept()
    threading.Thread(target=serve, args=(peer,), daemon=True).start()
