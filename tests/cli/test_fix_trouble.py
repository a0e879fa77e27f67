"""`fix --write` where files cannot be written: what was there before stays, all of it."""
import os
import pwd
import resource
import signal
import subprocess
import unittest

from harness import PROGRAM, ProjectTest, Ran

PORTABLE = """
    import sqlite3


    def first(path):
        con = sqlite3.connect(path)
        return con.execute("SELECT name FROM users WHERE id = ?", (1,)).fetchone()[0]
"""


class Trouble(ProjectTest):
    def setUp(self):
        super().setUp()
        self.write("app.py", PORTABLE)
        self.write("pkg/other.py", PORTABLE)
        self.git("add", ".")
        self.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "before")
        self.before = self.everything()

    def everything(self):
        return {path.relative_to(self.root).as_posix(): path.read_bytes()
                for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts}

    def run_with(self, prepare=None, **who):
        done = subprocess.run([PROGRAM, "fix", "--write", "--unsafe"], cwd=self.root, capture_output=True, check=False,
                              preexec_fn=prepare, **who)
        return Ran(done)

    def test_it_is_written_where_nothing_is_in_the_way(self):
        ran = self.run_with()

        self.assertEqual(ran.status, 0, ran)
        self.assertNotEqual(self.everything()["pkg/other.py"], self.before["pkg/other.py"])

    def test_a_disk_without_room_leaves_every_file_as_it_was(self):
        def no_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead of ending the program
            resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

        ran = self.run_with(no_room)

        self.assertEqual(ran.status, 2, ran)
        self.assert_one_line(ran.err)
        self.assertEqual(self.everything(), self.before)

    def test_an_end_in_the_middle_of_writing_leaves_every_file_whole(self):
        def sudden_end():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

        self.run_with(sudden_end)

        now = self.everything()
        self.assertEqual({name: now[name] for name in self.before}, self.before)

    def test_a_folder_that_lost_its_write_permission_leaves_every_file_as_it_was(self):
        who = {}
        if os.geteuid() == 0:  # root may write everywhere, so it becomes somebody else
            nobody = pwd.getpwnam("nobody")
            self.folder.chmod(0o755)
            subprocess.run(["chown", "-R", "nobody", str(self.folder)], check=True)
            who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [],
                   "env": {**os.environ, "HOME": str(self.folder)}}
        (self.root / "pkg").chmod(0o555)
        try:
            ran = self.run_with(**who)
        except PermissionError:
            self.skipTest("the program lies where others cannot reach it")
        (self.root / "pkg").chmod(0o755)

        self.assertEqual(ran.status, 2, ran)
        self.assert_one_line(ran.err)
        self.assertIn("pkg/other.py", ran.err)
        self.assertEqual(self.everything(), self.before)


if __name__ == "__main__":
    unittest.main()
