"""What `check`, `callsites`, `report` and `show` say of a project."""
import unittest

from harness import OFFENCE, ProjectTest

PROVIDER = """
    import sqlite3


    def get_connection(path):
        return sqlite3.connect(path)


    def query_all(sql, args=()):
        return get_connection("app.db").execute(sql, args).fetchall()
"""


class Check(ProjectTest):
    def rules(self, ran):
        return [(f["path"], f["start"]["line"], f["rule"]) for f in ran.json()["findings"]]

    def test_a_finding_says_where_what_and_why(self):
        self.write("app.py", OFFENCE)

        ran = self.lite2pg("check")

        self.assertEqual(ran.status, 1)
        self.assertIn("app.py:6:24: error execute/string-without-text SQLAlchemy does not execute a string", ran.out)
        self.assertIn('  6 |     return con.execute("SELECT name FROM users ORDER BY name").fetchall()\n'
                      "    |                        ^~~~", ran.out)
        self.assertIn("  app.py:5:11: the connection comes from sqlite3 here\n", ran.out)
        self.assertTrue(ran.out.endswith(" in 1 file\n"), ran.out)

    def test_json_has_what_the_contract_names(self):
        self.write("app.py", OFFENCE)

        document = self.lite2pg("check", "--format", "json").json()

        self.assertEqual(document["version"], 1)
        self.assertEqual(document["tool"]["name"], "lite2pg")
        finding = document["findings"][0]
        self.assertEqual(list(finding), ["rule", "card", "severity", "certainty", "path", "start", "end", "message", "notes",
                                         "unit", "fix", "fingerprint", "baseline"])
        self.assertEqual(list(finding["fix"]), ["safety", "reason", "title"])
        self.assertEqual(list(document["summary"]), ["files", "findings", "by_rule", "by_card", "by_safety"])
        self.assertEqual(document["summary"]["findings"], len(document["findings"]))
        for figures in ("by_rule", "by_card", "by_safety"):
            self.assertEqual(sum(document["summary"][figures].values()), len(document["findings"]), figures)

    def test_fingerprints_stay_when_lines_move_and_never_meet(self):
        self.write("app.py", OFFENCE)
        before = [f["fingerprint"] for f in self.lite2pg("check", "--format", "json").json()["findings"]]
        self.write("app.py", "\n# moved\n\n" + (self.root / "app.py").read_text())

        after = [f["fingerprint"] for f in self.lite2pg("check", "--format", "json").json()["findings"]]

        self.assertEqual(before, after)
        self.assertEqual(len(set(before)), len(before))

    def test_the_same_project_gives_the_same_bytes(self):
        self.write("app.py", OFFENCE)
        self.write("db.py", PROVIDER)

        first, second = self.lite2pg("check", "--format", "json"), self.lite2pg("check", "--format", "json")

        self.assertEqual(first.out, second.out)

    def test_rules_and_families_are_selected_and_ignored(self):
        self.write("app.py", OFFENCE)

        one = self.lite2pg("check", "--select", "connect/sqlite3-import", "--format", "json")
        family = self.lite2pg("check", "--select", "connect", "--format", "json")
        rest = self.lite2pg("check", "--ignore", "connect,dialect,execute,rows", "--format", "json")

        self.assertEqual(self.rules(one), [("app.py", 1, "connect/sqlite3-import")])
        self.assertEqual(self.rules(family), [("app.py", 1, "connect/sqlite3-import"), ("app.py", 5, "connect/sqlite3-connect")])
        self.assertEqual(self.rules(rest), [])
        self.assertEqual(rest.status, 0)

    def test_settings_select_ignore_and_grade(self):
        self.write("app.py", OFFENCE)
        self.write("old/app.py", OFFENCE)
        self.write("lite2pg.toml", """
            select = ["connect"]
            ignore = ["connect/sqlite3-import"]
            per-file-ignores = { "old/**" = ["connect"] }
            severity = { "connect/sqlite3-connect" = "info" }
        """)

        document = self.lite2pg("check", "--format", "json").json()

        self.assertEqual([(f["path"], f["rule"], f["severity"]) for f in document["findings"]],
                         [("app.py", "connect/sqlite3-connect", "info")])

    def test_a_bridge_keeps_sqlite_on_purpose(self):
        self.write("legacy.py", OFFENCE)
        self.write("lite2pg.toml", "bridges = ['legacy.py']\n")

        self.assertEqual(self.lite2pg("check").status, 0)

    def test_findings_carry_the_card_of_their_file(self):
        self.write("app.py", OFFENCE)
        self.write("other.py", OFFENCE)
        self.write("lite2pg.toml", "cards = 'cards.toml'\n")
        self.write("cards.toml", "[[card]]\nid = 'RM-1'\ntitle = 'One'\nfiles = ['app.py']\n")

        everything = self.lite2pg("check", "--format", "json").json()
        of_card = self.lite2pg("check", "--card", "rm-1", "--format", "json").json()
        unknown = self.lite2pg("check", "--card", "RM-11")

        self.assertEqual({f["path"]: f["card"] for f in everything["findings"]}, {"app.py": "RM-1", "other.py": None})
        self.assertEqual({f["path"] for f in of_card["findings"]}, {"app.py"})
        self.assertEqual(unknown.status, 2)
        self.assertIn("did you mean RM-1?", unknown.err)

    def test_statistics_count_by_rule(self):
        self.write("app.py", OFFENCE)

        ran = self.lite2pg("check", "--statistics")

        self.assertEqual(ran.status, 1)
        self.assertRegex(ran.out, r"(?m)^ +1  connect/sqlite3-connect ")
        self.assertNotIn("app.py", ran.out)

    def test_exit_zero_is_for_those_who_only_look(self):
        self.write("app.py", OFFENCE)

        ran = self.lite2pg("check", "--exit-zero")

        self.assertEqual(ran.status, 0)
        self.assertIn("app.py:5:11", ran.out)

    def test_a_named_file_is_judged_with_the_project_around_it(self):
        self.write("pkg/db.py", PROVIDER)
        self.write("pkg/service.py", """
            from pkg.db import get_connection


            def forget():
                con = get_connection("a")
                con.execute("DELETE FROM seen WHERE id = ?", (1,))
        """)

        ran = self.lite2pg("check", "--format", "json", "pkg/service.py")

        self.assertEqual(self.rules(ran), [("pkg/service.py", 6, "execute/string-without-text"),
                                           ("pkg/service.py", 6, "params/qmark-placeholder")])

    def test_a_file_without_a_word_of_the_api_is_linked_by_the_name_of_a_wrapper(self):
        self.write("pkg/db.py", PROVIDER)
        self.write("pkg/service.py", """
            from pkg.db import query_all


            def names(uid):
                return query_all("SELECT name FROM users WHERE id = ?", (uid,))
        """)
        self.write("pkg/unrelated.py", "query_all = 1\n")

        ran = self.lite2pg("callsites", "--format", "json", "pkg/service.py")

        calls = ran.json()["callsites"]
        self.assertEqual([(c["line"], c["method"], c["callee"]) for c in calls], [(5, "wrapper", "query_all")])
        self.assertEqual(calls[0]["sql"]["placeholders"], 1)

    def test_a_name_travels_through_the_package_that_exports_it_again(self):
        self.write("app/__init__.py", "")
        self.write("app/store/__init__.py", "from .sqlite import query_all\n")
        self.write("app/store/sqlite.py", PROVIDER)
        self.write("app/views.py", """
            from app.store import query_all


            def names():
                return query_all("SELECT name FROM users ORDER BY name")
        """)

        calls = self.lite2pg("callsites", "--format", "json", "app/views.py").json()["callsites"]

        self.assertEqual([c["method"] for c in calls], ["wrapper"])

    def test_a_project_without_sqlite_is_silent(self):
        self.write("app.py", "def run(session):\n    session.execute('DELETE FROM seen')\n    session.cursor()\n")

        ran = self.lite2pg("check")

        self.assertEqual(ran.status, 0)
        self.assertEqual(ran.out, "0 findings in 1 file\n")

    def test_standard_input_is_a_file_of_the_project(self):
        self.write("app.py", "x = 1\n")

        ran = self.lite2pg("check", "--format", "json", "--stdin-filename", "app.py", "-", stdin=b"import sqlite3\n")

        self.assertEqual(self.rules(ran), [("app.py", 1, "connect/sqlite3-import")])


