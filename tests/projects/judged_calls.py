#!/usr/bin/env python3
"""The SQL calls of a project as a person has judged them (truth/callsites.tsv), held against what is known otherwise.

    judged_calls.py PROJECT TRUTH --trace FILE [--floor PERCENT]   every call that ran is listed, and every listed one is a call of the source
    judged_calls.py PROJECT TRUTH --whole                          every call of the source that is called execute or its like is listed
    judged_calls.py PROJECT TRUTH --callsites FILE                 `lite2pg callsites --format json` found them, no others, and never says safe where it is not
    judged_calls.py PROJECT TRUTH --marks                          every listed call of execute and its like carries a mark, in files that carry any
    judged_calls.py PROJECT TRUTH --ported FOLDER [--floor PERCENT]   how many of the calls stand in files that FOLDER replaces

The files of --exclude GLOB are no part of --trace and --whole. PROJECT is the folder whose paths TRUTH names. TRUTH has a head line and
one line for each call, separated by tabs: path, line (on which the call expression starts), method, receiver, shape of the SQL, shape
of the parameters, verdict, ids of the semantics that decide it. A call on another library's objects may be listed, too: its receiver
is `foreign`, its verdict `none`, and nothing may take it for one on sqlite3.
"""
import argparse
import ast
import collections
import csv
import fnmatch
import json
import pathlib
import re

SQL_METHODS = {"execute", "executemany", "executescript"}
WORDS = {
    "method": SQL_METHODS | {"wrapper"},
    "receiver": {"connection", "cursor", "bound-method", "wrapper", "foreign"},
    "sql": {"literal", "implicit-concat", "fstring", "concat", "format", "variable", "augmented", "in-list", "unknown"},
    "params": {"none", "tuple", "list", "dict", "variable", "appended", "generator", "unknown"},
    "verdict": {"safe", "unsafe", "manual", "none"},
}
ID = re.compile(r"(?:PY|TR|TX|BO|DT|JS|BL|SQL|SC|AL|DATA)-\d+[a-z]?\Z|bridge\Z")
STRING = "execute/string-without-text"


def read_truth(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows, start=2):
        row["line"] = int(row["line"])
        for column, words in WORDS.items():
            if row[column] not in words:
                raise SystemExit(f"judged_calls.py: {path}:{number}: {column} cannot be {row[column]!r}")
        if (row["receiver"] == "foreign") != (row["verdict"] == "none"):
            raise SystemExit(f"judged_calls.py: {path}:{number}: the verdict on a foreign call is none, and on no other")
        row["ids"] = row["ids"].split()
        if not row["ids"] or not all(ID.match(i) for i in row["ids"]):
            raise SystemExit(f"judged_calls.py: {path}:{number}: ids that are none: {row['ids']}")
    places = collections.Counter(place(row) for row in rows)
    for at, count in places.items():
        if count > 1:
            raise SystemExit(f"judged_calls.py: listed {count} times: {at}")
    return rows


def on_sqlite(rows):
    return [row for row in rows if row["receiver"] != "foreign"]


def place(row):
    return row["path"], row["line"], row["method"]


