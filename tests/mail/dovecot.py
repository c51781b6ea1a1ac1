#!/usr/bin/python3
"""Debian's dovecot, for one user "desk" with the password "secret". usage: dovecot.py FOLDER [tls CERT KEY]

Prints its port, then becomes dovecot: SIGTERM ends it. Mail is a Maildir in FOLDER/mail; with tls the port speaks IMAPS and the
second one printed IMAP with STARTTLS."""
import getpass
import os
import pathlib
import pwd
import socket
import sys

folder = os.path.realpath(sys.argv[1])
tls = sys.argv[3:5] if sys.argv[2:3] == ["tls"] else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


os.chmod(folder, 0o755)
me = getpass.getuser()
plain, secure = free_port(), free_port()
root = os.geteuid() == 0
owner = pwd.getpwnam("nobody" if root else me)  # dovecot opens no mailbox for root
users = {"default_login_user": owner.pw_name, "default_internal_user": owner.pw_name, "first_valid_uid": str(owner.pw_uid)}
maildir = pathlib.Path(folder, "mail")
for part in (".", "cur", "new", "tmp"):
    (maildir / part).mkdir(parents=True, exist_ok=True)
    os.chown(maildir / part, owner.pw_uid, owner.pw_gid)
settings = {
    "base_dir": f"{folder}/run", "state_dir": f"{folder}/state", "log_path": f"{folder}/log", "protocols": "imap",
    "mail_location": f"maildir:{folder}/mail", "ssl": "required" if tls else "no", "disable_plaintext_auth": "yes" if tls else "no",
    "auth_mechanisms": "plain login", "mail_fsync": "never", "listen": "127.0.0.1", **users,
}
if tls:
    settings.update(ssl_cert=f"<{tls[0]}", ssl_key=f"<{tls[1]}")
lines = [f"{name} = {value}" for name, value in settings.items()]
lines += [
    "passdb {\n  driver = static\n  args = password=secret user=desk\n}",
    f"userdb {{\n  driver = static\n  args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}\n}}",
    "service imap-login {\n  chroot =\n  inet_listener imap {\n    port = %d\n  }\n  inet_listener imaps {\n    port = %d\n    ssl = yes\n  }\n}"
    % (plain, secure if tls else 0),
    "service anvil {\n  chroot =\n}",
    "service stats {\n  unix_listener stats-writer {\n    mode = 0666\n  }\n}",
    "namespace inbox {\n  inbox = yes\n  separator = /\n}",
]
pathlib.Path(folder, "dovecot.conf").write_text("\n".join(lines) + "\n")
print(secure if tls else plain, plain, flush=True)
os.execv("/usr/sbin/dovecot", ["dovecot", "-F", "-c", f"{folder}/dovecot.conf"])
