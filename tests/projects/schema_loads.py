#!/usr/bin/env python3
"""Loads what `lite2pg schema` writes into Postgres, and holds it against what SQLite says of the same schema.

    schema_loads.py PROGRAM URL FOLDER

URL is that of a Postgres whose schema `public` may be dropped; FOLDER is for the databases it makes.
"""

import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PSQL = os.environ.get("LITE2PG_PG_BIN", "/usr/lib/postgresql/15/bin") + "/psql"

# name, the project whose configuration is asked, its SQL
SCHEMAS = [
    ("raptor", "fixtures/projects/raptor/before", "backend_v2/db/migrations"),
    ("genesis", "fixtures/projects/genesis/before", "genesis/data/migrations"),
    ("passkeys", "fixtures/projects/passkeys/before", "schema.sql"),
] + [(path.stem, "fixtures/schema", path.name) for path in sorted((ROOT / "fixtures/schema").glob("*.sql"))]

COLUMNS = """
    SELECT c.relname, a.attname, a.attnotnull, d.oid IS NOT NULL
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')"""
INDEXES = """
    SELECT t.relname, i.relname AS index, x.indisunique, x.indisprimary, x.indpred IS NOT NULL AS partial,
           (SELECT coalesce(json_agg(coalesce(a.attname, '') ORDER BY k.n), '[]') FROM unnest(x.indkey) WITH ORDINALITY AS k(attnum, n)
              LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum > 0)
      FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
     WHERE t.relnamespace = 'public'::regnamespace"""
FOREIGN_KEYS = """
    SELECT t.relname, r.relname AS referred, k.confdeltype, k.confupdtype,
           (SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY AS c(num, n)
              JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.num)
      FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
     WHERE k.contype = 'f' AND t.relnamespace = 'public'::regnamespace"""
ACTIONS = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}


def folded(name):
    """As Postgres spells it: small, and no longer than 63 bytes."""
    return "".join(c.lower() if c.isascii() else c for c in name).encode()[:63].decode(errors="ignore")


def mentions(message, word):
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message) is not None


