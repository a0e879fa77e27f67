#!/usr/bin/env bash
#
# Small programs, one or more for each trap of the port:   tests/projects/semantics.sh BUILD_DIR [OPTIONS of semantics.py]
#
# Each runs on sqlite3, and after its port through SQLAlchemy on SQLite and on a Postgres made for the purpose; it must do the
# same. tests/port/semantics.py says how a case is written. Exit status 1 if one failed.
set -uo pipefail

if [ $# -lt 1 ]; then
    echo "usage: tests/projects/semantics.sh BUILD_DIR [OPTIONS of semantics.py]" >&2
    exit 2
fi
lite2pg=$(realpath -m -- "$1")/lite2pg
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
venv=$PWD/build/venv/passkeys

# Nothing of the caller's git, database or Python gets in.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null PYTHONDONTWRITEBYTECODE=1
unset DATABASE_URL PYTHONPATH GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

bash ci/python/venv passkeys "$venv" || exit 2
exec "$venv/bin/python" tests/port/semantics.py "$lite2pg" "$@"
