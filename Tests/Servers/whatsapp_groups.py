# SPDX-License-Identifier: Apache-2.0
"""Groups and their members in memory, as WhatsApp keeps them: what both bridges of the tests share.

--state is JSON: {status, me, refuse: {number: code}, cap, groups: {id: {name, owner, announce,
members: {number: "participant" | "admin" | "superadmin"}}}, fail: {what: [times, status, message]}}.
`status` is the session's; `refuse` gives WhatsApp's code for a number that cannot be added; `fail`
makes an operation (as `send`, `add`, `create`) end with a status some times, a status of 0 by a
reset connection after it was done. POST /_test merges into the state, GET /_test shows it.
"""
import contextlib
import copy
import itertools
import json
import threading
import time


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


class Reset(Exception):
    pass


class Groups:
    def __init__(self, text):
        self.lock = threading.RLock()
        self.state = {"status": "WORKING", "me": "15550009999", "refuse": {}, "cap": 1024,
                      "groups": {}, "fail": {}, "sent": []}
        self.state.update(json.loads(text or "{}"))
        self.numbers = itertools.count(1)
        self.at_once = 0

    def merge(self, change):
        with self.lock:
            for name, value in change.items():
                if isinstance(value, dict) and isinstance(self.state.get(name), dict):
                    self.state[name].update(value)
                else:
                    self.state[name] = value

    def shown(self):
        with self.lock:
            return copy.deepcopy(self.state)

    @contextlib.contextmanager
    def under_way(self, milliseconds):
        with self.lock:
            self.at_once += 1
            self.state["most_at_once"] = max(self.at_once, self.state.get("most_at_once", 0))
        try:
            time.sleep(milliseconds / 1000)
            yield
        finally:
            with self.lock:
                self.at_once -= 1

    # What every operation does first and last.

    def begin(self, what):
        fail = self.state["fail"].get(what)
        if fail and fail[0] > 0 and fail[1] != 0:
            fail[0] -= 1
            raise Refused(fail[1], fail[2])

    def end(self, what):
        fail = self.state["fail"].get(what)
        if fail and fail[0] > 0 and fail[1] == 0:
            fail[0] -= 1
            raise Reset

    # The operations.

    def send(self, chat, content):
        self.begin("send")
        if chat.endswith("@g.us"):
            group = self.group(chat)
            if group["announce"] and not self.is_admin(group, self.state["me"]):
                raise Refused(500, "only admins can send")
        message = f"3EB0{next(self.numbers):08d}"
        self.state["sent"].append({"chat": chat, **content})
        self.end("send")
        return message

    def create(self, name, numbers):
        self.begin("create")
        identifier = f"1203630000{next(self.numbers):08d}@g.us"
        self.state["groups"][identifier] = {
            "name": name, "owner": self.state["me"], "announce": False,
            "members": {self.state["me"]: "superadmin"}}
        codes = self.put(self.state["groups"][identifier], numbers)
        self.end("create")
        return identifier, codes

    def add(self, identifier, numbers):
        self.begin("add")
        codes = self.put(self.own(identifier), numbers)
        self.end("add")
        return codes

    def put(self, group, numbers):
        codes = {}
        for number in numbers:
            if number in group["members"]:
                codes[number] = 409
            elif number in self.state["refuse"]:
                codes[number] = self.state["refuse"][number]
            elif len(group["members"]) >= self.state["cap"]:
                codes[number] = 419
            else:
                group["members"][number] = "participant"
                codes[number] = 200
        return codes

    def remove(self, identifier, numbers):
        self.begin("remove")
        group = self.own(identifier)
        codes = {n: 200 if group["members"].pop(n, None) else 404 for n in numbers}
        self.end("remove")
        return codes

    def role(self, identifier, numbers, role):
        self.begin("role")
        group = self.own(identifier)
        for number in numbers:
            if number in group["members"]:
                group["members"][number] = role
        self.end("role")
        return {n: 200 if n in group["members"] else 404 for n in numbers}

    def announce(self, identifier, is_on):
        self.begin("announce")
        self.own(identifier)["announce"] = is_on
        self.end("announce")

    def group(self, identifier):
        group = self.state["groups"].get(identifier)
        if group is None or self.state["me"] not in group["members"]:
            raise Refused(404, "item-not-found")
        return group

    def own(self, identifier):
        group = self.group(identifier)
        if not self.is_admin(group, self.state["me"]):
            raise Refused(500, "not-authorized")
        return group

    @staticmethod
    def is_admin(group, number):
        return group["members"].get(number) in ("admin", "superadmin")
