"""Translated statements, executed:   both.py TRANSLATE_LINES POSTGRES_URL [-v]

Each statement runs as it was written on sqlite3, and as the translator writes it through SQLAlchemy's
text() on SQLite and on Postgres, over the same rows. What the translator calls the same must do the
same: rows (in order where it says that they are ordered), their types, rowcount, and what is in the
tables afterwards. What it calls different must run, and must give the same rows too where all that
differs is the type Python reads or the order. The keys and types it foretells are held against
those that come.

Statements come from fixtures/sqltest: the cases, and executed/statements.sql, one on a line, with
its arguments as JSON behind ` -- args: `. Each is undone before the next.
"""

import datetime
import decimal
import json
import math
import re
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from sqlalchemy import bindparam, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from sqltest import blocks_of

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "sqltest"

# What a statement may still differ in and nevertheless give the same rows of these tables.
HARMLESS = {"result-type", "result-number", "unordered", "order-ties", "json-change", "row-of-extreme", "empty-text"}

# What the translator warns of as an error that may come.
MAY_STOP = {"insert-or-ignore-null", "replace-null", "upsert-twice", "scalar-subquery", "cast-text", "unknown-type", "time-text", "json-text", "json-number"}

# What Postgres' own type codes may be, for each type the translator foretells.
OIDS = {
    "BIGINT": {20, 23, 21}, "DOUBLE PRECISION": {701}, "BOOLEAN": {16}, "TEXT": {25, 1043, 705},
    "TIMESTAMPTZ": {1184}, "DATE": {1082}, "JSONB": {3802}, "BYTEA": {17}, "UUID": {2950}, "NUMERIC": {1700},
}


# -- reading the fixtures ------------------------------------------------------------------------


class Group:
    """Statements over one schema."""

    def __init__(self, name, schema, postgres, data):
        self.name, self.schema, self.postgres, self.data = name, schema, postgres, data
        self.statements = []  # (text, args or None, options)


def groups_of_cases(path):
    groups, held, case = [], {}, {}

    def close_case():
        if "in" in case and case.get("verdict") in ("same", "differs") and "\\h" not in case["in"]:
            args = json.loads(case["args"]) if "args" in case else None
            groups[-1].statements.append((case["in"], args, tuple(case.get("options", "").split())))
        case.clear()

    for key, value in blocks_of(path):
        if key in ("schema", "postgres", "data"):
            close_case()
            held = {"schema": value} if key == "schema" else {**held, key: value}
            group = Group(path.name, held.get("schema", ""), held.get("postgres"), held.get("data", ""))
            if key == "schema" or groups[-1].statements:
                groups.append(group)
            else:
                groups[-1] = group
            continue
        if key == "case":
            close_case()
        case[key] = value
    close_case()
    return [group for group in groups if group.postgres]


def executed_group(name):
    folder = FIXTURES / "executed"
    schema, postgres, data = ((folder / f"{part}.sql").read_text() for part in ("schema", "postgres", "data"))
    group = Group(name, schema, postgres, data)
    for line in (folder / name).read_text().splitlines():
        if line and not line.startswith("--"):
            statement, _, args = line.partition(" -- args: ")
            group.statements.append((statement, json.loads(args) if args else None, ()))
    return group


# -- SQLite's functions --------------------------------------------------------------------------

# The lists of the manual, as 3.40 has them: lang_corefunc, lang_aggfunc, lang_datefunc, lang_mathfunc, windowfunctions, json1.
FUNCTIONS = {
    "core": "abs changes char coalesce format glob hex ifnull iif instr last_insert_rowid length like likelihood likely"
            " load_extension lower ltrim max min nullif printf quote random randomblob replace round rtrim sign soundex"
            " sqlite_compileoption_get sqlite_compileoption_used sqlite_log sqlite_source_id sqlite_version substr substring"
            " subtype total_changes trim typeof unicode unlikely upper zeroblob",
    "aggregates": "avg count group_concat max min sum total",
    "dates": "date datetime julianday strftime time unixepoch",
    "mathematics": "acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow"
                   " power radians sin sinh sqrt tan tanh trunc",
    "windows": "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number",
    "JSON": "json json_array json_array_length json_each json_extract json_group_array json_group_object json_insert json_object"
            " json_patch json_quote json_remove json_replace json_set json_tree json_type json_valid -> ->>",
}
# No expression of Postgres 15 equals them: what a connection remembers, SQLite itself, chance, what needs an extension or a
# recursion of its own.
WITHOUT_EQUAL = set(
    "changes last_insert_rowid total_changes load_extension sqlite_compileoption_get sqlite_compileoption_used sqlite_log"
    " sqlite_source_id sqlite_version subtype random randomblob soundex json_patch json_tree".split())
