# SPDX-License-Identifier: Apache-2.0
"""What every server of the tests shares: its arguments, its log, its life.

A server binds 127.0.0.1 on a free port, prints `PORT n` once it accepts connections, writes each
request as one JSON line to the file given by --log and prints `REQUEST n` after the nth, and ends
on SIGTERM or at the end of its standard input, so that it never outlives who started it.
"""
import argparse
import json
import os
import signal
import sys
import threading
import time


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--log", help="file for the requests, one JSON object a line")
    return parser


class RequestLog:
    """Appends requests to a file and announces each; any thread may write."""

    def __init__(self, path):
        self.path = path
        self.count = 0
        self.lock = threading.Lock()
        if path:
            open(path, "w").close()

    def write(self, entry):
        with self.lock:
            self.count += 1
            if self.path:
                entry = {"n": self.count, "at": round(time.time(), 3), **entry}
                with open(self.path, "a") as file:
                    file.write(json.dumps(entry) + "\n")
            print(f"REQUEST {self.count}", flush=True)
            return self.count


def ready(port):
    print(f"PORT {port}", flush=True)


def until_told_to_end():
    """Blocks the main thread; os._exit, because a hanging connection must not hold up the end."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        while sys.stdin.buffer.read(65536):
            pass
    finally:
        os._exit(0)


def certificates(folder):
    """A fresh authority and a certificate for 127.0.0.1 and localhost, as an SSL context.

    Writes `ca.pem` (what a client must trust) into the folder.
    """
    import ssl
    import trustme

    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    os.makedirs(folder, exist_ok=True)
    authority.cert_pem.write_to_path(os.path.join(folder, "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context
