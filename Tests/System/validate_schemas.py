#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the JSON Schemas in sdk/schema against what they describe.

validate_schemas.py ROOT: every bundled manifest and example must be valid, the schemas themselves
too. The golden files of the checker judge the schemas as well: a document without an error is
valid, one whose errors are all about structure is not. Needs jsonschema.
"""
import json
import pathlib
import re
import sys

import jsonschema

root = pathlib.Path(sys.argv[1])
golden = root / "Tests/PipelineTests/Golden"
wrong = []
count = refused = 0

# What a schema can say: which keys there are, which have to be there, of which type, how many.
STRUCTURE = {
    "all_and_any", "bad_address", "bad_header", "bad_id", "bad_name", "empty", "empty_filter",
    "missing_key", "several_bases", "several_kinds", "too_long", "too_many", "unexpected_key",
    "unknown_condition", "unknown_format", "unknown_key", "unknown_value", "wrong_type",
}
# Structure that a schema cannot say: what one place allows depends on another place.
BEYOND = {
    "connector/respond_without_webhook.txt": "\"respond\" belongs to one trigger",
    "connector/delay_identifier_always_blank.txt": "a template's value",
    "connector/loop_list_too_long.txt": "a list is longer than the number beside it",
    "manifest/actions_twice.txt": "equal names",
    "manifest/action_id_of_another.txt": "the plugin's id is elsewhere",
}


def schema(name):
    document = json.loads((root / "sdk/schema" / name).read_text())
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def check_golden(validator, path):
    """Counts a golden file that tells something about the schema, and says what is wrong."""
    global count, refused
    name = str(path.relative_to(golden))
    text, _, expected = path.read_text().partition("\n-----\n")
    codes = re.findall(r"^input:\d+:\d+: error: .* \[(\w+)\]$", expected, re.M)
    try:
        document = json.loads(text)
    except ValueError:
        return
    errors = list(validator.iter_errors(document))
    if not codes:
        count += 1
        wrong.extend(f"{name}: {e.json_path}: {e.message[:200]}" for e in errors)
    elif set(codes) <= STRUCTURE and name not in BEYOND:
        refused += 1
        if not errors:
            wrong.append(f"{name} is valid, the checker finds {', '.join(sorted(set(codes)))}")


schemas = {kind: schema(f"{kind}.schema.json") for kind in ("plugin", "connector", "project")}
documents = [(schemas["plugin"], path) for path in sorted(root.glob("Plugins/*/plugin.json"))]
documents += [(schemas["connector"], path) for path in sorted(root.glob("Plugins/*/examples/*.json"))]
documents += [(schemas["connector"], root / "Tests/Demo/issue_mail.json")]
for validator, path in documents:
    count += 1
    for error in validator.iter_errors(json.loads(path.read_text())):
        wrong.append(f"{path.relative_to(root)}: {error.json_path}: {error.message[:200]}")
for folder, kind in (("manifest", "plugin"), ("connector", "connector"), ("project", "project")):
    for path in sorted((golden / folder).glob("*.txt")):
        check_golden(schemas[kind], path)
# The worked examples of the specification, where they are at hand.
for folder in sys.argv[2:]:
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        document = json.loads(path.read_text())
        kind = "plugin" if "abi" in document else "connector" if "steps" in document else "project"
        count += 1
        for error in schemas[kind].iter_errors(document):
            wrong.append(f"{path.name}: {error.json_path}: {error.message[:200]}")
if refused < 45:
    wrong.append(f"only {refused} golden files are about structure")
print("\n".join(wrong) if wrong else f"{count} documents are valid, {refused} are refused")
sys.exit(1 if wrong else 0)
