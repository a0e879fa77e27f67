#!/usr/bin/env python3
"""How much of real programs would be ported, and what is in the way.

    shares.py LITE2PG FOLDER…      a table in Markdown: SQL calls by verdict, and the ten commonest reasons of what is not safe

Each FOLDER is a checkout; nothing in it is written. A call counts as its unit's verdict, with its first reason, as
`lite2pg callsites --format json` tells them.
"""
import collections
import json
import pathlib
import subprocess
import sys

VERDICTS = ["ported", "safe", "unsafe", "manual"]


def calls_of(program, folder):
    ran = subprocess.run([program, "callsites", "--format", "json"], cwd=folder, capture_output=True, check=True)
    return [call for call in json.loads(ran.stdout)["callsites"] if call["method"] in ("execute", "executemany", "executescript", "wrapper")]


def share(count, total):
    return f"{count} ({count / total:.2f})" if total else "0"


def main():
    program, *folders = sys.argv[1:]
    if not folders:
        sys.exit(__doc__)
    together, reasons = collections.Counter(), {verdict: collections.Counter() for verdict in VERDICTS}
    program = pathlib.Path(program).resolve()
    print("| project | SQL calls | " + " | ".join(VERDICTS[1:]) + " |\n| --- | ---: | ---: | ---: | ---: |")
    for folder in folders:
        counts = collections.Counter()
        for call in calls_of(program, folder):
            counts[call["verdict"]] += 1
            if call["reason"]:
                reasons[call["verdict"]][call["reason"].split(":")[0]] += 1
        together += counts
        total = sum(counts.values())
        print(f"| {pathlib.Path(folder).name} | {total} | " + " | ".join(share(counts[v], total) for v in VERDICTS[1:]) + " |")
    total = sum(together.values())
    print(f"| together | {total} | " + " | ".join(share(together[v], total) for v in VERDICTS[1:]) + " |")
    for verdict in VERDICTS[2:]:
        print(f"\n{verdict}, by the first reason: " + ", ".join(f"{code} {count}" for code, count in reasons[verdict].most_common(10)))


if __name__ == "__main__":
    main()
