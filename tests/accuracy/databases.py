"""Two empty databases with the tables of a program: SQLite's as the catalog has them, and a Postgres with what `lite2pg schema` writes.

Statements are prepared there, never executed.
"""
import re
import sqlite3

import psycopg2
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

QUIET = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.S)
BIND = re.compile(rf"(?P<quiet>{QUIET.pattern})|(?P<bind>\?\d*|(?<![:\w])[:@$][A-Za-z_]\w*)", re.S)
UNTYPED = {"42P18", "42P08"}  # Postgres wants a type for a parameter; psycopg2 would have put a literal there
PREPARED = re.compile(r"\W*(?:SELECT|INSERT|UPDATE|DELETE|WITH|VALUES)\b", re.I)
THERE_ALREADY = re.compile(r"already exists|duplicate column name|already another table or index|no such index")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def conflict_of(key):
    return f" ON CONFLICT {key['on_conflict']}" if key["on_conflict"] else ""


# -- SQLite --------------------------------------------------------------------------------------


def column_sql(column, is_key):
    words = [quoted(column["name"]), column["declared"] or ""]
    if is_key:
        words.append("PRIMARY KEY" + (" AUTOINCREMENT" if column["autoincrement"] else ""))
    if column["not_null"] and column["in_all_definitions"]:
        words.append("NOT NULL")
    if column["default"]:
        words.append(f"DEFAULT {column['default']}")
    if column["collation"]:
        words.append(f"COLLATE {column['collation']}")
    if column["generated"]:
        words.append(f"GENERATED ALWAYS AS {column['generated']['expression']} {column['generated']['kind'].upper()}")
    return " ".join(words)


def table_sql(table):
    key = table["primary_key"]
    alone = key["columns"][0].lower() if key and len(key["columns"]) == 1 else None
    rows = [column_sql(column, column["rowid"] and column["name"].lower() == alone) for column in table["columns"]]
    is_inline = any(column["rowid"] and column["name"].lower() == alone for column in table["columns"])
    if key and not is_inline:
        rows.append(f"PRIMARY KEY ({', '.join(map(quoted, key['columns']))}){conflict_of(key)}")
    rows += [f"UNIQUE ({', '.join(map(quoted, unique['columns']))}){conflict_of(unique)}" for unique in table["uniques"]]
    rows += [f"CHECK {check['expression']}" for check in table["checks"]]
    for foreign in table["foreign_keys"]:
        to = f" ({', '.join(map(quoted, foreign['to']))})" if foreign["to"] else ""
        delete = f" ON DELETE {foreign['on_delete']}" if foreign["on_delete"] else ""
        rows.append(f"FOREIGN KEY ({', '.join(map(quoted, foreign['columns']))}) REFERENCES {quoted(foreign['table'])}{to}{delete}")
    return f"CREATE TABLE {quoted(table['name'])} ({', '.join(rows)})" + (" WITHOUT ROWID" if table["without_rowid"] else "")


def index_sql(table, index):
    terms = ", ".join((term["expression"] or quoted(term["column"])) + (" DESC" if term["descending"] else "") for term in index["terms"])
    where = f" WHERE {index['where']}" if index["where"] else ""
    return f"CREATE {'UNIQUE ' if index['unique'] else ''}INDEX {quoted(index['name'])} ON {quoted(table['name'])} ({terms}){where}"


def definitions_of(catalog):
    """The catalog (`schema --emit json`) as SQL for SQLite."""
    for table in catalog["tables"]:
        if table["columns"]:
            yield table_sql(table)
            yield from (index_sql(table, index) for index in table["indexes"])
    for kind in ("virtual_tables", "views", "triggers"):
        yield from (one["definition"] for one in catalog[kind] if one["definition"])


