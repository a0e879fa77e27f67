"""Generated statements, executed:   generated.py TRANSLATE_LINES GENERATE_STATEMENTS POSTGRES_URL [COUNT [SEED]] [-v]

Statements of fixtures/sqltest/shop.grammar run as both.py runs those that people wrote: as they are on sqlite3, and
translated on SQLite and on Postgres. What the translator calls the same must do the same. What sqlite3 itself
does not run says nothing and is counted apart.
"""

import collections
import subprocess
import sys

import both

ARGUMENTS = {"n": 3, "s": "pen", "f": 1.5, "b": 1, "z": None, "t": "2024-01-15 00:00:00"}


def generated_group(program, count, seed):
    grammar = both.FIXTURES / "shop.grammar"
    done = subprocess.run([program, grammar, str(count), str(seed)], stdout=subprocess.PIPE, check=True)
    parts = ((both.FIXTURES / "executed" / f"{part}.sql").read_text() for part in ("schema", "postgres", "data"))
    group = both.Group("shop.grammar", *parts)
    texts = dict.fromkeys(text.decode() for text in done.stdout.split(b"\0") if text)
    group.statements = [(text, ARGUMENTS, ()) for text in texts]
    return group


# Conditions that are a bind are told of, and what is bound here is no bool.
both.MAY_STOP.add("bind-condition")
# Of rows that are alike in what MIN() or MAX() looks at each database takes its own.
both.HARMLESS.discard("row-of-extreme")


def runs(group):
    """The statements sqlite3 runs, and how many it does not."""
    source = both.sqlite3.connect(":memory:", isolation_level=None)
    source.executescript("PRAGMA foreign_keys = ON;" + group.schema + ";" + group.data)
    good = [one for one in group.statements if not both.run_source(source, one[0], one[1], ()).error]
    return good, len(group.statements) - len(good)


def main():
    verbose = "-v" in sys.argv
    given = [word for word in sys.argv[1:] if word != "-v"]
    if len(given) < 3:
        sys.exit(__doc__)
    count, seed = (int(given[3]) if len(given) > 3 else 2000), (int(given[4]) if len(given) > 4 else 1)
    group = generated_group(given[1], count, seed)
    group.statements, refused = runs(group)
    counts = collections.Counter()
    both.run_group(given[0], given[2], group, "generated", counts, set(), verbose)
    print(f"{len(group.statements)} statements, {refused} more that sqlite3 does not run")
    print(f"{counts['same']} same, {counts['differs']} differ, {counts['decide']} refused")
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    sys.exit(1 if counts["failed"] or not counts["same"] else 0)


if __name__ == "__main__":
    main()
