#!/usr/bin/env bash
#
# Real projects, from outside the tree:   CORPUS=DIR tests/projects/corpus.sh BUILD_DIR
#
# DIR holds checkouts by name (flask, click, PyMySQL, …); a project that is not there is skipped, and said. On the flask tutorial the
# port must reach its share, compile, and be done after one run; on projects without sqlite3 nothing may be found. Works on copies.
set -uo pipefail

if [ $# -ne 1 ]; then
    echo "usage: [CORPUS=DIR] tests/projects/corpus.sh BUILD_DIR" >&2
    exit 2
fi
if [ -z "${CORPUS:-}" ]; then
    echo "corpus: skipped; set CORPUS to a folder with checkouts of flask, click and PyMySQL"
    exit 77
fi
lite2pg=$(realpath -m -- "$1")/lite2pg
corpus=$(realpath -- "$CORPUS")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null PYTHONDONTWRITEBYTECODE=1

passed=0
failed=0
skipped=0
ok() {
    passed=$((passed + 1))
    printf 'ok      %s\n' "$*"
}
no() {
    failed=$((failed + 1))
    printf 'FAILED  %s\n' "$*"
}

# A copy of a folder of a checkout, as a repository of its own; false if it is not there.
copy_of() {
    local from=$corpus/$1
    if [ ! -d "$from" ]; then
        skipped=$((skipped + 1))
        printf 'skipped %s: not in the corpus\n' "$1"
        return 1
    fi
    rm -rf "$work/copy" && mkdir "$work/copy" && cp -R "$from/." "$work/copy/" && rm -rf "$work/copy/.git" &&
        git -C "$work/copy" init -q && git -C "$work/copy" add -A &&
        git -C "$work/copy" -c user.name=tests -c user.email=tests@example.invalid commit -q -m "as it is"
}

# ported SHARE NAME: the copy ported in one run, at least SHARE percent of its SQL calls; what changed compiles; nothing is left to do.
ported() {
    local share=$1 name=$2 figures changed
    figures=$(cd "$work/copy" && "$lite2pg" fix --write --unsafe --format json | python3 -c '
import json, sys
calls = json.load(sys.stdin)["summary"]["sql_calls"]
print(calls["applied"], calls["total"])')
    if [ $? -ne 0 ] || [ -z "$figures" ]; then
        no "$name: fix --write --unsafe"
        return
    fi
    read -r applied total <<<"$figures"
    if [ $((100 * applied)) -ge $((share * total)) ]; then ok "$name: $applied of $total SQL calls ported"; else no "$name: $applied of $total SQL calls ported"; fi
    changed=$(git -C "$work/copy" ls-files -m -o --exclude-standard -- '*.py')
    if (cd "$work/copy" && printf '%s\n' "$changed" | xargs -d '\n' python3 -m py_compile); then ok "$name: what changed compiles"; else no "$name: what changed does not compile"; fi
    git -C "$work/copy" add -A
    git -C "$work/copy" -c user.name=tests -c user.email=tests@example.invalid commit -q -m ported
    if (cd "$work/copy" && "$lite2pg" fix --unsafe) >"$work/again"; then ok "$name: a second fix changes nothing"; else no "$name: a second fix changes" && head -20 "$work/again"; fi
}

silent() {
    local output status
    output=$(cd "$work/copy" && "$lite2pg" check --ignore secrets 2>&1)
    status=$?
    if [ $status -eq 0 ]; then ok "$1: nothing found"; else no "$1: exit status $status" && printf '%s\n' "$output" | head -20; fi
}

if copy_of flask/examples/tutorial; then ported 60 "flask tutorial"; fi
if copy_of click; then silent click; fi
if copy_of PyMySQL; then silent PyMySQL; fi
if copy_of pgcli; then silent pgcli; fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
