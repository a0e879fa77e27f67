#!/usr/bin/env python3
"""Loads what `lite2pg schema` writes into Postgres, and holds it against what SQLite says of the same schema.

    schema_loads.py PROGRAM URL FOLDER

URL is that of a Postgres whose schema `public` may be dropped; FOLDER is for the databases it makes. Each thing that table_xinfo,
index_list, index_xinfo and foreign_key_list tell is a fact: it is in Postgres' catalog, or a finding that names its table and what it
is about reports it. Both are counted. At the end scripts with a mistake in them, of each kind, have to be noticed.
"""

import collections
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
] + [(path.stem, "fixtures/schema", path.name) for path in sorted((ROOT / "fixtures/schema").iterdir())]

COLUMNS = """
    SELECT c.relname, a.attname, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), format_type(a.atttypid, a.atttypmod), a.attgenerated <> ''
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') ORDER BY c.relname, a.attnum"""
INDEXES = """
    SELECT t.relname, i.relname AS index, x.indisunique, x.indisprimary, x.indpred IS NOT NULL AS partial,
           (SELECT coalesce(json_agg(json_build_array(coalesce(a.attname, ''), pg_get_indexdef(x.indexrelid, k.n::int, true),
                                                      (x.indoption[k.n - 1] & 1) = 1) ORDER BY k.n), '[]')
              FROM unnest(x.indkey) WITH ORDINALITY AS k(attnum, n)
              LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum > 0)
      FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
     WHERE t.relnamespace = 'public'::regnamespace"""
FOREIGN_KEYS = """
    SELECT t.relname, r.relname AS referred, k.confdeltype, k.confupdtype,
           (SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY AS c(num, n)
              JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.num) AS columns,
           (SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY AS c(num, n)
              JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = c.num) AS there
      FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
     WHERE k.contype = 'f' AND t.relnamespace = 'public'::regnamespace"""
CHECKS = """
    SELECT t.relname, count(*) FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
     WHERE k.contype = 'c' AND t.relnamespace = 'public'::regnamespace GROUP BY t.relname"""
ACTIONS = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}

# What a column of this affinity may become by its declaration alone; for anything else the catalog has to give evidence.
TYPES = {"integer": {"bigint"}, "real": {"double precision"}, "text": {"text"}, "blob": {"bytea", "text"}, "numeric": {"numeric", "text", "bigint"}}
VOLATILE = re.compile(r"now\(|random|current_|nextval|'now'|julianday|unixepoch", re.I)


def small(name):
    return "".join(c.lower() if c.isascii() else c for c in name)


def folded(name):
    """As Postgres spells it: small, and no longer than 63 bytes."""
    return small(name).encode()[:63].decode(errors="ignore")


