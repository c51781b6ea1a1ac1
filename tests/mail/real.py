#!/usr/bin/python3
"""Debian's aiosmtpd. usage: real.py FOLDER [starttls|tls CERT KEY] [auth USER PASSWORD]

Prints its port; each message it takes becomes a file of FOLDER. Run by Debian's own Python, where the package is."""
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

arguments = sys.argv[1:]
folder = arguments.pop(0)
context, security, user = None, None, None
while arguments:
    word = arguments.pop(0)
    if word in ("starttls", "tls"):
        security = word
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.pop(0), arguments.pop(0))
    elif word == "auth":
        user = (arguments.pop(0).encode(), arguments.pop(0).encode())


class Handler:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        Handler.count += 1
        path = os.path.join(folder, "%04d.eml" % Handler.count)
        with open(path + ".part", "wb") as out:
            out.write(b"X-Envelope: %s -> %s\r\n" % (envelope.mail_from.encode(), ",".join(envelope.rcpt_tos).encode()))
            out.write(envelope.original_content)
        os.rename(path + ".part", path)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == user)


def factory():
    options = {"hostname": "test"}
    if security == "starttls":
        options.update(tls_context=context, require_starttls=True)
    if user:
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    return SMTP(Handler(), **options)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=context if security == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
