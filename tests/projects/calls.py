#!/usr/bin/env python3
"""Holds `lite2pg callsites --format json` against what really ran.

    calls.py TRACE CALLSITES [--exclude GLOB]…

TRACE is the output of trace.py. Every execute, executemany, executescript, cursor and commit that ran must be among the call
sites, at its place and with its method; one missing is a failure, and so is a place that is listed twice. Call sites that no test
reaches are nobody's business here, nor are the files of --exclude.
"""
import argparse
import collections
import fnmatch
import json

COMPARED = {"execute", "executemany", "executescript", "cursor", "commit"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trace")
    parser.add_argument("callsites")
    parser.add_argument("--exclude", action="append", default=[], metavar="GLOB")
    args = parser.parse_args()
    with open(args.trace, encoding="utf-8") as file:
        ran = [line.rstrip("\n").split("\t") for line in file]
    with open(args.callsites, encoding="utf-8") as file:
        listed = json.load(file)["callsites"]

    known = collections.Counter(
        (c["path"], c["line"], c["end_line"], c["end_column"], c["method"]) for c in listed
    )
    wrong = 0
    compared = 0
    for path, line, end_line, end_column, method in ran:
        if method not in COMPARED or any(fnmatch.fnmatch(path, glob) for glob in args.exclude):
            continue
        compared += 1
        if (path, int(line), int(end_line), int(end_column), method) not in known:
            near = sorted(k[4] for k in known if k[0] == path and k[1] == int(line))
            print(f"ran, but is no call site: {path}:{line} {method} (there: {', '.join(near) or 'nothing'})")
            wrong += 1
    for key, count in known.items():
        if count > 1:
            print(f"listed {count} times: {key[0]}:{key[1]} {key[4]}")
            wrong += 1
    print(f"{compared} calls ran, {wrong} mistakes")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    raise SystemExit(main())