def name_of(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls_of(project, path):
    """Calls of a file by line: the name called and the line of the first argument."""
    found = collections.defaultdict(list)
    for node in ast.walk(ast.parse((project / path).read_bytes())):
        if isinstance(node, ast.Call):
            found[node.lineno].append((name_of(node), node.args[0].lineno if node.args else node.lineno))
    return found


def against_source(project, rows):
    files = {}
    for row in rows:
        calls = files.setdefault(row["path"], calls_of(project, row["path"]))[row["line"]]
        plain = [name for name, _ in calls if name in SQL_METHODS]
        if not calls or (plain and row["method"] not in plain + ["wrapper"]):
            yield f"no such call: {row['path']}:{row['line']} {row['method']}"


def is_excluded(path, exclude):
    return any(fnmatch.fnmatch(path, glob) for glob in exclude)


def against_trace(project, rows, trace, floor, exclude):
    said = list(against_source(project, rows))
    with open(trace, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    ran = {(path, int(line), method) for path, line, _, _, method in lines if method in SQL_METHODS and not is_excluded(path, exclude)}
    known = {place(row) for row in on_sqlite(rows)}
    said += [f"ran, but is not listed: {path}:{line} {method}" for path, line, method in sorted(ran - known)]
    traceable = {p for p in known if p[2] != "wrapper"}
    said += [f"(never ran: {path}:{line} {method})" for path, line, method in sorted(traceable - ran)]
    percent = 100 * len(traceable & ran) / max(len(traceable), 1)
    bad = [s for s in said if not s.startswith("(")]
    return said, f"{len(known)} SQL calls listed, {percent:.0f} % of the traceable ones ran", bool(bad) or percent < floor


def whole(project, rows, exclude):
    listed = collections.Counter(place(row) for row in rows)
    said, count = [], 0
    for path in sorted(p.relative_to(project).as_posix() for p in project.rglob("*.py")):
        if is_excluded(path, exclude):
            continue
        for line, calls in sorted(calls_of(project, path).items()):
            names = [name for name, _ in calls if name in SQL_METHODS]
            count += len(names)
            said += [f"not listed: {path}:{line} {name}" for name in names if not listed[path, line, name]]
    return said, f"{count} calls in the source, {len(said)} of them not listed", bool(said) or not count


def against_callsites(rows, callsites):
    rows = on_sqlite(rows)
    with open(callsites, encoding="utf-8") as file:
        listed = [c for c in json.load(file)["callsites"] if c["method"] in WORDS["method"]]
    known = {place(row): row for row in rows}
    files = {row["path"] for row in rows}
    got = {(c["path"], c["line"], c["method"]): c for c in listed if not c["path"].startswith("tests/")}
    said = [f"not found: {p[0]}:{p[1]} {p[2]}" for p in sorted(set(known) - set(got))]
    said += [f"is none: {p[0]}:{p[1]} {p[2]}" for p in sorted(set(got) - set(known)) if p[0] in files or got[p]["receiver"]["certainty"] == "yes"]
    both = sorted(set(known) & set(got))
    wrong = [p for p in both if got[p]["verdict"] == "safe" and known[p]["verdict"] != "safe"]
    said += [f"called safe, but is {known[p]['verdict']} ({' '.join(known[p]['ids'])}): {p[0]}:{p[1]} {p[2]}" for p in wrong]
    agreed = collections.Counter()
    for p in both:
        agreed["verdict"] += got[p]["verdict"] == known[p]["verdict"]
        agreed["SQL"] += got[p]["sql"]["shape"] == known[p]["sql"]
        agreed["parameters"] += got[p]["params"]["shape"] == known[p]["params"]
    recall, precision = len(both) / max(len(known), 1), len(both) / max(len(got), 1)
    text = ", ".join(f"{what} {n}" for what, n in agreed.items())
    bad = recall < 0.98 or precision < 0.99 or wrong
    return said, f"recall {recall:.3f}, precision {precision:.3f}, {len(wrong)} wrongly safe; of {len(both)} alike: {text}", bool(bad)


def against_marks(project, rows):
    from marks import marks_in

    marks = marks_in(project)
    marked = {path for path, _, _ in marks}
    expected = set()
    for row in on_sqlite(rows):
        if row["path"] in marked and row["method"] != "wrapper":
            calls = calls_of(project, row["path"])[row["line"]]
            lines = [at for name, at in calls if name == row["method"]] or [at for _, at in calls]
            expected.add((row["path"], lines[0]))
    got = {(path, line) for path, line, rule in marks if rule == STRING}
    said = [f"listed, not marked: {path}:{line}" for path, line in sorted(expected - got)]
    said += [f"marked, not listed: {path}:{line}" for path, line in sorted(got - expected)]
    return said, f"{len(marks)} marks, {len(said)} differences from the list", bool(said) or not marks


def ported(rows, folder, floor):
    rows = on_sqlite(rows)
    replaced = [row for row in rows if (folder / row["path"]).is_file()]
    said = []
    for path in sorted({row["path"] for row in replaced}):
        for number, line in enumerate((folder / path).read_text(encoding="utf-8").splitlines(), start=1):
            line = line.partition("#")[0]
            if "sqlite3" in line or re.search(r"\.cursor\(|row_factory", line):
                said.append(f"left over: {path}:{number}: {line.strip()}")
    percent = 100 * len(replaced) / max(len(rows), 1)
    return said, f"{len(replaced)} of {len(rows)} SQL calls stand in ported files ({percent:.0f} %)", bool(said) or percent < floor


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("truth", type=pathlib.Path)
    parser.add_argument("--trace", type=pathlib.Path)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--exclude", action="append", default=[])
    parser.add_argument("--callsites", type=pathlib.Path)
    parser.add_argument("--marks", action="store_true")
    parser.add_argument("--ported", type=pathlib.Path)
    parser.add_argument("--floor", type=float, default=0)
    args = parser.parse_args()

    rows = read_truth(args.truth)
    if args.trace:
        said, summary, bad = against_trace(args.project, rows, args.trace, args.floor, args.exclude)
    elif args.whole:
        said, summary, bad = whole(args.project, rows, args.exclude)
    elif args.callsites:
        said, summary, bad = against_callsites(rows, args.callsites)
    elif args.marks:
        said, summary, bad = against_marks(args.project, rows)
    elif args.ported:
        said, summary, bad = ported(rows, args.ported, args.floor)
    else:
        parser.error("against what? --trace, --whole, --callsites, --marks or --ported")
    print(*said, summary, sep="\n")
    return 1 if bad or not rows else 0


if __name__ == "__main__":
    raise SystemExit(main())
