#!/usr/bin/env python3
"""How much of programs' SQL both databases take, once it is translated.

    prepared.py [--list] [--corpus CORPUS] [--database PROJECT=FILE] LITE2PG POSTGRES_URL [PROJECT…]

The statements are those that `lite2pg callsites` lists, each text once; the tables those that `lite2pg schema` finds. They are made in
an empty SQLite and, as `lite2pg schema` writes them, in an empty Postgres (its schema `public` is dropped). Then each statement is translated
by `lite2pg sql`, and what comes out is prepared on both; what it writes for Postgres alone, only there. What SQLite does not take as it was
written, with these tables, is not counted: nothing could be said of it. DDL counts as taken when what it defines stands in Postgres.

Statements on data are SELECT, INSERT, UPDATE and DELETE on the program's tables; the others define tables, end transactions or ask SQLite
about itself. Of those on data it is also counted how many Postgres takes as they were written, and (where sqlglot can be imported) as
sqlglot writes them for Postgres, who need not run on SQLite any more.

The projects are our examples; with --corpus, the real ones (projects.py). Exit status 1 if a bar does not hold.
"""
import argparse
import collections
import contextlib
import json
import logging
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

with contextlib.suppress(ImportError):
    import sqlglot
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

from databases import THERE_ALREADY, Lite, Postgres, definitions_of
from projects import POSITIVE, Project, copy_of
from statements import QUIET, Filling, is_ddl, statements_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ["notes", "genesis", "raptor", "passkeys"]
TAKEN, REFUSED = 0.99, 0.12

HEAD = """\
| project | statements | of these with holes | taken | for Postgres alone | refused | failing | taken or refused | on data | taken as written | by sqlglot | by lite2pg | refused | not tried |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |"""


class Program:
    """One program: its statements, and the two databases with its tables."""

    def __init__(self, lite2pg, name, root, postgres):
        self.lite2pg, self.name, self.root, self.postgres = lite2pg, name, root, postgres
        self.lite = Lite(":memory:")
        self.notes = []
        calls = json.loads(self.run("callsites", "--format", "json"))["callsites"]
        self.statements, self.unknown = statements_of(calls)
        self.make_tables()

    def run(self, *words, given=None, folder=None):
        done = subprocess.run([self.lite2pg, *words], cwd=folder or self.root, input=given, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"prepared.py: {self.name}: {' '.join(words)}: exit status {done.returncode}\n{done.stderr[-2000:]}")
        return done.stdout

    def say(self, kind, refused):
        self.notes += [f"{kind}: {why}: {' '.join(statement.split())[:160]}" for statement, why in refused]

    def make_tables(self):
        self.add_unnamed_tables()
        catalog = json.loads(self.run("schema", "--emit", "json"))
        self.say("SQLite does not take this definition", self.lite.define(definitions_of(catalog)))
        self.postgres.clear()
        schema = self.run("schema", "--emit", "sql")
        self.say("Postgres does not take the schema", self.postgres.define([schema] if re.search(r"(?m)^[^-\s]", schema) else []))
        self.temporary = {table["name"].lower() for table in catalog["tables"] if table["temporary"]}
        self.postgres_names = self.postgres.names()
        known = {name.lower() for name in self.postgres_names[0]}
        self.filling = Filling({name: columns for name, columns in self.lite.tables().items() if name.lower() in known})

    def add_unnamed_tables(self):
        """Tables whose names only the running program knows: they get one, and a file of their own."""
        usable = []
        for one in self.statements:
            if one.holes and DEFINED.match(one.text):
                usable += [text for text in Filling({}).fills(one.text) if not Lite(":memory:").define([text])][:1]
        if usable:
            (self.root / "tables_without_a_name.sql").write_text(";\n".join(usable) + ";\n")

    def written(self, one):
        """The statement as SQLite takes it, its holes filled; or why it takes none."""
        complaint = self.lite.complaint_about_definition if is_ddl(one.text) else self.lite.complaint
        filling = Filling({}) if is_ddl(one.text) else self.filling
        why = "no filling was found"
        for text in filling.fills(one.text) if one.holes else [one.text]:
            why = complaint(text)
            if not why:
                return text, None
        return one.text, why

    def translate(self, texts):
        lines = "".join(json.dumps({"id": str(i), "sql": text}) + "\n" for i, text in enumerate(texts))
        out = self.run("sql", "--jsonl", "--schema", ".", given=lines)
        return [json.loads(line) for line in out.splitlines()]


COMMENT = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
DEFINED = re.compile(
    COMMENT + r"CREATE\b" + COMMENT + r"(?:TEMP\w*\s+)?(?P<kind>TABLE|VIEW|(?:UNIQUE\s+)?INDEX)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>[\"'`\[][^\"'`\]]+[\"'`\]]|\w+)"
    r"|" + COMMENT + r"ALTER\s+TABLE\s+(?P<table>[\"'`\[][^\"'`\]]+[\"'`\]]|\w+)\s+ADD\s+(?:COLUMN\s+)?(?P<column>[\"'`\[][^\"'`\]]+[\"'`\]]|\w+)", re.I | re.S)
