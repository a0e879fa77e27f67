#!/usr/bin/env bash
#
# The back end with the eleven cards, from end to end:   tests/projects/raptor.sh BUILD_DIR
#
# Its own tests run on sqlite3, traced: truth/callsites.tsv has to list what ran. Then the hand-written port of cards RM-1 to RM-6 and
# RM-8 is laid over it, and the same tests run through SQLAlchemy, on SQLite and on a Postgres made for the purpose. The history that
# can be made of it must end where the port does. One line for each step says how it went, and the last counts. Exit status 1 if a
# step failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/steps" raptor "$@"
unset RAPTOR_DB_PATH CONSOLE_DATABASE_URL

self_test() { python3 "$tools/truth.py" --self-test && python3 "$tools/marks.py" --self-test && echo "so it is"; }

on_sqlite3() { "$tools/trace.py" "$app" --python "$venv/bin/python" --output "$work/trace.tsv"; }

truth() {
    python3 "$tools/truth.py" "$app" "$project/truth/callsites.tsv" --trace "$work/trace.tsv" --floor 85 \
        --exclude 'backend_v2/tests/*' --exclude backend_v2/conftest.py
}

marks() {
    local count
    python3 "$tools/marks.py" "$app" >"$work/marks" || return
    count=$(wc -l <"$work/marks")
    echo "$count marks"
    [ "$count" -ge 1000 ]
}

# How much of what truth lists stands in files that after/ replaces; nothing of sqlite3 may be left in those. The engine's module may say the word.
share() {
    python3 - "$project" <<'PY'
import pathlib, re, sys

project = pathlib.Path(sys.argv[1])
after = project / "after"
rows = [line.split("\t") for line in (project / "truth/callsites.tsv").read_text(encoding="utf-8").splitlines()[1:]]
rows = [row for row in rows if row[3] != "foreign"]
done = [row for row in rows if (after / row[0]).exists()]
left = [
    f"{path.relative_to(after)}: {word}"
    for path in sorted(after.rglob("*.py"))
    for word in re.findall(r"import sqlite3|\.cursor\(|\.lastrowid|execute\(\s*f?[\"']", path.read_text(encoding="utf-8"))
    if not (path.name == "database.py" and word.startswith("execute("))
]
print(*left, sep="\n")
print(f"{len(done)} of {len(rows)} SQL calls ported by hand ({100 * len(done) / len(rows):.0f} %)")
sys.exit(bool(left) or len(done) < 0.4 * len(rows))
PY
}

overlay() { cp -R "$project/after/." "$app/" && find "$project/after" -type f | wc -l; }

# The repository that `history` makes ends with the same files, but for the marks.
history() {
    bash "$project/history" "$work/history" >"$work/commits" && cp -R "$app" "$work/unmarked" || return
    find "$work/unmarked" -name '*.py' -exec sed -i -E 's/  # expect(\[[+-][0-9]+\])?: .*$//' {} +
    diff -rq --exclude=.git "$work/unmarked" "$work/history" && cat "$work/commits"
}

on_sqlite() { "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short; }

start_postgres() { bash "$root/ci/postgres" start "$work/postgres" >"$work/url" && echo "runs"; }

# Everything that upgrade makes, downgrade takes away again.
schema() {
    local url
    url=$(cat "$work/url")
    alembic() { DATABASE_URL=$url "$venv/bin/alembic" -c backend_v2/alembic.ini "$@"; }
    alembic upgrade head && alembic downgrade base && "$venv/bin/python" - "$url" <<'PY'
import sys
from sqlalchemy import create_engine, inspect

left = inspect(create_engine(sys.argv[1])).get_table_names()
print(f"left: {', '.join(left)}")
sys.exit(left != ["alembic_version"])
PY
}

on_postgres() { DATABASE_URL=$(cat "$work/url") "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short; }

step "a copy and its Python" -- prepare
step "the comparisons can fail" -- self_test
step "the tests on sqlite3" after "a copy and its Python" -- on_sqlite3
step "truth lists every call that ran" after "the tests on sqlite3" -- truth
step "the marks can be read" after "a copy and its Python" -- marks
step "at least 40 % are ported by hand" -- share
step "the port by hand" after "the tests on sqlite3" -- overlay
step "a history ends where the port by hand does" after "the port by hand" -- history
step "the tests through SQLAlchemy on SQLite" after "the port by hand" -- on_sqlite
step "a Postgres" -- start_postgres
step "the schema goes up and down" after "the port by hand" "a Postgres" -- schema
step "the tests through SQLAlchemy on Postgres" after "the port by hand" "a Postgres" -- on_postgres

finish
