#!/usr/bin/env python3
"""Holds a project's truth/callsites.tsv against its source and against what really ran.

    truth.py PROJECT TRUTH --trace TRACE [--floor PERCENT] [--exclude GLOB …]
    truth.py --self-test

TRUTH lists each SQL call of the program by hand: path, line, method, receiver, shape of the SQL, shape of its parameters, verdict, spec ids. Checked is:

  - each line of it stands where a call begins, and the words are those of the vocabulary below;
  - each call of a method called execute, executemany or executescript in the source is on it, and each that ran (TRACE is the output of trace.py). The
    receiver `foreign` says that a call is not one on sqlite3: such a call must not have run on sqlite3;
  - at least --floor percent of the sqlite3 calls ran (those of a wrapper run inside it and do not count).

The tests of a project are no part of it; --exclude names their files.
"""
import argparse
import ast
import collections
import fnmatch
import pathlib
import re
import sys

COLUMNS = ["path", "line", "method", "receiver", "sql", "params", "verdict", "spec"]
METHODS = {"execute", "executemany", "executescript"}
WORDS = {
    "method": METHODS | {"wrapper"},
    "sql": {"literal", "implicit-concat", "fstring", "concat", "format", "variable", "augmented", "in-list", "unknown"},
    "params": {"none", "tuple", "list", "dict", "variable", "appended", "generator", "unknown"},
    "verdict": {"safe", "unsafe", "manual", "none"},
}
SPEC = re.compile(r"[A-Z]{2,4}-\d+b?(,[A-Z]{2,4}-\d+b?)*\Z")

Line = collections.namedtuple("Line", COLUMNS)


def truth_of(text):
    first, *rest = text.splitlines()
    if first.split("\t") != COLUMNS:
        raise SystemExit("truth.py: the first line must name the columns: " + " ".join(COLUMNS))
    lines = [Line(*row.split("\t")) for row in rest]
    return [line._replace(line=int(line.line)) for line in lines]


def calls_of(source):
    """(line, name of the method or function) of every call."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found.append((node.lineno, name))
    return found


def mistakes(truth, sources, ran):
    """One sentence for each. `sources` maps paths to text, `ran` is a list of (path, line, method)."""
    said = []
    listed = collections.Counter((t.path, t.line, t.method) for t in truth)
    known = {path: calls_of(text) for path, text in sources.items()}

    for t in truth:
        place = f"{t.path}:{t.line}"
        for column, words in WORDS.items():
            if getattr(t, column) not in words:
                said.append(f"{place}: {getattr(t, column)!r} is no {column}")
        if not SPEC.match(t.spec):
            said.append(f"{place}: {t.spec!r} are no ids")
        if (t.verdict == "none") != (t.receiver == "foreign"):
            said.append(f"{place}: verdict none and receiver foreign belong together")
        if t.line not in {line for line, _ in known.get(t.path, [])}:
            said.append(f"{place}: no call begins there")
    said += [f"{path}:{line}: listed {count} times as {method}" for (path, line, method), count in listed.items()
             if count > sum(1 for at, name in known.get(path, []) if at == line and (name == method or name not in METHODS))]
    for path, calls in known.items():
        for (line, name), count in collections.Counter(calls).items():
            if name in METHODS and listed[path, line, name] < count:
                said.append(f"{path}:{line}: {name} is not listed")
    foreign = {(t.path, t.line) for t in truth if t.receiver == "foreign"}
    for path, line, method in ran:
        if method in METHODS and path in known:
            if (path, line) in foreign:
                said.append(f"{path}:{line}: {method} ran on sqlite3, but is listed as foreign")
            elif not listed[path, line, method]:
                said.append(f"{path}:{line}: {method} ran and is not listed")
    return said


def coverage(truth, ran):
    direct = [t for t in truth if t.method in METHODS and t.receiver != "foreign"]
    seen = {(path, line) for path, line, _ in ran}
    return direct, [t for t in direct if (t.path, t.line) not in seen]


def self_test():
    header = "\t".join(COLUMNS) + "\n"
    source = {"a.py": 'c.execute("x")\nq("y")\nd.execute("z")\n'}
    good = header + "a.py\t1\texecute\tconnection\tliteral\tnone\tsafe\tPY-05\n" \
        "a.py\t2\twrapper\tq\tliteral\tnone\tunsafe\tPY-35\na.py\t3\texecute\tforeign\tliteral\tnone\tnone\tPY-02\n"
    ran = [("a.py", 1, "execute")]
    assert mistakes(truth_of(good), source, ran) == []
    assert len(mistakes(truth_of(good), source, ran + [("a.py", 3, "execute")])) == 1
    assert len(mistakes(truth_of(good.replace("\t1\t", "\t4\t")), source, [])) == 3
    for wrong in (good.replace("safe\tPY-05", "right\tPY-05"), good.replace("PY-05", "five"), good.replace("\tliteral\tnone\tnone", "\tliteral\tnone\tsafe")):
        assert mistakes(truth_of(wrong), source, ran), wrong
    missing = "".join(line for line in good.splitlines(True) if "\t1\t" not in line)
    assert mistakes(truth_of(missing), source, ran) == ["a.py:1: execute is not listed", "a.py:1: execute ran and is not listed"]
    assert [len(part) for part in coverage(truth_of(good), [])] == [1, 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=pathlib.Path, nargs="?")
    parser.add_argument("truth", type=pathlib.Path, nargs="?")
    parser.add_argument("--trace", type=pathlib.Path)
    parser.add_argument("--floor", type=float, default=0)
    parser.add_argument("--exclude", action="append", default=[])
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    if args.self_test:
        self_test()
        return 0
    if not args.truth or not args.trace:
        parser.error("PROJECT, TRUTH and --trace are needed")

    sources = {}
    for path in sorted(args.project.rglob("*.py")):
        name = path.relative_to(args.project).as_posix()
        if not any(fnmatch.fnmatch(name, pattern) for pattern in args.exclude):
            sources[name] = path.read_text(encoding="utf-8")
    ran = []
    for row in args.trace.read_text(encoding="utf-8").splitlines():
        path, line, *_, method = row.split("\t")
        ran.append((path, int(line), method))
    truth = truth_of(args.truth.read_text(encoding="utf-8"))

    said = mistakes(truth, sources, ran)
    direct, missed = coverage(truth, ran)
    percent = 100 * (len(direct) - len(missed)) / max(len(direct), 1)
    print(*said, sep="\n", end="\n" if said else "")
    for t in missed:
        print(f"never ran: {t.path}:{t.line} {t.method}", file=sys.stderr)
    print(f"{len(truth)} calls listed, {len(said)} mistakes, {len(direct) - len(missed)} of {len(direct)} ran ({percent:.0f} %)")
    return 0 if direct and not said and percent >= args.floor else 1


if __name__ == "__main__":
    raise SystemExit(main())
