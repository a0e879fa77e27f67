#!/usr/bin/env python3
"""Programs' statements executed, on sqlite3 as they are and translated on SQLite and Postgres, over made-up rows.

    executed.py [--seed TEXT] [--corpus CORPUS] [--database PROJECT=FILE] BUILD_DIR POSTGRES_URL [PROJECT…]

What the translator calls the same must do the same (tests/translate/both.py says how that is compared). Statements and tables are found as
prepared.py finds them; the tables are without foreign keys, and what the configuration says of types is left out. What chooses rows by an
order that the translator calls none (LIMIT among ties, a column out of the row of MIN()) is not tried. Exit status 1 if something was wrongly called the same.
"""
import argparse
import collections
import contextlib
import io
import json
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "translate"))
import both  # noqa: E402
from databases import Postgres, definitions_of  # noqa: E402
from prepared import Program, projects_in  # noqa: E402
from statements import is_ddl  # noqa: E402

ROWS = 12
WORDS = ["a", "B", "alice", "Alice", "10", "9", "", "movie", "episode", "x%y", "zulu", "Zoë"]
TIMES = ["2024-01-02 03:04:05", "2024-02-29 23:59:59", "2023-12-31 00:00:00", "2025-06-01 12:00:00"]


def folded(name):
    return '"' + (name.lower() if re.fullmatch(r"[A-Za-z_]\w*", name) else name).replace('"', '""') + '"'


def without_references(catalog):
    for table in catalog["tables"]:
        table["foreign_keys"] = []
        table["name"] = table["name"].lower()
    catalog["triggers"], catalog["virtual_tables"] = [], []
    return catalog


def value_of(kind, random):
    if kind in ("BIGINT", "NUMERIC"):
        return random.choice([0, 1, 1, 2, 3, 4])
    if kind == "DOUBLE PRECISION":
        return random.choice([0.5, 1.25, 2.0, -3.75])
    if kind == "BOOLEAN":
        return random.choice([0, 1])
    if kind == "TIMESTAMPTZ":
        return random.choice(TIMES)
    if kind == "DATE":
        return random.choice(TIMES)[:10]
    if kind == "JSONB":
        return random.choice(['{"a": 1}', "[1, 2]"])
    if kind == "BYTEA":
        return random.choice([b"ab", b"\x00\xff"])
    if kind == "UUID":
        return "00000000-0000-0000-0000-%012d" % random.randrange(4)
    return random.choice(WORDS)


def literal(value, kind):
    if value is None:
        return "NULL"
    if kind == "BOOLEAN":
        return "true" if value else "false"
    return repr(value) if isinstance(value, (int, float)) else "'" + value.replace("'", "''") + "'"


def taken(lite, definitions):
    """Those that SQLite takes."""
    for statement in definitions:
        with contextlib.suppress(sqlite3.Error):
            lite.execute(statement)
            lite.execute(f"EXPLAIN SELECT * FROM {name}") if (name := view_name(statement)) else None
            yield statement


def view_name(statement):
    match = re.match(r"\s*CREATE\s+VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?(\S+)", statement, re.I)
    return match and match[1]


def is_filled(column):
    """Bytes have no literal that both databases take."""
    return not column["generated"] and column["type"] != "BYTEA"


def adds_one(lite, table, insert):
    """Whether it adds a row and, by the constraints of the table, replaces none; if not, it is undone."""
    count = f"SELECT COUNT(*) FROM {folded(table['name'])}"
    before = lite.execute(count).fetchone()[0]
    lite.execute("SAVEPOINT one")
    with contextlib.suppress(sqlite3.Error):
        lite.execute(insert)
    good = lite.execute(count).fetchone()[0] == before + 1
    lite.execute("RELEASE one" if good else "ROLLBACK TO one")
    return good


def rows_for(catalog, lite, random):
    """INSERT statements that both databases take; rows that break a constraint are left out."""
    for table in catalog["tables"]:
        if any(not is_filled(column) and not column["generated"] and (column["primary_key"] or column["not_null"]) for column in table["columns"]):
            continue
        columns = [column for column in table["columns"] if is_filled(column)]
        for at in range(ROWS):
            values = []
            for column in columns:
                if column["primary_key"] and column["rowid"]:
                    values.append(literal(at + 1, "BIGINT"))
                elif column["nullable"] and not column["primary_key"] and random.random() < 0.15:
                    values.append("NULL")
                else:
                    value = value_of(column["type"], random)
                    if column["affinity"].lower() == "numeric" and isinstance(value, str) and value.isdigit():
                        value = "ten"  # SQLite would make a number of it
                    values.append(literal(value, column["type"]))
            insert = f"INSERT INTO {folded(table['name'])} ({', '.join(folded(column['name']) for column in columns)}) VALUES ({', '.join(values)})"
            if adds_one(lite, table, insert):
                yield insert


