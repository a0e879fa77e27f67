#!/usr/bin/env python3
"""Runs small programs before and after their port, and compares what they did.

    semantics.py LITE2PG [--only PATTERN] [--show] [--jobs N]

LITE2PG is the program; the interpreter that runs this file needs SQLAlchemy 2 and psycopg2. A Postgres is started for the run.

A case is a folder fixtures/semantics/ID/NAME with an `app.py` and the modules it imports, where ID is a row of the porting
semantics. `schema.sql`, `postgres.sql` and `lite2pg.toml` stand beside it or, when it has none of its own, in the nearest folder
above. The program is run on sqlite3 as it stands; after `fix --write --unsafe` it is run through SQLAlchemy on SQLite and on Postgres. What it
prints and what the tables hold afterwards, read by a new connection, must be the same in all three.

The first lines of app.py say what fix has to answer:

    # verdict: safe | unsafe | manual       the worst among the units that are not the opening of a connection
    # reasons: PY-11, TR-05                 ids that must be named; a unit that is safe has none
    # provider: unsafe | manual             of the unit that opens the connection, when there is one
    # row_factory: Row                      set by the runner for a `run(conn)`
    # differs: sqlite | postgres | sqlite, postgres
                                            what is done after the port differs there, as expected.WHERE.txt says

`run(conn)` gets an open connection and ends its own transactions: there `--assume-connections` says so to fix. `run(path)` opens
one itself. What is manual, or gets its connection from what is manual, must be left as it is, byte for byte. A case with
a `known-bug.md` must fail: the note says why, and goes when it no longer does.
BLESS=1 writes the expected files; then read the difference.
"""
import argparse
import contextlib
import datetime
import decimal
import difflib
import fnmatch
import io
import json
import multiprocessing
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "fixtures" / "semantics"
POSTGRES = ROOT / "ci" / "postgres"
VERDICTS = ["ported", "safe", "unsafe", "manual"]
HEADER = re.compile(r"# (verdict|reasons|provider|row_factory|differs): *(.*?)\s*$")
SECONDS = 20


class Wrong(Exception):
    """What a case did is not what it says; told in one paragraph."""


# -- a case ---------------------------------------------------------------------------------------------------------------


class Case:
    def __init__(self, folder):
        self.folder = folder
        self.name = folder.relative_to(CASES).as_posix()
        self.known_bug = (folder / "known-bug.md").is_file()
        self.text = (folder / "app.py").read_bytes().decode("utf-8-sig")
        said = {}
        for line in self.text.splitlines():
            match = HEADER.match(line)
            if not match:
                break
            said[match[1]] = match[2]
        self.verdict = said.get("verdict")
        self.reasons = words(said.get("reasons"))
        self.provider = said.get("provider")
        self.row_factory = said.get("row_factory")
        self.differs = words(said.get("differs"))
        self.opens = re.search(r"^def run\(path", self.text, re.MULTILINE) is not None
        self.stays = "manual" in (self.verdict, self.provider)
        if self.verdict not in VERDICTS[1:]:
            raise SystemExit(f"{self.name}: app.py does not begin with `# verdict: safe|unsafe|manual`")
        if self.verdict == "safe" and self.differs:
            raise SystemExit(f"{self.name}: a safe case has no difference")
        if (self.verdict != "safe" or self.stays) and not self.reasons:
            raise SystemExit(f"{self.name}: a case that is {self.verdict} says its reasons")

    def file(self, name):
        """The file of the case, or of the nearest folder above."""
        folder = self.folder
        while folder != CASES.parent:
            if (folder / name).is_file():
                return folder / name
            folder = folder.parent
        raise SystemExit(f"{self.name}: no {name} in the case or above")


def words(text):
    return [word.strip() for word in text.split(",")] if text else []


# -- the program under test -----------------------------------------------------------------------------------------------


def fix(case, program, project, *options):
    assume = [] if case.opens else ["--assume-connections"]
    done = subprocess.run(
        [program, "fix", "--unsafe", "--allow-dirty", *assume, *options],
        cwd=project, capture_output=True, text=True, timeout=SECONDS,
        env=dict(os.environ, ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="halt_on_error=1:exitcode=99"),
    )
    if done.returncode not in ((0, 1, 2) if case.stays else (0, 1)):
        raise Wrong(f"fix {' '.join(options)} ends with {done.returncode}\n{done.stderr[-3000:]}")
    return done.stdout


def units_of(case, program, project):
    return json.loads(fix(case, program, project, "--format", "json"))["units"]


def python_files(project):
    return {path.name: path.read_bytes() for path in sorted(project.glob("*.py"))}


def worst(units):
    return max((unit["verdict"] for unit in units), key=VERDICTS.index)


