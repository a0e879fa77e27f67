"""Words on the command line: commands, options, help, exit status."""
import pathlib
import signal
import subprocess
import unittest

from harness import OFFENCE, PROGRAM, ProjectTest


class Words(ProjectTest):
    def test_an_unknown_command_is_refused_with_the_nearest_one(self):
        ran = self.lite2pg("chek")

        self.assertEqual(ran.status, 2)
        self.assertEqual(ran.err, "lite2pg: there is no command chek; did you mean check?\n")

    def test_an_unknown_option_is_refused_with_the_nearest_one(self):
        ran = self.lite2pg("check", "--fromat", "json")

        self.assertEqual(ran.status, 2)
        self.assertEqual(ran.err, "lite2pg: check has no option --fromat; did you mean --format?\n")

    def test_an_option_of_another_command_is_unknown(self):
        ran = self.lite2pg("report", "--statistics")

        self.assertEqual(ran.status, 2)
        self.assert_one_line(ran.err)
        self.assertIn("report has no option --statistics", ran.err)

    def test_an_option_without_its_value_is_refused(self):
        ran = self.lite2pg("check", "--format")

        self.assertEqual(ran.status, 2)
        self.assertEqual(ran.err, "lite2pg: --format needs a value: --format NAME\n")

    def test_a_value_for_an_option_that_takes_none_is_refused(self):
        ran = self.lite2pg("check", "--statistics=3")

        self.assertEqual(ran.status, 2)
        self.assertEqual(ran.err, "lite2pg: --statistics takes no value\n")

    def test_a_short_option_that_nobody_knows_is_refused(self):
        ran = self.lite2pg("check", "--statistics", "-zq")

        self.assertEqual(ran.status, 2)
        self.assert_one_line(ran.err)
        self.assertIn("-zq", ran.err)

    def test_an_unknown_format_is_refused_with_those_there_are(self):
        ran = self.lite2pg("check", "--format", "xml")

        self.assertEqual(ran.status, 2)
        self.assertEqual(ran.err, "lite2pg: check knows no format xml; it knows text json\n")

    def test_no_command_is_an_error(self):
        ran = self.lite2pg()

        self.assertEqual(ran.status, 2)
        self.assert_one_line(ran.err)

    def test_help_and_version_go_to_standard_output(self):
        general, of_check, version = self.lite2pg("--help"), self.lite2pg("check", "--help"), self.lite2pg("--version")

        for ran in (general, of_check, version):
            self.assertEqual(ran.status, 0)
            self.assertEqual(ran.err, "")
        self.assertIn("check", general.out)
        self.assertIn("--exit-zero", of_check.out)
        self.assertRegex(version.out, r"\Alite2pg \d+\.\d+\.\d+\n\Z")

    def test_options_may_stand_behind_paths(self):
        self.write("app.py", OFFENCE)

        self.assertEqual(self.lite2pg("check", "app.py", "--exit-zero").status, 0)
        self.assertEqual(self.lite2pg("check", "--", "app.py").status, 1)

    def test_after_two_dashes_everything_is_a_path(self):
        ran = self.lite2pg("check", "--", "--exit-zero")

        self.assertEqual(ran.status, 2)
        self.assertIn("no such file or folder: --exit-zero", ran.err)

    def test_an_unknown_rule_is_refused_with_the_nearest_one(self):
        ran = self.lite2pg("check", "--select", "execute,row-by-name")

        self.assertEqual(ran.status, 2)
        self.assert_one_line(ran.err)
        self.assertIn("row-by-name", ran.err)

    def test_colour_is_for_terminals_unless_asked_for(self):
        self.write("app.py", OFFENCE)

        self.assertNotIn("\x1b[", self.lite2pg("check").out)
        self.assertIn("\x1b[1;31merror\x1b[0m", self.lite2pg("check", "--color", "always").out)
        self.assertEqual(self.lite2pg("check", "--color", "mauve").status, 2)

    def test_jobs_is_a_number(self):
        self.assertEqual(self.lite2pg("check", "--jobs", "4").status, 0)
        self.assertEqual(self.lite2pg("check", "--jobs", "many").status, 2)

    def test_a_reader_that_goes_away_ends_us_without_a_word(self):
        for number in range(200):
            self.write(f"app{number}.py", OFFENCE)
        running = subprocess.Popen([PROGRAM, "check"], cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        running.stdout.read(10)
        running.stdout.close()

        err = running.stderr.read()
        running.stderr.close()
        status = running.wait(timeout=60)

        self.assertEqual(status, -signal.SIGPIPE)
        self.assertEqual(err, b"")


class Output(ProjectTest):
    def test_a_result_goes_to_the_file_that_is_named(self):
        self.write("app.py", OFFENCE)
        straight = self.lite2pg("check")

        ran = self.lite2pg("check", "--output", "found.txt")

        self.assertEqual(ran.status, 1)
        self.assertEqual(ran.out, "")
        self.assertEqual((self.root / "found.txt").read_text(), straight.out)

    def test_the_old_file_stays_when_the_new_one_cannot_be_written(self):
        self.write("app.py", OFFENCE)

        ran = self.lite2pg("check", "--output", "no/such/folder/found.txt")

        self.assertEqual(ran.status, 2)
        self.assert_one_line(ran.err)
        self.assertIn("no/such/folder/found.txt", ran.err)

    def test_a_replaced_file_keeps_its_mode_and_leaves_nothing_beside_it(self):
        old = self.write("found.txt", "old")
        old.chmod(0o640)

        self.lite2pg("rules", "--output", "found.txt")

        self.assertEqual(old.stat().st_mode & 0o777, 0o640)
        self.assertNotEqual(old.read_text(), "old")
        self.assertEqual([p.name for p in self.root.iterdir() if p.name != ".git"], ["found.txt"])

    @unittest.skipUnless(pathlib.Path("/dev/full").exists(), "needs /dev/full")
    def test_a_full_disk_is_told(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "rules"], cwd=self.root, stdout=full, stderr=subprocess.PIPE, check=False)

        self.assertEqual(done.returncode, 2)
        self.assertIn(b"No space left on device", done.stderr)


class Rules(ProjectTest):
    def test_every_rule_that_is_listed_can_be_explained(self):
        listed = self.lite2pg("rules", "--format", "json").json()["rules"]

        self.assertGreater(len(listed), 30)
        for rule in listed[::7]:
            ran = self.lite2pg("explain", rule["rule"])
            self.assertEqual(ran.status, 0)
            self.assertIn(rule["bad"].splitlines()[0], ran.out)
            self.assertIn("# `" + rule["rule"], self.lite2pg("explain", rule["rule"], "--format", "markdown").out)

    def test_an_unknown_rule_is_not_explained(self):
        ran = self.lite2pg("explain", "params/qmark-placeholdr")

        self.assertEqual(ran.status, 2)
        self.assertEqual(ran.err, "lite2pg: there is no rule params/qmark-placeholdr; did you mean "
                                  "params/qmark-placeholder?\n")


if __name__ == "__main__":
    unittest.main()
