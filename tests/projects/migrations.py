#!/usr/bin/env python3
"""Holds what `lite2pg schema` reads off revisions of Alembic against what Alembic makes of them.

    migrations.py PROGRAM URL FOLDER

URL is that of a Postgres whose schema `public` may be dropped; FOLDER is for databases and revisions. The histories are those of
fixtures/alembic and of the example projects, and a revision that `schema --emit alembic` writes for each schema of schema_loads.py.
Each is upgraded to its head on an empty SQLite and an empty Postgres. The catalog read from the revisions is that of the SQLite file:
columns, types, defaults, keys, checks, indexes; and each column is on Postgres what it says. What is written for a schema is read back
with the types that were written. At the end a revision with a mistake in it, of each kind, has to be noticed.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys

from alembic import command

import schema_alembic
import schema_loads

ROOT = schema_loads.ROOT
# Where they run: before the port there is no Postgres for them, and JSONB is none of SQLite's.
PROJECTS = [("notes/before/alembic", "sqlite"), ("notes/after/alembic", "both"), ("raptor/after/backend_v2/alembic", "postgres")]

TYPES = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), t.typtype, a.attnotnull
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"""

# As Postgres spells what is written otherwise.
SPELLED = {"varchar": "character varying", "float": "double precision", "decimal": "numeric", "char": "character", "bool": "boolean",
           "int": "integer", "timestamp": "timestamp without time zone", "time": "time without time zone", "bigserial": "bigint",
           "serial": "integer", "timestamptz": "timestamp with time zone"}


