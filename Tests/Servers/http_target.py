# SPDX-License-Identifier: Apache-2.0
"""An HTTP target that records every request and answers as it is told; without a script it
answers 200 with what it received as JSON: {method, path, query, headers, body}.

--script is a JSON list of rules; the first that fits a request and is not used up acts:
  method, path   what it fits (exact path without query; absent: any)
  times          how often it may act (absent: always)
  status, headers, body   the answer (body: text, or any JSON; absent: the echo)
  repeat         the body that many times over
  gzip           true: the body is compressed, with Content-Encoding
  delay_ms       wait before the answer
  drip_ms        send the body one byte at a time, that long apart
  close          "before": reset without an answer, "head": after half the head,
                 "body": after half the body
  hang           true: no answer, ever
--accept-delay-ms lets a connection wait before its request is read at all.
A log line has `complete`: whether the whole request had come, and `answered`: whether the answer
could be written; it is written before the answer, with `answered` null, unless --log-after.
"""
import base64
import gzip
import hashlib
import http.server
import json
import socket
import struct
import threading
import time
import urllib.parse

import loopback


def readable(body):
    """Text where it is UTF-8, base64 under another name where not; what is large, left out."""
    if len(body) > 40 << 20:
        return {"body_omitted": True}
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


class Rules:
    def __init__(self, text):
        self.rules = json.loads(text or "[]")
        self.lock = threading.Lock()

    def take(self, method, path):
        with self.lock:
            for rule in self.rules:
                if rule.get("method", method) != method or rule.get("path", path) != path:
                    continue
                if "times" in rule:
                    if rule["times"] <= 0:
                        continue
                    rule["times"] -= 1
                return rule
        return {}


class Target(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "target"

    def setup(self):
        time.sleep(self.server.options.accept_delay_ms / 1000)
        super().setup()

    def log_message(self, *_):
        pass

    def read_body(self):
        """The body and whether all of it came."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0] or b"0", 16)
                part = self.rfile.read(size)
                body += part
                self.rfile.readline()
                if size == 0:
                    return body, True
                if len(part) < size:
                    return body, False
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        return body, len(body) == size

    def act(self):
        url = urllib.parse.urlsplit(self.path)
        body, complete = self.read_body()
        seen = {
            "method": self.command, "path": url.path, "query": url.query,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            **readable(body)}
        entry = {**seen, "sha256": hashlib.sha256(body).hexdigest(), "size": len(body),
                 "complete": complete, "answered": None, "peer": self.client_address[1]}
        rule = self.server.rules.take(self.command, url.path)
        if not self.server.options.log_after:
            self.server.log.write(entry)
        entry["answered"] = self.answer(rule, seen)
        if self.server.options.log_after:
            self.server.log.write(entry)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = act

    def answer(self, rule, seen):
        time.sleep(rule.get("delay_ms", 0) / 1000)
        if rule.get("hang"):
            threading.Event().wait()
        if rule.get("close") == "before":
            return self.reset()
        body, headers = self.payload(rule, seen)
        if rule.get("close") == "head":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
            return self.reset()
        try:
            self.send_response(rule.get("status", 200))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return True
            if rule.get("close") == "body":
                self.wfile.write(body[:len(body) // 2])
                return self.reset()
            if "drip_ms" in rule:
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(rule["drip_ms"] / 1000)
            else:
                self.wfile.write(body)
            return True
        except OSError:
            self.close_connection = True
            return False

    def payload(self, rule, seen):
        body = rule.get("body", seen)
        headers = dict(rule.get("headers", {}))
        kind = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = kind
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
        body *= rule.get("repeat", 1)
        if rule.get("gzip"):
            body = gzip.compress(body)
            headers["Content-Encoding"] = "gzip"
        if rule.get("status", 200) not in (204, 304):
            headers["Content-Length"] = str(len(body))
        return body, headers

    def reset(self):
        """Ends the connection with RST, not with an orderly end."""
        self.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        return False


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True

    def shutdown_request(self, request):
        self.close_request(request)  # without a FIN first, so that reset() is one

    def handle_error(self, request, client_address):
        pass  # a client that went away is what these tests are about


def main():
    parser = loopback.arguments(__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", help="JSON, see above")
    parser.add_argument("--accept-delay-ms", type=int, default=0)
    parser.add_argument("--log-after", action="store_true", help="log after the answer")
    parser.add_argument("--certificates", help="serve TLS; ca.pem is written to this folder")
    options = parser.parse_args()
    server = Server(("127.0.0.1", options.port), Target)
    if options.certificates:
        context = loopback.certificates(options.certificates)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.options, server.rules = options, Rules(options.script)
    server.log = loopback.RequestLog(options.log)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    loopback.ready(server.server_address[1])
    loopback.until_told_to_end()


if __name__ == "__main__":
    main()
