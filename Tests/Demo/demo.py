#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo: a webhook signed as GitHub signs it becomes a row, a request and a mail.

demo.py BIN [SHARED]: BIN holds the built programs; SHARED/data/events has real bodies, where it
exists. Everything listens on the loopback, on free ports; it ends by itself and leaves nothing.
"""
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SERVERS = HERE.parent / "Servers"
SECRET = "It's a Secret to Everybody"


class Failed(Exception):
    pass


def say(text=""):
    print(text, flush=True)


def check(truth, text):
    if not truth:
        raise Failed(text)


class Demo:
    def __init__(self, programs, shared):
        self.programs = pathlib.Path(programs).resolve()
        self.shared = pathlib.Path(shared).resolve() if shared else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jackfield-demo-"))
        self.data = self.folder / "data"
        self.children = []

    def jackfield(self, *words, stdin="", shown=True):
        """Runs one command and prints it with what it printed."""
        if shown:
            say(f"\n$ jackfield {' '.join(words)}")
        command = [self.programs / "jackfield", *words, "--data", self.data]
        done = subprocess.run(command, input=stdin, text=True, capture_output=True, timeout=60)
        if shown:
            say((done.stdout + done.stderr).rstrip())
        check(done.returncode == 0,
              f"jackfield {' '.join(words)} ended with {done.returncode}\n"
              f"{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, what, command, pattern):
        """Starts a program that stays, and waits for the line that matches the pattern."""
        errors = open(self.folder / f"{what}.errors", "w+")
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        self.children.append((what, child))
        for line in child.stdout:
            found = re.search(pattern, line)
            if found:
                return child, found.group(1)
        errors.seek(0)
        raise Failed(f"{what} ended with {child.wait()}\n{errors.read()}")

    def server(self, name, *options):
        return self.start(
            name, [sys.executable, "-u", SERVERS / f"{name}.py", *options], r"^PORT (\d+)")[1]

    def filled(self, name, **values):
        """A document of this folder with its @NAMES@ filled in, as a file."""
        text = (HERE / name).read_text()
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def event(self):
        real = self.shared and self.shared / "data/events/github-issues-opened.json"
        return (real if real and real.exists() else HERE / "issue.json").read_bytes()

    def run(self):
        mails, requests = self.folder / "mails", self.folder / "requests.jsonl"
        mail_port = self.server("smtp_server", "--mails", str(mails), "--user", "demo",
                                "--password", "correct horse")
        target_port = self.server("http_target", "--log", str(requests))
        say(f"A mail server listens on port {mail_port}, an HTTP target on {target_port}.")
        self.prepare(mail_port, target_port)
        serve, url = self.start(
            "serve", [self.programs / "jackfield", "serve", "--port", "0", "--data", self.data],
            r"listening on (http://\S+)")
        say(f"\n$ jackfield serve --port 0 &\nlistening on {url}")
        hook = json.loads(self.jackfield("connector", "show", "issue_mail", "--project", "demo",
                                         "--json", shown=False))["url"]
        run = self.post(hook)
        self.wait(run)
        self.jackfield("runs", "show", run)
        self.refuse(hook)
        self.show_request(requests)
        self.show_mail(mails)
        self.stop(serve)

    def prepare(self, mail_port, target_port):
        project = self.filled("project.json", TARGET_PORT=target_port)
        self.jackfield("project", "apply", project)
        self.jackfield("credential", "set", "github_hook", "--project", "demo", "--kind", "secret",
                       stdin=SECRET + "\n")
        self.jackfield("credential", "set", "mail_account", "--project", "demo", "--kind", "mail",
                       "--field", "host=127.0.0.1", "--field", f"port={mail_port}",
                       "--field", "security=none", "--field", "user=demo",
                       "--field", "from=jackfield@demo.test", stdin="correct horse\n")
        self.jackfield("connector", "apply", str(HERE / "issue_mail.json"))

    def send(self, url, body, secret):
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(url, body, {
            "Content-Type": "application/json", "X-GitHub-Event": "issues",
            "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            "X-Hub-Signature-256": f"sha256={signature}"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as failure:
            return failure.code, failure.read().decode()

    def post(self, url):
        say("\nGitHub posts the event, signed with the hook's secret:")
        status, text = self.send(url, self.event(), SECRET)
        say(f"{status} {text}")
        check(status == 202, f"the event was answered with {status}, not 202")
        return str(json.loads(text)["run"])

    def refuse(self, url):
        say("\nSomebody else posts it, signed with a guess:")
        status, text = self.send(url, self.event(), "guess")
        say(f"{status} {text}".rstrip())
        check(status == 401, f"a wrong signature was answered with {status}, not 401")

    def wait(self, run):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            text = self.jackfield("runs", "show", run, "--json", shown=False)
            state = json.loads(text)["state"]
            if state not in ("ready", "running", "waiting"):
                if state != "succeeded":
                    self.jackfield("runs", "show", run)
                check(state == "succeeded", f"run {run} is {state}")
                return
            time.sleep(0.05)
        raise Failed(f"run {run} has not ended after 30 s")

    def show_request(self, requests):
        seen = [json.loads(line) for line in requests.read_text().splitlines()]
        check(len(seen) == 1, f"the target saw {len(seen)} requests, not 1")
        say(f"\nThe target got: {seen[0]['method']} {seen[0]['path']} {seen[0]['body']}")

    def show_mail(self, mails):
        files = sorted(mails.glob("*.eml"))
        check(len(files) == 1, f"the mail server has {len(files)} mails, not 1")
        say(f"\nThe mail server got:\n")
        for line in files[0].read_text().splitlines():
            say(f"  | {line}")

    def stop(self, serve):
        """SIGTERM: the host ends, and nothing it started stays."""
        family = descendants(serve.pid)
        serve.send_signal(signal.SIGTERM)
        code = serve.wait(timeout=30)
        check(code == 0, f"serve ended with {code}")
        left = [process for process in family if is_alive(process)]
        check(not left, f"processes were left behind: {left}")
        say(f"\nserve has ended, and with it its {len(family)} workers.")

    def close(self):
        for _, child in self.children:
            if child.poll() is None:
                child.terminate()
        for _, child in self.children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def show_errors(self):
        for name, _ in self.children:
            text = (self.folder / f"{name}.errors").read_text()
            if text:
                print(f"--- {name} printed\n{text}", file=sys.stderr)


def started(pid):
    """When a process started, so that a reused pid is not taken for it; None when it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else (int(fields[1]), fields[19])


def descendants(root):
    """(pid, start time) of everything below a process."""
    found, parents = [], {root}
    while parents:
        children = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                state = started(entry.name)
                if state and state[0] in parents:
                    children.append((int(entry.name), state[1]))
        found += children
        parents = {pid for pid, _ in children}
    return found


def is_alive(process):
    state = started(process[0])
    return state is not None and state[1] == process[1]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    demo = Demo(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    try:
        demo.run()
        say("\nThe demo has ended well.")
    except (Failed, subprocess.SubprocessError, OSError, ValueError, KeyError) as failure:
        print(f"\ndemo: {type(failure).__name__}: {failure}", file=sys.stderr)
        demo.show_errors()
        sys.exit(1)
    finally:
        demo.close()
        shutil.rmtree(demo.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
