#!/usr/bin/env python3
"""How much of what is known of real projects `lite2pg callsites` finds, and how much of what it says is right.

    measure.py [--list] CORPUS BUILD_DIR [PROJECT…]

Known is what ran (labels/PROJECT.ran.tsv) and what was labelled by reading (labels/PROJECT.read.tsv). A known call on sqlite3 is found
if callsites lists it on the line on which the call expression starts, with its method; a known call of a wrapper, if it is listed there
as `wrapper`. Wrong is what callsites lists besides; but on lines that were not drawn, and where calling it a wrapper is a matter of
taste (wrappers.tsv), it counts neither way. On the negative projects `check` and `callsites` must name nothing of sqlite3.

A project that is not in CORPUS, or there at another commit than the labels are for, is skipped, and said. Exit status: 0 if the bars
hold, 1 if one does not, 77 if everything was skipped.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

from projects import (
    NEGATIVE,
    POSITIVE,
    SQL_METHODS,
    candidates,
    commit_of,
    copy_of,
    drawn,
    labelled_commit,
    labels_of,
    names_of,
    places_called,
    wrappers_of,
)

RECALL, PRECISION, WRAPPER_RECALL = 0.98, 0.99, 0.90

HEAD = """\
| project | commit | sqlite3 calls known | found | recall | wrong | precision | wrapper calls known | found | recall | wrong | precision |
| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |"""


def run(lite2pg, folder, *arguments):
    done = subprocess.run([lite2pg, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"measure.py: {folder.name}: {' '.join(arguments)}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def listed_calls(lite2pg, folder):
    """The SQL calls that lite2pg lists and that are sqlite3's: how many there are of each (path, line, method)."""
    calls = run(lite2pg, folder, "callsites", "--format", "json")["callsites"]
    return collections.Counter((c["path"], c["line"], c["method"]) for c in calls if c["method"] in SQL_METHODS | {"wrapper"})


def known_calls(project, root):
    """What is known of the project: every label as (path, line, method), the method of what is nothing being `other`; and the lines where
    what is listed is neither right nor wrong, because nobody has looked or because it could be called one way or the other."""
    ran, read = labels_of(project, "ran"), labels_of(project, "read")
    places = candidates(root, project)
    ran_places, read_places = {row[:3] for row in ran}, {row[:3] for row in read}
    lacking = set(drawn(places - ran_places)) - read_places
    if lacking or not read_places <= places:
        raise SystemExit(f"measure.py: labels/{project.name}.read.tsv is not what draw.py draws: {sorted(lacking | read_places - places)}")
    rows = ran + [row for row in read if row[:3] not in ran_places]
    known = [(path, line, name if label == "sqlite3" else label) for path, line, name, label in rows]
    either = places_called(root, project, names_of(wrappers_of(project, "either")))
    undrawn = places - ran_places - read_places
    return known, {place[:2] for place in undrawn | either} - {call[:2] for call in known}


def is_test(path):
    return "tests" in pathlib.PurePosixPath(path).parts[:-1]


class Score:
    """Calls on sqlite3 and calls of wrappers, each: known, found, wrong. And what was listed where nobody looked."""

    def __init__(self):
        self.known, self.found, self.wrong = collections.Counter(), collections.Counter(), collections.Counter()
        self.unlabelled = 0
        self.said = []

    def compare(self, known, open_lines, listed):
        wanted = collections.Counter(call for call in known if call[2] != "other")
        for call in sorted(set(wanted) | set(listed)):
            path, line, method = call
            kind = "wrapper" if method == "wrapper" else "sqlite3"
            both = min(wanted[call], listed[call])
            self.known[kind] += wanted[call]
            self.found[kind] += both
            if wanted[call] > both:
                self.said.append(f"missed: {path}:{line} {method}")
            if listed[call] == both:
                continue
            if (path, line) in open_lines:
                self.unlabelled += listed[call] - both
            else:
                self.wrong[kind] += listed[call] - both
                self.said.append(f"wrong: {path}:{line} {method}")

    def add(self, other):
        self.known += other.known
        self.found += other.found
        self.wrong += other.wrong
        self.unlabelled += other.unlabelled

    def recall(self, kind):
        return self.found[kind] / self.known[kind] if self.known[kind] else 1.0

    def precision(self, kind):
        listed = self.found[kind] + self.wrong[kind]
        return self.found[kind] / listed if listed else 1.0

    def row(self, name, commit):
        cells = [name, commit[:10]]
        for kind in ("sqlite3", "wrapper"):
            is_there = self.known[kind] + self.wrong[kind]
            rates = [f"{rate:.3f}" if is_there else "–" for rate in (self.recall(kind), self.precision(kind))]
            cells += [self.known[kind], self.found[kind], rates[0], self.wrong[kind], rates[1]]
        return "| " + " | ".join(map(str, cells)) + " |"


