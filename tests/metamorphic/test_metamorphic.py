"""What is told of a program does not change when the program changes only in how it is written.

Each project is changed in every way of transform.py; what `callsites` tells of each call and how many findings `check` has by rule
must be what it was. A call is known by its file, its function and its place among the calls of that function; lines and units'
names are free to change, but which calls are of one unit is not.

known.tsv lists what does differ: project, transformation, call, field, before, after. It is compared whole: what comes true is to
be taken out of it. `BLESS=1` writes it: read the difference.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import transform

PROGRAM = os.environ["LITE2PG"]
HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parents[1] / "fixtures"
KNOWN = HERE / "known.tsv"
PROJECTS = {
    "passkeys": FIXTURES / "projects" / "passkeys" / "before",
    "notes": FIXTURES / "projects" / "notes" / "before",
    "raptor": FIXTURES / "projects" / "raptor" / "before",
    "semantics": FIXTURES / "semantics",
    "callsites": FIXTURES / "callsites",
}
OF_FILES = ("connect/sqlite3-import", "connect/sqlite3-annotation") # what they say depends on what else is in the file

Told = collections.namedtuple("Told", "calls units findings")


class Names:
    """How what is told of the changed program is to be read."""

    def __init__(self, names):
        self.names = names
        self.pattern = re.compile(r"\b(%s)\b" % "|".join(map(re.escape, names))) if names else None

    def read(self, text):
        text = re.sub(r"_same\((\w+(?:\.\w+)*)\)", r"\1", text.replace(transform.SUFFIX, ""))
        text = re.sub(r"\.py:\d+(:\d+)?", ".py", text)
        return self.pattern.sub(lambda m: self.names[m[1]], text) if self.pattern else text

    def read_all(self, value):
        if isinstance(value, str):
            return self.read(value)
        if isinstance(value, list):
            return [self.read_all(v) for v in value]
        return {key: self.read_all(v) for key, v in value.items()} if isinstance(value, dict) else value


def told_of(calls, findings, names):
    """Calls by where they are; which of them are one unit; findings by file and rule."""
    names = Names(names)
    places, found, units = collections.Counter(), {}, collections.defaultdict(set)
    for call in sorted(calls, key=lambda c: (c["path"], c["end_line"], c["end_column"])): # the links of a chain begin together
        home = names.read(call["path"]), names.read(call["function"])
        places[home] += 1
        key = f"{home[0]} {home[1]} {places[home]}"
        found[key] = names.read_all({
            "method": call["method"], "callee": call.get("callee") or "", "role": call["receiver"]["role"],
            "certainty": call["receiver"]["certainty"], **{f"sql.{k}": v for k, v in (call["sql"] or {}).items()},
            **{f"params.{k}": v for k, v in (call["params"] or {}).items()}, "verdict": call["verdict"],
        })
        units[call["unit"]].add(key)
    rules = collections.Counter()
    for f in findings:
        if f["rule"] not in OF_FILES:
            rules[f"{names.read(f['path'])} {f['rule']} {f['certainty']} {f['fix']['safety'] if f['fix'] else ''}"] += 1
    return Told(found, {frozenset(unit) for unit in units.values()}, rules)


def differences(before, after):
    """Rows of (call or file, field, before, after)."""
    rows = []
    for key in sorted(before.calls.keys() | after.calls.keys()):
        old, new = before.calls.get(key), after.calls.get(key)
        if old is None or new is None:
            rows.append((key, "call", (old or {}).get("method", ""), (new or {}).get("method", "")))
            continue
        rows += [(key, field, str(old.get(field, "")), str(new.get(field, ""))) for field in sorted(old.keys() | new.keys())
                 if old.get(field) != new.get(field)]
    for unit in sorted(before.units ^ after.units, key=sorted):
        rows.append((sorted(unit)[0], "unit", *((str(len(unit)), "") if unit in before.units else ("", str(len(unit))))))
    for rule in sorted(before.findings.keys() | after.findings.keys()):
        if before.findings[rule] != after.findings[rule]:
            rows.append((rule, "findings", str(before.findings[rule]), str(after.findings[rule])))
    return [tuple(" ".join(cell.split()) for cell in row) for row in rows]


def read_project(folder):
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".toml"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def look_at(files, others, names):
    """What the program tells of these files, as a project; `others` is the folder all that is not Python is taken from."""
    with tempfile.TemporaryDirectory(prefix="lite2pg-test-") as folder:
        root = pathlib.Path(folder) / "project"
        if others:
            shutil.copytree(others, root, ignore=shutil.ignore_patterns("*.py", "*.toml", "__pycache__"))
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)

        def told(*words):
            done = subprocess.run([PROGRAM, *words, "--format", "json"], cwd=root, capture_output=True, check=True, timeout=120)
            return json.loads(done.stdout)

        return told_of(told("callsites")["callsites"], told("check", "--exit-zero")["findings"], names)


APP = {
    "app.py": """import sqlite3


