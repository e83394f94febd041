#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""find_secrets.py SECRETS FOLDER…: prints each place where a secret stands, in whatever spelling.

SECRETS is a file with a JSON list. Upper and lower case are one: names of headers lose theirs.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Servers"))
import spellings

files = searched = 0
wanted = [(secret, name, trace.lower()) for secret in json.load(open(sys.argv[1]))
          for name, trace in spellings.traces(secret).items()]
for folder in sys.argv[2:]:
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes().lower()
        files, searched = files + 1, searched + len(data)
        for secret, name, trace in wanted:
            if trace in data:
                print(f"{path}: {secret[:6]}… as {name}")
print(f"searched {files} files, {searched} bytes, for {len(wanted)} traces", file=sys.stderr)
