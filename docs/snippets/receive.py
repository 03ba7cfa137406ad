# A webhook for Chattigo: it verifies, drops repeats, and answers. Python 3.8 or later, no libraries.
import base64
import hashlib
import hmac
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEYS = [base64.b64decode(secret[len("whsec_"):]) for secret in os.environ["WEBHOOK_SECRETS"].split()]
seen = set()  # in production: a table with a unique key


def signed(headers, body):
    message, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not at.isdecimal() or abs(time.time() - int(at)) > 300:
        return False
    given = [s[3:] for s in headers.get("webhook-signature", "").split() if s.startswith("v1,")]
    for key in KEYS:  # two during a rotation
        mac = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
        expected = base64.b64encode(mac)
        if any(hmac.compare_digest(expected, s.encode()) for s in given):
            return True
    return False


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if 0 <= length <= 1 << 20 else None  # the bytes as they came
        if body is None or not signed(self.headers, body):
            self.answer(401, b"")
            return
        if self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            # Not for Graph: the test, which has chattigoTest, and the notice, {"chatBeenClosed":…}.
            print("new", self.headers["webhook-id"], flush=True)  # here: put the body into your own queue
        self.answer(200, b"{}")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