def catalog(program, *paths):
    done = subprocess.run([program, "schema", *paths, "--emit", "json"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def words(text):
    """An expression without its layout, outer parentheses and quotes of names."""
    if text is None:
        return None
    text = re.sub(r'"(\w+)"', r"\1", re.sub(r"\s+", " ", text).strip())
    text = re.sub(r"\( ", "(", re.sub(r" \)", ")", text))
    while text.startswith("(") and text.endswith(")") and closes_at_end(text):
        text = text[1:-1].strip()
    return text


def closes_at_end(text):
    depth = 0
    for at, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0:
            return at == len(text) - 1
    return False


def expression(of):
    return words(of["text"] if isinstance(of, dict) else of)


def facts_of(document):
    """What a catalog says of its tables, in no order."""
    out = set()
    for table in document["tables"]:
        name = table["name"]
        out.add(("table", name, table["without_rowid"], table["strict"]))
        for column in table["columns"]:
            kind = " ".join((column["declared"] or "").upper().split())
            generated = column["generated"] and (column["generated"]["kind"], expression(column["generated"]["expression"]))
            out.add(("column", name, column["name"], kind, column["not_null"], expression(column["default"]), column["primary_key"],
                     column["rowid"], column["autoincrement"], column["collation"], generated))
        for key in table["uniques"]:
            out.add(("unique", name, *sorted(key["columns"])))
        for check in table["checks"]:
            out.add(("check", name, check["name"], expression(check["expression"])))
        for key in table["foreign_keys"]:
            to = tuple(key["to"]) if key["to"] else None
            out.add(("foreign key", name, tuple(key["columns"]), key["table"], to, key["on_delete"], key["on_update"], key["deferrable"],
                     key["initially_deferred"]))
        for index in table["indexes"]:
            terms = tuple((words(term["expression"] or term["column"]), term["descending"]) for term in index["terms"])
            out.add(("index", name, index["name"], index["unique"], terms, expression(index["where"])))
    out |= {("view", view["name"]) for view in document["views"]}
    return {fact for fact in out if fact[1] != "alembic_version"}


def spelled(kind):
    """A type as format_type() writes it."""
    word, inside, rest = re.fullmatch(r"([a-z ]*[a-z])\s*(\([^)]*\))?(.*)", kind.lower()).groups()
    inside = (inside or "").replace(" ", "")
    if word == "float" and inside:
        return "real" if int(inside[1:-1]) < 25 else "double precision"
    if word in ("numeric", "decimal") and inside and "," not in inside:
        inside = inside[:-1] + ",0)"
    return SPELLED.get(word, word) + ("" if word == "text" else inside) + rest


def faults_of_types(document, postgres):
    """Where a column is not on Postgres what is said of it."""
    out = []
    with postgres.engine.connect() as connection:
        there = {(table, column): rest for table, column, *rest in connection.exec_driver_sql(TYPES) if table != "alembic_version"}
    said = {(table["name"], column["name"]): column for table in document["tables"] for column in table["columns"]}
    for key, (kind, sort, not_null) in there.items():
        column = said.pop(key, None)
        if not column:
            out.append(f"Postgres has {key}")
            continue
        wanted = column["migrated_as"]
        if sort == "e":
            right = wanted == "ENUM"
        elif kind.endswith("[]"):
            right = wanted == "ARRAY"
        else:
            right = wanted is not None and spelled(wanted) == kind
        if not right:
            out.append(f"{key} is {kind} on Postgres, and said to be {wanted}")
        if column["not_null"] and not not_null:
            out.append(f"{key} may be NULL on Postgres")
    return out + [f"Postgres lacks {key}" for key in said if key[0] != "alembic_version"]


def upgraded(postgres, work, versions, where):
    """The databases at the head; the SQLite file."""
    work.mkdir(parents=True)
    (work / "env.py").write_text(schema_alembic.ENVIRONMENT)
    shutil.copytree(versions, work / "versions")
    file = work.parent / (work.name + ".db")
    lite = schema_alembic.Lite(file, False)
    postgres.empty()
    for name, engine in (("sqlite", lite.engine), ("postgres", postgres.engine)):
        if where in (name, "both"):
            schema_alembic.run(engine, work, command.upgrade, "head")
    lite.engine.dispose()
    return file


def tried(program, postgres, work, versions, where):
    """Faults of one history, and how many facts there were."""
    file = upgraded(postgres, work, versions, where)
    read = catalog(program, str(work))
    got, faults = facts_of(read), []
    if where != "postgres":
        wanted = facts_of(catalog(program, str(file)))
        faults = [f"the revisions lack {fact}" for fact in sorted(wanted - got, key=str)]
        faults += [f"the revisions have {fact}" for fact in sorted(got - wanted, key=str)]
    return faults + (faults_of_types(read, postgres) if where != "sqlite" else []), len(got)


def same_types(program, written, emitted):
    """A schema that was written as a revision: the same tables with the same types come back."""
    def of(document):
        return {(schema_loads.folded(table["name"]), schema_loads.folded(column["name"])): column["type"].replace("unknown", "TEXT")
                for table in document["tables"] for column in table["columns"]}

    before, after = of(written), of(catalog(program, emitted))
    return [f"{key} is {after.get(key)}, and was {kind}" for key, kind in before.items() if key in after and after[key] != kind]


MISTAKES = [
    ("types", "sa.Numeric(10, 2)", "sa.Numeric(10, 3)"), ("types", "sa.LargeBinary()", "sa.Text()"),
    ("types", "timezone=True), server_default=sa.text", "timezone=False), server_default=sa.text"),
    ("types", "index=True, unique=True", "unique=True"),
    ("operations", "ondelete=\"CASCADE\"), primary", "ondelete=\"SET NULL\"), primary"), ("operations", "deferrable=True", "deferrable=False"),
    ("operations", "nullable=False, server_default=\"1\"", "nullable=True, server_default=\"1\""), ("operations", "op.drop_table(\"gone\")", "pass"),
    ("operations", "level DESC", "level"), ("operations", "level > 1", "level > 2"), ("control", "default=True", "default=False"),
    ("control", "name != \"beta\"", "name != \"alpha\""), ("branches", "\"west\"", "\"east\""), ("statements", "bigint", "integer"),
    ("statements", "TO breadth", "TO broad"),
]


def notices(program, postgres, scratch, number, mistake):
    """A mistake in what is read must show against what was made of the right one."""
    case, right, wrong = mistake
    work, other = scratch / f"mistake{number}", scratch / f"mistaken{number}"
    shutil.copytree(ROOT / "fixtures/alembic" / case / "versions", other / "versions")
    changed = 0
    for path in (other / "versions").glob("*.py"):
        text = path.read_text()
        changed += right in text
        path.write_text(text.replace(right, wrong, 1))
    if not changed:
        return f"nothing in {case} is {right}"

    file = upgraded(postgres, work, ROOT / "fixtures/alembic" / case / "versions", "both")
    read = catalog(program, str(other))
    if facts_of(read) == facts_of(catalog(program, str(file))) and not faults_of_types(read, postgres):
        return f"{case}: {right} as {wrong} was not noticed"
    return None


def main():
    program, url, scratch = sys.argv[1:]
    scratch = schema_loads.pathlib.Path(scratch) / "migrations"
    postgres = schema_alembic.Postgres(url)
    failed = total = 0
    cases = [(path.name, path / "versions", "both", None) for path in sorted((ROOT / "fixtures/alembic").iterdir()) if path.is_dir()]
    cases += [(" ".join(path.split("/")[:2]), ROOT / "fixtures/projects" / path / "versions", where, None) for path, where in PROJECTS]
    for name, folder, sql in schema_loads.SCHEMAS:
        folder = ROOT / folder
        text = schema_loads.schema(program, folder, sql, "alembic")
        versions = scratch / "written" / name / "versions"
        versions.mkdir(parents=True)
        (versions / "0001_baseline.py").write_text(text, encoding="utf-8")
        cases.append((f"written for {name}", versions, "both", json.loads(schema_loads.schema(program, folder, sql, "json"))))
    for name, versions, where, written in cases:
        try:
            faults, count = tried(program, postgres, scratch / name.replace(" ", "_"), versions, where)
            if written:
                faults += same_types(program, written, str(versions))
            total += count
        except (RuntimeError, SyntaxError, schema_alembic.sa.exc.SQLAlchemyError, sqlite3.Error) as error:
            faults, count = [" ".join(str(error).split())[:400]], 0
        print(f"{'FAILED ' if faults else 'ok     '} {name}, read from its revisions: {count} facts")
        for fault in faults:
            print(f"        {fault}")
        failed += bool(faults)
    missed = [said for number, mistake in enumerate(MISTAKES) if (said := notices(program, postgres, scratch, number, mistake))]
    for said in missed:
        print(f"FAILED  {said}")
    failed += len(missed)
    print(f"{len(cases)} histories, {failed} failed; {total} facts; {len(MISTAKES)} mistakes tried")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    sys.exit(main())