SAME_AT_LEAST = 0.95

# What extensions add to the library; not of these lists.
OTHERS = re.compile(r"bm25|fts\w+|highlight|match\w*|offsets|optimize|rtree\w+|snippet|current_\w+|sqlite_\w+")


def functions_called(statement):
    """The names of functions and arrows in the statement, outside of quotes."""
    bare = re.sub(r"'(?:[^']|'')*'", "''", statement)
    return set(re.findall(r"(\w+)\(", bare.lower())) | set(re.findall(r"->>?", bare))


def missing_functions(groups):
    """What SQLite has and no list names, and what a list names and fewer than two statements call."""
    listed = {name for names in FUNCTIONS.values() for name in names.split()}
    built_in = {name for name, in sqlite3.connect(":memory:").execute("SELECT name FROM pragma_function_list WHERE builtin")}
    missing = [f"{name}() is in no list" for name in sorted(built_in - listed) if not OTHERS.fullmatch(name)]
    called = [name for group in groups for statement, _, _ in group.statements for name in functions_called(statement)]
    return missing + [f"{name}() has fewer than two statements" for name in sorted(listed) if called.count(name) < 2]


def give_the_same(agreed):
    """How many functions that have an equal expression gave the same value somewhere, of how many; and those that did not."""
    wanted = {name for names in FUNCTIONS.values() for name in names.split()} - WITHOUT_EQUAL
    return len(wanted & agreed), len(wanted), sorted(wanted - agreed)


# -- translating ---------------------------------------------------------------------------------


def translations(program, group, mode):
    """What becomes of each statement, translated with its options and `mode`."""
    out = [None] * len(group.statements)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as schema:
        schema.write(group.schema)
        schema.flush()
        for options in sorted({options for _, _, options in group.statements}):
            chosen = [i for i, (_, _, mine) in enumerate(group.statements) if mine == options]
            words = [word for word in options if word in ("keep-binds", "bind-clock", "postgres-alone", "any-limit", "no-catalog")] + mode
            given = b"\0".join(group.statements[i][0].encode() for i in chosen)
            done = subprocess.run([program, schema.name, *words], input=given, stdout=subprocess.PIPE, check=True)
            for i, line in zip(chosen, done.stdout.decode().splitlines(), strict=True):
                out[i] = json.loads(line)
    return out


# -- values --------------------------------------------------------------------------------------


def as_time(value):
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", value):
        try:
            value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return value
    if isinstance(value, datetime.datetime):
        value = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        now = datetime.datetime.now(datetime.timezone.utc)
        return "now" if abs((now - value).total_seconds()) < 300 else value
    return value