class Lite:
    def __init__(self, path):
        self.con = sqlite3.connect(path, isolation_level=None)

    def define(self, statements):
        """Executes them; those it does not take, with the reason."""
        refused = []
        for statement in statements:
            try:
                self.con.execute(statement)
            except sqlite3.Error as error:
                refused.append((statement, str(error)))
        return refused

    def tables(self):
        names = [name for name, in self.con.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")]
        found = {}
        for name in names:
            try:
                found[name] = [row[1] for row in self.con.execute(f"PRAGMA table_info({quoted(name)})")]
            except sqlite3.Error:
                found[name] = []
        return found

    def complaint(self, statement):
        """Why SQLite does not take it; None if it does."""
        values = Anything()
        for _ in range(3):  # named, by place, and as many as it wants
            try:
                self.con.execute("EXPLAIN " + statement, values)
                return None
            except (sqlite3.Error, sqlite3.Warning) as error:
                why = str(error)
                wanted = re.search(r"uses (\d+), and there", why)
                if wanted:
                    values = (None,) * int(wanted[1])
                elif "has no name" in why:
                    values = ()
                else:
                    break
        return why

    def complaint_about_definition(self, statement):
        """The same of DDL, which may have been executed before."""
        why = self.complaint(statement)
        return None if why and THERE_ALREADY.search(why) else why

    def complaint_about_text(self, statement):
        """The same of what SQLAlchemy's text() makes of it."""
        return self.complaint(str(text(statement).compile(dialect=sqlite.dialect(paramstyle="named"))))


class Anything(dict):
    """A value for every parameter, by name or by place."""

    def __missing__(self, key):
        return None


# -- Postgres ------------------------------------------------------------------------------------


def numbered(statement):
    """A statement as it was written, its parameters as Postgres wants them."""
    names = {}

    def number(match):
        if match["quiet"] is not None:
            return match[0]
        name = match["bind"] if match["bind"] != "?" else f"?{len(names) + 1}"
        return f"${names.setdefault(name, len(names) + 1)}"

    return BIND.sub(number, statement)


class Postgres:
    def __init__(self, url):
        self.con = psycopg2.connect(url)
        self.con.autocommit = True

    def run(self, *statements):
        """All of them, undone; the first complaint, as (code, message), or None."""
        with self.con.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                for statement in statements:
                    cursor.execute(statement)
                return None
            except psycopg2.Error as error:
                return error.pgcode, str(error).partition("\n")[0]
            finally:
                cursor.execute("ROLLBACK; DEALLOCATE ALL")

    def clear(self):
        with self.con.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def define(self, statements):
        """Executes them; those it does not take, with the reason."""
        refused = []
        with self.con.cursor() as cursor:
            for statement in statements:
                try:
                    cursor.execute(statement)
                except psycopg2.Error as error:
                    refused.append((statement, str(error).partition("\n")[0]))
        return refused

    def names(self):
        """{table or view: {its columns}}, and the names of indexes."""
        with self.con.cursor() as cursor:
            cursor.execute("""SELECT c.relname, c.relkind, array_agg(a.attname::text) FROM pg_class c LEFT JOIN pg_attribute a
                                  ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'public'::regnamespace GROUP BY 1, 2""")
            rows = cursor.fetchall()
        return {name: set(columns) for name, kind, columns in rows if kind in "rv"}, {name for name, kind, _ in rows if kind == "i"}

    def complaint(self, statement, with_nulls=None):
        """Why Postgres does not prepare it; None if it does. `with_nulls` is the same statement with NULL for every parameter."""
        is_prepared = PREPARED.match(re.sub(r"--[^\n]*|/\*.*?\*/", "", statement, flags=re.S))
        why = self.run("PREPARE lite2pg AS " + statement if is_prepared else statement)
        if why and why[0] in UNTYPED and with_nulls:
            why = self.run("EXPLAIN " + with_nulls)
        return why[1] if why else None

    def complaint_about_text(self, statement):
        """The same of what SQLAlchemy's text() makes of it."""
        one = text(statement)
        dollars = str(one.compile(dialect=postgresql.dialect(paramstyle="numeric_dollar")))
        nulls = str(one.compile(dialect=postgresql.dialect(paramstyle="numeric_dollar")))
        return self.complaint(dollars, re.sub(r"\$\d+", "NULL", nulls))

    def complaint_about_source(self, statement):
        """Of a statement as SQLite has it."""
        return self.complaint(numbered(statement), re.sub(r"\$\d+", "NULL", numbered(statement)))
