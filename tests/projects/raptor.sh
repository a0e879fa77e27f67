#!/usr/bin/env bash
#
# The back end with the eleven cards, from end to end:   tests/projects/raptor.sh BUILD_DIR [--program]
#
# Its own tests run on sqlite3, traced: truth/callsites.tsv has to list what ran. Then the hand-written port of cards RM-1 to RM-6 and
# RM-8 is laid over it, and the same tests run through SQLAlchemy, on SQLite and on a Postgres made for the purpose. The history that
# can be made of it must end where the port does. With --program the program of BUILD_DIR has to find what the list and the marks say. One
# line for each step says how it went, and the last counts. Exit status 1 if a step failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/steps" raptor "$@"
unset RAPTOR_DB_PATH CONSOLE_DATABASE_URL

not_tests=(--exclude 'backend_v2/tests/*' --exclude backend_v2/conftest.py)

on_sqlite3() { "$tools/trace.py" "$app" --python "$venv/bin/python" --output "$work/trace.tsv"; }
listed() { "$tools/judged_calls.py" "$app" "$truth" --trace "$work/trace.tsv" --floor 85 "${not_tests[@]}"; }
whole() { "$tools/judged_calls.py" "$app" "$truth" --whole "${not_tests[@]}"; }
marked() { "$tools/judged_calls.py" "$app" "$truth" --marks; }
share() { "$tools/judged_calls.py" "$app" "$truth" --ported "$project/after" --floor 40; }

# A list with a hole must be noticed, and so must a call on another library's objects that is called one on sqlite3.
can_fail() {
    local short=$work/short.tsv
    sed '5d' "$truth" >"$short"
    ! "$tools/judged_calls.py" "$app" "$short" --whole "${not_tests[@]}" >/dev/null &&
        ! "$tools/judged_calls.py" "$app" "$short" --trace "$work/trace.tsv" "${not_tests[@]}" >/dev/null &&
        ! "$tools/judged_calls.py" "$app" <(sed 's/\tforeign\t/\tcursor\t/' "$truth") --marks >/dev/null 2>&1 && echo "so it is"
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
step "the tests on sqlite3" after "a copy and its Python" -- on_sqlite3
step "every call that ran is judged" after "the tests on sqlite3" -- listed
step "every call of the source is judged" after "a copy and its Python" -- whole
step "every judged call is marked" after "a copy and its Python" -- marked
step "these comparisons can fail" after "the tests on sqlite3" -- can_fail
ask_program "${not_tests[@]}"
step "at least 40 % are ported by hand" after "a copy and its Python" -- share
step "the port by hand" after "the tests on sqlite3" -- overlay
step "a history ends where the port by hand does" after "the port by hand" -- history
step "the tests through SQLAlchemy on SQLite" after "the port by hand" -- on_sqlite
step "a Postgres" -- start_postgres
step "the schema goes up and down" after "the port by hand" "a Postgres" -- schema
step "the tests through SQLAlchemy on Postgres" after "the port by hand" "a Postgres" -- on_postgres

finish
