"""The probes, asked of Postgres:   probes.py LITE2PG POSTGRES_URL [--list [--all]] [--table]

Each statement of fixtures/probes runs on sqlite3 as it was written; then on Postgres, over the same rows, as it was
written, as `lite2pg sql` writes it and as sqlglot does. The tables of Postgres are those that `lite2pg schema` makes of
fixtures/probes/schema.sql, for all three.

A statement is *accepted* when Postgres runs it. It is *silently different* when it is accepted and gives other rows, other
names of columns or other tables than sqlite3, and nobody said so: lite2pg says so by its verdict, the others have no way to.
For lite2pg, types must be the same too where its verdict is `same`, and what it writes must do the same on SQLite. *Broken*
is what Postgres took before and takes no more.

The exit status is 1 when a bar is missed: refused at most 15 % of all, nothing broken, nothing silently different, and what
Postgres does not take was said to be so (a text that may be no number). --list names each statement that is not accepted or
differs, with --all those of the others too; --table has the second table of docs/accuracy.md as well.
"""

import json
import logging
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import sqlglot
from psycopg2.extensions import adapt
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "translate"))

from both import MAY_STOP, Outcome, loosely, postgres_engine, rows_alike, run_source, sqlite_engine, strictly, table_names  # noqa: E402

PROBES = ROOT / "fixtures" / "probes"
REFUSED_AT_MOST = 0.15
logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it says on standard error what the figures tell

