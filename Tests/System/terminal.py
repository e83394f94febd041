# SPDX-License-Identifier: Apache-2.0
"""Runs a program on a terminal of its own, as a person would see it.

terminal.py INPUT PROGRAM ARGUMENTS…: types a line of INPUT and Enter whenever the program asks for
something (a line that ends in a colon and a space), until there are no more; prints all that the
terminal showed, and ends as the program did.
"""
import os
import pty
import sys


def main():
    lines = [line.encode() + b"\r" for line in sys.argv[1].split("\n")]
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[2], sys.argv[2:])
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # how a terminal ends that nobody has open any more
            break
        if not part:
            break
        shown += part
        if shown.endswith(b": ") and lines:
            os.write(terminal, lines.pop(0))
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
