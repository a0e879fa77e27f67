"""Tables that a program makes itself: what `schema` finds of them, and that `sql --schema FOLDER` works with them."""
import json
import unittest

from harness import ProjectTest

OPENS = """
    import sqlite3

    con = sqlite3.connect("app.db")
"""


class ProgramTables(ProjectTest):
    def program(self, text, name="app.py"):
        self.write(name, OPENS + text)

    def catalog(self):
        ran = self.lite2pg("schema", "--emit", "json")
        self.assertEqual(ran.status, 0, ran)
        return {table["name"]: table for table in ran.json()["tables"]}

    def columns(self):
        return {name: [column["name"] for column in table["columns"]] for name, table in self.catalog().items()}

    def test_each_statement_of_a_loop_is_read(self):
        self.program("""
            for sql in ("CREATE TABLE a (x TEXT)", "CREATE TABLE b (y TEXT)"):
                con.execute(sql)
        """)

        self.assertEqual(self.columns(), {"a": ["x"], "b": ["y"]})

    def test_each_first_part_of_a_loop_is_read(self):
        self.program("""
            QUERIES = (("CREATE TABLE a (x TEXT)",), ("INSERT INTO a VALUES (?)", "one"), ("CREATE TABLE b (y TEXT)",))
            for query in QUERIES:
                con.execute(query[0])
        """)

        self.assertEqual(self.columns(), {"a": ["x"], "b": ["y"]})

    def test_columns_and_indexes_are_added_wherever_they_stand(self):
        self.program("""
            def upgrade():
                try:
                    con.execute("ALTER TABLE a ADD COLUMN y INTEGER")
                except sqlite3.OperationalError:
                    pass
                con.execute("CREATE UNIQUE INDEX a_by_x ON a (x)")

            def create():
                con.execute("CREATE TABLE a (x TEXT)")
        """)

        self.assertEqual(self.columns(), {"a": ["x", "y"]})
        self.assertEqual([(index["name"], index["unique"]) for index in self.catalog()["a"]["indexes"]], [("a_by_x", True)])

    def test_what_takes_away_is_passed_by(self):
        self.program("""
            con.execute("DROP TABLE a")
            con.execute("ALTER TABLE a RENAME TO b")
            con.execute("CREATE TABLE a (x TEXT)")
        """)

        self.assertEqual(self.columns(), {"a": ["x"]})

    def test_a_text_with_a_hole_does_not_spoil_a_table_that_is_known(self):
        self.program("""
            con.execute(f"CREATE TABLE a (x TEXT, {con.extra})")
            con.execute("CREATE TABLE a (x TEXT)")
            con.execute(f"CREATE TABLE b ({con.extra})")
        """)

        catalog = self.catalog()

        self.assertTrue(catalog["a"]["columns_known"])
        self.assertFalse(catalog["b"]["columns_known"])

    def test_a_script_that_nobody_is_seen_to_execute_is_read(self):
        self.program('''
            """CREATE TABLE docstring (x TEXT)"""
            SCRIPT = parsed("""
                -- what there is
                CREATE TABLE a (x TEXT);
                CREATE TABLE b (y TEXT DEFAULT '{}')
            """)
            NAMED = "CREATE TABLE %s (x TEXT)"
            SUMMED = "CREATE TABLE summed (x TEXT)" + REST
            PARTIAL = f"CREATE TABLE partial (x TEXT, {REST})"
            PROSE = "Create table after table."
            con.execute("CREATE TABLE c (z TEXT)")
        ''')

        self.assertEqual(self.columns(), {"c": ["z"], "a": ["x"], "b": ["y"]})

    def test_a_script_does_not_change_a_table_that_is_made(self):
        self.program("""
            OLD = "CREATE TABLE a (other TEXT)"
            con.execute("CREATE TABLE a (x TEXT)")
        """)

        self.assertEqual(self.columns(), {"a": ["x"]})

    def test_a_folder_without_sql_is_read_as_the_program_it_holds(self):
        self.program('con.execute("CREATE TABLE a (x TEXT)")', "src/app.py")

        ran = self.lite2pg("schema", "src", "--emit", "json")

        self.assertEqual([table["name"] for table in ran.json()["tables"]], ["a"])

    def test_tests_do_not_change_the_tables_of_the_program(self):
        self.program('con.execute("CREATE TABLE a (x TEXT NOT NULL)")')
        for name in ("tests/test_app.py", "checks/test_app.py", "conftest.py"):
            self.program("""
                con.execute("CREATE TABLE a (other TEXT)")
                con.execute("CREATE TABLE only_here (z TEXT)")
            """, name)

        self.assertEqual(self.columns(), {"a": ["x"], "only_here": ["z"]})
        self.assertTrue(self.catalog()["a"]["columns"][0]["not_null"])

    def test_a_class_of_migrations_that_is_handed_on_with_its_connection_is_read(self):
        self.write("store.py", """
            import sqlite3

            class Store:
                def __init__(self, path):
                    self.connection = sqlite3.connect(path)

                def action(self, query, args=()):
                    return self.connection.execute(query, args)

            class Upgrade:
                def __init__(self, connection):
                    self.connection = connection

                def done(self):
                    self.connection.action("UPDATE version SET number = ?", (1,))

            def upgrade(connection, kind):
                kind(connection).run()
        """)
        self.write("first.py", """
            import store

            class First(store.Upgrade):
                def run(self):
                    self.connection.action("CREATE TABLE version (number INTEGER)")
        """)
        self.write("main.py", """
            import first
            import store

            store.upgrade(store.Store("app.db"), first.First)
        """)

        self.assertEqual(self.columns(), {"version": ["number"]})

    def test_statements_are_translated_with_the_tables_of_a_project(self):
        self.program('con.execute("CREATE TABLE a (x TEXT, is_on INTEGER, n INTEGER)")', "src/app.py")
        self.write("pyproject.toml", """
            [tool.lite2pg.types]
            "a.is_on" = "boolean"
        """)
        request = json.dumps({"sql": "SELECT x FROM a WHERE is_on = 1 AND n = 1"}).encode()

        for folder in (".", "src", str(self.root)):
            ran = self.lite2pg("sql", "--jsonl", "--schema", folder, stdin=request)

            self.assertEqual(ran.status, 0, ran)
            self.assertEqual(json.loads(ran.out)["sql"], "SELECT x FROM a WHERE is_on = true AND n = 1")

    def test_a_folder_on_a_line_is_a_project_too(self):
        self.program('con.execute("CREATE TABLE a (is_on BOOLEAN)")')
        request = json.dumps({"sql": "SELECT COUNT(*) FROM a WHERE is_on = 1", "schema": "."}).encode()

        ran = self.lite2pg("sql", "--jsonl", stdin=request)

        self.assertIn("is_on = true", json.loads(ran.out)["sql"])

    def test_a_project_comes_before_further_files(self):
        self.program('con.execute("CREATE TABLE a (x TEXT)")')
        self.write("more.txt", "CREATE TABLE b (is_on BOOLEAN);")

        after = self.lite2pg("sql", "--schema", ".", "--schema", "more.txt", stdin=b"SELECT COUNT(*) FROM b WHERE is_on = 1")
        before = self.lite2pg("sql", "--schema", "more.txt", "--schema", ".", stdin=b"SELECT 1")

        self.assertIn("is_on = true", after.out)
        self.assertEqual(before.status, 2)
        self.assert_one_line(before.err)


if __name__ == "__main__":
    unittest.main()
