#!/usr/bin/env bash
#
# The type check of rewriters/proof, held against a Postgres made for the purpose:   tests/projects/types.sh BUILD_DIR [COUNT [SEED]] [-v]
#
# Its tables of types, casts, operators and functions must be the server's (tests/proof/signatures.py). Of the statements of
# fixtures/sqltest, as written and as translated, and COUNT made of its grammar, the server must refuse each that the check refuses
# (tests/proof/foreseen.py). Exit status 1 if that does not hold, or if the check foresees too little.
set -uo pipefail

if [ $# -lt 1 ]; then
    echo "usage: tests/projects/types.sh BUILD_DIR [COUNT [SEED]] [-v]" >&2
    exit 2
fi
built=$(realpath -m -- "$1")/tests
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
venv=$PWD/build/venv/passkeys

# Nothing of the caller's database or Python gets in.
export PYTHONDONTWRITEBYTECODE=1
unset DATABASE_URL PYTHONPATH PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS

programs=("$built/proof/typing_lines" "$built/translate/translate_lines" "$built/translate/generate_statements")
for program in "${programs[@]}"; do
    [ -x "$program" ] || { echo "tests/projects/types.sh: build the target $(basename "$program") first" >&2; exit 2; }
done
bash ci/python/venv passkeys "$venv" || exit 2
scratch=$(mktemp -d)
trap 'bash ci/postgres stop "$scratch/postgres" >/dev/null; rm -rf "$scratch"' EXIT
url=$(bash ci/postgres start "$scratch/postgres") || exit 2
"$venv/bin/python" tests/proof/signatures.py "$url" && "$venv/bin/python" tests/proof/foreseen.py "${programs[@]}" "$url" "$@"
