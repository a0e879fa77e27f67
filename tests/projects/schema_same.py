#!/usr/bin/env python3
"""Rows that meet conditions and computed columns, on SQLite and on Postgres.

    schema_same.py PROGRAM URL FOLDER

URL is that of a Postgres whose schema `public` may be dropped. Small tables with a random CHECK or a random computed column are made on
SQLite, and on Postgres from what `lite2pg schema` writes. Where it tells nothing, both take and refuse the same rows and compute the
same values; where it tells something, nothing is compared, and that is counted. The same number gives the same tables.
"""

import json
import pathlib
import random
import sqlite3
import sys

import psycopg2

import schema_loads

TABLES, ROWS, LEAST = 700, 20, 150
KINDS = {"i": "INTEGER", "t": "TEXT", "r": "REAL", "b": "BOOLEAN", "d": "DATE", "s": "TIMESTAMP"}
VALUES = {
    "i": [0, 1, -1, 2, 5, 7, 100, None],
    "t": ["", "x", "A", "abc", "Xy", " x ", "1", "10", "2024-01-01", None],
    "r": [0.0, 1.5, -2.25, 2.5, 5.0, 0.1, None],
    "b": [0, 1, None],
    "d": ["2024-01-01", "2023-12-31", None],
    "s": ["2024-01-01 00:00:00", "2024-06-01 10:30:00", None],
}
LEAVES = ["{c}", "{c}", "{c}", "0", "1", "2.5", "'x'", "'2024-01-01'"]
VALUE_OF = [
    "{a} + {b}", "{a} - {b}", "{a} * 2", "{a} / 2", "{a} % 3", "-{a}", "abs({a})", "round({a}, 1)", "{a} || {b}", "lower({a})", "trim({a})",
    "length({a})", "substr({a}, 1, 2)", "replace({a}, 'x', 'y')", "coalesce({a}, {b})", "ifnull({a}, {b})", "nullif({a}, {b})", "({a})",
    "CASE WHEN {a} > {b} THEN {a} ELSE {b} END", "CAST({c} AS TEXT)", "CAST({c} AS INTEGER)", "{a} > {b}", "{a} IS NULL", "max({a}, {b})",
]
CONDITION = [
    "{c} IS NOT NULL", "{c} > 0", "{c} <> ''", "{c} IN (0, 1)", "{c} IN ('x', 'abc')", "{c} = 1", "{c}", "NOT {c}", "{c} LIKE 'x%'",
    "{c} BETWEEN 1 AND 5", "{a} > {b}", "{a} = {b} OR {c} IS NULL", "length({c}) < 3", "{a} AND {b}", "{c} IS NOT 'x'", '{c} == "abc"',
    "{c} NOT IN (1, NULL)", "{c} NOTNULL", "{c} IS 1", "{c} > '2024-01-01'", "{a} IS NOT {b}", "({c}, 1) = ({a}, 1)", "{c} = '1'",
]
# One of these in what was written has to be noticed.
MISTAKES = [(" > ", " >= "), (" <> ", " = "), ("IS NOT", "IS"), (" OR ", " AND "), ("(false, true)", "(true)"), ("length(", "2 + length("),
            (" > ", " > 1 + ")]


class Maker:
    def __init__(self, number):
        self.random = random.Random(number)
        self.columns = self.random.sample(list(KINDS), self.random.randint(1, 3))

    def value(self, depth):
        pattern = self.random.choice(LEAVES if depth == 0 or self.random.random() < 0.4 else VALUE_OF)
        return pattern.format(a=self.value(depth - 1), b=self.value(depth - 1), c=self.random.choice(self.columns)) if depth else \
            pattern.format(c=self.random.choice(self.columns))

    def table(self):
        head = ", ".join(f"{name} {KINDS[name]}" for name in self.columns)
        if self.random.random() < 0.4:
            return f"CREATE TABLE t ({head}, z {self.random.choice(['INTEGER', 'TEXT', 'REAL'])} AS ({self.value(2)}) STORED);"
        condition = self.random.choice(CONDITION).format(a=self.value(1), b=self.value(1), c=self.random.choice(self.columns))
        return f"CREATE TABLE t ({head}, CHECK ({condition}));"

    def rows(self):
        return [[self.random.choice(VALUES[name]) for name in self.columns] for _ in range(ROWS)]


def taken(run):
    try:
        run()
    except (sqlite3.IntegrityError, psycopg2.IntegrityError):
        return False
    except (sqlite3.Error, psycopg2.Error) as error:
        return str(error).splitlines()[0]
    return True


def same(ours, theirs):
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) < 1e-9
    return ours == theirs and isinstance(ours, str) == isinstance(theirs, str)


def difference(cursor, sql, ddl, types, maker):
    """What the first row that shows one does, or None."""
    lite = sqlite3.connect(":memory:")
    lite.execute(sql)
    cursor.execute("SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    try:
        cursor.execute(ddl)
    except psycopg2.Error as error:
        return f"it does not load: {error}".splitlines()[0]
    names = ", ".join(maker.columns)
    for row in maker.rows():
        there = [bool(value) if types[name] == "BOOLEAN" and value is not None else value for name, value in zip(maker.columns, row)]
        ours = taken(lambda: lite.execute(f"INSERT INTO t ({names}) VALUES ({', '.join('?' * len(row))})", row))
        theirs = taken(lambda: cursor.execute(f"INSERT INTO t ({names}) VALUES ({', '.join(['%s'] * len(row))})", there))
        if ours != theirs:
            return f"{row}: SQLite {ours}, Postgres {theirs}"
        if ours and " STORED" in sql:
            ours, = lite.execute("SELECT z FROM t ORDER BY rowid DESC").fetchone()
            cursor.execute("SELECT z FROM t ORDER BY ctid DESC")
            theirs, = cursor.fetchone()
            if not same(ours, theirs):
                return f"{row}: {ours!r} on SQLite, {theirs!r} on Postgres"
    return None


def main():
    program, url, scratch = sys.argv[1:]
    connection = psycopg2.connect(url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    folder = pathlib.Path(scratch)
    mistakes, faults, compared, told = list(MISTAKES), [], 0, 0
    for number in range(TABLES):
        sql = Maker(number).table()
        try:
            sqlite3.connect(":memory:").execute(sql)
        except sqlite3.Error:
            continue
        (folder / "same.sql").write_text(sql)
        catalog = json.loads(schema_loads.schema(program, folder, "same.sql", "json"))
        if catalog["findings"]:
            told += 1
            continue
        types = {column["name"]: column["type"] for column in catalog["tables"][0]["columns"]}
        ddl = schema_loads.schema(program, folder, "same.sql", "sql")
        maker = Maker(number)
        maker.table()
        fault = difference(cursor, sql, ddl, types, maker)
        compared += 1
        if fault:
            faults.append(f"{sql}\n            {' '.join(ddl.split())}\n            {fault}")
            continue
        for right, wrong in [pair for pair in mistakes if pair[0] in ddl]:
            maker = Maker(number)
            maker.table()
            if difference(cursor, sql, ddl.replace(right, wrong, 1), types, maker):
                mistakes.remove((right, wrong))
    faults += [f"{right!r} as {wrong!r} was never noticed" for right, wrong in mistakes]
    if compared < LEAST:
        faults.append("hardly anything was compared")
    print(f"{'FAILED ' if faults else 'ok     '} {compared} tables of which nothing is told take the same rows on both; {told} are told of")
    for fault in faults:
        print(f"        {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
