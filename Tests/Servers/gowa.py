# SPDX-License-Identifier: Apache-2.0
"""go-whatsapp-web-multidevice as far as sending and groups go, strict about what it is sent.

Basic authorisation as user:password, the device in X-Device-Id, JSON bodies with exactly the members
they have, forms as multipart; anything else is answered with 400 or 401. The rest of the arguments:
see whatsapp_groups.py. It proves shape, not behaviour.
"""
import base64
import email.parser
import email.policy
import http.server
import json
import socket
import struct
import threading
import urllib.parse

import loopback
from whatsapp_groups import Groups, Refused, Reset

BODIES = {
    "/send/message": {"phone": str, "message": str},
    "/group": {"title": str, "participants": list},
    "/group/participants": {"group_id": str, "participants": list},
    "/group/participants/remove": {"group_id": str, "participants": list},
    "/group/participants/promote": {"group_id": str, "participants": list},
    "/group/participants/demote": {"group_id": str, "participants": list},
    "/group/announce": {"group_id": str, "announce": bool},
}
WORDS = {200: ("success", "Participant added"), 403: ("error", "blocked by privacy"),
         404: ("error", "not registered"), 408: ("error", "privacy"), 409: ("success", "in it"),
         419: ("error", "group is full")}


class Bridge(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        code, message, results = "SUCCESS", "Success", None
        try:
            status, results = self.answer(url, raw)
        except Refused as refused:
            status, code, message = refused.status, "ERROR", refused.message
        except Reset:
            status = 0
        answer = results if url.path == "/_test" else {
            "code": code, "message": message, "results": results}
        if url.path != "/_test":
            self.server.log.write({"method": self.command, "path": self.path, "status": status,
                                   "body": raw.decode("utf-8", "replace"), "answer": answer})
        if status == 0:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def answer(self, url, raw):
        groups = self.server.groups
        with groups.lock:
            if url.path == "/_test":
                if self.command == "POST":
                    groups.merge(json.loads(raw))
                return 200, groups.shown()
            self.check()
            query = {name: values[0] for name, values in urllib.parse.parse_qs(url.query).items()}
            if self.command == "GET":
                return 200, self.read(url.path, query)
            if groups.state["status"] != "WORKING":
                raise Refused(500, "you are not logged in")
            if url.path.startswith("/send/") and url.path != "/send/message":
                return 200, self.send_form(url.path, raw)
            return 200, self.change(url.path, self.body(url.path, raw))

    def check(self):
        wanted = base64.b64encode(self.server.options.user.encode()).decode()
        if self.headers.get_all("Authorization") != ["Basic " + wanted]:
            raise Refused(401, "Unauthorized")
        if self.headers.get_all("X-Device-Id") != [self.server.options.device]:
            raise Refused(400, "unknown device")

    def body(self, path, raw):
        if self.headers.get("Content-Type") != "application/json":
            raise Refused(400, "not JSON")
        body, wanted = json.loads(raw), BODIES.get(path)
        if wanted is None:
            raise Refused(404, "no such endpoint")
        if {name: type(value) for name, value in body.items()} != wanted:
            raise Refused(400, f"{path} takes {sorted(wanted)}, not {sorted(body)}")
        return body

    def read(self, path, query):
        groups = self.server.groups
        state = groups.state
        if path == "/app/status":
            working = state["status"] == "WORKING"
            return {"is_connected": working, "is_logged_in": working,
                    "device_id": state["me"] + ":12@s.whatsapp.net"}
        if path == "/user/check":
            return {"is_on_whatsapp": state["refuse"].get(query["phone"]) != 404}
        if path == "/user/my/groups":
            return {"data": [self.shape(i, g) for i, g in state["groups"].items()
                             if state["me"] in g["members"]]}
        if path == "/group/info":
            return self.shape(query["group_id"], groups.group(query["group_id"]))
        if path == "/group/invite-link":
            groups.group(query["group_id"])
            return {"invite_link": "https://chat.whatsapp.com/CODE" + query["group_id"][:6],
                    "group_id": query["group_id"]}
        raise Refused(404, "no such endpoint")

    def change(self, path, body):
        groups = self.server.groups
        if path == "/send/message":
            message = groups.send(self.chat(body["phone"]), {"kind": path, "text": body["message"]})
            return {"message_id": message, "status": "sent"}
        if path == "/group":
            return {"group_id": groups.create(body["title"], body["participants"])[0]}
        if path == "/group/announce":
            groups.announce(body["group_id"], body["announce"])
            return None
        act = {"": groups.add, "remove": groups.remove,
               "promote": lambda i, n: groups.role(i, n, "admin"),
               "demote": lambda i, n: groups.role(i, n, "participant")}
        what = path.removeprefix("/group/participants").strip("/")
        codes = act[what](body["group_id"], body["participants"])
        return [{"participant": n + "@s.whatsapp.net", "status": WORDS[c][0],
                 "message": WORDS[c][1]} for n, c in codes.items()]

    def send_form(self, path, raw):
        kind = path.removeprefix("/send/")
        if kind not in ("image", "file", "video", "audio"):
            raise Refused(404, "no such endpoint")
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + raw)
        if form.get_content_type() != "multipart/form-data":
            raise Refused(400, "not a form")
        fields = {part.get_param("name", header="content-disposition"):
                  part.get_payload(decode=True).decode() for part in form.iter_parts()}
        if set(fields) - {"caption"} != {"phone", kind + "_url"}:
            raise Refused(400, f"{path} takes phone, caption, {kind}_url, not {sorted(fields)}")
        message = self.server.groups.send(self.chat(fields["phone"]), {
            "kind": path, "text": fields.get("caption"), "file": fields[kind + "_url"]})
        return {"message_id": message, "status": "sent"}

    @staticmethod
    def chat(phone):
        if not phone.endswith(("@s.whatsapp.net", "@g.us")):
            raise Refused(400, "phone is no address")
        return phone

    @staticmethod
    def shape(identifier, group):
        return {"JID": identifier, "Name": group["name"], "IsAnnounce": group["announce"],
                "OwnerJID": "9@lid", "OwnerPN": group["owner"] + "@s.whatsapp.net",
                "Participants": [
                    {"JID": "9" + n + "@lid", "PhoneNumber": n + "@s.whatsapp.net",
                     "IsAdmin": role != "participant", "IsSuperAdmin": role == "superadmin"}
                    for n, role in group["members"].items()]}


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True


def main():
    parser = loopback.arguments(__doc__)
    parser.add_argument("--state")
    parser.add_argument("--user", default="desk:secret-of-the-test")
    parser.add_argument("--device", default="desk")
    server = Server(("127.0.0.1", 0), Bridge)
    server.options = parser.parse_args()
    server.groups, server.log = Groups(server.options.state), loopback.RequestLog(server.options.log)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    loopback.ready(server.server_address[1])
    loopback.until_told_to_end()


if __name__ == "__main__":
    main()