def chooses_freely(found, text):
    """One of several rows, where no order says which, as the translator tells: LIMIT among ties, a bare column beside MIN()."""
    told = {remark["feature"] for remark in found["remarks"] if remark["verdict"] != "same"}
    return told & {"row-of-extreme", "column-of-a-row"} or told & {"order-ties", "unordered"} and re.search(r"\bLIMIT\b", text, re.I)


def arguments(found, statement, random):
    values = {}
    for bind in found["binds"]:
        if not bind["clock"]:
            is_number = bind["type"] != "unknown" or re.match("limit|offset", bind["name"])
            values[bind["number"], bind["name"]] = value_of(bind["type"], random) if is_number else None
    if not values:
        return None
    if re.search(r"(?<![:\w])[:@$][A-Za-z_]\w*", re.sub(r"'[^']*'", "''", statement)):
        return {name: value for (_, name), value in values.items()}
    count = max(number for number, _ in values)
    by_number = {number: value for (number, _), value in values.items()}
    return [by_number.get(number) for number in range(1, count + 1)]


def trial_of(program, lines, scratch, lite2pg, seed):
    random_ = random.Random(program.name + seed)
    catalog = without_references(json.loads(program.run("schema", "--emit", "json")))
    lite = sqlite3.connect(":memory:", isolation_level=None)
    schema = ";\n".join(taken(lite, definitions_of(catalog))) + ";\n"
    (scratch / "schema.sql").write_text(schema)
    ran = subprocess.run([lite2pg, "schema", "schema.sql", "--emit", "json"], cwd=scratch, capture_output=True, text=True, check=True)
    catalog = json.loads(ran.stdout)
    postgres = subprocess.run([lite2pg, "schema", "schema.sql", "--emit", "sql"], cwd=scratch, capture_output=True, text=True, check=True).stdout
    program.postgres.clear()
    postgres = postgres if re.search(r"(?m)^[^-\s]", postgres) else ""
    program.postgres.define([postgres] if postgres else [])
    there = {name.lower() for name in program.postgres.names()[0]}
    catalog["tables"] = [table for table in catalog["tables"] if table["name"].lower() in there]
    catalog["views"] = [view for view in catalog["views"] if view["name"].lower() in there]
    schema = ";\n".join(taken(sqlite3.connect(":memory:"), definitions_of(without_references(catalog)))) + ";\n"
    (scratch / "schema.sql").write_text(schema)
    group = both.Group(program.name, schema, postgres, "")
    inserts = list(rows_for(catalog, lite, random_))
    group.data = ";\n".join(inserts)
    texts = []
    for one in program.statements:
        text, why = program.written(one)
        if not why and not is_ddl(text):
            texts.append(text)
    group.statements = [(text, None, ()) for text in texts]
    found = both.translations(lines, group, ["postgres-alone"])
    group.statements = [(text, arguments(answer, text, random_), ()) for text, answer in zip(texts, found) if not chooses_freely(answer, text)]
    return group


def tried(lines, url, postgres, group, number):
    """How many did as they should, and how many not; those are named."""
    counts = dict.fromkeys(("passed", "failed", "same", "differs", "decide", "alone"), 0)
    postgres.define([f"DROP SCHEMA IF EXISTS sqltest_{number} CASCADE"])
    if group.postgres:
        both.run_group(lines, url, group, number, counts, set(), False)
    postgres.define([f"DROP SCHEMA IF EXISTS sqltest_{number} CASCADE"])
    return collections.Counter(counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("url")
    parser.add_argument("only", nargs="*", metavar="PROJECT")
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--database", action="append", default=[], metavar="PROJECT=FILE", help="where an example has its tables")
    parser.add_argument("--project", action="append", default=[], type=pathlib.Path, metavar="FOLDER", help="a further program")
    parser.add_argument("--seed", default="", help="other rows and values")
    args = parser.parse_args()
    lite2pg, lines = str((args.build / "lite2pg").resolve()), str((args.build / "tests/translate/translate_lines").resolve())
    total = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        postgres = Postgres(args.url)
        for number, (name, root) in enumerate(projects_in(args.corpus, dict(word.split("=", 1) for word in args.database), scratch, args.project)):
            if args.only and name not in args.only:
                continue
            program = Program(lite2pg, name, root, postgres)
            counts = tried(lines, args.url, postgres, trial_of(program, lines, scratch, lite2pg, args.seed), number)
            print(f"{name}: {counts['same']} same, {counts['differs']} differ, {counts['alone']} of these for Postgres alone; {counts['failed']} wrong")
            total += counts
    print(f"all: {total['same']} same, {total['differs']} differ, {total['alone']} of these for Postgres alone; {total['failed']} wrong")
    return 1 if total["failed"] or not total["same"] else 0


if __name__ == "__main__":
    sys.exit(main())
