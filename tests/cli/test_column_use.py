"""How programs use columns and what that makes of the columns: fixtures/meaning, signal by signal and as a whole."""
import re
import unittest

from harness import FIXTURES, ProjectTest

CASES = FIXTURES / "meaning" / "uses.txt"
SIGNALS = FIXTURES.parent / "analyzers" / "schema" / "signals.def"
SEVERAL = ("always", "with")

PROGRAM = """\
import hashlib
import json
import sqlite3
import time
from datetime import date, datetime, timedelta, timezone
from json import dumps as pack, loads as unpack

con = sqlite3.connect("app.db")
con.row_factory = sqlite3.Row
con.execute("CREATE TABLE {t} (id INTEGER PRIMARY KEY, {definition})")


def read():
    return con.execute("SELECT * FROM {t}").fetchall()


{lines}
"""


def cases():
    """Each case as a dict of its lines; `always` and `with` are texts."""
    found = []
    for block in re.split(r"\n\s*\n", CASES.read_text(encoding="utf-8")):
        case = {word: "" for word in SEVERAL}
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            word, _, value = line.partition(":")
            value = value.removeprefix(" ")
            case[word] = case[word] + value + "\n" if word in SEVERAL else value
        if "kind" in case:
            found.append(case)
    return found


def program(case, table, twin):
    column = case["column"].split()[0]
    lines = (case["always"] + ("" if twin else case["with"])).replace("{t}", table).replace("{c}", column)
    return (PROGRAM.replace("{t}", table).replace("{definition}", case["column"]).replace("{lines}", lines))


def meaning(column):
    evidence = column["evidence"]
    return {"no": "plain", "maybe": "likely " + evidence["meaning"], "yes": evidence["meaning"]}[evidence["certainty"]]


