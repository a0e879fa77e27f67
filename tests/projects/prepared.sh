#!/usr/bin/env bash
#
# Programs' SQL on a live Postgres:   [CORPUS=DIR] tests/projects/prepared.sh BUILD_DIR [--list]
#
# The statements of the example projects, translated, are prepared on SQLite and on a Postgres made for the purpose, whose tables are
# those that `lite2pg schema` writes; and executed on both over made-up rows. With CORPUS, a folder with the checkouts that
# docs/accuracy.md names, those of the real projects, too; one that is not there is skipped, and said. The figures must stay above the
# bars of that document. --list names each statement that is refused, failing or not tried. Exit status 1 if a bar does not hold, or if
# something was wrongly called the same.
set -uo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ] || [ "${2---list}" != --list ]; then
    echo "usage: [CORPUS=DIR] tests/projects/prepared.sh BUILD_DIR [--list]" >&2
    exit 2
fi
build=$(realpath -m -- "$1")
said=("${@:2}")
corpus=()
[ -z "${CORPUS:-}" ] || corpus=(--corpus "$(realpath -- "$CORPUS")")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 2

# Nothing of the caller's git, database or Python gets in.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null PYTHONDONTWRITEBYTECODE=1
unset DATABASE_URL PYTHONPATH PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
for name in "${!PALDOCS_@}"; do unset "$name"; done

for built in lite2pg tests/translate/translate_lines; do
    [ -x "$build/$built" ] || { echo "tests/projects/prepared.sh: build $built first" >&2; exit 2; }
done
for name in passkeys notes; do
    bash ci/python/venv "$name" "$root/build/venv/$name" || exit 2
done
python=$root/build/venv/passkeys/bin/python
scratch=$(mktemp -d)
trap 'bash ci/postgres stop "$scratch/postgres" >/dev/null; rm -rf "$scratch"' EXIT
url=$(bash ci/postgres start "$scratch/postgres") || exit 2

# The tables of notes are those its migrations make.
cp -R fixtures/projects/notes/before "$scratch/notes" &&
    (cd "$scratch/notes" && PALDOCS_DATABASE_PATH=$scratch/notes.db "$root/build/venv/notes/bin/alembic" upgrade head) || exit 2

status=0
"$python" tests/accuracy/prepared.py "${corpus[@]}" "${said[@]}" --database "notes=$scratch/notes.db" "$build/lite2pg" "$url" || status=1
for seed in one two; do
    "$python" tests/accuracy/executed.py --seed $seed "${corpus[@]}" --database "notes=$scratch/notes.db" "$build" "$url" || status=1
done
exit $status