class Secrets(ProjectTest):
    PASSWORD = "Tr0ub4dor"

    def test_a_password_is_found_in_any_text_and_never_printed(self):
        url = f"postgresql://app:{self.PASSWORD}@db.internal/app"
        self.write("app.py", f'import sqlite3; URL = "{url}"; sqlite3.connect(URL)\n')
        self.write("deploy/compose.yml", f"environment:\n  DATABASE_URL: {url}\n")
        self.write("README.md", "postgres://user:password@host/db\n")

        for how in ([], ["--format", "json"], ["--statistics"], ["--color", "always"]):
            ran = self.lite2pg("check", *how)
            self.assertEqual(ran.status, 1)
            self.assertNotIn(self.PASSWORD, ran.out + ran.err)
        findings = self.lite2pg("check", "--select", "secrets", "--format", "json").json()["findings"]
        self.assertEqual([(f["path"], f["start"]["line"]) for f in findings], [("app.py", 1), ("deploy/compose.yml", 2)])

    def test_other_findings_on_the_line_do_not_print_it_either(self):
        self.write("app.py", f'import sqlite3; sqlite3.connect("postgres://app:{self.PASSWORD}@h/x").execute("DELETE FROM t")\n')

        ran = self.lite2pg("check", "--ignore", "secrets")

        self.assertIn("execute/string-without-text", ran.out)
        self.assertNotIn(self.PASSWORD, ran.out)

    def test_a_fingerprint_is_not_made_of_the_password(self):
        prints = set()
        for password in ("Tr0ub4dor", "c0rrectH0rse"):
            self.write("settings.env", f"URL=postgres://app:{password}@db/x\n")
            prints.add(self.lite2pg("check", "--format", "json").json()["findings"][0]["fingerprint"])

        self.assertEqual(len(prints), 1)

    def test_text_from_standard_input_is_looked_at_for_secrets(self):
        ran = self.lite2pg("check", "--format", "json", "--stdin-filename", "notes.md", "-",
                           stdin=f"import sqlite3\npostgres://a:{self.PASSWORD}@h/x\n".encode())

        self.assertEqual([(f["path"], f["rule"]) for f in ran.json()["findings"]], [("notes.md", "secrets/postgres-url")])

    def test_a_named_text_file_is_looked_at_for_secrets_only(self):
        self.write("notes.md", f"import sqlite3\nsqlite3.connect(x).execute('y')\npostgres://a:{self.PASSWORD}@h/x\n")
        self.write("other.md", f"postgres://a:{self.PASSWORD}@h/x\n")

        findings = self.lite2pg("check", "--format", "json", "notes.md").json()["findings"]

        self.assertEqual([(f["path"], f["rule"], f["start"]["line"]) for f in findings],
                         [("notes.md", "secrets/postgres-url", 3)])


