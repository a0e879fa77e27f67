#!/usr/bin/env python3
"""The findings a project's source says it expects, and whether they are the ones that were found.

    marks.py ROOT                     lists the marks: path, line, rule
    marks.py ROOT --against FILE      compares them with the output of `lite2pg check --format json`
    marks.py --self-test              proves that a comparison can fail

A mark is a comment at the end of the line on which the finding starts:

    conn = sqlite3.connect(path)  # expect: connect/sqlite3-connect

Several rules are separated by commas. Where a line cannot carry a comment (within a string), a mark nearby says how many lines
away: `# expect[+2]: dialect/pragma`. One comment may hold several marks. A mark stands for one or more findings of its rule on its
line; two findings of one rule at the very same place are a mistake whatever the marks say. Only Python files are looked at.
"""
import argparse
import io
import json
import pathlib
import re
import sys
import tokenize

MARK = re.compile(r"#\s*expect(?:\[([+-]\d+)\])?:\s*([^#]*)")
RULE = re.compile(r"[a-z]+/[a-z0-9-]+\Z")


def marks_of(source, name):
    """The marks of one file's text, as a set of (line, rule)."""
    found = set()
    last = source.count("\n") + 1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        for offset, rules in MARK.findall(token.string):
            line = token.start[0] + int(offset or 0)
            for rule in (r.strip() for r in rules.split(",")):
                if not RULE.match(rule) or not 1 <= line <= last or (line, rule) in found:
                    raise SystemExit(f"marks.py: {name}:{token.start[0]}: a mark that cannot be meant: {rule!r}, line {line}")
                found.add((line, rule))
    return found


def marks_in(root):
    found = set()
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        found |= {(name, line, rule) for line, rule in marks_of(path.read_text(encoding="utf-8"), name)}
    return found


def differences(expected, findings):
    """One sentence for everything that is not as the marks say."""
    python = [f for f in findings if f["path"].endswith(".py")]
    got = {(f["path"], f["start"]["line"], f["rule"]) for f in python}
    places = {}
    for f in python:
        place = (f["path"], f["start"]["offset"], f["end"]["offset"], f["rule"])
        places.setdefault(place, []).append(f["start"]["line"])
    said = [f"not found: {path}:{line} {rule}" for path, line, rule in sorted(expected - got)]
    said += [f"not marked: {path}:{line} {rule}" for path, line, rule in sorted(got - expected)]
    said += [
        f"found {len(lines)} times at one place: {place[0]}:{lines[0]} {place[3]}"
        for place, lines in sorted(places.items())
        if len(lines) > 1
    ]
    return said


def self_test():
    source = 'x = 1  # expect: a/b, c/d\ny = """  # expect: e/f\n"""  # expect[-1]: g/h  # expect[+1]: i/j\nz = 2\n'
    expected = {("f.py", line, rule) for line, rule in marks_of(source, "f.py")}
    assert expected == {("f.py", 1, "a/b"), ("f.py", 1, "c/d"), ("f.py", 2, "g/h"), ("f.py", 4, "i/j")}, expected

    def finding(line, rule, offset, path="f.py"):
        return {"path": path, "rule": rule, "start": {"line": line, "offset": offset}, "end": {"offset": offset + 1}}

    right = [finding(1, "a/b", 0), finding(1, "c/d", 0), finding(2, "g/h", 9), finding(4, "i/j", 30)]
    assert differences(expected, right + [finding(1, "a/b", 3), finding(7, "k/l", 0, "schema.sql")]) == []
    assert differences(expected, right[1:]) == ["not found: f.py:1 a/b"]
    assert differences(expected, right + [finding(3, "a/b", 11)]) == ["not marked: f.py:3 a/b"]
    assert differences(expected, right + [finding(4, "i/j", 30)]) == ["found 2 times at one place: f.py:4 i/j"]
    for bad in ("x = 1  # expect: nonsense\n", "x = 1  # expect[+9]: a/b\n", "x = 1  # expect: a/b, a/b\n"):
        try:
            marks_of(bad, "f.py")
        except SystemExit:
            continue
        raise AssertionError(f"accepted: {bad}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path, nargs="?")
    parser.add_argument("--against", type=pathlib.Path)
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    if args.self_test:
        self_test()
        return 0
    if not args.root:
        parser.error("ROOT is missing")

    expected = marks_in(args.root)
    if not args.against:
        for path, line, rule in sorted(expected):
            print(path, line, rule, sep="\t")
        return 0
    said = differences(expected, json.loads(args.against.read_text(encoding="utf-8"))["findings"])
    print(*said, sep="\n", end="\n" if said else "")
    print(f"{len(expected)} marks, {len(said)} differences")
    return 1 if said or not expected else 0


if __name__ == "__main__":
    raise SystemExit(main())
