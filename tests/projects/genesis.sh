#!/usr/bin/env bash
#
# The trading engine, from end to end:   tests/projects/genesis.sh BUILD_DIR [--program]
#
# Its own tests run on sqlite3 (traced, to learn which calls exist); what was written down of every call is held against the trace and
# the marks; then the part that is ported by hand is laid over it, and the same tests run through SQLAlchemy, on SQLite and on a Postgres
# made for the purpose. With --program lite2pg is asked as well: whether it finds these calls, says safe only where that is right, and
# reports what is marked. All of it happens on a copy. One line for each step says how it went, and the last counts. Exit status 1 if a
# step failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/steps" genesis "$@"
unset GENESIS_DATABASE GENESIS_POOL_SIZE GENESIS_WAREHOUSE_DSN

on_sqlite3() { "$tools/trace.py" "$app" --python "$venv/bin/python" --output "$work/trace.tsv" --floor 85; }
listed() { "$tools/judged_calls.py" "$app" "$truth" --trace "$work/trace.tsv" --floor 85; }
marked() { "$tools/judged_calls.py" "$app" "$truth" --marks; }
share() { "$tools/judged_calls.py" "$app" "$truth" --ported "$project/after" --floor 40; }

# A list with a hole, a list with a line too many and a mark too few must be noticed.
can_fail() {
    local short=$work/short.tsv long=$work/long.tsv other=$work/unmarked
    sed '5d' "$truth" >"$short"
    { cat "$truth" && printf 'genesis/config.py\t1\texecute\tconnection\tliteral\tnone\tsafe\tPY-05\n'; } >"$long"
    rm -rf "$other" && mkdir "$other" && cp -R "$app/genesis" "$app/scripts" "$other/" &&
        sed -i '0,/execute\/string-without-text/s//execute\/cursor-call/' "$other/genesis/reports/pnl.py" || return
    ! "$tools/judged_calls.py" "$app" "$short" --trace "$work/trace.tsv" >/dev/null &&
        ! "$tools/judged_calls.py" "$app" "$long" --trace "$work/trace.tsv" >/dev/null &&
        ! "$tools/judged_calls.py" "$other" "$truth" --marks >/dev/null &&
        python3 "$tools/marks.py" --self-test && echo "so it is"
}

overlay() { cp -R "$project/after/." "$app/" && git add -A && git diff --cached --stat | tail -n 1; }

on_sqlite() { "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short; }

on_postgres() {
    local url
    url=$(bash "$root/ci/postgres" start "$work/postgres") || return
    DATABASE_URL=$url "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short
}

step "a copy and its Python" -- prepare
step "the tests on sqlite3" after "a copy and its Python" -- on_sqlite3
step "every call that ran is judged" after "the tests on sqlite3" -- listed
step "every judged call is marked" after "a copy and its Python" -- marked
step "these comparisons can fail" after "the tests on sqlite3" -- can_fail
ask_program
step "at least 40 % are ported by hand" after "a copy and its Python" -- share
step "the port is laid over it" after "a copy and its Python" -- overlay
step "the tests through SQLAlchemy on SQLite" after "the port is laid over it" -- on_sqlite
step "the tests through SQLAlchemy on Postgres" after "the port is laid over it" -- on_postgres

finish