def judge(case, program, project):
    """What fix says of the case, before it writes."""
    units = units_of(case, program, project)
    told = "".join(f"\n    {u['kind']} {u['id']}: {u['verdict']} {' '.join(u['reason'])}: {u['message']}" for u in units)
    statements = [unit for unit in units if unit["kind"] == "statements"]
    providers = [unit for unit in units if unit["kind"] == "provider"]
    if not statements:
        raise Wrong("fix sees no statement in it")
    if worst(statements) != case.verdict:
        raise Wrong(f"the verdict is {worst(statements)}, not {case.verdict}{told}")
    if case.provider and (not providers or worst(providers) != case.provider):
        raise Wrong(f"the opening of the connection is not {case.provider}{told}")
    named = {code for unit in units for code in unit["reason"]}
    missing = [code for code in case.reasons if code not in named]
    if missing:
        raise Wrong(f"the reason {', '.join(missing)} is not named{told}")
    for unit in units:
        if unit["verdict"] == "safe" and unit["reason"]:
            raise Wrong(f"a safe unit has reasons{told}")
        if unit["verdict"] != "safe" and not unit["message"]:
            raise Wrong(f"a unit that is not safe has no message{told}")


def port(case, program, project):
    """Ports the copy, or sees that a manual case is left as it is."""
    before = python_files(project)
    fix(case, program, project, "--write")
    after = python_files(project)
    if case.stays:
        if after != before:
            raise Wrong("fix --write changed what it calls manual\n" + difference(before, after))
        return
    if all(after[name] == text for name, text in before.items()):
        raise Wrong("fix --write changed nothing")
    for name, text in after.items():
        try:
            compile(text, name, "exec")
        except SyntaxError as error:
            raise Wrong(f"{name} does not parse after the port: {error}\n" + difference(before, after)) from None
    left = [unit["id"] for unit in units_of(case, program, project) if unit["verdict"] != "ported"]
    if left:
        raise Wrong(f"after the port these are not seen as ported: {', '.join(left)}\n" + difference(before, after))
    fix(case, program, project, "--write")
    if python_files(project) != after:
        raise Wrong("a second fix changes the text again\n" + difference(after, python_files(project)))


def difference(before, after):
    out = []
    for name in sorted(set(before) | set(after)):
        if name != "engine.py":
            a, b = (files.get(name, b"").decode("utf-8", "replace").splitlines() for files in (before, after))
            out += difflib.unified_diff(a, b, name, name, lineterm="", n=2)
    return "\n".join(out) + "\n"


# -- running it -----------------------------------------------------------------------------------------------------------


def apart(function, *arguments):
    """Calls it in a process of its own, which leaves nothing behind, and gives back its text."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        failed = 1
        try:
            signal.alarm(SECONDS)
            text = function(*arguments)
            failed = 0
        except BaseException:
            text = traceback.format_exc()
        with os.fdopen(writing, "w", encoding="utf-8") as out:
            out.write(text)
        os._exit(failed)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as out:
        text = out.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise Wrong(text or f"it ends with wait status {status}")
    return text


def printed(project, call, url=None):
    """What `call` prints, given the project's module `app`."""
    os.environ.pop("DATABASE_URL", None)
    if url:
        os.environ["DATABASE_URL"] = url
    os.chdir(project)
    sys.path.insert(0, str(project))
    warnings.simplefilter("error")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        import app

        call(app)
    return out.getvalue()


def run_before(case, project, database):
    def call(app):
        if case.opens:
            app.run(database)
            return
        conn = sqlite3.connect(database)
        if case.row_factory == "Row":
            conn.row_factory = sqlite3.Row
        app.run(conn)
        conn.close()

    return printed(project, call)


def run_after(case, project, database, url):
    def call(app):
        if case.opens:
            app.run(database)
            return
        import engine

        with engine.engine_for(database).connect() as conn:
            app.run(conn)

    return printed(project, call, url)


def engine_text():
    """The engine module as fix writes it, for a case in which it has no connection to open."""
    lines = (ROOT / "rewriters" / "scaffold" / "engine_module.def").read_text(encoding="utf-8")
    return "".join(json.loads(f'"{line}"') + "\n" for line in re.findall(r'^(?:PLAIN_)?LINE\("(.*)"\)$', lines, re.MULTILINE))


# -- what the tables hold -------------------------------------------------------------------------------------------------


def moment_of(value):
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:", value):
        with contextlib.suppress(ValueError):
            value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if not isinstance(value, datetime.datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)


def plain(value):
    """A value as both databases can spell it; the current time is spelled alike by all."""
    moment = moment_of(value)
    if moment and abs((moment - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 600:
        return "now"
    if isinstance(value, datetime.datetime):
        return moment.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, memoryview):
        return value.tobytes()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)
    return value


def dump(cursor, tables):
    out = []
    for table, columns in tables:
        names = ", ".join(f'"{column}"' for column in columns)
        cursor.execute(f'SELECT {names} FROM "{table}"')
        out.append(f"-- {table} ({names})".lower())  # Postgres folds what is not quoted
        out += sorted(repr(tuple(map(plain, row))) for row in cursor.fetchall())
    return "\n".join(out) + "\n"