class Callsites(ProjectTest):
    def test_callsites_tells_every_text_a_statement_may_have(self):
        self.write("app.py", """
import sqlite3

def find(conn: sqlite3.Connection, newest, name=None):
    sql = "SELECT id FROM users"
    if name:
        sql += " WHERE name = ?"
    conn.execute("SELECT 1")
    conn.execute("SELECT 2" if newest else "SELECT 3")
    return conn.execute(sql + " LIMIT 1", [name] if name else [])
""")

        calls = self.lite2pg("callsites", "--format", "json").json()["callsites"]

        self.assertEqual([call["sql"].get("variants") for call in calls],
                         [None, ["SELECT 2", "SELECT 3"], ["SELECT id FROM users WHERE name = ? LIMIT 1"]])

    def test_a_call_is_told_with_all_that_is_known(self):
        self.write("app.py", """
            import sqlite3


            def rename(con: sqlite3.Connection, table, uid, name):
                con.execute(f"UPDATE {table} SET name = ? WHERE id = ?", (name, uid))
        """)

        document = self.lite2pg("callsites", "--format", "json").json()

        self.assertEqual(len(document["callsites"]), 1)
        call = document["callsites"][0]
        self.assertEqual((call["path"], call["line"], call["column"], call["end_line"], call["end_column"]),
                         ("app.py", 5, 5, 5, 74))
        self.assertEqual((call["function"], call["method"]), ("app.rename", "execute"))
        self.assertEqual(call["receiver"], {"role": "connection", "certainty": "yes", "because": {"path": "app.py", "line": 4}})
        self.assertEqual(call["sql"], {"text": "UPDATE {table} SET name = ? WHERE id = ?", "complete": False,
                                       "shape": "fstring", "placeholders": 2, "kind": "update"})
        self.assertEqual(call["params"], {"shape": "tuple", "count": 2})
        self.assertIsNone(call["card"])

    def test_commands_that_only_inform_exit_zero(self):
        self.write("app.py", OFFENCE)

        for command in ("callsites", "report", "rules"):
            self.assertEqual(self.lite2pg(command).status, 0, command)

    def test_stages_are_shown_and_unknown_ones_refused(self):
        self.write("app.py", OFFENCE)

        for stage in ("tokens", "tree", "scopes", "roles", "sqltext", "callsites", "units"):
            ran = self.lite2pg("show", stage, "app.py")
            self.assertEqual(ran.status, 0, stage)
            self.assertNotEqual(ran.out, "", stage)
        self.assertEqual(self.lite2pg("show", "stars", "app.py").status, 2)

    def test_stages_of_sql_are_shown_for_files_of_sql(self):
        self.write("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, is_admin BOOLEAN NOT NULL);\n")
        self.write("app.py", OFFENCE)

        self.assertIn("0..6 keyword CREATE\n", self.lite2pg("show", "tokens", "schema.sql").out)
        self.assertIn("create-table", self.lite2pg("show", "tree", "schema.sql").out)
        for name in ("schema.sql", "app.py"):
            ran = self.lite2pg("show", "catalog", name)
            self.assertIn("table users (schema.sql:1)\n", ran.out)
            self.assertIn("    is_admin BOOLEAN -> BOOLEAN, not null", ran.out)
        self.assertEqual(self.lite2pg("show", "roles", "schema.sql").status, 2)

    def test_verbose_says_how_much_was_looked_at(self):
        self.write("app.py", OFFENCE)
        self.write("clean.py", "x = 1\n")

        ran = self.lite2pg("check", "--verbose")

        self.assertIn("2 Python files, 1 of them parsed; 3 calls in ", ran.err)


class Report(ProjectTest):
    def test_every_file_counts_for_its_card(self):
        self.write("app.py", OFFENCE)
        self.write("clean.py", "x = 1\n")
        self.write("lite2pg.toml", "cards = 'cards.toml'\n")
        self.write("cards.toml", "[[card]]\nid = 'RM-1'\ntitle = 'One'\nfiles = ['app.py', 'clean.py']\n")

        document = self.lite2pg("report", "--format", "json").json()

        card = document["cards"][0]
        self.assertEqual((card["id"], card["files"], card["callsites"]["total"]), ("RM-1", 2, 1))
        self.assertEqual(self.lite2pg("report", "--format", "markdown").status, 0)


if __name__ == "__main__":
    unittest.main()
