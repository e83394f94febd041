#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""find_in_memory.py PID: how often the secrets, a line each on standard input, stand in what the
process may write to. Only root may look."""
import re
import sys

secrets = [line.strip().encode() for line in sys.stdin if line.strip()]
counts = [0] * len(secrets)
searched = 0
with open(f"/proc/{sys.argv[1]}/maps") as maps, open(f"/proc/{sys.argv[1]}/mem", "rb", 0) as memory:
    for line in maps:
        start, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
        if not rights.startswith("rw") or "[v" in line:
            continue
        try:
            memory.seek(int(start, 16))
            data = memory.read(int(end, 16) - int(start, 16))
        except OSError:
            continue
        searched += len(data)
        counts = [count + data.count(secret) for count, secret in zip(counts, secrets)]
print(*counts)
sys.exit(0 if searched > 1 << 20 else 1)