ON_DATA = re.compile(COMMENT + r"(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH|VALUES)\b", re.I | re.S)
ABOUT_SQLITE = re.compile(r"\bsqlite_(?:temp_)?(?:master|schema|sequence|stat\d)\b|\bpragma_\w+|\bload_extension\b|\bsqlite_version\b", re.I)


def is_on_data(text):
    return ON_DATA.match(text) is not None and not ABOUT_SQLITE.search(text)


def folded(name):
    return name.strip("\"'`[]").lower()


class Outcome:
    """What became of one statement: taken, refused, failing or (not) tried, and why."""

    def __init__(self, one, written, kind, why="", out="", verdict=""):
        self.one, self.written, self.kind, self.why, self.out, self.verdict = one, written, kind, why, out, verdict
        self.on_data = is_on_data(written)
        self.raw = self.by_sqlglot = self.alone = False


def defined(program, text):
    """Whether what the DDL defines stands in Postgres; None if it defines nothing."""
    match = DEFINED.match(text)
    if not match:
        return None
    tables, indexes = program.postgres_names
    tables = {name.lower(): {column.lower() for column in columns if column} for name, columns in tables.items()}
    if match["column"]:
        return folded(match["column"]) in tables.get(folded(match["table"]), ())
    if "INDEX" in match["kind"].upper():
        return folded(match["name"])[:63] in {name.lower() for name in indexes}
    return folded(match["name"]) in tables


FORMATTED = re.compile(rf"(?P<quiet>{QUIET.pattern})|%\((?P<name>\w+)\)s|%s", re.S)


def is_taken_by_sqlglot(program, text):
    try:
        out = sqlglot.transpile(text, read="sqlite", write="postgres")
    except sqlglot.errors.SqlglotError:
        return False
    signs = [FORMATTED.sub(lambda match: match["quiet"] or (":" + match["name"] if match["name"] else "?"), one) for one in out]
    return len(signs) == 1 and program.postgres.complaint_about_source(signs[0]) is None


STANDS_OR_NOT = re.compile(r'(?:relation|index|table|view|trigger) "[^"]+" (?:already exists|does not exist)')


def judged(program, one, text, answer):
    codes = [finding["code"] for finding in answer["findings"] if finding["severity"] == "error"]
    if is_ddl(text) and defined(program, text):
        return Outcome(one, text, "taken", verdict="schema")
    if answer["target"] == "none":
        return Outcome(one, text, "refused" if codes else "failing", codes[0] if codes else "no finding says why", verdict=answer["verdict"])
    why = program.postgres.complaint_about_text(answer["sql"])
    lite = program.lite.complaint_about_text(answer["sql"]) if answer["target"] == "both" else None
    if is_ddl(text):  # the schema is that of the end, and the statement one on the way there
        why = None if why and STANDS_OR_NOT.search(why) else why
        lite = None if lite and THERE_ALREADY.search(lite) else lite
    missing = re.match(r'relation "([^"]+)" does not exist', why or "")
    if missing and missing[1] in program.temporary:
        return Outcome(one, text, "outside", "its table is a temporary one, which the program makes")
    why = f"Postgres: {why}" if why else f"SQLite: {lite}" if lite else ""
    outcome = Outcome(one, text, "failing" if why else "taken", why, answer["sql"], answer["verdict"])
    outcome.alone = not why and answer["target"] == "postgres"
    return outcome


def outcomes_of(program):
    tried = []
    for one in program.statements:
        text, why = program.written(one)
        if why:
            yield Outcome(one, text, "outside", why)
        else:
            tried.append((one, text))
    for (one, text), answer in zip(tried, program.translate([text for _, text in tried])):
        outcome = judged(program, one, text, answer)
        if outcome.on_data:
            outcome.raw = program.postgres.complaint_about_source(text) is None
            outcome.by_sqlglot = "sqlglot" in globals() and is_taken_by_sqlglot(program, text)
        yield outcome


class Score:
    def __init__(self):
        self.count = collections.Counter()
        self.refused_for = collections.Counter()
        self.data_refused_for = collections.Counter()
        self.verdicts = collections.Counter()
        self.outcomes = []

    def add(self, outcome):
        self.outcomes.append(outcome)
        self.count[outcome.kind] += 1
        if outcome.kind == "outside":
            return
        self.count["holes"] += outcome.one.holes > 0
        self.count["alone"] += outcome.alone
        if outcome.on_data:
            self.count["data"] += 1
            self.count["raw"] += outcome.raw
            self.count["sqlglot"] += outcome.by_sqlglot
            self.count["data " + outcome.kind] += 1
        self.verdicts[outcome.verdict] += 1
        if outcome.kind == "refused":
            self.refused_for[outcome.why] += 1
            if outcome.on_data:
                self.data_refused_for[outcome.why] += 1

    def add_all(self, other):
        for outcome in other.outcomes:
            self.add(outcome)
        self.count["unknown"] += other.count["unknown"]

    @property
    def tried(self):
        return self.count["taken"] + self.count["refused"] + self.count["failing"]

    def share(self, *kinds):
        return sum(self.count[kind] for kind in kinds) / self.tried if self.tried else 1.0

    @property
    def data_refused(self):
        return self.count["data refused"] / max(self.count["data"], 1)

    def row(self, name):
        cells = [name, self.tried, self.count["holes"], self.count["taken"], self.count["alone"], f"{self.count['refused']} ({100 * self.share('refused'):.1f} %)",
                 self.count["failing"], f"{100 * self.share('taken', 'refused'):.1f} %", self.count["data"], self.count["raw"],
                 self.count["sqlglot"] if "sqlglot" in globals() else "–", self.count["data taken"],
                 f"{self.count['data refused']} ({100 * self.data_refused:.1f} %)", self.count["outside"] + self.count["unknown"]]
        return "| " + " | ".join(map(str, cells)) + " |"

    def faults(self):
        """The bars that do not hold."""
        if self.share("taken", "refused") < TAKEN:
            yield f"{100 * self.share('taken', 'refused'):.2f} % of the statements are taken or refused; the bar is {100 * TAKEN:.0f} %"
        if self.share("refused") > REFUSED:
            yield f"{100 * self.share('refused'):.1f} % of the statements are refused; the bar is {100 * REFUSED:.0f} %"


