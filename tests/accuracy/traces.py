#!/usr/bin/env python3
"""Runs the tests of a real project and writes down which of its calls reached sqlite3, and which its wrappers.

    traces.py CORPUS PROJECT PYTHON

The answer replaces tests/accuracy/labels/PROJECT.ran.tsv: path, line on which the call expression starts, name that is called, and what
it is: sqlite3, with the method's name, or wrapper. PYTHON is that of an environment made from ci/python/requirements-accuracy.txt
(docs/accuracy.md says how). Tests that fail are said and do not stop anything: what ran, ran.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from projects import HERE, SQL_METHODS, all_calls, commit_of, copy_of, project_called, wrappers_of

HOOKS = [HERE.parent / "projects" / "sqlite_trace", HERE / "wrapper_trace"]


def traceable_wrappers(project):
    """As the plugin wants them. A test's own helper is no module that could be imported before the tests."""
    for row in wrappers_of(project):
        if not row["path"].startswith("tests/"):
            yield row["path"].removesuffix(".py").replace("/", ".") + f":{row['function']}:{row['sql']}"


def run_tests(project, root, python, raw):
    environment = dict(
        os.environ,
        SQLITE_TRACE_FILE=str(raw),
        SQLITE_TRACE_ROOT=str(root),
        WRAPPER_TRACE=" ".join(traceable_wrappers(project)),
        PYTHONPATH=os.pathsep.join(map(str, [*HOOKS, root])),
        PYTHONDONTWRITEBYTECODE="1",
    )
    options = ["-q", "-p", "no:cacheprovider", "-p", "wrapper_trace", "--assert=plain"]
    command = [python, "-m", "pytest", *options, *project.traced]
    return subprocess.run(command, cwd=root, env=environment, stdout=sys.stderr).returncode


def label_of(method):
    return {"wrapper": "wrapper"}.get(method, "sqlite3") if method in SQL_METHODS | {"wrapper"} else None


def rows_of(root, project, raw):
    calls = all_calls(root, project)
    rows, strange = set(), []
    for line in pathlib.Path(raw).read_text(encoding="utf-8").splitlines():
        path, at, end_line, end_column, method = line.split("\t")
        if label_of(method) is None or path not in calls:
            continue
        call = calls[path].get((int(end_line), int(end_column))) if end_line != "None" else None
        if call is None:
            strange.append(f"{path}:{at} {method}")
            continue
        start, _, _, name = call
        rows.add((path, start, name if method == "wrapper" else method, label_of(method)))
        if method != "wrapper" and name != method:
            strange.append(f"{path}:{start} {method}, called as {name}")
    return sorted(rows), strange


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("project", type=project_called)
    parser.add_argument("python")
    args = parser.parse_args()
    project = args.project
    if project.traced is None:
        raise SystemExit(f"traces.py: the tests of {project.name} are not run; its calls are labelled by reading")
    python = os.path.abspath(args.python)

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder).resolve()
        root = copy_of(args.corpus, project, folder / project.name)
        raw = folder / "raw.tsv"
        raw.touch()
        status = run_tests(project, root, python, raw)
        rows, strange = rows_of(root, project, raw)
    if status == 1:
        print("traces.py: some tests fail; what ran is kept", file=sys.stderr)
    elif status:
        raise SystemExit(f"traces.py: pytest ends with {status}")
    for place in strange:
        print(f"traces.py: look at {place}", file=sys.stderr)
    head = f"# {project.name} {commit_of(args.corpus, project)}\npath\tline\tname\tlabel\n"
    (HERE / "labels" / f"{project.name}.ran.tsv").write_text(head + "".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} calls ran", file=sys.stderr)


if __name__ == "__main__":
    main()
