"""Any number of threads prints the same bytes, refusals and their order included."""
import shutil
import unittest

from harness import FIXTURES, ProjectTest

PROJECTS = [*sorted((FIXTURES / "projects").glob("*/before")), FIXTURES / "roles"]
JOBS = (1, 2, 3, 8)


class Jobs(ProjectTest):
    def assert_same_for_any(self, *command):
        first, *others = [self.lite2pg(*command, "--jobs", str(jobs)) for jobs in JOBS]
        for jobs, other in zip(JOBS[1:], others):
            self.assertEqual(repr(other), repr(first), f"{command} --jobs {jobs}")
        return first

    def test_the_example_projects(self):
        self.assertGreaterEqual(len(PROJECTS), 4)
        for project in PROJECTS:
            shutil.copytree(project, self.root / project.parent.name)
        for command in (["check", "--verbose"], ["callsites", "--format", "json"]):
            with self.subTest(command=command):
                self.assertIn(self.assert_same_for_any(*command).status, (0, 1))

    def test_refusals_come_in_the_order_of_their_paths(self):
        for number in range(150):
            self.write(f"pkg/good_{number:03}.py", f"import sqlite3\n\ncon_{number} = sqlite3.connect('a.db')\n")
            self.write(f"pkg/bad_{number:03}.py", b"import sqlite3\nx = '\xff'\n")
        self.write("later.py", "from pkg.good_007 import con_7\n\ncon_7.execute('SELECT 1')\n")
        self.write("woken.py", b"from pkg.good_008 import con_8\n\nx = '\xff'\n")

        ran = self.assert_same_for_any("check")

        lines = ran.err.splitlines()
        self.assertEqual(ran.status, 1)
        self.assertEqual(len(lines), 151)
        self.assertEqual(lines[:150], sorted(lines[:150]))
        self.assertIn("woken.py", lines[150])


if __name__ == "__main__":
    unittest.main()