def opened(path):
    conn = sqlite3.connect(path)
    return conn


def one(conn, uid):
    return conn.execute("SELECT a FROM t WHERE id = ?", (uid,)).fetchone()


PATH = "app.db"


def both(uid):
    conn = opened(PATH)
    cur = conn.cursor()
    cur.execute("DELETE FROM t WHERE id = ?", (uid,))
    conn.commit()
    return one(conn, uid)


if __name__ == "__main__":
    both(1)
""",
}


class Metamorphic(unittest.TestCase):
    maxDiff = None

    def test_another_way_of_writing_changes_nothing(self):
        got = []
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            looks = {}
            for project, folder in PROJECTS.items():
                files = read_project(folder)
                looks[project, None] = pool.submit(look_at, files, folder, {})
                for name, transformation in transform.TRANSFORMATIONS.items():
                    changed, count, names = transformation(files)
                    self.assertGreater(count, 0, f"{name} has nothing to change in {project}")
                    looks[project, name] = pool.submit(look_at, changed, folder, names)
            for (project, name), look in looks.items():
                self.assertTrue(look.result().calls)
                got += [(project, name, *row) for row in differences(looks[project, None].result(), look.result())]
        text = "".join("\t".join(row) + "\n" for row in got)
        if os.environ.get("BLESS"):
            KNOWN.write_text(text, encoding="utf-8")
        self.assertEqual(text.splitlines(), KNOWN.read_text(encoding="utf-8").splitlines())

    def test_each_transformation_is_noticed_when_it_makes_a_mistake(self):
        before = look_at(APP, None, {})
        for name, transformation in transform.TRANSFORMATIONS.items():
            right, count, names = transformation(APP)
            wrong, _, wrong_names = transformation(APP, spoil=True)

            self.assertGreater(count, 0, name)
            self.assertNotEqual(right, APP, name)
            self.assertNotEqual(wrong, right, name)
            self.assertEqual(differences(before, look_at(right, None, names)), [], name)
            self.assertNotEqual(differences(before, look_at(wrong, None, wrong_names)), [], name)

    def test_each_field_is_compared(self):
        told = look_at(APP, None, {})
        key, call = next((k, c) for k, c in told.calls.items() if c["method"] == "execute")

        for field in call:
            other = told._replace(calls={**told.calls, key: {**call, field: "something else"}})
            self.assertEqual([row[1] for row in differences(told, other)], [field])
        self.assertEqual(differences(told, told), [])
        self.assertIn("call", [row[1] for row in differences(told, told._replace(calls={k: c for k, c in told.calls.items() if k != key}))])
        self.assertIn("call", [row[1] for row in differences(told, told._replace(calls={**told.calls, "x": call}))])
        self.assertIn("unit", [row[1] for row in differences(told, told._replace(units={frozenset().union(*told.units)}))])
        rule = next(iter(told.findings))
        self.assertEqual([(rule, "findings", "1", "2")],
                         differences(told._replace(findings=collections.Counter({rule: 1})),
                                     told._replace(findings=collections.Counter({rule: 2}))))


if __name__ == "__main__":
    unittest.main()
