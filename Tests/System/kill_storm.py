#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills the host, its workers and its transports while events stream in, and counts what is left.

kill_storm.py BIN KILLS [SEED]

Each start of `serve` has one fault point armed (see CSystem/include/fault.h); the kill is recorded
with the point it hit. Eight posters send events until each is acknowledged, again after every cut
connection, as a webhook's sender does. At the end the data folder is read: every acknowledged event
must have exactly one row and one last row, whatever was killed; a request of class at_most_once may
never arrive twice, and where its fate is open the run must be marked; a keyed one may arrive again.
Prints one line of JSON; exits 0 only if all of that held.
"""
import collections
import http.client
import http.server
import json
import os
import pathlib
import queue
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

PLAN = [
    ("accept", "host"), ("commit", "host"), ("call", "host"), ("left", "host"), ("outcome", "host"),
    ("call", "worker:data_storage"), ("left", "worker:transport_http"), ("call", "worker:http"),
    ("commit", "worker:listener"), ("accept", "host"), ("outcome", "host"), ("left", "host"),
    ("left", "worker:transport_http"), ("call", "host"), ("commit", "host"),
]


class Target(http.server.ThreadingHTTPServer):
    """Counts what arrives, by path and event."""
    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        self.counts = collections.Counter()
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), TargetRequest)

    def handle_error(self, request, client_address):
        """A cut connection is what this is about; it is counted by what did not arrive."""


class TargetRequest(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.counts[(self.path, body["id"])] += 1
        # Slow enough that a kill finds requests under way.
        time.sleep(0.01)
        answer = b'{"ok":true}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass


class Storm:
    def __init__(self, programs, kills, seed):
        self.programs = pathlib.Path(programs)
        self.kills = kills
        self.random = random.Random(seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jackfield-storm-"))
        self.data = self.folder / "data"
        self.log = self.folder / "faults"
        self.target = Target()
        threading.Thread(target=self.target.serve_forever, daemon=True).start()
        self.port = self.free_port()
        self.acknowledged = {}
        self.next_id = 0
        self.lock = threading.Lock()
        self.posting = threading.Event()
        self.stopping = threading.Event()
        self.resent = 0

    @staticmethod
    def free_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def command(self, *words, stdin=""):
        done = subprocess.run(
            [self.programs / "jackfield", *words, "--data", self.data], input=stdin, text=True,
            capture_output=True, timeout=120)
        if done.returncode != 0:
            raise SystemExit(f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self):
        here = f"127.0.0.1:{self.target.server_address[1]}"

        def row(name, storage):
            return {"action": {"id": name, "use": "data_storage.create_row", "fallback": "stop",
                               "with": {"storage": storage, "fields": {"event": "{{event.id}}"}}}}

        def post(name, path, effect):
            return {"action": {"id": name, "use": "http.request", "fallback": "continue", "with": {
                "method": "POST", "url": f"http://{here}/{path}", "body_kind": "json",
                "effect": effect, "body": {"id": "{{event.id}}"}}}}

        project = {"format": 1, "name": "storm", "plugins": {
            "data_storage": {},
            "http": {"grants": {"hosts": [here]}, "policy": {"timeout": "20 s"}}},
            "storages": [{"name": name, "columns": [{"name": "event", "type": "text"}]}
                         for name in ("first", "last")]}
        connector = {
            "format": 1, "project": "storm", "name": "storm",
            "trigger": {"webhook": {"dedupe": {"by": "{{event.id}}", "within": "1 d"}}},
            "steps": [{"id": "only", "components": [
                {"filter": {"id": "there", "all": [
                    {"left": "{{event.id}}", "type": "text", "op": "is_not_empty"}]}},
                row("first", "first"), post("once", "once", "at_most_once"),
                post("keyed", "keyed", "keyed"), row("last", "last")]}]}
        for name, document in (("project", project), ("connector", connector)):
            (self.folder / f"{name}.json").write_text(json.dumps(document))
        self.command("project", "apply", str(self.folder / "project.json"))
        out = self.command("connector", "apply", str(self.folder / "connector.json"), "--json")
        self.path = "/in/" + json.loads(out)["connector"]["url"].rsplit("/", 1)[1]

    # The sender's side

    def post_forever(self):
        connection = None
        while not self.stopping.is_set():
            if not self.posting.is_set():
                time.sleep(0.02)
                continue
            with self.lock:
                self.next_id += 1
                name = f"e{self.next_id}"
            body = json.dumps({"id": name}).encode()
            tries = 0
            while not self.stopping.is_set():
                tries += 1
                try:
                    connection = connection or http.client.HTTPConnection(
                        "127.0.0.1", self.port, timeout=30)
                    connection.request("POST", self.path, body,
                                       {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    text = answer.read()
                    if answer.status == 202:
                        with self.lock:
                            self.acknowledged[name] = int(json.loads(text)["run"])
                            self.resent += tries > 1
                        break
                except (OSError, http.client.HTTPException):
                    if connection:
                        connection.close()
                    connection = None
                time.sleep(0.02)
            time.sleep(0.01)

    # The host's side

    def serve(self, fault=None):
        environment = dict(os.environ)
        environment.pop("JACKFIELD_FAULT", None)
        if fault:
            environment["JACKFIELD_FAULT"] = fault
            environment["JACKFIELD_FAULT_LOG"] = str(self.log)
        with open(self.folder / "serve.log", "ab") as log:
            return subprocess.Popen(
                [self.programs / "jackfield", "serve", "--port", str(self.port), "--data",
                 self.data], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def faults(self):
        try:
            return self.log.read_text().split("\n")[:-1]
        except FileNotFoundError:
            return []

    def kill_once(self, index):
        point, victim = PLAN[index % len(PLAN)]
        before = len(self.faults())
        host = self.serve(f"{point}:{self.random.randint(1, 12)}:{victim}")
        until = time.monotonic() + 60
        while len(self.faults()) == before and host.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        if host.poll() is not None and host.returncode > 0:
            raise SystemExit(f"serve ended by itself with {host.returncode}: "
                             + (self.folder / "serve.log").read_text()[-2_000:])
        if victim != "host":
            # The worker is dead; the host must carry on, until it is killed at no point at all.
            time.sleep(0.2)
            host.kill()
        host.wait(timeout=60)

    def drain(self):
        host = self.serve()
        until = time.monotonic() + 240
        while time.monotonic() < until:
            time.sleep(0.5)
            if host.poll() is not None:
                raise SystemExit("serve ended by itself at the end")
            left = [json.loads(self.command("runs", "list", "--project", "storm", "--state", state,
                                            "--limit", "1", "--json"))
                    for state in ("ready", "running", "waiting")]
            if not any(left):
                break
        host.send_signal(signal.SIGTERM)
        if host.wait(timeout=60) != 0:
            raise SystemExit(f"serve ended with {host.returncode} after SIGTERM")

    # The reckoning

    def reckon(self):
        database = sqlite3.connect(f"file:{self.data}/main.db?mode=ro", uri=True)
        events = {run: json.loads(body)["id"]
                  for run, body in database.execute("SELECT run, body FROM event")}
        runs = {events[run]: (state, mark) for run, state, mark in
                database.execute("SELECT id, state, mark FROM run") if run in events}
        rows = collections.Counter()
        names = {}
        for collection, key, text in database.execute("SELECT collection, id, doc FROM record"):
            document = json.loads(text)
            if collection == "storage":
                names[str(key)] = document["name"]
        for collection, text in database.execute("SELECT collection, doc FROM record"):
            if collection == "row":
                document = json.loads(text)
                rows[(names[document["storage"]], document["fields"]["event"])] += 1
        wrong = []
        unknown = 0
        for name in self.acknowledged:
            if name not in runs:
                wrong.append(f"{name} was acknowledged and is not there")
                continue
            state, mark = runs[name]
            unknown += mark == "unknown"
            if state != "succeeded":
                wrong.append(f"{name} is {state}")
            for storage in ("first", "last"):
                if rows[(storage, name)] != 1:
                    wrong.append(f"{name} has {rows[(storage, name)]} rows in {storage}")
            once = self.target.counts[("/once", name)]
            if once > 1 or (once == 0 and mark != "unknown"):
                wrong.append(f"{name} arrived {once} times at /once and is marked {mark}")
            keyed = self.target.counts[("/keyed", name)]
            if keyed < 1:
                wrong.append(f"{name} never arrived at /keyed")
            if keyed > 1 and mark not in ("repeated", "unknown"):
                wrong.append(f"{name} arrived {keyed} times at /keyed and is marked {mark}")
        repeated = sum(1 for (path, _), count in self.target.counts.items()
                       if path == "/keyed" and count > 1)
        kills = collections.Counter(self.faults())
        points = collections.Counter(line.split()[0] for line in self.faults())
        for point in ("accept", "commit", "call", "left", "outcome"):
            if points[point] < min(5, self.kills // 20):
                wrong.append(f"only {points[point]} kills at {point}")
        if sum(kills.values()) < self.kills:
            wrong.append(f"only {sum(kills.values())} kills")
        print(json.dumps({
            "kills": sum(kills.values()), "by_point": dict(points), "by_victim": dict(kills),
            "acknowledged": len(self.acknowledged), "sent_again": self.resent,
            "marked_unknown": unknown, "keyed_repeated": repeated, "wrong": wrong[:20]}))
        return not wrong

    def run(self):
        try:
            self.prepare()
            posters = [threading.Thread(target=self.post_forever, daemon=True) for _ in range(8)]
            for poster in posters:
                poster.start()
            self.posting.set()
            index = 0
            while len(self.faults()) < self.kills and index < self.kills * 2:
                self.kill_once(index)
                index += 1
            self.posting.clear()
            host = self.serve()
            time.sleep(1)
            self.stopping.set()
            for poster in posters:
                poster.join(timeout=60)
            host.kill()
            host.wait()
            self.drain()
            good = self.reckon()
        finally:
            self.stopping.set()
            self.target.shutdown()
        if good:
            shutil.rmtree(self.folder)
        else:
            print(f"kept: {self.folder}", file=sys.stderr)
        return 0 if good else 1


if __name__ == "__main__":
    sys.exit(Storm(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1).run())
