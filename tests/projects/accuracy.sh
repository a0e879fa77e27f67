#!/usr/bin/env bash
#
# What of real projects' SQL calls is found:   CORPUS=DIR tests/projects/accuracy.sh BUILD_DIR
#
# DIR holds checkouts by name at the commits of docs/accuracy.md; a project that is not there is skipped, and said. The figures must
# stay above the bars that document names. Works on copies.
set -uo pipefail

if [ $# -ne 1 ]; then
    echo "usage: [CORPUS=DIR] tests/projects/accuracy.sh BUILD_DIR" >&2
    exit 2
fi
if [ -z "${CORPUS:-}" ]; then
    echo "accuracy: skipped; set CORPUS to a folder with the checkouts that docs/accuracy.md names"
    exit 77
fi
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null PYTHONDONTWRITEBYTECODE=1
exec python3 "$(dirname "${BASH_SOURCE[0]}")/../accuracy/measure.py" --list "$CORPUS" "$1"