def loosely(value):
    """The value, whatever Python type it came as."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(value), sort_keys=True)
        except ValueError:
            return value
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return as_time(value)


def strictly(value):
    """A boolean is the number it equals; any other type must agree."""
    return (type(value).__name__, value) if not isinstance(value, bool) else ("int", int(value))


def alike(a, b):
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-14, abs_tol=1e-14)
    return a == b


def in_order(row):
    """Something to sort rows by, the same for 1 and 1.0."""
    return repr([float(value) if isinstance(value, int) else value for value in row])


def rows_alike(ours, theirs, how, ordered):
    ours, theirs = ([tuple(map(how, row)) for row in rows] for rows in (ours, theirs))
    if not ordered:
        ours, theirs = sorted(ours, key=in_order), sorted(theirs, key=in_order)
    return len(ours) == len(theirs) and all(map(alike, ours, theirs))


# -- the three databases -------------------------------------------------------------------------


class Outcome:
    """What one database did: rows (None when there are none to fetch), or an error."""

    rows = keys = oids = error = count = None
    tables = ()


def table_names(schema):
    return re.findall(r'CREATE TABLE (?:IF NOT EXISTS )?("[^"]+"|\w+)', schema, re.I)


def run_source(connection, statement, args, tables):
    out = Outcome()
    connection.execute("BEGIN")
    try:
        cursor = connection.execute(statement, args if args is not None else ())
        if cursor.description:
            out.keys, out.rows = [column[0] for column in cursor.description], cursor.fetchall()
        else:
            out.count = cursor.rowcount
        out.tables = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    except sqlite3.Error as error:
        out.error = error
    connection.execute("ROLLBACK")
    return out


def argument(bind, args):
    if bind["clock"]:
        match = re.match(r"([-+]?\d+) (second|minute|hour|day)", bind["shift"])
        shift = datetime.timedelta(**{match[2] + "s": int(match[1])}) if match else datetime.timedelta()
        return (datetime.datetime.now(datetime.timezone.utc) + shift).isoformat(sep=" ")
    value = args[bind["name"]] if isinstance(args, dict) else args[bind["number"] - 1]
    if bind["type"] == "BOOLEAN" and bind["direct"] and value in (0, 1):
        return bool(value)  # what the port makes of the argument
    return value


def run_target(engine, found, args, tables, serials):
    out = Outcome()
    with engine.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        if postgres and serials:
            for table, column in serials:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), COALESCE(MAX({column}), 0) + 1, false)"
                    f" FROM {table}")
        try:
            statement = text(found["out"])
            expanding = {bind["name"] for bind in found["binds"] if bind["expanding"]}
            statement = statement.bindparams(*(bindparam(name, expanding=True) for name in expanding))
            result = connection.execute(statement, {bind["name"]: argument(bind, args) for bind in found["binds"]})
            if result.returns_rows:
                if postgres:
                    out.oids = [column.type_code for column in result.cursor.description]
                out.keys, out.rows = list(result.keys()), [tuple(row) for row in result.fetchall()]
            else:
                out.count = result.rowcount
            out.tables = [connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall() for table in tables]
        except DBAPIError as error:
            out.error = error.orig
        connection.rollback()
    return out


def sqlite_engine():
    engine = create_engine("sqlite://", poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def on_connect(connection, _):
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection):
        connection.exec_driver_sql("BEGIN")

    return engine


def postgres_engine(url, schema):
    return create_engine(url, connect_args={"options": f"-c TimeZone=UTC -c search_path={schema}"})


# -- judging -------------------------------------------------------------------------------------


def told(found, outcome, postgres, float_bound):
    """Where the keys, the types and the number of rows are not what the translator said."""
    wrong, results = [], found["results"]
    columns_move = postgres and any(remark["feature"] == "star-using" for remark in found["remarks"])
    if outcome.rows is None or columns_move or any(result["star"] for result in results):
        return wrong
    keys = [result["pg_key" if postgres else "lite_key"] for result in results]
    if outcome.keys != keys:
        wrong.append(f"keys are {outcome.keys}, foretold {keys}")
    if len(outcome.keys) != len(keys):
        return wrong
    if found["one_row"] and len(outcome.rows) > 1:
        wrong.append("one row was foretold")
    for at, result in enumerate(results):
        possible = OIDS.get(result["type"], set()) | ({1700} if float_bound and result["type"] == "BIGINT" else set())
        if postgres and result["type"] != "unknown" and outcome.oids[at] not in possible:
            wrong.append(f"{result['key']} has the type {outcome.oids[at]}, foretold {result['type']}")
        if not result["nullable"] and any(row[at] is None for row in outcome.rows if len(row) > at):
            wrong.append(f"{result['key']} is NULL")
    return wrong


def differences(found, source, target, postgres, float_bound):
    """Where the target does not do what the source does."""
    features = {remark["feature"] for remark in found["remarks"] if remark["verdict"] != "same"}
    same = found["verdict"] == "same"
    if bool(source.error) != bool(target.error):
        if features & MAY_STOP and target.error:
            return []
        return [f"sqlite3: {source.error or 'runs'}; here: {target.error or 'runs'}"]
    if source.error:
        return []
    wrong = told(found, target, postgres, float_bound)
    if not same and not features <= HARMLESS:
        return wrong
    if (source.rows is None) != (target.rows is None):
        return wrong + ["rows on one side only"]
    how = strictly if same else loosely
    if source.rows is not None and not rows_alike(source.rows, target.rows, how, same and found["ordered"]):
        wrong.append(f"rows: sqlite3 {source.rows}; here {target.rows}")
    if source.count != target.count and source.count not in (None, -1):
        wrong.append(f"rowcount: sqlite3 {source.count}; here {target.count}")
    for ours, theirs in zip(source.tables, target.tables):
        if not rows_alike(ours, theirs, loosely, False):
            wrong.append(f"left behind: sqlite3 {ours}; here {theirs}")
    return wrong


def judge(group, statement, args, found, outcomes):
    source, lite, postgres = outcomes  # `lite` is None when the text is for Postgres alone
    values = args.values() if isinstance(args, dict) else args or ()
    float_bound = any(isinstance(value, float) for value in values)
    wrong = [f"SQLite: {what}" for what in differences(found, source, lite, False, float_bound)] if lite else []
    wrong += [f"Postgres: {what}" for what in differences(found, source, postgres, True, float_bound)]
    keys = [result["key"] for result in found["results"]]
    if source.rows is not None and not any(result["star"] for result in found["results"]) and source.keys != keys:
        wrong.append(f"sqlite3: keys are {source.keys}, foretold {keys}")
    if wrong:
        print(f"FAIL {group.name} [{found['verdict']}]\n  in:  {statement}\n  out: {found['out']}")
        for what in wrong:
            print(f"    {what}")
    return not wrong


def agree(source, postgres):
    return (source.rows is not None and postgres.rows is not None and source.rows != []
            and rows_alike(source.rows, postgres.rows, loosely, False))


def run_group(program, url, group, number, counts, agreed, verbose):
    source = sqlite3.connect(":memory:", isolation_level=None)
    source.execute("PRAGMA foreign_keys = ON")
    lite, schema = sqlite_engine(), f"sqltest_{number}"
    source.executescript(group.schema + ";" + group.data)
    with lite.connect() as connection:
        connection.connection.dbapi_connection.executescript(group.schema + ";" + group.data)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    postgres = postgres_engine(url, schema)
    with postgres.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(group.postgres + ";" + group.data)
        cursor.execute("SELECT quote_ident(table_name), quote_ident(column_name) FROM information_schema.columns WHERE"
                       " table_schema = current_schema() AND column_default LIKE 'nextval(%'")
        serials = cursor.fetchall()
        connection.connection.commit()

    tables = table_names(group.schema)
    for mode in ([], ["keep-keys"], ["postgres-alone"]):
        for (statement, args, options), found in zip(group.statements, translations(program, group, mode)):
            alone = found["target"] == "postgres"
            if mode == ["postgres-alone"] and not alone and found["verdict"] != "decide":
                continue  # the text of the first mode
            if found["verdict"] == "decide":
                counts["decide"] += mode == ["postgres-alone"]
                if verbose and mode == ["postgres-alone"]:
                    print(f"decide: {statement}  {[remark['feature'] for remark in found['remarks'] if remark['verdict'] == 'decide']}")
                continue
            if "random()" in statement or args is None and any(not bind["clock"] for bind in found["binds"]):
                continue  # chance, or nothing to bind: a case of the text alone
            if mode and not any(result["key"] != result["pg_key"] for result in found["results"]) and "AS" not in found["out"]:
                continue
            writes = not re.match(r"\s*(SELECT|VALUES)\b", statement, re.I)
            after = tables if writes else []
            outcomes = (run_source(source, statement, args, after),
                        None if alone else run_target(lite, found, args, after, []),
                        run_target(postgres, found, args, after, serials if writes else []))
            good = judge(group, statement, args, found, outcomes)
            counts["passed" if good else "failed"] += 1
            if agree(outcomes[0], outcomes[2]):
                agreed |= functions_called(statement)
            counts[found["verdict"]] += mode != ["keep-keys"]
            counts["alone"] += alone and mode != ["keep-keys"]
            if verbose and mode != ["keep-keys"]:
                print(f"{found['verdict']}{' (Postgres alone)' if alone else ''}: {statement}  {[r['feature'] for r in found['remarks'] if r['verdict'] != 'same']}")
    postgres.dispose()
    admin.dispose()
    source.close()


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: both.py TRANSLATE_LINES POSTGRES_URL [-v]")
    program, url, verbose = sys.argv[1], sys.argv[2], "-v" in sys.argv[3:]
    groups = [group for path in sorted(FIXTURES.glob("*.sqltest")) for group in groups_of_cases(path)]
    counts = dict.fromkeys(("passed", "failed", "same", "differs", "decide", "alone"), 0)
    agreed = set()
    executed = [executed_group("statements.sql"), executed_group("functions.sql")]
    for number, group in enumerate([*groups, *executed]):
        run_group(program, url, group, number, counts, agreed, verbose)
    for what in missing_functions(executed):
        print(f"FAIL {what}")
        counts["failed"] += 1
    same, wanted, others = give_the_same(agreed)
    print(f"{same} of {wanted} functions with an equal expression give the same value" + "".join(f"; not {name}" for name in others))
    if same < SAME_AT_LEAST * wanted:
        counts["failed"] += 1
    print(f"{counts['same']} same, {counts['differs']} differ, {counts['decide']} refused; {counts['alone']} for Postgres alone")
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    sys.exit(1 if counts["failed"] or not counts["same"] else 0)


if __name__ == "__main__":
    main()
