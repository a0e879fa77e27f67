#!/usr/bin/env python3
"""Runs what `lite2pg schema --emit alembic` writes, on Postgres and on SQLite.

    schema_alembic.py PROGRAM URL FOLDER

URL is that of a Postgres whose schema `public` may be dropped; FOLDER is for databases and revisions. For each schema of
schema_loads.py: after `upgrade` Postgres has the catalog that the script of `--emit sql` makes, to the last constraint; SQLite has the
same tables, columns, keys and indexes; each table takes a row, on both; after `downgrade` nothing is left. At the end a revision
with a mistake in it, of each kind, has to be noticed.
"""

import ast
import itertools
import os
import re
import sqlite3
import sys

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import schema_loads

ENVIRONMENT = """\
from alembic import context
connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""

SNAPSHOT = {
    "column": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
               a.attgenerated, a.attidentity, a.attnum
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')""",
    "constraint": """
        SELECT t.relname, k.conname, pg_get_constraintdef(k.oid)
          FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid WHERE t.relnamespace = 'public'::regnamespace""",
    "index": """
        SELECT t.relname, i.relname, pg_get_indexdef(i.oid)
          FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
         WHERE t.relnamespace = 'public'::regnamespace""",
    "view": "SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND relkind = 'v'",
    "sequence": """
        SELECT t.relname, s.relname, a.attname
          FROM pg_class s LEFT JOIN pg_depend d ON d.objid = s.oid AND d.deptype = 'a' LEFT JOIN pg_class t ON t.oid = d.refobjid
          LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
         WHERE s.relnamespace = 'public'::regnamespace AND s.relkind = 'S'""",
}
VALUES = {
    "bigint": [1, 2, 0, 5, 10, 100],
    "text": ["x", "A", "a", "active", "1", "2024-01-01"],
    "double precision": [1.5, 0.0, 0.5],
    "boolean": [True, False],
    "timestamp with time zone": ["2024-01-02 03:04:05+00"],
    "date": ["2024-01-02"],
    "jsonb": ["{}", "[]"],
    "bytea": [b"\x00\xff"],
    "uuid": ["6b3f2c1e-0d53-4e0b-9c39-0a4a4a6f0a11"],
}
TRIES = 20000


class Postgres:
    def __init__(self, url):
        self.engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg2://"), future=True)

    def empty(self):
        with self.engine.begin() as connection:
            connection.exec_driver_sql("SET client_min_messages = error")
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")

    def facts(self):
        """Everything there, Alembic's own table aside."""
        with self.engine.connect() as connection:
            return {(kind, *row) for kind, query in SNAPSHOT.items() for row in connection.exec_driver_sql(query)
                    if row[0] != "alembic_version"}


class Lite:
    """With foreign keys on; in transactions as sqlite3 begins them, or in those that SQLAlchemy begins."""

    def __init__(self, path, begins):
        self.engine = sa.create_engine(f"sqlite:///{path}", future=True)
        self.path = path
        self.begins = begins
        sa.event.listen(self.engine, "connect", self.connected)
        if begins:
            sa.event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    def connected(self, con, _):
        con.execute("PRAGMA foreign_keys = ON")
        if self.begins:
            con.isolation_level = None

    def facts(self):
        """Without what SQLite puts there by itself, and what a foreign key's name is, which it does not tell."""
        con = sqlite3.connect(self.path)
        found = set()
        for kind, name, table in con.execute("SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"):
            if table == "alembic_version":
                continue
            found.add((kind, name))
            if kind == "index":
                terms = con.execute("SELECT name, \"desc\" FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno", (name,)).fetchall()
                unique, partial = con.execute("SELECT \"unique\", partial FROM pragma_index_list(?) WHERE name = ?", (table, name)).fetchone()
                found.add(("terms", name, unique, partial, *terms))
            if kind != "table":
                continue
            for _, column, _, not_null, default, key, hidden in con.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)):
                found.add(("column", name, column, bool(not_null), default is not None, hidden == 3))
                if key:
                    found.add(("key", name, column, key))
            keys = {}
            for number, _, to, column, there, *actions, _ in con.execute("SELECT * FROM pragma_foreign_key_list(?)", (name,)):
                keys.setdefault(number, (to, *actions, []))[-1].append((column, there))
            found |= {("foreign key", name, number, *actions, *columns) for number, (*actions, columns) in keys.items()}
            for index, in con.execute("SELECT name FROM pragma_index_list(?) WHERE origin = 'u'", (name,)):
                found.add(("unique", name, *(term for term, in con.execute("SELECT name FROM pragma_index_info(?)", (index,)))))
        con.close()
        return found