def tables_of_sqlite(database):
    with contextlib.closing(sqlite3.connect(database)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY lower(name)")
        names = [row[0] for row in cursor.fetchall()]
        return dump(cursor, [(name, [c[1] for c in cursor.execute(f'PRAGMA table_info("{name}")')]) for name in names])


def tables_of_postgres(url, schema):
    import psycopg2

    with contextlib.closing(psycopg2.connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
            ' ORDER BY table_name COLLATE "C", ordinal_position', (schema,))
        tables = {}
        for table, column in cursor.fetchall():
            tables.setdefault(table, []).append(column)
        return dump(cursor, tables.items())


def new_sqlite(case, path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(case.file("schema.sql").read_text(encoding="utf-8"))
    return str(path)


def new_postgres(case, url, schema):
    import psycopg2

    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}"')
        cursor.execute(case.file("postgres.sql").read_text(encoding="utf-8"))
    return f"{url}?options=-csearch_path%3D{schema}"


# -- one case, from end to end --------------------------------------------------------------------------------------------


def compare(case, where, before, after):
    expected = case.folder / f"expected.{where}.txt"
    if where not in case.differs:
        if after != before:
            raise Wrong(f"another result on {where} after the port\n--- before\n{before}--- after\n{after}")
        return
    if after == before:
        raise Wrong(f"it says that the result differs on {where}, but it does not")
    if os.environ.get("BLESS"):
        expected.write_text(after, encoding="utf-8")
    if not expected.is_file() or expected.read_text(encoding="utf-8") != after:
        raise Wrong(f"the result on {where} is not the one in {expected.name}\n--- after\n{after}")


def run_ported(case, project, work, before, url, schema):
    if not (project / "engine.py").exists():
        (project / "engine.py").write_text(engine_text(), encoding="utf-8")
    database = new_sqlite(case, work / "after.db")
    there = new_postgres(case, url, schema)
    for where, address in (("sqlite", None), ("postgres", there)):
        try:
            after = apart(run_after, case, project, database, address)
        except Wrong as error:
            raise Wrong(f"it fails on {where} after the port\n{error}") from None
        after += tables_of_postgres(there, schema) if address else tables_of_sqlite(database)
        compare(case, where, before, after)


def check(case, program, url, schema, work):
    """Gives back the difference that the port makes."""
    project = work / "app"
    project.mkdir()
    for path in case.folder.glob("*.py"):
        shutil.copy(path, project)
    for name in ("lite2pg.toml", "schema.sql"):
        shutil.copy(case.file(name), project)
    original = python_files(project)

    database = new_sqlite(case, work / "before.db")
    before = apart(run_before, case, project, database) + tables_of_sqlite(database)
    judge(case, program, project)
    port(case, program, project)
    made = difference(original, python_files(project))
    if not case.stays:
        try:
            run_ported(case, project, work, before, url, schema)
        except Wrong as error:
            raise Wrong(f"{error}\n--- the port\n{made}") from None
    return made


def try_case(task):
    number, folder, program, url = task
    case = Case(folder)
    try:
        with tempfile.TemporaryDirectory(prefix="lite2pg-semantics.") as work:
            return case, True, check(case, program, url, f"case_{number}", pathlib.Path(work))
    except Wrong as error:
        return case, False, str(error)
    except Exception:
        return case, False, traceback.format_exc()


def run_cases(folders, program, jobs, show):
    """How many passed, and how many failed."""
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="lite2pg-semantics.") as home:
        server = os.path.join(home, "postgres")
        try:
            url = subprocess.run([POSTGRES, "start", server], check=True, capture_output=True, text=True).stdout.strip()
            tasks = [(number, folder, program, url) for number, folder in enumerate(folders)]
            with multiprocessing.get_context("fork").Pool(jobs) as pool:
                for case, well, text in pool.imap(try_case, tasks):
                    if well == case.known_bug:
                        failed += 1
                        print(f"FAILED  {case.name}: {'it passes now, so its known-bug.md can go' if well else text}", flush=True)
                    else:
                        passed += 1
                        print(f"{'ok   ' if well else 'known'}   {case.name}", text if show else "", sep="\n" if show else "",
                              flush=True)
        finally:
            subprocess.run([POSTGRES, "stop", server], check=False)
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="cases whose name fits: 'PY-11/*'")
    parser.add_argument("--show", action="store_true", help="show the difference that each port makes")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    folders = sorted(path.parent for path in CASES.glob("*/*/app.py"))
    folders = [folder for folder in folders if fnmatch.fnmatch(folder.relative_to(CASES).as_posix(), args.only)]
    if not folders:
        parser.error(f"no case is called {args.only}")

    # Loaded once, so that no case has to.
    import psycopg2  # noqa: F401
    import sqlalchemy.dialects.postgresql.psycopg2  # noqa: F401
    import sqlalchemy.dialects.sqlite  # noqa: F401

    sys.dont_write_bytecode = True
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begun = time.monotonic()
    passed, failed = run_cases(folders, str(args.program.resolve()), args.jobs, args.show)
    print(f"{passed} passed, {failed} failed in {time.monotonic() - begun:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
