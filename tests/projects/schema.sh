#!/usr/bin/env bash
#
# Schemas, written for Postgres and loaded there:   tests/projects/schema.sh BUILD_DIR
#
# Those of the example projects and fixtures/schema/*.sql, read from their SQL and from a SQLite database made of it. What
# `lite2pg schema` prints loads into an empty Postgres 15 made for the purpose, and each table, column, key and index that SQLite tells
# of is there, or a finding names it: tests/projects/schema_loads.py. What `--emit alembic` prints makes the same there, takes a row for
# each table on Postgres and on SQLite, and leaves nothing when it goes: tests/projects/schema_alembic.py, with the Python of the notes
# example. Conditions and computed columns of which nothing is told take the same rows on both: tests/projects/schema_same.py. What
# `lite2pg sql` calls tables and columns is what the schema calls them: tests/projects/schema_names.py. What is read off those
# revisions, and off those of fixtures/alembic and the example projects, is what Alembic makes of them on both databases:
# tests/projects/migrations.py. Exit status 1 if one is not so.
set -uo pipefail

if [ $# -ne 1 ]; then
    echo "usage: tests/projects/schema.sh BUILD_DIR" >&2
    exit 2
fi
lite2pg=$(realpath -m -- "$1")/lite2pg
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2

# Nothing of the caller's database or Python gets in.
export PYTHONDONTWRITEBYTECODE=1
unset DATABASE_URL PYTHONPATH PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS

scratch=$(mktemp -d)
trap 'bash ci/postgres stop "$scratch/postgres" >/dev/null; rm -rf "$scratch"' EXIT
bash ci/python/venv notes build/venv/notes || exit 2
url=$(bash ci/postgres start "$scratch/postgres") || exit 2
status=0
python3 tests/projects/schema_loads.py "$lite2pg" "$url" "$scratch" || status=1
build/venv/notes/bin/python tests/projects/schema_alembic.py "$lite2pg" "$url" "$scratch" || status=1
build/venv/notes/bin/python tests/projects/schema_same.py "$lite2pg" "$url" "$scratch" || status=1
# example. Conditions and computed columns of which nothing is told take the same rows on both: tests/projects/schema_same.py. What
# `lite2pg sql` calls tables and columns is what the schema calls them: tests/projects/schema_names.py. What is read off those
# revisions, and off those of fixtures/alembic and the example projects, is what Alembic makes of them on both databases:
# tests/projects/migrations.py. Exit status 1 if one is not so.
exit $status