def run(engine, folder, act, where):
    config = Config()
    config.set_main_option("script_location", str(folder))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        act(config, where)
        connection.commit()


def revision(folder, text):
    """A folder of migrations that has it."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    (folder / "env.py").write_text(ENVIRONMENT)
    (versions / "0001_baseline.py").write_text(text, encoding="utf-8")
    return folder


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def plain(sql):
    """SQL in which no colon begins a bind."""
    return sa.text(sql.replace(":", "\\:"))


class Rows:
    """A row for each table, as few columns as it takes."""

    def __init__(self, postgres):
        self.postgres = postgres
        facts = postgres.facts()
        views = {fact[1] for fact in facts if fact[0] == "view"}
        self.columns, self.checks, self.keys = {}, {}, {}
        for _, table, column, kind, not_null, default, generated, _, number in sorted(
                (fact for fact in facts if fact[0] == "column"), key=lambda fact: (fact[1], fact[8])):
            if table not in views:
                self.columns.setdefault(table, []).append((column, kind, not_null and default is None and not generated, bool(generated)))
        for fact in facts:
            if fact[0] == "constraint" and fact[3].startswith("CHECK"):
                self.checks.setdefault(fact[1], []).append(fact[3])
        query = """SELECT t.relname, r.relname, (SELECT array_agg(a.attname ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY AS c(num, n)
                          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.num),
                          (SELECT array_agg(a.attname ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY AS c(num, n)
                          JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = c.num)
                     FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
                    WHERE k.contype = 'f' AND t.relnamespace = 'public'::regnamespace"""
        with postgres.engine.connect() as connection:
            for table, to, columns, there in connection.exec_driver_sql(query):
                self.keys.setdefault(table, []).append((to, list(columns), list(there)))

    def literals(self, table, kind):
        text = " ".join(self.checks.get(table, []))
        if kind == "text":
            return [word.replace("''", "'") for word in re.findall(r"'((?:[^']|'')*)'::", text)]
        return [int(word) for word in re.findall(r"(?<![\w.'])\d+(?![\w.'])", text)] if kind == "bigint" else []

    def order(self):
        """Tables after those that a column which must have a value refers to."""
        left, done = dict(self.columns), []
        while left:
            ready = [table for table, columns in left.items()
                     if not any(to in left and to != table and any(name in names for name, _, needed, _ in columns if needed)
                                for to, names, _ in self.keys.get(table, []))]
            for table in ready or list(left):
                done.append(table)
                del left[table]
        return done

    def values(self, table, column, kind, fixed):
        return [fixed[column]] if column in fixed else [*self.literals(table, kind), *VALUES.get(kind.split("(")[0], [1])]

    def choices(self, table):
        """Columns, and a value for each: first for those that need one alone, then for one or two more that a CHECK may be about."""
        fixed = self.referred(self.postgres, table)
        needed = [(name, kind) for name, kind, needs, _ in self.columns[table] if needs]
        others = [(name, kind) for name, kind, needs, computed in self.columns[table] if not needs and not computed]
        tried = 0
        for count in range(3 if self.checks.get(table) else 1):
            for more in itertools.combinations(others, count):
                columns = [*needed, *more]
                for row in itertools.product(*(self.values(table, name, kind, fixed) for name, kind in columns)):
                    yield [name for name, _ in columns], row
                    tried += 1
                    if tried == TRIES:
                        return

    def referred(self, database, table):
        """What foreign keys have to be: those of the row that is there."""
        fixed = {}
        with database.engine.connect() as connection:
            for to, names, there in self.keys.get(table, []):
                row = connection.execute(plain(f"SELECT {', '.join(map(quoted, there))} FROM {quoted(to)}")).fetchone()
                fixed.update(zip(names, row or []))
        return fixed

    def insert(self, database, table, names, row):
        fixed = self.referred(database, table)
        values = {f"p{i}": fixed.get(name, value) for i, (name, value) in enumerate(zip(names, row))}
        head = plain(f"INSERT INTO {quoted(table)}").text
        into = plain(", ".join(map(quoted, names))).text
        sql = f"{head} ({into}) VALUES ({', '.join(map(':{}'.format, values))})" if names else f"{head} DEFAULT VALUES"
        with database.engine.begin() as connection:
            connection.execute(sa.text(sql), values)

    def everywhere(self, lites):
        """The tables that took one; what is said about the others."""
        took, faults = 0, []
        for table in self.order():
            why = "there is no row to try"
            for names, row in self.choices(table):
                try:
                    self.insert(self.postgres, table, names, row)
                except sa.exc.DBAPIError as error:
                    why = f"Postgres: {error.orig}".splitlines()[0]
                    continue
                try:
                    for lite in lites:
                        self.insert(lite, table, names, row)
                    took, why = took + 1, None
                except sa.exc.DBAPIError as error:
                    why = f"SQLite: {error.orig}".splitlines()[0]
                break
            if why:
                faults.append(f"{table} takes no row: {why}")
        return took, faults


def as_sqlite_has_it(facts):
    """What SQLite is to have, from what Postgres has."""
    views = {fact[1] for fact in facts if fact[0] == "view"}
    expected = {("view", view) for view in views}
    for fact in facts:
        kind, table = fact[:2]
        if kind == "column" and table not in views:
            _, _, column, _, not_null, default, generated, _, _ = fact
            expected |= {("table", table),
                         ("column", table, column, not_null, default is not None and not generated and "nextval(" not in default,
                          generated == "s")}
        elif kind == "index":
            expected.add(("index", fact[2]))
    constraints = {fact[2] for fact in facts if fact[0] == "constraint"}
    return expected - {("index", name) for name in constraints}


def differences(wanted, got, who):
    out = [f"{who} lacks {fact}" for fact in sorted(wanted - got, key=str)]
    return out + [f"{who} has {fact}" for fact in sorted(got - wanted, key=str)]


def count_of(facts, *kinds):
    return sum(fact[0] in kinds for fact in facts)


def faults_of_lite(wanted, lite):
    """Tables, views, columns and indexes by their names; keys by their number, for Postgres tells of them in words."""
    got = lite.facts()
    expected = as_sqlite_has_it(wanted)
    faults = differences(expected, {fact for fact in got if fact[0] in ("table", "view", "column", "index")}, "SQLite")
    for word, kind in (("FOREIGN KEY", "foreign key"), ("UNIQUE", "unique")):
        there = sum(fact[0] == "constraint" and fact[3].startswith(word) for fact in wanted)
        if there != count_of(got, kind):
            faults.append(f"SQLite has {count_of(got, kind)} of {there} {kind}s")
    terms = sum(bool(re.search(" WHERE ", fact[3])) for fact in wanted if fact[0] == "index")
    if terms != sum(fact[0] == "terms" and fact[3] for fact in got):
        faults.append(f"SQLite has not all of {terms} partial indexes")
    return faults


def tried(postgres, wanted, folder, text):
    """Faults, and how many rows were taken."""
    ast.parse(text, feature_version=(3, 9))
    lites = [Lite(folder / f"{name}.db", begins) for name, begins in (("plain", False), ("begun", True))]
    engines = [database.engine for database in (postgres, *lites)]
    migrations = revision(folder / "migrations", text)
    postgres.empty()
    for engine in engines:
        run(engine, migrations, command.upgrade, "head")
    faults = differences(wanted, postgres.facts(), "Postgres") + [fault for lite in lites for fault in faults_of_lite(wanted, lite)]
    took, without = (0, []) if faults else Rows(postgres).everywhere(lites)
    for engine in engines:
        run(engine, migrations, command.downgrade, "base")
    left = [fact for database in (postgres, *lites) for fact in database.facts()]
    for lite in lites:
        lite.engine.dispose()
    return faults + without + [f"{fact} is left after downgrade" for fact in left], took


def wanted_of(postgres, url, ddl):
    postgres.empty()
    postgres.engine.dispose()
    schema_loads.psql(url, "-1", "-f", "-", stdin="SET client_min_messages = error;\n" + ddl)
    return postgres.facts()


MISTAKES = [
    ("nullable=False", "nullable=True"), ("unique=True", "unique=False"), ("sa.func.now()", "sa.text(\"'2020-01-01'\")"),
    ("sa.BigInteger()", "sa.Integer()"), ("ondelete=\"CASCADE\"", "ondelete=\"RESTRICT\""), ("sa.Float(53)", "sa.REAL()"),
    ("timezone=True", "timezone=False"), ("autoincrement=True", "autoincrement=False"), ("postgresql_where=", "mysql_where="),
    ("sqlite_where=", "mysql_where="), (", use_alter=True", ""), ("    op.drop_table(", "    str("), ("persisted=True", "persisted=False"),
    (" DESC\")", "\")"), ("sa.CheckConstraint(\"n BETWEEN 1 AND 5\"),", ""), ("op.execute(\"DROP VIEW", "str(\"DROP VIEW"),
]


def notices_mistakes(postgres, wanted, folder, text, left):
    """Tries those of `left` that the text has room for, and takes them out of it."""
    missed = []
    for number, (right, wrong) in enumerate(list(left)):
        if right not in text:
            continue
        left.remove((right, wrong))
        try:
            faults, _ = tried(postgres, wanted, folder / f"mistake{number}", text.replace(right, wrong, 1))
        except (sa.exc.SQLAlchemyError, NotImplementedError):
            faults = ["it does not run"]
        if not faults:
            missed.append(f"{right} as {wrong} was not noticed")
    return missed


def main():
    program, url, scratch = sys.argv[1:]
    postgres = Postgres(url)
    failed = 0
    totals = {"facts": 0, "rows": 0}
    mistakes = list(MISTAKES)
    for name, folder, sql in schema_loads.SCHEMAS:
        work = schema_loads.pathlib.Path(scratch) / "alembic" / name
        try:
            folder = schema_loads.ROOT / folder
            wanted = wanted_of(postgres, url, schema_loads.schema(program, folder, sql, "sql"))
            text = schema_loads.schema(program, folder, sql, "alembic")
            faults, rows = tried(postgres, wanted, work, text)
            tables = len({fact[1] for fact in wanted if fact[0] == "column"} - {fact[1] for fact in wanted if fact[0] == "view"})
            if not faults and rows != tables:
                faults.append(f"{rows} of {tables} tables took a row")
            if text != schema_loads.schema(program, folder, sql, "alembic"):
                faults.append("the same schema gives another text")
            if not faults:
                faults += notices_mistakes(postgres, wanted, work, text, mistakes)
            totals["facts"] += len(wanted)
            totals["rows"] += rows
            counts = f"{len(wanted)} facts, {rows} rows"
        except (RuntimeError, SyntaxError, sa.exc.SQLAlchemyError) as error:
            faults, counts = [" ".join(str(error).split())[:400]], ""
        print(f"{'FAILED ' if faults else 'ok     '} {name}, by Alembic: {counts}")
        for fault in faults:
            print(f"        {fault}")
        failed += bool(faults)
    for right, _ in mistakes:
        print(f"FAILED  no revision has {right} to make a mistake of")
    failed += len(mistakes)
    print(f"{len(schema_loads.SCHEMAS) - failed} passed, {failed} failed; {totals['facts']} facts and {totals['rows']} rows on both; "
          f"{len(MISTAKES)} mistakes tried")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    sys.exit(main())
