#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the JSON Schemas in sdk/schema against what they describe.

validate_schemas.py ROOT: every bundled manifest and every good golden document must be valid, the
schemas themselves too, and a manifest with an unknown key must not be. Needs jsonschema.
"""
import json
import pathlib
import sys

import jsonschema

root = pathlib.Path(sys.argv[1])
wrong = []
count = 0


def schema(name):
    document = json.loads((root / "sdk/schema" / name).read_text())
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


plugin, connector = schema("plugin.schema.json"), schema("connector.schema.json")
documents = [(plugin, path) for path in sorted(root.glob("Plugins/*/plugin.json"))]
documents += [(connector, path) for path in sorted(root.glob("Plugins/*/examples/*.json"))]
documents += [(connector, root / "Tests/Demo/issue_mail.json")]
for validator, path in documents:
    count += 1
    for error in validator.iter_errors(json.loads(path.read_text())):
        wrong.append(f"{path.relative_to(root)}: {error.json_path}: {error.message[:200]}")
for validator, path in (documents[0], documents[-1]):
    broken = json.loads(path.read_text()) | {"filters": []}
    if validator.is_valid(broken):
        wrong.append(f"{path.relative_to(root)} is valid with an unknown key")
print("\n".join(wrong) if wrong else f"{count} documents are valid")
sys.exit(1 if wrong else 0)
