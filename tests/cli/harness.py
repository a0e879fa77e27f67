"""What the tests of the command line have in common: a project in a fresh folder, and the program run in it.

The program is named by LITE2PG; ctest sets it.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import textwrap
import unittest

PROGRAM = os.environ["LITE2PG"]
FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"


class Ran:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8")  # results are always UTF-8
        self.err = done.stderr.decode("utf-8")

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"status {self.status}\n--- out\n{self.out}--- err\n{self.err}"


class ProjectTest(unittest.TestCase):
    """Each test has a project of its own, empty at first: a git repository."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lite2pg-test-"))
        self.addCleanup(self.remove)
        self.root = self.folder / "project"
        self.root.mkdir()
        self.git("init", "-q")

    def remove(self):
        subprocess.run(["chmod", "-R", "u+rwX", str(self.folder)], check=False)
        shutil.rmtree(self.folder)

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.root, check=True, stdout=subprocess.DEVNULL)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def run_in(self, folder, *words, stdin=b"", env=None, timeout=120):
        surroundings = {**os.environ, "NO_COLOR": "", **(env or {})}
        done = subprocess.run([PROGRAM, *map(os.fspath, words)], cwd=folder, input=stdin, capture_output=True,
                              env=surroundings, timeout=timeout, check=False)
        return Ran(done)

    def lite2pg(self, *words, **how):
        return self.run_in(self.root, *words, **how)

    def assert_one_line(self, text):
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.startswith("lite2pg: "), text)


OFFENCE = """
    import sqlite3


    def names(path):
        con = sqlite3.connect(path)
        return con.execute("SELECT name FROM users ORDER BY name").fetchall()
"""
