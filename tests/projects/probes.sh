#!/usr/bin/env bash
#
# The probes, asked of a live Postgres:   tests/projects/probes.sh BUILD_DIR [--list [--all]] [--table]
#
# Statements that are hard to take from SQLite to Postgres, as written, as lite2pg writes them and as sqlglot does, on a Postgres made
# for the purpose. tests/probes/probes.py says what is counted. Exit status 1 if lite2pg misses a bar.
set -uo pipefail

if [ $# -lt 1 ]; then
    echo "usage: tests/projects/probes.sh BUILD_DIR [--list [--all]] [--table]" >&2
    exit 2
fi
lite2pg=$(realpath -m -- "$1")/lite2pg
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
root=$PWD
venv=$PWD/build/venv/probes

# Nothing of the caller's database or Python gets in.
export PYTHONDONTWRITEBYTECODE=1
unset DATABASE_URL PYTHONPATH PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS

[ -x "$lite2pg" ] || { echo "tests/projects/probes.sh: build the program first" >&2; exit 2; }
bash ci/python/venv probes "$venv" || exit 2
scratch=$(mktemp -d)
trap 'cd "$root"; bash ci/postgres stop "$scratch/postgres" >/dev/null; rm -rf "$scratch"' EXIT
url=$(bash ci/postgres start "$scratch/postgres") || exit 2
cd "$scratch" || exit 2 # ATTACH makes files where it runs
"$venv/bin/python" "$root/tests/probes/probes.py" "$lite2pg" "$url" "$@"
