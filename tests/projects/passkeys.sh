#!/usr/bin/env bash
#
# The example service, from end to end:   tests/projects/passkeys.sh BUILD_DIR
#
# Its own tests say what it does, so they are the judge of every step: they run on sqlite3 (traced, to learn which calls exist),
# and after the port through SQLAlchemy, on SQLite and on a Postgres made for the purpose. The marks in its source say what check
# has to find. All of it happens on a copy. Every step runs whose ground an earlier one has laid; one line for each says how it went,
# and the last counts. Exit status 1 if a step failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/steps" passkeys "$@"
unset PASSKEYS_DATABASE

on_sqlite3() { "$tools/trace.py" "$app" --python "$venv/bin/python" --output "$work/trace.tsv" --floor 90; }

self_test() { python3 "$tools/marks.py" --self-test && echo "so it is"; }

# What fix would do is shown first; that alone must not touch a file.
preview() {
    local status=0
    "$lite2pg" fix --unsafe >"$work/preview.diff" || status=$?
    if [ $status -ne 1 ]; then
        echo "fix has exit status $status; with a change to show it should be 1"
        return 1
    fi
    [ -z "$(git status --porcelain)" ] && git apply --check "$work/preview.diff" && git apply --numstat "$work/preview.diff" | wc -l
}

port() {
    "$lite2pg" fix --write --unsafe &&
        git ls-files -z '*.py' | xargs -0 python3 -c 'import ast, sys; [ast.parse(open(f, "rb").read(), f) for f in sys.argv[1:]]' &&
        git add -A && git_here commit -q -m "passkeys, ported" && git show --shortstat --format= HEAD
}

again() {
    "$lite2pg" fix --write --unsafe || [ $? = 2 ] || return # 2: VACUUM waits for a connection that a person has to port
    if [ -n "$(git status --porcelain)" ]; then
        echo "the second fix changed:"
        git --no-pager diff
        return 1
    fi
    "$lite2pg" fix --unsafe >/dev/null || [ $? = 2 ] || return
    echo "nothing"
}

share() {
    "$lite2pg" report --format json >"$work/report.json" && python3 - "$work/report.json" <<'PY'
import json, sys

report = json.load(open(sys.argv[1], encoding="utf-8"))
parts = [card["callsites"] for card in report["cards"]] + [report["unassigned"]["callsites"]]
total = sum(part["total"] for part in parts)
ported = sum(part["ported"] for part in parts)
print(f"{ported} of {total} SQL calls ported")
sys.exit(not total or ported < 0.9 * total)
PY
}

# What a team adds beside the port: the Postgres schema, and its tests' database.
overlay() {
    cp -R "$project/port/." "$app/" && git add -A && git diff --cached --stat | tail -n 1
}

on_sqlite() { "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short; }

on_postgres() {
    local url
    url=$(bash "$root/ci/postgres" start "$work/postgres") || return
    DATABASE_URL=$url "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short
}

step "a copy and its Python" -- prepare
step "the program" -- program
step "a comparison with marks can fail" -- self_test
step "the tests on sqlite3" after "a copy and its Python" -- on_sqlite3
step "callsites finds every call that ran" after "the program" "the tests on sqlite3" -- callsites
step "check finds what is marked, no more" after "the program" "a copy and its Python" -- findings
step "fix shows a diff and writes nothing" after "the program" "a copy and its Python" -- preview
step "fix --write --unsafe" after "the program" "a copy and its Python" -- port
step "a second fix changes nothing" after "fix --write --unsafe" -- again
step "at least 90 % are ported" after "fix --write --unsafe" -- share
step "the overlay of the team" after "fix --write --unsafe" -- overlay
step "the tests through SQLAlchemy on SQLite" after "the overlay of the team" -- on_sqlite
step "the tests through SQLAlchemy on Postgres" after "the overlay of the team" -- on_postgres

finish
