#!/usr/bin/env python3
"""Runs a project's tests and tells which sqlite3 calls they reach.

    trace.py PROJECT [--python PYTHON] [--output FILE] [--floor PERCENT]

The answer has one line for each call that ran: file, line, end line, end column, method. Places are those of the call expression,
counted as `lite2pg callsites` counts them: lines and columns from 1, columns in characters, the end after the closing
parenthesis. The tests' own calls do not belong to the program and are left out.

Standard error says how many of the program's SQL calls ran and names the others; with --floor fewer than that is a failure. Here a
SQL call is every call of a method called execute, executemany or executescript: right for projects that have no others, such as ours.
"""
import argparse
import ast
import os
import pathlib
import subprocess
import sys
import tempfile

SQL_METHODS = {"execute", "executemany", "executescript"}
HOOK = pathlib.Path(__file__).resolve().parent / "sqlite_trace"


def program_files(project):
    for path in sorted(project.rglob("*.py")):
        name = path.relative_to(project)
        if name.parts[0] != "tests" and not any(part.startswith(".") for part in name.parts):
            yield name.as_posix(), path


def calls_of(path):
    """Calls of a file by (end line, end column in bytes), as the position table has them: each with its place for people."""
    source = path.read_bytes()
    lines = source.splitlines()
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            column = len(lines[node.end_lineno - 1][: node.end_col_offset].decode()) + 1
            found[node.end_lineno, node.end_col_offset] = (node.lineno, node.end_lineno, column, name)
    return found


def run_tests(project, python, raw):
    environment = dict(os.environ, SQLITE_TRACE_FILE=raw, SQLITE_TRACE_ROOT=str(project), PYTHONDONTWRITEBYTECODE="1")
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HOOK), environment.get("PYTHONPATH")]))
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--assert=plain"]
    return subprocess.run(command, cwd=project, env=environment, stdout=sys.stderr).returncode


def places(project, raw):
    """The traced lines that belong to the program, in the places of its source."""
    known = {name: calls_of(path) for name, path in program_files(project)}
    result = set()
    for line in pathlib.Path(raw).read_text(encoding="utf-8").splitlines():
        name, at, end_line, end_column, method = line.split("\t")
        if name not in known:
            continue
        call = known[name].get((int(end_line), int(end_column)))
        if call is None:
            raise SystemExit(f"trace.py: no call in {name} ends where {method} of line {at} was seen")
        result.add((name, *call[:3], method))
    return sorted(result)


def sql_calls(project):
    for name, path in program_files(project):
        for line, end_line, column, method in calls_of(path).values():
            if method in SQL_METHODS:
                yield name, line, end_line, column, method


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--output")
    parser.add_argument("--floor", type=float, default=0)
    args = parser.parse_args()
    project = args.project.resolve()

    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "raw.tsv")
        pathlib.Path(raw).touch()
        if run_tests(project, args.python, raw) != 0:
            raise SystemExit("trace.py: the tests fail")
        seen = places(project, raw)

    text = "".join("\t".join(map(str, row)) + "\n" for row in seen)
    if args.output:
        pathlib.Path(args.output).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)

    every = set(sql_calls(project))
    missed = sorted(every - set(seen))
    for name, line, *_, method in missed:
        print(f"never ran: {name}:{line} {method}", file=sys.stderr)
    percent = 100 * (len(every) - len(missed)) / max(len(every), 1)
    print(f"{len(every) - len(missed)} of {len(every)} SQL calls ran ({percent:.0f} %)", file=sys.stderr)
    return 0 if every and percent >= args.floor else 1


if __name__ == "__main__":
    raise SystemExit(main())
