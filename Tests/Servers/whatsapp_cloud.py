# SPDX-License-Identifier: Apache-2.0
"""Meta's WhatsApp Cloud API as far as sending messages goes, strict about what it is sent.

POST /{version}/{phone-number-id}/messages with a bearer token and a JSON body. Anything missing,
unknown, of a wrong type or over a limit is answered with Meta's error body (code 100), a wrong
token with 190. --errors maps a recipient (digits) to a code, or to {code, status, subcode,
message, details, headers, times}, or to {page: status}, which is answered with a page that is no
JSON, or to {cut: "request" | "response"}, which resets the connection when the request is there or
in the middle of the response; so that each failure can be provoked. --cut headers or --cut body
does the same to every request once its headers, or half of its body, are there. A cut request is
in the log too, with the status 0. --wa-ids maps a recipient to the number WhatsApp knows.
It proves shape, not Meta's behaviour.
"""
import base64
import email
import email.policy
import hashlib
import http.server
import json
import re
import secrets
import socket
import struct
import threading

import loopback
from whatsapp_schema import violations

KNOWN = {  # code: (HTTP status, title)
    4: (429, "Application request limit reached"),
    10: (403, "Permission denied"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (429, "Rate limit issues"),
    131049: (400, "Not delivered to maintain healthy ecosystem engagement"),
    132005: (400, "Translated text too long"),
    132012: (400, "Parameter format does not match"),
    132016: (400, "Template is disabled"),
    130429: (429, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131016: (503, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131031: (403, "Account has been locked"),
    131047: (400, "Re-engagement message"),
    131048: (429, "Spam rate limit hit"),
    131051: (400, "Unsupported message type"),
    131053: (400, "Media upload error"),
    131056: (429, "(Business Account, Consumer Account) pair rate limit hit"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132015: (400, "Template is paused"),
    133010: (400, "Phone number not registered"),
}


class Failure(Exception):
    def __init__(self, code, details=None, subcode=None, status=None, message=None, headers=None):
        usual, title = KNOWN.get(code, (400, "Unknown error"))
        self.status = status or usual
        self.headers = headers or {}
        self.body = {"error": {
            "message": message or f"(#{code}) {title}", "type": "OAuthException", "code": code,
            "fbtrace_id": "A" + secrets.token_urlsafe(16)}}
        if subcode:
            self.body["error"]["error_subcode"] = subcode
        if details:
            self.body["error"]["error_data"] = {
                "messaging_product": "whatsapp", "details": details}


class Page(Exception):
    def __init__(self, status):
        self.status = status


class Cut(Exception):
    def __init__(self, partial):
        self.partial = partial


class Cloud(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if self.server.options.cut:
            half = length // 2 if self.server.options.cut == "body" else 0
            return self.cut(self.rfile.read(half).decode("utf-8", "replace"))
        raw = self.rfile.read(length)
        try:
            status, headers, answer = 200, {}, self.accept(raw)
        except Failure as failure:
            status, headers, answer = failure.status, failure.headers, failure.body
        except Page as page:
            return self.page(page.status, raw)
        except Cut as cut:
            return self.cut(raw.decode("utf-8", "replace"), cut.partial)
        self.note(status, raw.decode("utf-8", "replace"), answer)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def note(self, status, body, answer=None):
        self.server.log.write({
            "method": self.command, "path": self.path, "status": status,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body, "answer": answer})

    def page(self, status, raw):
        self.note(status, raw.decode("utf-8", "replace"))
        body = b"<html><body>Bad gateway</body></html>"
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def cut(self, body, partial=False):
        """Resets the connection, where asked for in the middle of an answer."""
        self.note(0, body)
        if partial:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                             b"Content-Length: 500\r\n\r\n{\"messaging_product\":")
            self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def do_GET(self):
        self.do_POST()

    def upload(self, raw):
        """POST /{version}/{phone-number-id}/media: exactly the three fields, and a file in one."""
        kind = self.headers.get("Content-Type") or ""
        if not kind.startswith("multipart/form-data"):
            raise Failure(100, f"Content-Type is {kind or 'missing'}, not multipart/form-data")
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        form = email.message_from_bytes(head + raw, policy=email.policy.HTTP)
        parts = {part.get_param("name", header="content-disposition"): part
                 for part in form.iter_parts()}
        if sorted(parts) != ["file", "messaging_product", "type"]:
            raise Failure(100, f"the fields are {sorted(parts)}")
        texts = {name: parts[name].get_payload(decode=True).decode().strip()
                 for name in ("messaging_product", "type")}
        if texts["messaging_product"] != "whatsapp":
            raise Failure(100, "messaging_product is not whatsapp")
        if parts["file"].get_content_type() != texts["type"] or not parts["file"].get_filename():
            raise Failure(100, "the file has another type than type says, or no name")
        content = parts["file"].get_payload(decode=True)
        number = str(int(hashlib.sha256(content).hexdigest()[:12], 16))
        return {"id": number, "bytes": len(content)}

    def accept(self, raw):
        options = self.server.options
        if self.path == f"/{options.version}/{options.phone_number_id}/media":
            if self.headers.get_all("Authorization") != ["Bearer " + options.token]:
                raise Failure(190)
            return self.upload(raw)
        self.check_request(options)
        try:
            message = json.loads(raw.decode("utf-8"))
        except ValueError:
            raise Failure(100, "The body is not JSON") from None
        if not isinstance(message, dict):
            raise Failure(100, "The body is not an object")
        found = violations(message)
        if found:
            raise Failure(100, "; ".join(found[:5]))
        recipient = message["to"].lstrip("+")
        if recipient == options.own_number:
            raise Failure(131021, "Recipient phone number cannot be the sender's")
        self.provoke(recipient)
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": message["to"],
                          "wa_id": self.server.wa_ids.get(recipient, recipient)}],
            "messages": [{
                "id": "wamid." + base64.b64encode(secrets.token_bytes(24)).decode(),
                "message_status": "accepted"}]}

    def check_request(self, options):
        wanted = f"/{options.version}/{options.phone_number_id}/messages"
        if self.command != "POST" or self.path != wanted:
            raise Failure(
                100, f"{self.command} {self.path} is not POST {wanted}", subcode=33,
                message="Unsupported post request. Object with ID does not exist, cannot be "
                "loaded due to missing permissions, or does not support this operation")
        if self.headers.get_all("Authorization") != ["Bearer " + options.token]:
            raise Failure(190)
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Failure(100, f"Content-Type is {kind or 'missing'}, not application/json")

    def provoke(self, recipient):
        with self.server.lock:
            what = self.server.errors.get(recipient)
            if what is None:
                return
            if isinstance(what, int):
                raise Failure(what, "provoked")
            if "page" in what:
                raise Page(what["page"])
            if "cut" in what:
                raise Cut(what["cut"] == "response")
            if what.get("times", 1) <= 0:
                return
            if "times" in what:
                what["times"] -= 1
        raise Failure(
            what["code"], what.get("details", "provoked"), what.get("subcode"),
            what.get("status"), what.get("message"), what.get("headers"))


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True


def main():
    parser = loopback.arguments(__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--version", default="v23.0")
    parser.add_argument("--phone-number-id", default="106540352242922")
    parser.add_argument("--token", default="token-of-the-test")
    parser.add_argument("--own-number", default="15550001111")
    parser.add_argument("--errors", help="JSON, see above")
    parser.add_argument("--wa-ids", help="JSON, see above")
    parser.add_argument("--cut", choices=["headers", "body"])
    options = parser.parse_args()
    if not re.fullmatch(r"v\d+\.\d+", options.version):
        parser.error("--version is like v23.0")
    server = Server(("127.0.0.1", options.port), Cloud)
    server.options, server.lock = options, threading.Lock()
    server.errors = json.loads(options.errors or "{}")
    server.wa_ids = json.loads(options.wa_ids or "{}")
    server.log = loopback.RequestLog(options.log)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    loopback.ready(server.server_address[1])
    loopback.until_told_to_end()


if __name__ == "__main__":
    main()
