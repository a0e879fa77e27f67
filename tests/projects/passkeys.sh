#!/usr/bin/env bash
#
# The example service, from end to end:   tests/projects/passkeys.sh BUILD_DIR
#
# Its own tests say what it does, so they are the judge of every step: they run on sqlite3 (traced, to learn which calls exist),
# and after the port through SQLAlchemy, on SQLite and on a Postgres made for the purpose. The marks in its source say what check
# has to find. All of it happens on a copy. Every step runs whose ground an earlier one has laid; one line for each says how it went,
# and the last counts. Exit status 1 if a step failed.
set -uo pipefail

if [ $# -ne 1 ]; then
    echo "usage: tests/projects/passkeys.sh BUILD_DIR" >&2
    exit 2
fi
lite2pg=$(realpath -m -- "$1")/lite2pg
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
root=$PWD
tools=$root/tests/projects
project=$root/fixtures/projects/passkeys
venv=$root/build/venv/passkeys
work=$(mktemp -d)
app=$work/passkeys

tidy() {
    bash "$root/ci/postgres" stop "$work/postgres"
    rm -rf "$work"
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Nothing of the caller's git, database or Python gets in.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null PYTHONDONTWRITEBYTECODE=1
unset DATABASE_URL PYTHONPATH PASSKEYS_DATABASE GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

passed=0
failed=0
declare -A went

# step NAME [after NAME…] -- COMMAND…: a step whose ground is not there has failed, too.
step() {
    local name=$1 ground log=$work/log
    shift
    while [ "$1" != -- ]; do
        ground=$1
        shift
        [ "$ground" = after ] && continue
        if [ "${went[$ground]-}" != ok ]; then
            printf 'FAILED  %s: needs "%s"\n' "$name" "$ground"
            failed=$((failed + 1))
            return
        fi
    done
    shift
    if (cd "$app" && "$@") >"$log" 2>&1 </dev/null; then
        went[$name]=ok
        passed=$((passed + 1))
        printf 'ok      %s: %s\n' "$name" "$(tail -n 1 "$log")"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s\n' "$name"
        sed 's/^/        /' "$log" | tail -n 40
    fi
}

git_here() { git -c user.name=tests -c user.email=tests@example.invalid "$@"; }

prepare() {
    bash "$root/ci/python/venv" passkeys "$venv" &&
        cp -R "$project/before/." "$app/" && git init -q && git add -A && git_here commit -q -m "passkeys, as it is" &&
        git ls-files | wc -l
}

program() { "$lite2pg" --version; }

on_sqlite3() { "$tools/trace.py" "$app" --python "$venv/bin/python" --output "$work/trace.tsv" --floor 90; }

callsites() {
    "$lite2pg" callsites --format json >"$work/callsites.json" &&
        python3 "$tools/calls.py" "$work/trace.tsv" "$work/callsites.json"
}

findings() {
    local status=0
    "$lite2pg" check --format json >"$work/check.json" || status=$?
    if [ $status -ne 1 ]; then
        echo "check has exit status $status; with findings it should be 1"
        return 1
    fi
    python3 "$tools/marks.py" "$app" --against "$work/check.json"
}

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
    "$lite2pg" fix --write --unsafe || return
    if [ -n "$(git status --porcelain)" ]; then
        echo "the second fix changed:"
        git --no-pager diff
        return 1
    fi
    "$lite2pg" fix --unsafe >/dev/null && echo "nothing"
}

share() {
    "$lite2pg" report --format json >"$work/report.json" && python3 - "$work/report.json" <<'PY'
import json, sys

report = json.load(open(sys.argv[1], encoding="utf-8"))
parts = [card["callsites"] for card in report["cards"]] + [report["unassigned"]["callsites"]]
total = sum(part["total"] for part in parts)
ported = sum(part["ported"] for part in parts)
print(f"{ported} of {total} SQL calls ported")
sys.exit(not total or ported < 0.6 * total)
PY
}

# What a team adds beside the port: the Postgres schema, its tests' database, and the one statement left to a person.
overlay() {
    git apply "$project/port/by-hand.patch" && cp -R "$project/port/." "$app/" && rm "$app/by-hand.patch" &&
        git add -A && git diff --cached --stat | tail -n 1
}

on_sqlite() { "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short; }

on_postgres() {
    local url
    url=$(bash "$root/ci/postgres" start "$work/postgres") || return
    DATABASE_URL=$url "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short
}

mkdir "$app"
step "a copy and its Python" -- prepare
step "the program" -- program
step "a comparison with marks can fail" -- self_test
step "the tests on sqlite3" after "a copy and its Python" -- on_sqlite3
step "callsites finds every call that ran" after "the program" "the tests on sqlite3" -- callsites
step "check finds what is marked, no more" after "the program" "a copy and its Python" -- findings
step "fix shows a diff and writes nothing" after "the program" "a copy and its Python" -- preview
step "fix --write --unsafe" after "the program" "a copy and its Python" -- port
step "a second fix changes nothing" after "fix --write --unsafe" -- again
step "at least 60 % are ported" after "fix --write --unsafe" -- share
step "the overlay of the team" after "fix --write --unsafe" -- overlay
step "the tests through SQLAlchemy on SQLite" after "the overlay of the team" -- on_sqlite
step "the tests through SQLAlchemy on Postgres" after "the overlay of the team" -- on_postgres

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
