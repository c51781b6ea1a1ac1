"""A gateway for text messages and letters that answers by the path asked: ok, refuse, broken, busy, hang, drop, half, moved. Each body
that came is kept as a file of the folder given. Prints its port."""
import os
import socket
import sys
import threading
import time

folder = sys.argv[1] if len(sys.argv) > 1 else None
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(16)
print(server.getsockname()[1], flush=True)
count = 0
lock = threading.Lock()


def serve(connection):
    global count
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += connection.recv(65536)
    path = head.split(b" ")[1].decode().strip("/")
    if folder:
        with lock:
            count += 1
            with open(os.path.join(folder, f"{count:04}.txt"), "wb") as out:
                out.write(head + b"\n\n" + body)
    answers = {"ok": ("200 OK", b'{"id":"ref-1","reference":"post-1"}'), "refuse": ("422 Unprocessable", b"bad number"),
               "broken": ("500 Internal Server Error", b"oops"), "busy": ("503 Busy", b"later"), "moved": ("302 Found", b"")}
    if path == "hang":
        time.sleep(20)
    elif path == "half":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    elif path != "drop":
        status, text = answers.get(path, answers["ok"])
        connection.sendall(f"HTTP/1.1 {status}\r\nLocation: /ok\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text)
    connection.close()


while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
