#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# small.sh BIN: a pipeline of data and CRM actions on a build that has neither curl nor
# libmicrohttpd. Prints the run; ends with 0 only if it succeeded and the row is there.
set -euo pipefail
bin=$1
here=$(cd "$(dirname "$0")" && pwd)
data=$(mktemp -d "${TMPDIR:-/tmp}/jackfield-small-XXXXXX")
trap 'rm -rf "$data"' EXIT

for file in "$bin/jackfield" "$bin/jackfield-worker" "$bin"/plugins/*/*.so; do
  if ldd "$file" | grep -E 'libcurl|libmicrohttpd'; then
    echo "small: $file links what only the transport and the listener may" >&2
    exit 1
  fi
done

run() { "$bin/jackfield" "$@" --data "$data"; }
run project apply "$here/project.json"
run run "$here/leads.json" --event "$here/event.json" --project small | tee "$data/first"
run run "$here/leads.json" --event "$here/event.json" --project small --json >"$data/second"
grep -q 'succeeded' "$data/first"
# The second run sees the first one's row beside its own.
grep -q '"count":2' "$data/second"
echo "small: a pipeline of data and CRM actions ran without curl and libmicrohttpd"
