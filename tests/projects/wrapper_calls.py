#!/usr/bin/env python3
"""Whether the calls of a project's own wrappers ran, which the tracer of sqlite3 does not see.

    wrapper_calls.py PROJECT TRUTH COVERAGE

TRUTH is the project's truth/callsites.tsv, COVERAGE the output of `coverage json` for PROJECT. coverage knows a statement by its first
line, and so does this: a call ran if the statement around it did. One that did not is a failure.
"""
import ast
import csv
import json
import pathlib
import sys


def lines_of(tree, firsts):
    """All lines of the statements that begin on one of these; of a loop or a with-block those of its head."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno in firsts:
            body = getattr(node, "body", None)
            found |= set(range(node.lineno, body[0].lineno if body else node.end_lineno + 1))
    return found


def main():
    project, truth, coverage = map(pathlib.Path, sys.argv[1:])
    with open(truth, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["method"] == "wrapper"]
    files = json.loads(coverage.read_text(encoding="utf-8"))["files"]
    ran = {
        path: lines_of(ast.parse((project / path).read_bytes()), set(files[path]["executed_lines"]))
        for path in {row["path"] for row in rows}
    }
    missed = [row for row in rows if int(row["line"]) not in ran[row["path"]]]
    for row in missed:
        print(f"never ran: {row['path']}:{row['line']}")
    print(f"{len(rows) - len(missed)} of {len(rows)} calls of wrappers ran")
    return 1 if missed or not rows else 0


if __name__ == "__main__":
    raise SystemExit(main())