def mentions(message, word):
    """Messages stand on one line, whatever the names in them hold."""
    return re.search(rf"(?<!\w){re.escape(' '.join(word.split()))}(?!\w)", message) is not None


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
        self.con = con = sqlite3.connect(database)
        self.tables = {}
        kinds = con.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
                            "ESCAPE '\\'").fetchall()
        virtual = [name for name, _, sql in kinds if sql.upper().startswith("CREATE VIRTUAL")]
        for name, kind, sql in kinds:
            if name in virtual or any(name.startswith(f"{owner}_") for owner in virtual):
                continue
            try:
                columns = con.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)).fetchall()
            except sqlite3.OperationalError:
                columns = []  # a view of what is not there
            indexes = []
            for _, index, unique, origin, partial in con.execute("SELECT * FROM pragma_index_list(?)", (name,)).fetchall():
                terms = con.execute("SELECT name, \"desc\", coll FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno", (index,)).fetchall()
                indexes.append((index, bool(unique), origin, bool(partial), terms))
            keys = {}
            for number, _, target, column, there, on_update, on_delete, _ in con.execute("SELECT * FROM pragma_foreign_key_list(?)", (name,)):
                key = keys.setdefault(number, (target, on_delete, on_update, [], []))
                key[3].append(column)
                key[4].append(there)
            self.tables[name] = (kind, columns, indexes, list(keys.values()))
        self.triggers = [name for name, in con.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        self.virtual = virtual

    def value(self, expression):
        return self.con.execute(f"SELECT {expression}").fetchone()[0]

    def primary_key(self, table):
        columns = next(columns for name, (_, columns, _, _) in self.tables.items() if small(name) == small(table))
        return [column[1] for column in sorted(columns, key=lambda column: column[5]) if column[5]]


class Target:
    """What Postgres has."""

    def __init__(self, url):
        self.url = url
        self.columns = {}
        for table, column, *rest in rows(url, COLUMNS):
            self.columns.setdefault(table, {})[column] = rest
        self.indexes = collections.defaultdict(list)
        for table, *index in rows(url, INDEXES):
            self.indexes[table].append(index)
        self.foreign_keys = collections.defaultdict(list)
        for table, *key in rows(url, FOREIGN_KEYS):
            self.foreign_keys[table].append(key)
        self.checks = dict(rows(url, CHECKS))

    def values(self, expressions):
        """Each by itself, as JSON."""
        if not expressions:
            return []
        return rows(self.url, "SELECT " + ", ".join(f"to_json({text}) AS v{i}" for i, text in enumerate(expressions)))[0]


class Comparison:
    def __init__(self, source, target, catalog):
        self.source, self.target, self.findings = source, target, catalog["findings"]
        self.catalog = {table["name"]: {column["name"]: column for column in table["columns"]} for table in catalog["tables"]}
        self.checks = {table["name"]: table["checks"] for table in catalog["tables"]}
        self.faults = []
        self.counts = collections.defaultdict(lambda: [0, 0])  # kind: there, reported
        self.defaults = []  # to be compared by value

    def fact(self, kind, holds, table, told, what):
        """It holds, or a finding about this table has all of `told` in its message."""
        if holds:
            self.counts[kind][0] += 1
        elif told and any(all(mentions(finding["message"], word) for word in told)
                          and (finding["table"] == table or (not finding["table"] and mentions(finding["message"], table)))
                          for finding in self.findings):
            self.counts[kind][1] += 1
        else:
            self.faults.append(f"{table}: {what}: neither there nor reported")

    @staticmethod
    def is_about(finding, table):
        return (finding["table"] or "") == table

    def called(self, kind, name, table):
        """What Postgres calls it: a finding tells where that is another name."""
        shown = " ".join(name.split())
        pattern = (rf'the name of {kind} "" is empty.* is called (.+) here, and' if not name else
                   rf"{kind} {re.escape(shown)} is called (.+) here: another begins")
        for finding in self.findings:
            found = self.is_about(finding, table) and re.match(pattern, finding["message"])
            if found:
                return small(found.group(1))
        return folded(name)

    def index_names(self, name, table):
        pattern = rf"{re.escape(' '.join(name.split()) or chr(34) * 2)} is called (.+): its own name"
        return [folded(name)] + [small(found.group(1)) for finding in self.findings if self.is_about(finding, table)
                                 for found in [re.match(pattern, finding["message"])] if found]

    def column_names(self, names, table):
        return [self.called("column", name, table) for name in names]

    def type_of(self, table, column, affinity_given, got):
        known = self.catalog[table].get(column)
        if known is None:
            self.faults.append(f"{table}: column {column} is not in the catalog")
            return
        said = known["type"].lower().replace("timestamptz", "timestamp with time zone").replace("unknown", "text")
        self.fact("type", got.split("(")[0] == said, table, [], f"type of {column} is {got}, the catalog has {said}")
        evidence = known["evidence"]["certainty"] != "no" and known["evidence"]["because"]
        self.fact("type", said in TYPES[affinity_given] or evidence, table, [column], f"type of {column} is {got}, without evidence")

    def columns(self, table, columns):
        here = self.target.columns[self.called("table", table, table)]
        names = [self.called("column", column[1], table) for column in columns]
        self.fact("order", [name for name in here if name in names] == [name for name in names if name in here], table, [],
                  "order of the columns")
        for (_, column, declared, not_null, default, pk, hidden), name in zip(columns, names):
            got = here.get(name)
            self.fact("column", got is not None, table, [column], f"column {column}")
            if got is None:
                continue
            is_not_null, expression, kind, generated = got
            self.type_of(table, column, affinity(declared), kind)
            if not pk or not_null:
                self.fact("nullability", is_not_null or not not_null, table, [column], f"NOT NULL of {column}")
            if is_not_null and not not_null and not self.is_rowid(columns, column):
                self.fact("nullability", False, table, [column, "NULL"], f"{column} cannot be NULL any more")
            if hidden in (2, 3):
                self.fact("generated", generated, table, [column], f"{column} is computed")
            elif generated:
                self.faults.append(f"{table}: {column} is computed, in SQLite it is not")
            elif default is not None and small(default) != "null":
                self.fact("default", expression is not None, table, ["DEFAULT", column], f"DEFAULT {default} of {column}")
                if expression is not None and not self.is_rowid(columns, column):
                    self.defaults.append((table, column, default, expression, kind))
            elif expression is not None and not self.is_rowid(columns, column):
                self.faults.append(f"{table}: {column} has a DEFAULT, in SQLite it has none")
        for extra in here.keys() - set(names):
            self.fact("column", any(folded(known) == extra for known in self.catalog[table]), table, [extra], f"column {extra}")
            self.fact("column", False, table, [extra], f"column {extra}, which SQLite has not")

    @staticmethod
    def is_rowid(columns, name):
        return any(column == name and kind.upper() == "INTEGER" and pk for _, column, kind, _, _, pk, _ in columns)

    def default_values(self):
        """Those that are the same each time are the same on both."""
        fixed = [entry for entry in self.defaults if not VOLATILE.search(entry[2] + entry[3])]
        for entry in self.defaults:
            if entry not in fixed:
                self.fact("default's kind", bool(VOLATILE.search(entry[2])) == bool(VOLATILE.search(entry[3])), entry[0], [entry[1]],
                          f"DEFAULT {entry[2]} of {entry[1]} is {entry[3]}")
        for (table, column, default, expression, kind), theirs in zip(fixed, self.target.values([entry[3] for entry in fixed])):
            try:
                ours = self.source.value(default)
            except sqlite3.OperationalError:
                ours = default  # a bare word
            self.fact("default's value", same_value(ours, theirs, kind), table, [column, "DEFAULT"],
                      f"DEFAULT {default} of {column} is {ours!r} in SQLite and {theirs!r} here")

    def indexes(self, table, indexes, columns):
        got = self.target.indexes[self.called("table", table, table)]
        primary = self.column_names([column[1] for column in sorted(columns, key=lambda column: column[5]) if column[5]], table)
        if primary:
            self.fact("primary key", any(is_primary and [term[0] for term in terms] == primary for _, _, is_primary, _, terms in got),
                      table, ["PRIMARY KEY"], f"primary key {primary}")
        for index, unique, origin, partial, terms in indexes:
            names = self.index_names(index, table)
            match = [one for one in got if one[1] == unique and one[3] == partial and (origin != "c" or one[0] in names)
                     and self.same_terms(table, one[4], terms, origin)]
            if origin != "pk":
                self.fact("index", bool(match), table, [index, "left out"] if origin == "c" else ["UNIQUE", "left out"],
                          f"index {index} over {terms}")
            if origin != "c" and match and any(desc for _, desc, _ in terms):
                self.fact("direction", False, table, ["PRIMARY KEY" if origin == "pk" else "UNIQUE", "DESC"], f"DESC of {index}")
            for name, _, collation in terms if match else []:
                if collation.upper() != "BINARY":
                    self.collation(table, index, (unique, partial, terms), name, got)

    def collation(self, table, index, shape, name, got):
        """It is reported, and where an index over lower() is said to stand in, there is one."""
        unique, partial, terms = shape
        key = f"the key ({', '.join(term[0] or '' for term in terms)})"
        claimed = any(self.is_about(finding, table) and finding["message"].startswith((f"{key} ignores case: an index over lower() ",
                                                                                       f"index {index} ignores case: an index over lower() "))
                      for finding in self.findings)
        called = self.called("column", name, table) if name else ""
        if claimed:
            lowered = any(one[1] == unique and one[3] == partial and len(one[4]) == len(terms)
                          and any("lower(" in term[1] and called in term[1] for term in one[4]) for one in got)
            text = not name or self.catalog[table].get(name, {}).get("type") == "TEXT"
            self.fact("collation", lowered, table, [index, "COLLATE", "left out"] if text else [name, "COLLATE"],
                      f"an index that stands in for {index}")
        else:
            self.fact("collation", False, table, [name or index, "COLLATE"], f"index {index} has a collation")

    def same_terms(self, table, got, wanted, origin):
        if len(got) != len(wanted):
            return False
        for (column, text, descending), (name, desc, collation) in zip(got, wanted):
            if origin == "c" and descending != bool(desc):
                return False
            if name is None:
                if column:
                    return False
            elif column != self.called("column", name, table) and not (
                    collation.upper() == "NOCASE" and self.called("column", name, table) in text):
                return False
        return True

    def foreign_keys(self, table, keys):
        got = self.target.foreign_keys[self.called("table", table, table)]
        for target, on_delete, on_update, names, there in keys:
            if there[0] is None and any(small(name) == small(target) for name in self.source.tables):
                there = self.source.primary_key(target)
            of = next((name for name in self.source.tables if small(name) == small(target)), target)
            wanted = [self.called("table", of, of), ACTIONS[on_delete], ACTIONS[on_update], self.column_names(names, table),
                      [self.called("column", name or "", of) for name in there]]
            self.fact("foreign key", wanted in got, table, ["foreign key", target, *names], f"foreign key {wanted}")

    def check_constraints(self, table):
        """SQLite has no PRAGMA for them; the catalog read them."""
        there = self.target.checks.get(self.called("table", table, table), 0)
        checks = self.checks.get(table, [])
        reported = [check for check in checks if any(
            self.is_about(finding, table) and finding["message"].startswith(f"CHECK {shown(check['expression'])} is left out: ")
            for finding in self.findings)]
        self.counts["check"][0] += there
        self.counts["check"][1] += len(reported)
        if there + len(reported) < len(checks):
            self.faults.append(f"{table}: {len(checks)} checks, {there} there and {len(reported)} reported")

    def run(self):
        for table, (kind, columns, indexes, keys) in self.source.tables.items():
            there = self.called("table" if kind == "table" else "view", table, table) in self.target.columns
            self.fact(kind, there, table, [table, "left out"], kind)
            if not there:
                continue
            if kind == "view":
                here = self.target.columns[self.called("view", table, table)]
                for column in columns:
                    self.fact("column", folded(column[1]) in here, table, [column[1]], f"column {column[1]}")
                continue
            self.columns(table, columns)
            self.indexes(table, indexes, columns)
            self.foreign_keys(table, keys)
            self.check_constraints(table)
        for name in [*self.source.triggers, *self.source.virtual]:
            told = any(mentions(finding["message"], name) and "left out" in finding["message"] for finding in self.findings)
            self.counts["trigger or virtual table"][1] += told
            if not told:
                self.faults.append(f"{name}: not reported")
        self.default_values()
        return self.faults


def shown(expression):
    """As a finding has it."""
    line = " ".join(expression.split()).encode()
    return line.decode() if len(line) <= 120 else line[:120].decode(errors="ignore") + "…"


def affinity(declared):
    """SQLite's rules (datatype3.html, 3.1)."""
    word = declared.upper()
    if "INT" in word:
        return "integer"
    if any(part in word for part in ("CHAR", "CLOB", "TEXT")):
        return "text"
    if not word or "BLOB" in word:
        return "blob"
    return "real" if any(part in word for part in ("REAL", "FLOA", "DOUB")) else "numeric"


def same_value(ours, theirs, kind):
    if ours is None or theirs is None:
        return ours is theirs
    if kind == "boolean":
        return theirs == (str(ours).lower() in ("1", "true"))
    if kind in ("bigint", "double precision") or kind.startswith("numeric"):
        return float(ours) == float(theirs)
    if kind == "jsonb":
        return json.loads(str(ours)) == theirs
    if kind == "bytea":
        return theirs == "\\x" + (ours if isinstance(ours, bytes) else str(ours).encode()).hex()
    if kind.startswith("timestamp"):
        return str(ours).replace("T", " ")[:10] == theirs.replace("T", " ")[:10]
    return str(ours) == theirs


def schema(program, folder, name, emit):
    done = subprocess.run([program, "schema", name, "--emit", emit], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise RuntimeError(f"schema has exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def load(url, ddl):
    psql(url, "-c", "SET client_min_messages = error", "-c", "DROP SCHEMA public CASCADE", "-c", "CREATE SCHEMA public")
    psql(url, "-1", "-f", "-", stdin="SET client_min_messages = error;\n" + ddl)


def compared(url, ddl, catalog, source):
    load(url, ddl)
    told = sum(line.startswith("-- lite2pg: ") for line in ddl.splitlines())
    comparison = Comparison(source, Target(url), catalog)
    if told < len(catalog["findings"]):
        comparison.faults.append(f"{len(catalog['findings'])} findings, {told} of them in the script")
    comparison.run()
    return comparison


# A script with one of these changed says something else; each has to be noticed in some schema.
MISTAKES = [
    (" NOT NULL", ""), (" UNIQUE", ""), (" PRIMARY KEY", ""), ("CREATE UNIQUE INDEX", "CREATE INDEX"), (" DESC", ""), (" WHERE ", " -- "),
    (" ON DELETE CASCADE", ""), (" ON DELETE CASCADE", " ON UPDATE CASCADE"), ("DEFAULT false", "DEFAULT true"), (" DEFAULT now()", ""),
    (" DEFAULT now()", " DEFAULT '2020-01-01'"), ("DEFAULT 0", "DEFAULT 00 + 1"), ("BIGINT", "INTEGER"), ("DOUBLE PRECISION", "REAL"),
    ("TIMESTAMPTZ", "TIMESTAMP"), ("JSONB", "TEXT"), (" CHECK (", " CHECK (true) -- ("), ("_nocase ON accounts (lower(", "_nocase ON accounts (upper("), ("CREATE VIEW", "-- CREATE VIEW"),
    (" STORED", " STORED --"), ("CREATE INDEX", "-- CREATE INDEX"), ("DEFAULT '", "DEFAULT 'x"),
]


def notices_mistakes(url, ddl, catalog, source, left):
    missed = []
    for right, wrong in list(left):
        lines = ddl.splitlines()
        at = next((i for i, line in enumerate(lines) if right in line and not line.startswith("-- ")), None)
        if at is None:
            continue
        left.remove((right, wrong))
        lines[at] = lines[at].replace(right, wrong, 1)
        try:
            faults = compared(url, "\n".join(lines) + "\n", catalog, source).faults
        except (RuntimeError, ValueError):
            faults = ["it does not load"]
        if not faults:
            missed.append(f"{right!r} as {wrong!r} was not noticed")
    return missed


def main():
    program, url, scratch = sys.argv[1:]
    failed = 0
    mistakes = list(MISTAKES)
    totals = collections.defaultdict(lambda: [0, 0])
    for name, folder, sql in SCHEMAS:
        database = os.path.join(scratch, f"{name}.db")
        con = sqlite3.connect(database)
        con.executescript(sql_of(folder, sql))
        con.close()
        source = Source(database)
        for kind, path in (("SQL", sql), ("database", database)):
            counts = {}
            try:
                ddl, catalog = schema(program, ROOT / folder, path, "sql"), json.loads(schema(program, ROOT / folder, path, "json"))
                comparison = compared(url, ddl, catalog, source)
                faults, counts = comparison.faults, comparison.counts
                if not counts["column"][0] or sum(there for there, _ in counts.values()) < len(source.tables):
                    faults.append("hardly anything was compared")
                if not faults and kind == "SQL":
                    faults += notices_mistakes(url, ddl, catalog, source, mistakes)
            except RuntimeError as error:
                faults = [str(error)]
            for what, (there, reported) in counts.items():
                totals[what][0] += there
                totals[what][1] += reported
            there, reported = (sum(pair[i] for pair in counts.values()) for i in (0, 1))
            print(f"{'FAILED ' if faults else 'ok     '} {name}, from its {kind}: {there} facts there, {reported} reported")
            for fault in faults:
                print(f"        {fault}")
            failed += bool(faults)
    for right, wrong in mistakes:
        print(f"FAILED  no script has {right!r} to make a mistake of")
    failed += len(mistakes)
    print("; ".join(f"{what} {there}+{reported}" for what, (there, reported) in sorted(totals.items())))
    print(f"{2 * len(SCHEMAS)} runs, {failed} failed; {sum(there for there, _ in totals.values())} facts there, "
          f"{sum(reported for _, reported in totals.values())} reported, 0 lost" if not failed else f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
