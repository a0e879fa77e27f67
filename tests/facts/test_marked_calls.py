"""The SQL calls of fixtures/callsites, by the marks in the source.

Each file or folder there is a project. A mark at the end of the line on which a call begins or ends says what `callsites` has to
tell of it: the method (`wrapper:name` for a call of the project's own wrapper), the shape of the values and how many are known, the
shape of the text and, if it is to be compared, the text, with runs of white space as one space:

    conn.execute("SELECT ?", (1,))  #: execute tuple 1 literal SELECT ?

`{...}` stands for a hole of any name. An SQL call on a line without a mark is a mistake. `#?` is a known bug: what should be told and
is not; what is told instead does not matter, and the test fails when it comes true, so that the mark is made a `#:`.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["LITE2PG"]
FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "callsites"
MARK = re.compile(r"  #([:?]) (\S+) (\w+) (\d+) ([\w-]+)(?: (.*))?$")
SQL_CALLS = ("execute", "executemany", "executescript", "wrapper")


def marks_of(path, name):
    """(path, line): (is it a known bug, what is expected)"""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        mark = MARK.search(line)
        if mark:
            found[name, number] = (mark[1] == "?", (mark[2], mark[3], int(mark[4]), mark[5], mark[6]))
        elif re.search(r"  #[:?] ", line):
            raise SystemExit(f"{name}:{number}: a mark that cannot be meant")
    return found


def told(call):
    method = call["method"] + (":" + call["callee"] if call["method"] == "wrapper" else "")
    return method, call["params"]["shape"], call["params"]["count"], call["sql"]["shape"], " ".join(call["sql"]["text"].split())


def is_as_marked(mark, got):
    if mark[:4] != got[:4]:
        return False
    return mark[4] is None or re.fullmatch(re.escape(mark[4]).replace(re.escape("{...}"), "{.*}"), got[4], re.DOTALL) is not None


def differences(marks, calls):
    """One sentence for everything that is not as the marks say."""
    said, met = [], set()
    for call in calls:
        if call["method"] not in SQL_CALLS:
            continue
        lines = [(call["path"], line) for line in (call["line"], call["end_line"])]
        place = next((p for p in lines if p in marks and p not in met), None)
        where = f"{call['path']}:{call['line']}"
        if place is None:
            said.append(f"{where}: {told(call)} is not marked")
            continue
        met.add(place)
        is_bug, mark = marks[place]
        if is_as_marked(mark, told(call)) == is_bug:
            said.append(f"{where}: {told(call)}" + (" is right, so make the mark `#:`" if is_bug else f", expected {mark}"))
    said += [f"{path}:{line}: not found, expected {mark}" for (path, line), (is_bug, mark) in sorted(marks.items())
             if not is_bug and (path, line) not in met]
    return said


def calls_in(project):
    """What `callsites` tells of a file or folder, as a project of its own."""
    with tempfile.TemporaryDirectory(prefix="lite2pg-test-") as folder:
        root = pathlib.Path(folder) / "project"
        if project.is_dir():
            shutil.copytree(project, root)
        else:
            root.mkdir()
            shutil.copy(project, root)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        done = subprocess.run([PROGRAM, "callsites", "--format", "json"], cwd=root, capture_output=True, check=True, timeout=120)
    return json.loads(done.stdout)["callsites"]


class MarkedCalls(unittest.TestCase):
    maxDiff = None

    def test_the_calls_of_each_project_are_told_as_marked(self):
        projects = sorted(p for p in FIXTURES.iterdir() if p.suffix == ".py" or p.is_dir())
        self.assertTrue(projects)
        for project in projects:
            with self.subTest(project.name):
                files = [project] if project.is_file() else sorted(project.rglob("*.py"))
                home = project.parent if project.is_file() else project
                marks = {}
                for path in files:
                    marks.update(marks_of(path, path.relative_to(home).as_posix()))
                self.assertTrue(marks)
                self.assertEqual(differences(marks, calls_in(project)), [])

    def test_a_difference_is_noticed(self):
        call = {"path": "a.py", "line": 3, "end_line": 4, "method": "execute", "params": {"shape": "tuple", "count": 1},
                "sql": {"shape": "literal", "text": "SELECT\n  ?"}}
        mark = ("execute", "tuple", 1, "literal", "SELECT ?")

        self.assertEqual(differences({("a.py", 3): (False, mark)}, [call]), [])
        self.assertEqual(differences({("a.py", 4): (False, mark)}, [call]), [])
        self.assertEqual(differences({("a.py", 3): (True, mark[:2] + (2,) + mark[3:])}, [call]), [])
        for marks in ({}, {("a.py", 5): (False, mark)}, {("a.py", 3): (True, mark)},
                      *({("a.py", 3): (False, mark[:i] + (other,) + mark[i + 1:])}
                        for i, other in enumerate(("wrapper:f", "list", 2, "fstring", "SELECT 1")))):
            self.assertNotEqual(differences(marks, [call]), [], marks)
        self.assertNotEqual(differences({("a.py", 3): (False, mark)}, []), [])
        self.assertEqual(differences({("a.py", 3): (True, mark)}, []), [])
        self.assertTrue(is_as_marked(mark[:4] + ("A {...} B",), mark[:4] + ("A {x + y} B",)))
        self.assertFalse(is_as_marked(mark[:4] + ("A {...} B",), mark[:4] + ("A x B",)))


if __name__ == "__main__":
    unittest.main()