# Quoted text, quoted names and comments, or a placeholder in any of the spellings that come out.
LEXEMES = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\] | --[^\n]* | /\*.*?\*/
        | (?P<sign>\?(?P<number>\d*) | %\((?P<percent>\w+)\)s | (?<![:\w]):(?P<colon>[A-Za-z_]\w*) | \$(?P<dollar>\d+))""",
    re.X | re.S)


class Probe:
    def __init__(self, heading, statement, args):
        self.heading, self.statement, self.args = heading, statement, args
        self.writes = not re.match(r"\s*(SELECT|VALUES|WITH|PRAGMA)\b", statement, re.I)
        outside = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", statement))
        self.ordered = re.search(r"\bORDER BY\b(?! RANDOM)", outside, re.I) is not None


def probes():
    heading = ""
    for line in (PROBES / "statements.sql").read_text().splitlines():
        if line.startswith("-- # "):
            heading = line[5:]
        elif line and not line.startswith("--"):
            statement, _, args = line.partition(" -- args: ")
            yield Probe(heading, statement, json.loads(args) if args else None)


# -- texts -----------------------------------------------------------------------------------------------------


def filled(statement, args):
    """The text with its values in it, as psycopg2 would put them there."""
    taken = 0

    def value(match):
        nonlocal taken
        if not match["sign"]:
            return match[0]
        name = match["percent"] or match["colon"]
        number = match["number"] or match["dollar"]
        if name and isinstance(args, dict):
            return adapt(args[name]).getquoted().decode()
        taken = int(number) if number else taken + 1
        return adapt(args[taken - 1]).getquoted().decode()

    return LEXEMES.sub(value, statement) if args else statement


def of_lite2pg(program, chosen):
    given = "".join(json.dumps({"id": i, "sql": probe.statement, "schema": "fixtures/probes/schema.sql"}) + "\n"
                    for i, probe in enumerate(chosen))
    done = subprocess.run([program, "sql", "--jsonl"], input=given, capture_output=True, text=True, check=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def of_sqlglot(statement):
    """What sqlglot writes; None when it does not read the statement."""
    try:
        return sqlglot.transpile(statement, read="sqlite", write="postgres", unsupported_level=sqlglot.ErrorLevel.RAISE)[0]
    except sqlglot.errors.SqlglotError:
        return None


def named(found, args):
    """The values by the names that lite2pg gave them."""
    if isinstance(args, dict):
        return args
    return {name: value for name, value in zip(found["params"], args or ()) if name}


# -- running ---------------------------------------------------------------------------------------------------


def run(engine, work, tables, serials):
    """An Outcome; `work` is given the connection and gives a result."""
    out = Outcome()
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            for table, column in serials:
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'),"
                                           f" COALESCE(MAX({column}), 0) + 1, false) FROM {table}")
        try:
            result = work(connection)
            if result.returns_rows:
                out.keys, out.rows = list(result.keys()), [tuple(row) for row in result.fetchall()]
            else:
                out.count = result.rowcount
            out.tables = [connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall() for table in tables]
        except (DBAPIError, SQLAlchemyError) as error:
            out.error = getattr(error, "orig", error)
        connection.rollback()
    return out


def run_alone(statement):
    """What SQLite takes outside of a transaction only."""
    out = Outcome()
    connection = sqlite3.connect(":memory:", isolation_level=None)
    cursor = connection.execute(statement)
    if cursor.description:
        out.keys, out.rows = [column[0] for column in cursor.description], cursor.fetchall()
    connection.close()
    return out


def as_it_stands(statement):
    return lambda connection: connection.exec_driver_sql(statement.replace("%", "%%"))


def keys_alike(ours, theirs):
    """Names of columns and aliases; what is called after an expression is called otherwise everywhere."""
    return all(a == b or not re.fullmatch(r"[A-Za-z_][\w -]*", a) for a, b in zip(ours, theirs))


def of_the_moment(value):
    """What is calculated with the clock is not the same twice: to about ten seconds."""
    return round(value, 4) if isinstance(value, float) else value


def difference(probe, source, target, judged):
    """What the target does otherwise; empty when nothing."""
    how = (lambda value: judged(of_the_moment(value))) if "'now'" in probe.statement else judged
    if (source.rows is None) != (target.rows is None):
        return "rows on one side only"
    if source.rows is not None:
        if not rows_alike(source.rows, target.rows, how, probe.ordered):
            return f"rows {target.rows} for {source.rows}"
        if not keys_alike(source.keys, target.keys):
            return f"keys {target.keys} for {source.keys}"
    elif probe.writes and -1 not in (source.count, target.count) and source.count != target.count:
        return f"rowcount {target.count} for {source.count}"
    for a, b in zip(source.tables, target.tables):
        if not rows_alike(a, b, loosely, False):
            return f"left behind {b} for {a}"
    return ""


class Databases:
    def __init__(self, program, url):
        schema, data = (PROBES / "schema.sql").read_text(), (PROBES / "data.sql").read_text()
        self.source, self.lite = sqlite3.connect(":memory:", isolation_level=None), sqlite_engine()
        self.source.execute("PRAGMA foreign_keys = ON")
        self.source.executescript(schema + data)
        with self.lite.connect() as connection:
            connection.connection.dbapi_connection.executescript(schema + data)
        self.tables = [name for name in table_names(schema)]
        ddl = subprocess.run([program, "schema", "--emit", "sql", str(PROBES / "schema.sql")], capture_output=True, text=True,
                             check=True).stdout
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE SCHEMA probes")
        admin.dispose()
        self.postgres = postgres_engine(url, "probes")
        with self.postgres.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(ddl)
            cursor.execute(data)
            cursor.execute("SELECT quote_ident(table_name), quote_ident(column_name) FROM information_schema.columns"
                           " WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'")
            self.serials = cursor.fetchall()
            connection.connection.commit()
        # `user` is a function of Postgres: its tables are asked for by quoted names there.
        self.quoted = [f'"{name.lower()}"' if name.isidentifier() else name for name in self.tables]

    def on_sqlite(self, probe):
        if re.match(r"PRAGMA|VACUUM|ATTACH", probe.statement):
            return run_alone(probe.statement)
        return run_source(self.source, probe.statement, probe.args, self.quoted if probe.writes else [])

    def on_postgres(self, probe, work):
        return run(self.postgres, work, self.quoted if probe.writes else [], self.serials if probe.writes else [])

    def on_both(self, probe, work):
        return self.on_postgres(probe, work), run(self.lite, work, self.quoted if probe.writes else [], [])


# -- judging ---------------------------------------------------------------------------------------------------


class Side:
    """What became of the probes in one way of taking them to Postgres."""

    def __init__(self, name):
        self.name, self.counts, self.ids, self.list = name, Counter(), Counter(), []
        self.right = Counter()  # by heading: accepted, and the same or said to differ

    def add(self, probe, kind, said=""):
        self.counts[kind] += 1
        self.right[probe.heading] += kind in ("accepted", "told")
        if kind != "accepted":
            self.list.append((kind, probe.statement, said))

    def add_outcome(self, probe, source, outcome, taken_before):
        if outcome.error:
            self.counts["broken"] += taken_before
            self.add(probe, "invalid", str(outcome.error).split("\n")[0])
            return
        self.counts["taken"] += 1
        said = difference(probe, source, outcome, loosely)
        self.add(probe, "silent" if said else "accepted", said)


def judge_ours(side, databases, probe, source, found, taken_before):
    if found["target"] == "none":
        ids = sorted({finding["code"] for finding in found["findings"] if finding["severity"] == "error"})
        side.ids.update(ids)
        side.counts["refused though taken"] += taken_before
        side.add(probe, "refused", " ".join(ids))
        return
    values = named(found, probe.args)
    postgres, lite = databases.on_both(probe, lambda connection: connection.execute(text(found["sql"]), values))
    if postgres.error or (lite.error and found["target"] == "both"):
        side.counts["broken"] += taken_before and postgres.error is not None
        features = {finding["feature"] for finding in found["findings"] if finding["severity"] == "warning"}
        side.add(probe, "stopped" if postgres.error and features & MAY_STOP else "invalid", f"{found['sql']}\n{postgres.error or lite.error}")
        return
    side.counts["taken"] += 1
    same = found["verdict"] == "same"
    said = difference(probe, source, postgres, strictly if same else loosely)
    if found["target"] == "both":
        said = said or difference(probe, source, lite, strictly if same else loosely)
    if said and same:
        side.add(probe, "silent", f"{found['sql']}\n{said}")
    else:
        side.counts["differs, said"] += not same
        side.add(probe, "told" if said else "accepted", f"{found['sql']}\n{said}")


def judge(program, url):
    chosen, databases = list(probes()), Databases(program, url)
    raw, ours, theirs = Side("as written"), Side("lite2pg"), Side("sqlglot")
    for probe, found in zip(chosen, of_lite2pg(program, chosen), strict=True):
        source = databases.on_sqlite(probe)
        if source.error:
            sys.exit(f"sqlite3 does not take {probe.statement}: {source.error}")
        before = databases.on_postgres(probe, as_it_stands(filled(probe.statement, probe.args)))
        taken_before = before.error is None
        raw.add_outcome(probe, source, before, False)
        judge_ours(ours, databases, probe, source, found, taken_before)
        statement = of_sqlglot(probe.statement)
        if statement is None:
            theirs.counts["refused though taken"] += taken_before
            theirs.add(probe, "refused")
        else:
            theirs.add_outcome(probe, source, databases.on_postgres(probe, as_it_stands(filled(statement, probe.args))),
                               taken_before)
    return chosen, raw, ours, theirs


def table(count, sides):
    rows = [("accepted by Postgres", "taken"), ("broken: taken before, not after", "broken"),
            ("written, and not accepted", "invalid"), ("not accepted, as it was said to happen", "stopped"),
            ("silently different", "silent"), ("accepted, and said to differ", "differs, said"), ("refused", "refused"),
            ("refused though taken as written", "refused though taken")]
    print(f"| of {count} probes | " + " | ".join(side.name for side in sides) + " |")
    print("| --- |" + " --: |" * len(sides))
    for title, key in rows:
        print(f"| {title} | " + " | ".join(str(side.counts[key]) for side in sides) + " |")


def table_by_heading(chosen, sides):
    print("| right answers by what is hard | probes | " + " | ".join(side.name for side in sides) + " |")
    print("| --- | --: |" + " --: |" * len(sides))
    for heading, count in Counter(probe.heading for probe in chosen).items():
        print(f"| {heading} | {count} | " + " | ".join(str(side.right[heading]) for side in sides) + " |")
    print(f"| all | {len(chosen)} | " + " | ".join(str(sum(side.right.values())) for side in sides) + " |")


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: probes.py LITE2PG POSTGRES_URL [--list [--all]] [--table]")
    chosen, *sides = judge(sys.argv[1], sys.argv[2])
    _, ours, _ = sides
    sides[0].name, sides[2].name = "as written", f"sqlglot {sqlglot.__version__}"
    if "--list" in sys.argv:
        for side in sides if "--all" in sys.argv else [ours]:
            for kind, statement, said in sorted(side.list):
                print(f"{side.name} {kind}: {statement}\n    " + said.replace("\n", "\n    "))
    table(len(chosen), sides)
    if "--table" in sys.argv:
        print()
        table_by_heading(chosen, sides)
        print()
    print("refused by lite2pg for " + ", ".join(f"{code} {count}" for code, count in sorted(ours.ids.items())))
    missed = ours.counts["refused"] > REFUSED_AT_MOST * len(chosen) or any(
        ours.counts[key] for key in ("broken", "invalid", "silent"))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