def psql(url, *words, stdin=None):
    done = subprocess.run([PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", *words, url], input=stdin, capture_output=True,
                          text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def rows(url, query):
    text = psql(url, "-At", "-c", f"SELECT row_to_json(x) FROM ({query}) AS x")
    return [list(json.loads(line).values()) for line in text.splitlines()]


def sql_of(folder, name):
    path = ROOT / folder / name
    files = sorted(path.rglob("*.sql")) if path.is_dir() else [path]
    return "\n;\n".join(file.read_text() for file in files)


class Source:
    """What SQLite says."""

    def __init__(self, database):
        con = sqlite3.connect(database)
        self.tables = {}
        kinds = con.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
                            "ESCAPE '\\'").fetchall()
        virtual = [name for name, _, sql in kinds if sql.upper().startswith("CREATE VIRTUAL")]
        for name, kind, _ in kinds:
            if name in virtual or any(name.startswith(f"{owner}_") for owner in virtual):
                continue
            quoted = '"' + name.replace('"', '""') + '"'
            columns = con.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
            indexes = []
            for _, index, unique, origin, partial in con.execute(f"PRAGMA index_list({quoted})").fetchall():
                terms = con.execute("SELECT name FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno", (index,)).fetchall()
                indexes.append((index, bool(unique), origin, bool(partial), [term for term, in terms]))
            keys = {}
            for number, _, target, column, _, on_update, on_delete, _ in con.execute(f"PRAGMA foreign_key_list({quoted})"):
                keys.setdefault(number, (target, on_delete, on_update, []))[3].append(column)
            self.tables[name] = (kind, columns, indexes, list(keys.values()))
        self.triggers = [name for name, in con.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        self.virtual = virtual
        con.close()


class Target:
    """What Postgres has."""

    def __init__(self, url):
        self.columns = {(table, column): (not_null, default) for table, column, not_null, default in rows(url, COLUMNS)}
        self.tables = {table for table, _ in self.columns}
        self.indexes = {}
        for table, index, unique, primary, partial, columns in rows(url, INDEXES):
            self.indexes.setdefault(table, []).append((index, unique, primary, partial, columns))
        self.foreign_keys = {}
        for table, to, on_delete, on_update, columns in rows(url, FOREIGN_KEYS):
            self.foreign_keys.setdefault(table, []).append((to, on_delete, on_update, columns))


class Comparison:
    def __init__(self, source, target, findings):
        self.source, self.target, self.findings = source, target, findings
        self.faults = []
        self.counts = {"tables": 0, "columns": 0, "indexes": 0, "foreign keys": 0, "reported": 0}

    def fact(self, kind, holds, table, told, what):
        """It holds, or a finding about this table has all of `told` in its message."""
        if holds:
            self.counts[kind] += kind != "reported"
        elif any(finding["table"] in (table, None) and all(mentions(finding["message"], word) for word in told)
                 for finding in self.findings):
            self.counts["reported"] += 1
        else:
            self.faults.append(f"{table}: {what}: neither there nor reported")

    def columns(self, table, columns):
        here = folded(table)
        for _, column, _, not_null, default, pk, hidden in columns:
            got = self.target.columns.get((here, folded(column)))
            self.fact("columns", got is not None, table, [column], f"column {column}")
            if got is None:
                continue
            if not_null and not pk:
                self.fact("reported", got[0], table, [column], f"NOT NULL of {column}")
            if got[0] and not not_null and not self.is_rowid(columns, column):
                self.fact("reported", False, table, [column, "NULL"], f"{column} cannot be NULL any more")
            if (default not in (None, "NULL") or hidden in (2, 3)) and not pk:
                self.fact("reported", got[1], table, [column], f"DEFAULT {default} of {column}")
        known = {folded(column[1]) for column in columns}
        for extra in (column for of, column in self.target.columns if of == here and column not in known):
            self.fact("reported", False, table, [extra], f"column {extra}, which SQLite has not")

    @staticmethod
    def is_rowid(columns, name):
        return any(column == name and kind.upper() == "INTEGER" and pk for _, column, kind, _, _, pk, _ in columns)

    def indexes(self, table, indexes, columns):
        got = self.target.indexes.get(folded(table), [])
        primary = [folded(column[1]) for column in sorted(columns, key=lambda column: column[5]) if column[5]]
        if primary:
            self.fact("indexes", any(is_primary and names == primary for _, _, is_primary, _, names in got), table, ["PRIMARY KEY"],
                      f"primary key {primary}")
        for index, unique, origin, partial, terms in indexes:
            if origin == "pk":
                continue
            names = [folded(term) if term else "" for term in terms]
            holds = any(u == unique and p == partial and (origin == "u" or name == folded(index))
                        and [a for a, b in zip(n, names) if b and a] == [b for a, b in zip(n, names) if b and a] and len(n) == len(names)
                        for name, u, _, p, n in got)
            self.fact("indexes", holds, table, [index] if origin == "c" else ["UNIQUE"], f"index {index} over {terms}")

    def run(self):
        for table, (kind, columns, indexes, keys) in self.source.tables.items():
            there = folded(table) in self.target.tables
            self.fact("tables", there, table, [table, "left out"], kind)
            if not there:
                continue
            if kind == "view":
                for column in columns:
                    self.fact("columns", (folded(table), folded(column[1])) in self.target.columns, table, [column[1]],
                              f"column {column[1]}")
                continue
            self.columns(table, columns)
            self.indexes(table, indexes, columns)
            for target, on_delete, on_update, names in keys:
                wanted = (folded(target), ACTIONS[on_delete], ACTIONS[on_update], [folded(name) for name in names])
                self.fact("foreign keys", wanted in self.target.foreign_keys.get(folded(table), []), table, ["foreign key", target],
                          f"foreign key {wanted}")
        for name in [*self.source.triggers, *self.source.virtual]:
            if not any(mentions(finding["message"], name) for finding in self.findings):
                self.faults.append(f"{name}: not reported")
        return self.faults


def schema(program, folder, name, emit):
    done = subprocess.run([program, "schema", name, "--emit", emit], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise RuntimeError(f"schema has exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def compared(program, url, folder, name, source):
    ddl, catalog = schema(program, folder, name, "sql"), json.loads(schema(program, folder, name, "json"))
    psql(url, "-c", "SET client_min_messages = error", "-c", "DROP SCHEMA public CASCADE", "-c", "CREATE SCHEMA public")
    psql(url, "-1", "-f", "-", stdin="SET client_min_messages = error;\n" + ddl)
    told = sum(line.startswith("-- lite2pg: ") for line in ddl.splitlines())
    comparison = Comparison(source, Target(url), catalog["findings"])
    if told < len(catalog["findings"]):
        comparison.faults.append(f"{len(catalog['findings'])} findings, {told} of them in the script")
    return comparison


def main():
    program, url, scratch = sys.argv[1:]
    failed = 0
    for name, folder, sql in SCHEMAS:
        database = os.path.join(scratch, f"{name}.db")
        con = sqlite3.connect(database)
        con.executescript(sql_of(folder, sql))
        con.close()
        source = Source(database)
        for kind, path in (("SQL", sql), ("database", database)):
            try:
                comparison = compared(program, url, ROOT / folder, path, source)
                faults = comparison.run()
                counts = ", ".join(f"{count} {what}" for what, count in comparison.counts.items())
            except RuntimeError as error:
                faults, counts = [str(error)], ""
            print(f"{'FAILED ' if faults else 'ok     '} {name}, from its {kind}: {counts}")
            for fault in faults:
                print(f"        {fault}")
            failed += bool(faults)
    print(f"{2 * len(SCHEMAS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
