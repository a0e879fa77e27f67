#!/usr/bin/env bash
#
# The SQL translator's statements, executed:   tests/projects/sql.sh BUILD_DIR [--generated [COUNT [SEED]]] [-v]
#
# Each runs as written on sqlite3, and translated on SQLite and on a Postgres made for the purpose, through SQLAlchemy; what the
# translator calls the same must do the same. tests/translate/both.py says how they are compared. Then statements made of a
# grammar (tests/translate/generated.py); with --generated these alone, COUNT of them. Exit status 1 if one failed.
set -uo pipefail

if [ $# -lt 1 ]; then
    echo "usage: tests/projects/sql.sh BUILD_DIR [--generated [COUNT [SEED]]] [-v]" >&2
    exit 2
fi
built=$(realpath -m -- "$1")/tests/translate
lines=$built/translate_lines
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
venv=$PWD/build/venv/passkeys

# Nothing of the caller's database or Python gets in.
export PYTHONDONTWRITEBYTECODE=1
unset DATABASE_URL PYTHONPATH PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS

[ -x "$lines" ] || { echo "tests/projects/sql.sh: build the target translate_lines first" >&2; exit 2; }
bash ci/python/venv passkeys "$venv" || exit 2
scratch=$(mktemp -d)
trap 'bash ci/postgres stop "$scratch/postgres" >/dev/null; rm -rf "$scratch"' EXIT
url=$(bash ci/postgres start "$scratch/postgres") || exit 2
generated() { "$venv/bin/python" tests/translate/generated.py "$lines" "$built/generate_statements" "$url" "$@"; }
if [ "${1:-}" = --generated ]; then
    shift
    generated "$@"
else
    "$venv/bin/python" tests/translate/both.py "$lines" "$url" "$@" && generated "$@"
fi