class ColumnUse(ProjectTest):
    def columns(self, *words):
        ran = self.lite2pg("schema", "--emit", "json", *words)
        self.assertEqual(ran.status, 0, ran)
        return {(table["name"], column["name"]): column for table in ran.json()["tables"] for column in table["columns"]}

    def told(self, twin):
        """For each case: what its column means, and the kinds of signals, all cases in one project."""
        self.write("other.sql", "CREATE TABLE other (size INTEGER);")
        for number, case in enumerate(cases()):
            self.write(f"case{number}.py", program(case, f"t{number}", twin))
        columns = self.columns()
        found = []
        for number, case in enumerate(cases()):
            column = columns[f"t{number}", case["column"].split()[0]]
            found.append((meaning(column), {signal["kind"].upper() for signal in column["signals"]}))
        return found

    def test_each_use_of_a_column_gives_its_signal_and_the_meaning_that_follows(self):
        for number, (case, (means, kinds)) in enumerate(zip(cases(), self.told(twin=False))):
            with self.subTest(case["kind"], number=number, lines=case["with"]):
                self.assertIn(case["kind"], kinds)
                self.assertEqual(means, case["means"])

    def test_without_it_there_is_no_such_signal_and_the_meaning_is_another(self):
        for number, (case, (means, kinds)) in enumerate(zip(cases(), self.told(twin=True))):
            with self.subTest(case["kind"], number=number, lines=case["always"]):
                self.assertNotIn(case["kind"], kinds)
                self.assertEqual(means, case["else"])

    def test_every_kind_of_signal_has_a_case_that_turns_on_it(self):
        declared = re.findall(r"^SIGNAL\((\w+),", SIGNALS.read_text(encoding="utf-8"), re.M)

        turning = {case["kind"] for case in cases() if case["means"] != case["else"]}

        of_programs = {kind for kind in declared if not kind.startswith("DATA_")}
        self.assertGreater(len(of_programs), 30)
        self.assertEqual(turning, of_programs)

    def test_the_evidence_is_told_with_its_places(self):
        folder = FIXTURES / "meaning" / "diary"
        for path in sorted(folder.iterdir()):
            if path.suffix in (".py", ".sql"):
                self.write(path.name, path.read_text(encoding="utf-8"))

        ran = self.lite2pg("schema", "--emit", "types")

        self.assertEqual((ran.status, ran.out), (0, (folder / "types.txt").read_text(encoding="utf-8")), ran)

    def test_other_names_and_other_tables_change_nothing(self):
        source = (FIXTURES / "meaning" / "diary" / "diary.py").read_text(encoding="utf-8")
        schema = (FIXTURES / "meaning" / "diary" / "schema.sql").read_text(encoding="utf-8")
        self.write("schema.sql", schema)
        self.write("diary.py", source)
        before = self.columns()

        renamed = re.sub(r"\b(connection|entry|moment|cursor|found|flags)\b", r"\1_of_it", source)
        self.assertNotEqual(renamed, source)
        self.write("diary.py", "# one line more\n" + renamed)
        self.write("zzz.sql", "CREATE TABLE unrelated (id INTEGER PRIMARY KEY, is_open INTEGER, note TEXT);")
        after = self.columns()

        def essence(columns):
            return {name: (column["type"], column["evidence"]["meaning"], column["evidence"]["certainty"],
                           column["evidence"]["because"],
                           [(signal["kind"], signal["count"]) for signal in column["signals"]])
                    for name, column in columns.items() if name[0] != "unrelated"}
        self.assertEqual(essence(after), essence(before))

    def test_a_table_that_only_the_running_program_knows_may_be_any(self):
        case = {"column": "seen_at TEXT", "always": "", "with":
                'con.execute("UPDATE {t} SET {c} = ?", (datetime.now().isoformat(),))\n'}
        self.write("app.py", program(case, "t", twin=False))
        self.assertEqual(meaning(self.columns()["t", "seen_at"]), "likely timestamptz")

        case["with"] += 'con.execute(f"INSERT INTO {con.table} VALUES (?)", (con.value,))\n'
        self.write("app.py", program(case, "t", twin=False))

        self.assertEqual(meaning(self.columns()["t", "seen_at"]), "plain")

    def test_tests_are_no_part_of_the_program(self):
        case = {"column": "is_open INTEGER", "always": 'con.execute("SELECT * FROM {t} WHERE {c} = 1")\n', "with": ""}
        self.write("app.py", program(case, "t", twin=False))
        self.assertEqual(meaning(self.columns()["t", "is_open"]), "likely boolean")

        self.write("tests/test_app.py", """
            import sqlite3
            con = sqlite3.connect("x.db")
            con.execute("UPDATE t SET is_open = 5")
        """)

        self.assertEqual(meaning(self.columns()["t", "is_open"]), "likely boolean")

    def test_the_word_of_the_configuration_outweighs_the_program(self):
        self.write("lite2pg.toml", '[types]\n"t.is_open" = "bigint"\n')
        case = {"column": "is_open INTEGER DEFAULT 0", "always": 'con.execute("SELECT * FROM {t} WHERE {c} = 1")\n',
                "with": ""}
        self.write("app.py", program(case, "t", twin=False))

        self.assertEqual(self.columns()["t", "is_open"]["type"], "BIGINT")

    def test_rows_beside_a_schema_are_no_uses_but_triggers_and_views_are(self):
        self.write("schema.sql", """
            CREATE TABLE t (id INTEGER PRIMARY KEY, is_open INTEGER, flagged INTEGER DEFAULT 0, seen_at TEXT);
            INSERT INTO t (is_open, flagged) VALUES (1, 0);
            INSERT INTO t (is_open, flagged) VALUES (0, 1);
        """)
        rows = self.columns("schema.sql")
        self.write("schema.sql", """
            CREATE TABLE t (id INTEGER PRIMARY KEY, is_open INTEGER, flagged INTEGER DEFAULT 0, seen_at TEXT);
            CREATE VIEW open AS SELECT * FROM t WHERE is_open = 1;
            CREATE TRIGGER touch AFTER UPDATE ON t BEGIN
                UPDATE t SET seen_at = datetime('now') WHERE id = new.id AND old.flagged = 0;
                UPDATE t SET flagged = 1 WHERE id = new.id;
            END;
        """)
        uses = self.columns("schema.sql")

        self.assertEqual([meaning(rows["t", name]) for name in ("is_open", "flagged", "seen_at")], ["plain"] * 3)
        self.assertEqual([meaning(uses["t", name]) for name in ("is_open", "flagged", "seen_at")],
                         ["likely boolean", "likely boolean", "likely timestamptz"])


if __name__ == "__main__":
    unittest.main()
