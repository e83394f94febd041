#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fuzz.py PROGRAM SECONDS SURFACE…: lets libFuzzer loose on each surface, one after the other.

What it finds goes to .build-fuzz/corpus/SURFACE, which the next run begins with beside the kept
corpus; an input that breaks something goes to .build-fuzz/found. Ends with 1 if there was one.
KEEP=1 afterwards takes into Tests/Fuzz/corpus what reaches an edge that nothing kept reaches.
"""
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build-fuzz"
# Ten seconds on one input are a hang: the longest honest ones take hundredths of a second.
LIMITS = ["-timeout=10", "-rss_limit_mb=1500", "-print_final_stats=1"]
# Swift's own report of a crash is slow and says what libFuzzer says.
ENVIRONMENT = dict(os.environ, SWIFT_BACKTRACE="enable=no")


def fuzz(program, seconds, surface):
    """Runs one surface; returns whether every property held."""
    grown, found = SCRATCH / "corpus" / surface, SCRATCH / "found"
    for folder in (grown, found):
        folder.mkdir(parents=True, exist_ok=True)
    words = SCRATCH / "corpus" / f"{surface}.words"
    words.write_bytes(subprocess.run([program, surface, "--words"], check=True,
                                     stdout=subprocess.PIPE).stdout)
    command = [program, surface, f"-max_total_time={seconds}", *LIMITS, f"-dict={words}",
               f"-artifact_prefix={found}/{surface}-", str(grown), str(kept(surface))]
    started, seen, tail = time.monotonic(), [(0, 0)], []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace",
                          env=ENVIRONMENT) as run:
        for line in run.stderr:
            now = time.monotonic() - started
            edges = re.search(r"^#\d+\s.* cov: (\d+)", line)
            if edges:
                seen.append((now, int(edges.group(1))))
            tail = (tail + [line])[-60:]
    text = "".join(tail)
    count = re.search(r"number_of_executed_units: (\d+)", text)
    late = seen[-1][1] - max((n for at, n in seen if at < seconds - 60), default=0)
    last = max((at for (at, n), (_, before) in zip(seen[1:], seen) if n > before), default=0)
    print(f"{surface}: {count.group(1) if count else '?'} inputs, {seen[-1][1]} edges, "
          f"{late if seconds > 60 else '?'} new in the last minute, the last after {last:.0f} s",
          flush=True)
    if run.returncode != 0:
        print(text + f"\n{surface}: broken. Repeat with: jackfield-fuzz {surface} FILE", flush=True)
    return run.returncode == 0


def keep(program, surface):
    """Adds to the kept corpus what reaches an edge that nothing in it reaches."""
    subprocess.run(
        [program, surface, "-merge=1", "-use_counters=0", str(kept(surface)),
         str(SCRATCH / "corpus" / surface)],
        check=True, env=ENVIRONMENT, stderr=subprocess.DEVNULL)


def kept(surface):
    return ROOT / "Tests/Fuzz/corpus" / surface


def main(program, seconds, *surfaces):
    # Each is run, also behind one that fails.
    held = [fuzz(program, int(seconds), surface) for surface in surfaces]
    if os.environ.get("KEEP") == "1":
        for surface in surfaces:
            keep(program, surface)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
