# SPDX-License-Identifier: Apache-2.0
"""WAHA as far as sending and groups go: every request is checked against its OpenAPI document.

A wrong body or a member the document does not know is answered with 422, a wrong key with 401, a
session that is not WORKING with 422 as WAHA does. --silent answers changes of members with nothing,
as some engines do. --send-delay-ms lets a message take that long; `most_at_once` in the state says
how many were under way together. The rest of the arguments: see whatsapp_groups.py. It proves
shape, not behaviour.
"""
import json
import os
import socket
import struct
import sys
import threading

from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

import loopback
from whatsapp_groups import Groups, Refused, Reset

DOCUMENT = os.path.join(sys.prefix, "share", "waha-py", "openapi.json")


def document():
    """The OpenAPI document, its texts that call themselves objects mended, unknown members refused."""
    with open(DOCUMENT) as file:
        spec = json.load(file)

    def mend(schema):
        if isinstance(schema, list):
            for element in schema:
                mend(element)
        if not isinstance(schema, dict):
            return
        if schema.get("type") == "object" and isinstance(schema.get("default"), str):
            schema["type"] = "string"
        if schema.get("default", 0) is None:
            del schema["default"]
        for value in schema.values():
            mend(value)

    mend(spec)
    for name, schema in spec["components"]["schemas"].items():
        if name.endswith(("Request", "RemoteFile", "ChangeInfo")) or name == "Participant":
            if "properties" in schema:
                schema["additionalProperties"] = False
    wanted = ("/api/send", "/api/sessions/{session}", "/api/contacts/check-exists",
              "/api/{session}/groups")
    spec["paths"] = {path: item for path, item in spec["paths"].items() if path.startswith(wanted)}
    spec["servers"] = [{"url": "/"}]
    # The document itself is not what is tested: parts that no request here uses break its own rules.
    return OpenAPI.from_dict(spec, config=Config(spec_validator_cls=None))


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        pass


class Application:
    def __init__(self, options):
        self.options = options
        self.openapi = document()
        self.groups = Groups(options.state)
        self.log = loopback.RequestLog(options.log)

    def __call__(self, environ, start_response):
        request = Request(environ)
        body = request.get_data(as_text=True)
        try:
            status, answer = self.answer(request)
        except Refused as refused:
            status, answer = refused.status, {
                "statusCode": refused.status, "message": refused.message}
        except Reset:
            status, answer = 0, None
        if not request.path.startswith("/_test"):
            self.log.write({"method": request.method, "path": request.path, "status": status,
                            "body": body, "answer": answer})
        if status == 0:
            connection = environ["werkzeug.socket"]
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()
            raise ConnectionError("reset, as asked for")
        response = Response(json.dumps(answer), status=status, content_type="application/json")
        return response(environ, start_response)

    def answer(self, request):
        if request.path == "/_test":
            if request.method == "POST":
                self.groups.merge(request.get_json())
            return 200, self.groups.shown()
        if request.headers.get("X-Api-Key") != self.options.key:
            return 401, {"statusCode": 401, "message": "Unauthorized"}
        try:
            self.openapi.validate_request(WerkzeugOpenAPIRequest(request))
        except Exception as error:
            causes = [str(error), str(error.__cause__ or "")]
            causes += [str(e.message) for e in getattr(error.__cause__, "schema_errors", [])]
            return 422, {"statusCode": 422, "message": "; ".join(causes), "error": "Bad Request"}
        if request.path.startswith("/api/send"):
            with self.groups.under_way(self.options.send_delay_ms), self.groups.lock:
                return self.act(request)
        with self.groups.lock:
            return self.act(request)

    def act(self, request):
        parts = request.path.strip("/").split("/")[1:]
        state = self.groups.state
        if parts[0] == "sessions":
            self.groups.begin("session")
            return 200, {"name": parts[1], "status": state["status"],
                         "me": {"id": state["me"] + "@c.us", "pushName": "Desk"}}
        body = request.get_json() if request.data else {}
        session = body.get("session") or request.args.get("session") or parts[0]
        if session != self.options.session:
            return 404, {"statusCode": 404, "message": f"Session {session} not found"}
        if state["status"] != "WORKING":
            return 422, {"error": "Session status is not as expected. Try again later or restart "
                         "the session", "session": session, "status": state["status"],
                         "expected": ["WORKING"]}
        if parts[0].startswith("send"):
            message = self.groups.send(body["chatId"], {
                "kind": parts[0], "text": body.get("text") or body.get("caption"),
                "file": body.get("file")})
            return 201, {"id": f"true_{body['chatId']}_{message}"}
        if parts[0] == "contacts":
            number = request.args["phone"]
            return 200, {"numberExists": state["refuse"].get(number) != 404}
        return self.act_on_groups(request, parts[2:], body)

    def act_on_groups(self, request, parts, body):
        groups, method = self.groups, request.method
        numbers = [p["id"].split("@")[0] for p in body.get("participants", [])]
        if not parts:
            if method == "GET":
                return 200, [self.shape(i, g) for i, g in groups.state["groups"].items()
                             if groups.state["me"] in g["members"]]
            identifier, _ = groups.create(body["name"], numbers)
            return 201, {"id": identifier, "subject": body["name"]}
        identifier, what = parts[0], "/".join(parts[1:])
        if method == "GET":
            group = groups.group(identifier)
            if what == "participants/v2":
                return 200, [{"id": "9" + n + "@lid", "pn": n + "@c.us", "role": role}
                             for n, role in group["members"].items()]
            if what == "invite-code":
                return 200, "CODE" + identifier[:6]
            if what == "settings/security/messages-admin-only":
                return 200, {"adminsOnly": group["announce"]}
            return 200, self.shape(identifier, group)
        if what == "settings/security/messages-admin-only":
            groups.announce(identifier, body["adminsOnly"])
            return 200, {}
        change = {"participants/add": groups.add, "participants/remove": groups.remove,
                  "admin/promote": lambda i, n: groups.role(i, n, "admin"),
                  "admin/demote": lambda i, n: groups.role(i, n, "participant")}[what]
        codes = change(identifier, numbers)
        if self.options.silent:
            return 200, {}
        return 200, [{"jid": n + "@s.whatsapp.net", "status": str(c)} for n, c in codes.items()]

    @staticmethod
    def shape(identifier, group):
        return {"id": identifier, "subject": group["name"], "owner": group["owner"] + "@c.us"}


def main():
    parser = loopback.arguments(__doc__)
    parser.add_argument("--state")
    parser.add_argument("--key", default="key-of-the-test")
    parser.add_argument("--session", default="default")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--send-delay-ms", type=int, default=0)
    application = Application(parser.parse_args())
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    loopback.ready(server.server_port)
    loopback.until_told_to_end()


if __name__ == "__main__":
    main()
