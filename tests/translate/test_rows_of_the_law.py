"""Every row of the law that speaks of SQL has its cases in fixtures/sqltest:   test_rows_of_the_law.py

A case names a row in its title or among its remarks. A row needs two at least, and they must not all have the same verdict:
one shows what the row promises, another what is said where the row's condition is not met.
"""

import re
import sys
import unittest
from collections import defaultdict
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "sqltest"

ROWS = {
    "SQL": "01 02 03 03b 04 05 06 07 08 08b 09 10 11 12 13 13b 14 15 16 16b 17 18 19 19b 20 21 22 23 23b 24 25 25b 26 27 27b 27c 28 29 30"
           " 31 32 33 34 35 36 37 38 39 40 41 42 43",
    "BO": "01 01b 02 03 04 05 06 06b 07 08 09 10 11",
    "DT": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16",
    "JS": "01 02 02b 03 04 05 06 07 08 09 10",
    "BL": "01 02 03",
}

# Rows about what Python does with a value, or the program with a connection, that no statement shows.
NO_STATEMENT = {
    "DT-02": "Python's methods on what a row holds: the port's rules and cases look at those",
    "DT-03": "what Python writes out of a row",
    "DT-13": "SQLAlchemy's types for binds and columns, which the port does not write",
    "DT-15": "sqlite3's own adapter, and its warning",
    "JS-09": "SQLAlchemy's type for binds, which the port does not write",
}

# Rows of one verdict: there is no condition under which it would be another.
ONE_VERDICT = {
    "SQL-39": "full text search is always a design of its own",
    "SQL-41": "foreign keys are enforced by the connection (PRAGMA foreign_keys), not by a statement: both sides do in these tests",
}

ID = re.compile(r"\b(?:SQL|BO|DT|JS|BL)-\d+[a-z]?\b")


def cases():
    """(title and remarks, verdict)"""
    for path in sorted(FIXTURES.glob("*.sqltest")):
        for block in path.read_text().split("\n\n"):
            fields = dict(re.findall(r"^(case|verdict|remarks): (.*)$", block, re.M))
            if "case" in fields:
                yield fields["case"] + " " + fields.get("remarks", ""), fields["verdict"]


class RowsOfTheLaw(unittest.TestCase):
    def setUp(self):
        self.rows = {f"{family}-{number}" for family, numbers in ROWS.items() for number in numbers.split()}
        self.verdicts = defaultdict(list)
        for text, verdict in cases():
            for row in set(ID.findall(text)):
                self.verdicts[row].append(verdict)

    def test_every_row_has_two_cases(self):
        few = {row: len(self.verdicts[row]) for row in self.rows - set(NO_STATEMENT) if len(self.verdicts[row]) < 2}
        self.assertEqual(few, {})

    def test_every_row_has_a_case_of_another_verdict(self):
        alike = {row: self.verdicts[row][0] for row in self.rows - set(NO_STATEMENT) - set(ONE_VERDICT)
                 if len(set(self.verdicts[row])) < 2}
        self.assertEqual(alike, {})

    def test_exceptions_are_rows_and_are_needed(self):
        self.assertLessEqual(set(NO_STATEMENT) | set(ONE_VERDICT), self.rows)
        self.assertEqual([row for row in NO_STATEMENT if self.verdicts[row]], [])
        self.assertEqual([row for row in ONE_VERDICT if len(set(self.verdicts[row])) > 1], [])

    def test_cases_name_rows_that_there_are(self):
        self.assertLessEqual(set(self.verdicts), self.rows)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