def is_of_tests(place):
    return re.search(r"(?:^|/)(?:tests?/|test_[^/]*$|conftest\.py)", place) is not None


def flat(text):
    return " ".join(text.split())


def listing(name, score):
    for outcome in score.outcomes:
        if outcome.kind in ("failing", "refused", "outside"):
            kind = "refused though taken as written" if outcome.kind == "refused" and outcome.raw else outcome.kind
            yield f"{kind}: {name}: {outcome.one.place}: {outcome.why}: {outcome.verdict}: {flat(outcome.written)[:700]}" + (
                f" => {flat(outcome.out)[:700]}" if outcome.kind == "failing" else "")


def read_from_database(root, database):
    """Makes the database the place where the project's tables are defined."""
    shutil.copy(database, root / "tables.sqlite")
    config = root / "pyproject.toml"
    config.write_text(re.sub(r"(?m)^schema = .*$", 'schema = ["tables.sqlite"]', config.read_text()))


def projects_in(corpus, databases, scratch, others=()):
    """Name and root of a copy of each: our examples, the real projects of the corpus, other folders."""
    for name in EXAMPLES:
        root = scratch / "examples" / name
        shutil.copytree(ROOT / "fixtures/projects" / name / "before", root)
        if name in databases:
            read_from_database(root, databases[name])
        subprocess.run(["git", "-C", root, "init", "-q"], check=True)
        subprocess.run(["git", "-C", root, "add", "-A"], check=True)
        yield name, root
    for project in POSITIVE if corpus else ():
        if (corpus / project.folder).is_dir():
            yield project.name, copy_of(corpus, project, scratch / project.name)
        else:
            print(f"skipped {project.name}: not in the corpus")
    for folder in others:
        yield folder.name, copy_of(folder.parent, Project(folder.name, folder.name, (), None), scratch / "others" / folder.name)


def group_of(name):
    return "the examples" if name in EXAMPLES else "the real projects" if any(name == project.name for project in POSITIVE) else "the others"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lite2pg", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("url")
    parser.add_argument("only", nargs="*", metavar="PROJECT")
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--database", action="append", default=[], metavar="PROJECT=FILE", help="where an example has its tables")
    parser.add_argument("--project", action="append", default=[], type=pathlib.Path, metavar="FOLDER", help="a further program")
    parser.add_argument("--list", action="store_true", help="name every statement that is not taken")
    args = parser.parse_args()
    groups = collections.defaultdict(Score)
    lines, said = [], []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        postgres = Postgres(args.url)
        for name, root in projects_in(args.corpus, dict(word.split("=", 1) for word in args.database), scratch, args.project):
            if args.only and name not in args.only:
                continue
            program, score, own = Program(args.lite2pg, name, root, postgres), Score(), Score()
            for outcome in outcomes_of(program):
                score.add(outcome)
                if not is_of_tests(outcome.one.place):
                    own.add(outcome)
            score.count["unknown"] = program.unknown
            group = group_of(name)
            groups[group].add_all(score)
            if group != "the examples":
                groups[f"{group} without their tests"].add_all(own)
            lines.append(score.row(name))
            said += [f"{name}: {note}" for note in program.notes] + list(listing(name, score))
    faults = []
    print(HEAD, *lines, sep="\n")
    for group, score in groups.items():
        if score.tried:
            print(score.row(f"all of {group}"))
            faults += [f"{group}: {fault}" for fault in score.faults()]
    for group, score in groups.items():
        if score.tried:
            print(f"{group}: refused for", ", ".join(f"{code} {count}" for code, count in score.refused_for.most_common()))
            print(f"{group}: refused on data for", ", ".join(f"{code} {count}" for code, count in score.data_refused_for.most_common()))
            print(f"{group}: verdicts", ", ".join(f"{verdict} {count}" for verdict, count in score.verdicts.most_common()))
    if args.list:
        print(*said, sep="\n")
    for fault in faults:
        print("FAILED", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
