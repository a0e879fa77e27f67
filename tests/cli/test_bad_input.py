"""Input that is broken, hostile, or not there."""
import os
import pwd
import subprocess
import unittest

from harness import FIXTURES, OFFENCE, PROGRAM, ProjectTest, Ran


class BadInput(ProjectTest):
    def test_a_path_that_does_not_exist_is_named_in_one_line(self):
        ran = self.lite2pg("check", "no/such/file.py")

        self.assertEqual(ran.status, 2)
        self.assert_one_line(ran.err)
        self.assertIn("no/such/file.py", ran.err)
        self.assertEqual(ran.out, "")

    def test_a_second_path_that_does_not_exist_is_named_as_well(self):
        self.write("app.py", OFFENCE)

        ran = self.lite2pg("check", "app.py", "gone.py")

        self.assertEqual(ran.status, 2)
        self.assert_one_line(ran.err)
        self.assertIn("gone.py", ran.err)

    def run_unprivileged(self, *words):
        """Root may read everything, so it becomes somebody else."""
        if os.geteuid() != 0:
            return self.lite2pg(*words)
        nobody = pwd.getpwnam("nobody")
        for folder in (self.folder, self.root):
            folder.chmod(0o755)
        subprocess.run(["chown", "-R", "nobody", str(self.folder)], check=True)
        done = subprocess.run([PROGRAM, *words], cwd=self.root, capture_output=True, check=False, user=nobody.pw_uid,
                              group=nobody.pw_gid, extra_groups=[], env={**os.environ, "HOME": str(self.folder)})
        return Ran(done)

    def test_a_file_without_permission_is_an_error_and_the_others_are_analysed(self):
        self.write("app.py", OFFENCE)
        self.write("locked.py", OFFENCE).chmod(0)
        try:
            ran = self.run_unprivileged("check")
        except PermissionError:
            self.skipTest("the program lies where others cannot reach it")

        self.assertEqual(ran.status, 2, ran)
        self.assert_one_line(ran.err)
        self.assertIn("locked.py: Permission denied", ran.err)
        self.assertIn("app.py:5:11: error connect/sqlite3-connect", ran.out)

    def test_a_folder_called_like_a_file_is_looked_into(self):
        self.write("x.py/app.py", OFFENCE)

        ran = self.lite2pg("check", "x.py")

        self.assertEqual(ran.status, 1)
        self.assertIn("x.py/app.py:5:11", ran.out)
        self.assertEqual(ran.err, "")

    def test_a_link_out_of_the_project_is_not_followed(self):
        outside = self.folder / "outside.py"
        outside.write_text("import sqlite3\n")
        (self.root / "link.py").symlink_to(outside)

        ran = self.lite2pg("check")

        self.assertEqual(ran.status, 0)
        self.assertIn("link.py: a link that leaves the project", ran.err)
        self.assertIn("0 findings", ran.out)

    def test_a_named_link_out_of_the_project_is_not_followed_either(self):
        outside = self.folder / "outside.py"
        outside.write_text("import sqlite3\n")
        (self.root / "link.py").symlink_to(outside)

        ran = self.lite2pg("check", "link.py")

        self.assertNotIn("sqlite3-import", ran.out)
        self.assertIn("link.py", ran.err)

    def test_files_that_may_use_sqlite3_and_are_not_read_are_named(self):
        self.write("app.py", OFFENCE)
        self.write("look.ipynb", '{"cells": ["import sqlite3"]}')
        self.write("other.ipynb", '{"cells": []}')
        self.write("app.pyi", "import sqlite3\n")

        ran = self.lite2pg("check")

        self.assertIn("look.ipynb: a notebook", ran.err)
        self.assertIn("app.pyi: a stub", ran.err)
        self.assertNotIn("other.ipynb", ran.err)

    def test_links_in_a_circle_end(self):
        (self.root / "a").symlink_to("b")
        (self.root / "b").symlink_to("a")
        (self.root / "sub").mkdir()
        (self.root / "sub" / "up").symlink_to("..")
        (self.root / "c.py").symlink_to("c.py")
        self.write("app.py", OFFENCE)

        ran = self.lite2pg("check")

        self.assertEqual(ran.status, 1)
        self.assertEqual(ran.out.count("connect/sqlite3-connect"), 1)

    def test_nul_bytes_do_not_hide_what_stands_around_them(self):
        self.write("nul.py", b"import sqlite3\nx = '\x00'\nsqlite3.connect('a')\n")

        ran = self.lite2pg("check")

        self.assertIn(ran.status, (0, 1))
        self.assertNotIn("\x00", ran.out + ran.err)

    def test_a_found_file_that_is_no_utf8_is_a_warning(self):
        self.write("app.py", OFFENCE)
        self.write("bad.py", b"import sqlite3\nname = '\xff\xfe'\n")

        ran = self.lite2pg("check")

        self.assertEqual(ran.status, 1)
        self.assert_one_line(ran.err)
        self.assertIn("bad.py", ran.err)
        self.assertIn("app.py:5:11", ran.out)

    def test_a_named_file_that_is_no_utf8_is_an_error(self):
        self.write("bad.py", b"import sqlite3\nname = '\xff\xfe'\n")

        ran = self.lite2pg("check", "bad.py")

        self.assertEqual(ran.status, 2)
        self.assert_one_line(ran.err)
        self.assertIn("bad.py", ran.err)

    def test_a_coding_line_is_honoured_and_columns_count_characters(self):
        self.write("old.py", "# -*- coding: latin-1 -*-\nimport sqlite3\ndb = 'Z\xfcrich'; con = sqlite3.connect(db)\n"
                   .encode("latin-1"))

        finding = [f for f in self.lite2pg("check", "--format", "json").json()["findings"]
                   if f["rule"] == "connect/sqlite3-connect"][0]

        self.assertEqual(finding["start"]["line"], 3)
        self.assertEqual(finding["start"]["column"], 22)
        self.assertEqual((self.root / "old.py").read_bytes()[finding["start"]["offset"]:finding["end"]["offset"]],
                         b"sqlite3.connect(db)")

    def test_a_file_of_50_megabytes_is_refused_by_name(self):
        self.write("huge.py", b"import sqlite3\n" + b"x = 1\n" * (50 * 1024 * 1024 // 6))
        self.write("app.py", OFFENCE)

        found = self.lite2pg("check")
        named = self.lite2pg("check", "huge.py")

        self.assertEqual(found.status, 1)
        self.assert_one_line(found.err)
        self.assertIn("huge.py has 52428", found.err)
        self.assertEqual(named.status, 2)
        self.assert_one_line(named.err)

    def test_ten_thousand_brackets_are_passed_by(self):
        self.write("deep.py", "import sqlite3\nx = " + "(" * 10000 + "1" + ")" * 10000 + "\nsqlite3.connect('a')\n")

        ran = self.lite2pg("check")

        self.assertEqual(ran.status, 1)
        self.assertIn("deep.py:1:1: warning connect/sqlite3-import", ran.out)
        self.assertIn("deep.py:3:1: error connect/sqlite3-connect", ran.out)
        self.assertIn("deep.py", ran.err)

    def test_after_a_syntax_error_the_rest_is_still_analysed(self):
        self.write("broken.py", """
            import sqlite3
            con = sqlite3.connect("a")

            def broken(:
                return = 1

            def later():
                con.execute("DELETE FROM seen")
        """)

        ran = self.lite2pg("check")

        self.assertEqual(ran.status, 1)
        self.assertIn("broken.py:8:17: error execute/string-without-text", ran.out)
        self.assert_one_line(ran.err)
        self.assertIn("broken.py:4:", ran.err)
        self.assertIn("syntax error", ran.err)

    def test_empty_files_and_empty_projects_hold_nothing(self):
        empty = self.lite2pg("check")
        self.write("empty.py", b"")
        one = self.lite2pg("check", "empty.py")

        for ran in (empty, one):
            self.assertEqual(ran.status, 0, ran)
            self.assertTrue(ran.out.startswith("0 findings in "), ran)
            self.assertEqual(ran.err, "")

    def test_names_of_files_cannot_drive_the_terminal(self):
        self.write("evil\x1b[31m\n.py", "import sqlite3\n")

        ran = self.lite2pg("check")

        self.assertEqual(ran.status, 1)
        self.assertNotIn("\x1b", ran.out)
        self.assertIn("evil\\x1b[31m\\n.py:1:1", ran.out)

    def test_source_lines_cannot_drive_the_terminal(self):
        self.write("evil.py", "import sqlite3  # \x1b]0;owned\x07 \u202e\n")

        ran = self.lite2pg("check")

        for char in "\x1b\x07\u202e":
            self.assertNotIn(char, ran.out)

    def test_a_pipe_in_the_project_does_not_hold_us_up(self):
        os.mkfifo(self.root / "pipe.py")
        self.write("app.py", OFFENCE)

        ran = self.lite2pg("check", timeout=20)

        self.assertEqual(ran.status, 1)


class BadSettings(ProjectTest):
    def setUp(self):
        super().setUp()
        self.write("app.py", OFFENCE)

    def assert_refused(self, ran, *words):
        self.assertEqual(ran.status, 2, ran)
        self.assert_one_line(ran.err)
        self.assertEqual(ran.out, "")
        for word in words:
            self.assertIn(word, ran.err)

    def test_an_unknown_key_is_named_with_its_line(self):
        self.write("lite2pg.toml", "postgres = 15\nselekt = ['params']\n")

        self.assert_refused(self.lite2pg("check"), "lite2pg.toml:2", "selekt", "select")

    def test_toml_that_is_none_is_named_with_its_line(self):
        self.write("pyproject.toml", "[tool.lite2pg]\npostgres = [15\n")

        self.assert_refused(self.lite2pg("check"), "pyproject.toml")

    def test_a_selected_rule_that_does_not_exist_is_named_with_its_line(self):
        self.write("lite2pg.toml", "postgres = 15\nselect = ['params/qmark-placeholdr']\n")

        self.assert_refused(self.lite2pg("check"), "lite2pg.toml:2", "did you mean params/qmark-placeholder?")

    def test_a_severity_for_a_rule_that_does_not_exist_is_refused(self):
        self.write("lite2pg.toml", "[severity]\n'rows/row-by-nam' = 'warning'\n")

        self.assert_refused(self.lite2pg("check"), "lite2pg.toml:2", "rows/row-by-name")

    def test_a_schema_file_that_is_not_there_is_named_with_its_line(self):
        self.write("lite2pg.toml", "postgres = 15\nschema = ['db/schema.sql']\n")

        self.assert_refused(self.lite2pg("check"), "lite2pg.toml:2", "db/schema.sql")

    def test_a_card_document_that_is_not_there_is_an_error(self):
        self.write("lite2pg.toml", "cards = 'docs/cards.md'\n")

        self.assert_refused(self.lite2pg("check"), "docs/cards.md")

    def test_an_unknown_dependency_of_a_card_is_an_error(self):
        self.write("lite2pg.toml", "cards = 'cards.toml'\n")
        self.write("cards.toml", (FIXTURES / "bad" / "cards-unknown-dependency.toml").read_text())

        self.assert_refused(self.lite2pg("check"), "cards.toml", "RM-9")
        self.assert_refused(self.lite2pg("report"), "cards.toml", "RM-9")

    def test_a_cycle_of_cards_is_an_error(self):
        self.write("lite2pg.toml", "cards = 'cards.toml'\n")
        self.write("cards.toml", (FIXTURES / "bad" / "cards-cycle.toml").read_text())

        self.assert_refused(self.lite2pg("report"), "cards.toml", "RM-1", "RM-2")


if __name__ == "__main__":
    unittest.main()
