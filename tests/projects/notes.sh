#!/usr/bin/env bash
#
# The notes service, from end to end:   tests/projects/notes.sh BUILD_DIR [--program]
#
# Its own tests run on sqlite3, traced; the list of SQL calls and the marks are held against what ran and what stands there; the port
# that was made by hand is laid over a copy, and the same tests run through SQLAlchemy on SQLite and on a Postgres made for the purpose.
# With --program the program of BUILD_DIR has to find what the list and the marks say. One line for each step says how it went, and
# the last counts. Exit status 1 if a step failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/steps" notes "$@"
for name in "${!PALDOCS_@}"; do unset "$name"; done
ported=$work/ported

on_sqlite3() { "$tools/trace.py" "$app" --python "$venv/bin/python" --output "$work/trace.tsv"; }

# Where the wrappers are called is not traced, but Python knows which lines ran.
lines() {
    COVERAGE_FILE=$work/coverage "$venv/bin/python" -m coverage run --source=src,scripts -m pytest -q -p no:cacheprovider &&
        COVERAGE_FILE=$work/coverage "$venv/bin/python" -m coverage json -q -o "$work/coverage.json" && echo "noted"
}

wrappers() { "$tools/wrapper_calls.py" "$app" "$truth" "$work/coverage.json"; }

listed() { "$tools/judged_calls.py" "$app" "$truth" --trace "$work/trace.tsv" --floor 85; }

# Of what SQLAlchemy's own event executes only the PRAGMA is marked: a plain string is right there.
marked() {
    grep -v '^src/pal_e_docs/database\.py' "$truth" >"$work/without-event.tsv" && "$tools/judged_calls.py" "$app" "$work/without-event.tsv" --marks
}

# Status 1 is a mistake found; anything else is a mistake made.
notices() {
    "$@"
    [ $? -eq 1 ]
}

# A list with a hole, one with a line too many, a mark too few and a wrapper that nobody calls must be noticed.
can_fail() {
    local short=$work/short.tsv long=$work/long.tsv other=$work/unmarked
    sed '5d' "$truth" >"$short"
    { cat "$truth" && printf 'src/pal_e_docs/config.py\t1\texecute\tconnection\tliteral\tnone\tsafe\tPY-05\n'; } >"$long"
    sed 's/"executed_lines": \[[^]]*\]/"executed_lines": []/g' "$work/coverage.json" >"$work/nothing.json"
    rm -rf "$other" && mkdir "$other" && cp -R "$app/src" "$app/scripts" "$other/" &&
        sed -i '0,/execute\/string-without-text/s//execute\/cursor-call/' "$other/src/pal_e_docs/links.py" || return
    notices "$tools/judged_calls.py" "$app" "$short" --trace "$work/trace.tsv" &&
        notices "$tools/judged_calls.py" "$app" "$long" --trace "$work/trace.tsv" &&
        notices "$tools/judged_calls.py" "$other" "$work/without-event.tsv" --marks &&
        notices "$tools/wrapper_calls.py" "$app" "$truth" "$work/nothing.json" &&
        "$tools/marks.py" --self-test && echo "so it is"
}

# The event of the engine and the full-text index stay with sqlite3, also in after/.
share() {
    awk -F '\t' -v after="$project/after/" '
        NR == 1 { next }
        { total++ }
        $1 !~ /database\.py$|search_index\.py$/ && system("test -f \047" after $1 "\047") == 0 { ported++ }
        END { printf "%d of %d SQL calls are ported by hand\n", ported, total; exit !total || ported < 0.4 * total }' "$truth"
}

overlay() {
    cp -R "$project/before/." "$ported/" && cp -R "$project/after/." "$ported/" && xargs rm -- <removed.txt && rm removed.txt &&
        find . -type f | wc -l
}

manifests() {
    if grep -rniE 'litestream|persistentVolumeClaim|DATABASE_PATH' k8s; then
        echo "the manifests still know of SQLite"
        return 1
    fi
    for name in $(sed -n 's/^  - \(.*\.yaml\)$/\1/p' k8s/kustomization.yaml); do
        test -f "k8s/$name" || return 1
    done
    grep -A3 'name: PALDOCS_DATABASE_URL' k8s/deployment.yaml | grep -q 'name: paledocs-db-url' && echo "no Litestream, no volume"
}

on_sqlite() { "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short; }

on_postgres() {
    local url
    url=$(bash "$root/ci/postgres" start "$work/postgres") || return
    DATABASE_URL=$url "$venv/bin/python" -m pytest -q -p no:cacheprovider --tb=short
}

step "a copy and its Python" -- prepare
step "the tests on sqlite3" after "a copy and its Python" -- on_sqlite3
step "every call that ran is judged" after "the tests on sqlite3" -- listed
step "the lines that ran" after "a copy and its Python" -- lines
step "the wrappers were called" after "the lines that ran" -- wrappers
step "every judged call is marked" after "a copy and its Python" -- marked
step "these comparisons can fail" after "every call that ran is judged" "the wrappers were called" "every judged call is marked" -- can_fail
step "at least 40 % are ported by hand" after "a copy and its Python" -- share
ask_program

mkdir "$ported"
app=$ported
step "the port is laid over it" after "a copy and its Python" -- overlay
step "the manifests" after "the port is laid over it" -- manifests
step "the tests through SQLAlchemy on SQLite" after "the port is laid over it" -- on_sqlite
step "the tests through SQLAlchemy on Postgres" after "the port is laid over it" -- on_postgres

finish