def table(scores):
    total = Score()
    lines = [HEAD]
    for name, commit, score in scores:
        lines.append(score.row(name, commit))
        total.add(score)
    return total, "\n".join([*lines, total.row("all", "")])


def findings_of_sqlite(lite2pg, folder):
    """What is said of sqlite3 where there is none: every finding but those of secrets, and every SQL call."""
    found = run(lite2pg, folder, "check", "--ignore", "secrets", "--format", "json")["findings"]
    said = [f"wrong: {f['path']}:{f['start']['line']} {f['rule']}" for f in found]
    return said + [f"wrong: {path}:{line} {method}" for path, line, method in sorted(listed_calls(lite2pg, folder))]


def reason_to_skip(corpus, project):
    if not (corpus / project.folder).is_dir():
        return "not in the corpus"
    if project in POSITIVE and commit_of(corpus, project) != labelled_commit(project):
        return f"the labels are for commit {labelled_commit(project)}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("only", nargs="*", metavar="PROJECT")
    parser.add_argument("--list", action="store_true", help="name every call that was missed and every wrong one")
    args = parser.parse_args()
    lite2pg = (args.build / "lite2pg").resolve()
    whole, program, notes, said, false_alarms, tried = [], [], [], [], 0, 0

    with tempfile.TemporaryDirectory() as folder:
        for project in POSITIVE + NEGATIVE:
            if args.only and project.name not in args.only:
                continue
            reason = reason_to_skip(args.corpus, project)
            if reason:
                notes.append(f"skipped {project.name}: {reason}")
                continue
            tried += 1
            commit = commit_of(args.corpus, project)
            root = copy_of(args.corpus, project, pathlib.Path(folder) / project.name)
            if project in NEGATIVE:
                wrong = findings_of_sqlite(lite2pg, root)
                notes.append(f"{project.name} ({commit[:10]}): {len(wrong)} findings of sqlite3")
                false_alarms += len(wrong)
                said += [f"{project.name}: {line}" for line in wrong]
                continue
            (known, open_lines), listed = known_calls(project, root), listed_calls(lite2pg, root)
            score, without_tests = Score(), Score()
            score.compare(known, open_lines, listed)
            listed = collections.Counter({call: count for call, count in listed.items() if not is_test(call[0])})
            without_tests.compare([call for call in known if not is_test(call[0])], open_lines, listed)
            whole.append((project.name, commit, score))
            program.append((project.name, commit, without_tests))
            said += [f"{project.name}: {line}" for line in score.said]

    if not tried:
        print(*notes, sep="\n")
        return 77
    total, text = table(whole)
    print(text, "", "The same without the projects' own tests:", "", table(program)[1], "", *notes, sep="\n")
    print(f"{total.unlabelled} of the listed SQL calls count neither way")
    if args.list:
        print(*said, sep="\n")
    below = [
        f"{what} {value:.3f} is below {bar}"
        for what, value, bar in (
            ("recall", total.recall("sqlite3"), RECALL),
            ("precision", total.precision("sqlite3"), PRECISION),
            ("recall of wrapper calls", total.recall("wrapper"), WRAPPER_RECALL),
        )
        if value < bar
    ]
    print(*below, sep="\n", end="\n" if below else "", file=sys.stderr)
    return 1 if below or false_alarms else 0


if __name__ == "__main__":
    raise SystemExit(main())
