#!/usr/bin/env python3
"""Statements on tables and columns that Postgres has under other names, on SQLite and on Postgres.

    schema_names.py PROGRAM URL FOLDER

URL is that of a Postgres whose schema `public` may be dropped. The tables of the schemas below are made on SQLite, and on Postgres from
what `lite2pg schema` writes. Each gets a row by a translated INSERT; then statements that name its columns in all the places a name can
stand run as they are on SQLite and as `lite2pg sql` writes them on Postgres, and must give the same. What `schema` calls a column and
what `sql` calls it agree, then.
"""

import json
import pathlib
import re
import sqlite3
import subprocess
import sys

import psycopg2

import schema_loads

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "schema"
SCHEMAS = ["long_names.sql", "empty_names.sql", "renamed_names.sql"]
LEAST_RENAMED, LEAST_KEPT = 40, 10

# {t}: the table, {k}: its key, {c}: a column.
STATEMENTS = [
    "SELECT {c} FROM {t} WHERE {c} IS NOT NULL ORDER BY {k}",
    "SELECT x.{c} AS found FROM {t} AS x WHERE x.{c} IN (SELECT {c} FROM {t}) ORDER BY x.{k}",
    "SELECT {t}.{c}, COUNT(*) AS n FROM {t} GROUP BY {t}.{c} HAVING COUNT({c}) > 0 ORDER BY {c}",
    "SELECT u.{c} FROM (SELECT {k}, {c} FROM {t}) AS u ORDER BY u.{k}",
    "WITH w AS (SELECT * FROM {t}) SELECT w.{c} FROM w ORDER BY w.{k}",
    "WITH w({c}) AS (SELECT {k} FROM {t}) SELECT {c} FROM w ORDER BY {c}",
    "SELECT a.{c} FROM {t} AS a JOIN {t} AS b USING ({k}, {c}) ORDER BY a.{k}",
    "SELECT IFNULL({c}, {c}) AS n, CASE WHEN {c} = {c} THEN 1 ELSE 0 END AS same FROM {t} ORDER BY {k}",
    "UPDATE {t} SET {c} = {c} WHERE {t}.{c} IS NOT NULL",
    "DELETE FROM {t} WHERE {c} IS NULL",
]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def translated(program, schema, statements):
    lines = "".join(json.dumps({"id": at, "sql": sql, "schema": str(schema)}) + "\n" for at, sql in enumerate(statements))
    done = subprocess.run([program, "sql", "--jsonl"], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def value_for(at, declared):
    return str(at) if re.search("INT|REAL|NUM", declared.upper()) else f"'v{at}'"


def rows_of(cursor, sql):
    cursor.execute(sql)
    return [list(row) for row in cursor.fetchall()] if cursor.description else cursor.rowcount


def statements_of(lite):
    inserts, others = [], []
    for name, in lite.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid").fetchall():
        columns = lite.execute("SELECT name, type FROM pragma_table_info(?)", (name,)).fetchall()
        values = ", ".join(value_for(at, declared) for at, (_, declared) in enumerate(columns))
        inserts.append(f"INSERT INTO {quoted(name)} ({', '.join(quoted(column) for column, _ in columns)}) VALUES ({values})")
        key = quoted(columns[0][0])
        for column, _ in columns[1:] or columns:
            others += [form.format(t=quoted(name), k=key, c=quoted(column)) for form in STATEMENTS]
    return inserts, others


def compared(program, cursor, folder, name, counts):
    source = (FIXTURES / name).read_text()
    lite = sqlite3.connect(":memory:")
    lite.executescript(source)
    cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    cursor.execute(schema_loads.schema(program, FIXTURES, name, "sql"))
    cursor.execute("SET session_replication_role = replica")  # rows come in any order
    inserts, others = statements_of(lite)
    faults = []
    for sql, got in zip(inserts + others, translated(program, FIXTURES / name, inserts + others), strict=True):
        if got["target"] == "none":
            counts["refused"] += 1
            continue
        try:
            wanted = rows_of(lite.cursor(), sql)
            found = rows_of(cursor, got["sql"].replace("%", "%%"))
        except (sqlite3.Error, psycopg2.Error) as error:
            faults.append(f"{sql}\n            {got['sql']}\n            {' '.join(str(error).split())}")
            continue
        if wanted != found:
            faults.append(f"{sql}\n            {got['sql']}\n            {wanted} on SQLite, {found} on Postgres")
        renamed = any(change["code"] == "SC-24" for change in got["changes"])
        if renamed != (got["target"] == "postgres"):
            faults.append(f"{sql}: for {got['target']}")
        counts["renamed" if renamed else "kept"] += 1
    return faults


def main():
    program, url, scratch = sys.argv[1:]
    connection = psycopg2.connect(url)
    connection.autocommit = True
    counts, faults = {"renamed": 0, "kept": 0, "refused": 0}, []
    for name in SCHEMAS:
        faults += compared(program, connection.cursor(), pathlib.Path(scratch), name, counts)
    if counts["renamed"] < LEAST_RENAMED or counts["kept"] < LEAST_KEPT:
        faults.append("hardly anything was compared")
    print(f"{'FAILED ' if faults else 'ok     '} {counts['renamed']} statements with names that Postgres has otherwise give the same,"
          f" and {counts['kept']} with names it only cuts or keeps; {counts['refused']} are refused")
    for fault in faults:
        print(f"        {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
