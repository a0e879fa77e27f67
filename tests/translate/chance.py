"""Statements made by chance, executed:   chance.py TRANSLATE_LINES POSTGRES_URL [SEED [COUNT]]

fixtures/sqltest/executed/grammar.txt says what they are made of. Those that sqlite3 takes are translated and executed as
both.py does with the written ones: what the translator calls the same must do the same. The same seed makes the same
statements. What it finds is mended, and becomes a case of fixtures/sqltest.
"""

import random
import re
import sqlite3
import sys

from both import FIXTURES, Group, executed_group, run_group

DEEPEST = 3  # what is nested in what


def read_grammar():
    grammar, ways = {}, None
    for line in (FIXTURES / "executed" / "grammar.txt").read_text().splitlines():
        if line.startswith("    "):
            ways.append(line.strip())
        elif line and not line.startswith("#"):
            ways = grammar.setdefault(line.strip(), [])
    return grammar


class Writer:
    def __init__(self, seed):
        self.grammar, self.chance = read_grammar(), random.Random(seed)
        nested = {name for name, ways in self.grammar.items() if any(f"<{name}>" in way for way in ways)}
        self.flat = {name: [way for way in ways if not any(f"<{other}>" in way for other in nested)]
                     for name, ways in self.grammar.items()}

    def write(self, name, depth=0):
        ways = self.grammar[name] if depth < DEEPEST else self.flat[name] or self.grammar[name]
        return re.sub(r"<(\w+)>", lambda match: self.write(match[1], depth + 1), self.chance.choice(ways))


def statements(seed, count, group):
    """As many as are wanted of those that sqlite3 takes."""
    writer, taken = Writer(seed), {}
    connection = sqlite3.connect(":memory:")
    connection.executescript(group.schema + ";" + group.data)
    while len(taken) < count:
        statement = writer.write("statement")
        try:
            connection.execute("SAVEPOINT one")
            connection.execute(statement).fetchall()
            taken[statement] = None
        except sqlite3.Error:
            pass
        connection.execute("ROLLBACK TO one")
    return list(taken)


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: chance.py TRANSLATE_LINES POSTGRES_URL [SEED [COUNT]]")
    seed, count = (int(word) for word in (sys.argv[3:] + ["1", "1000"][len(sys.argv) - 3:]))
    model = executed_group("statements.sql")
    group = Group(f"chance {seed}", model.schema, model.postgres, model.data)
    group.statements = [(statement, None, ()) for statement in statements(seed, count, group)]
    counts = dict.fromkeys(("passed", "failed", "same", "differs", "decide", "alone"), 0)
    run_group(sys.argv[1], sys.argv[2], group, f"chance_{seed}", counts, set(), False)
    print(f"seed {seed}: {counts['same']} same, {counts['differs']} differ, {counts['decide']} refused; {counts['failed']} failed")
    sys.exit(1 if counts["failed"] or not counts["same"] else 0)


if __name__ == "__main__":
    main()
