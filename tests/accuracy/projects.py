"""The real projects whose calls are counted: where they are, what of them is theirs, and which calls could be SQL calls.

A candidate is a call whose callee's last name is execute, executemany or executescript, or the name of a wrapper of that project
(wrappers.tsv: functions that hand a parameter of their own on as SQL, found by reading). Candidates are found with Python's own parser
and know nothing of what lite2pg thinks.
"""
import ast
import collections
import csv
import hashlib
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "projects"))
from trace import calls_of  # noqa: E402  (tests/projects/trace.py)

SQL_METHODS = {"execute", "executemany", "executescript"}
LABELS = ("sqlite3", "wrapper", "other")
SEED = "lite2pg accuracy 1"
DRAWN = 100
ALL_BELOW = 150

# `without` are folders of other people's code; `traced` is what pytest wants besides, None where the tests are not run.
Project = collections.namedtuple("Project", "name folder without traced")
POSITIVE = [
    Project("flask-tutorial", "flask/examples/tutorial", (), ["-p", "no:asyncio"]),
    Project("buku", "buku", (), ["-p", "no:asyncio", "--ignore", "tests/test_server.py", "--ignore", "tests/test_views.py"]),
    Project("datasette", "datasette", (), ["-p", "datasette._pytest_plugin", "--timeout", "120"]),
    Project("sqlite-utils", "sqlite-utils", (), ["-p", "no:asyncio"]),
    Project("Tautulli", "Tautulli", ("lib",), None),
    Project("SickChill", "SickChill", ("lib3",), None),
    Project("WGDashboard", "WGDashboard", (), None),
]
NEGATIVE = [Project(name, name, (), None) for name in ("click", "PyMySQL", "pgcli")]


def project_called(name):
    for project in POSITIVE:
        if project.name == name:
            return project
    raise SystemExit(f"no project is called {name}; there are: {', '.join(p.name for p in POSITIVE)}")


def commit_of(corpus, project):
    found = subprocess.run(["git", "-C", corpus / project.folder, "rev-parse", "HEAD"], capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def copy_of(corpus, project, into):
    """The project without what is not its own, as a git repository of its own."""
    root = corpus / project.folder

    def left_out(folder, names):
        return {".git"} | (set(project.without) if pathlib.Path(folder) == root else set())

    shutil.copytree(root, into, ignore=left_out, symlinks=True)
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=tests", "-c", "user.email=tests@example.invalid", "commit", "-q", "-m", "as it is"]):
        subprocess.run(["git", "-C", into, *command], check=True)
    return into


def wrappers_of(project, counts="yes"):
    """The rows of wrappers.tsv. What counts `either` way may be called a wrapper or not, and nobody is to be blamed for either."""
    with open(HERE / "wrappers.tsv", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["project"] == project.name and row["counts"] == counts]


def labels_of(project, kind):
    """The rows (path, line, name, label) of labels/PROJECT.KIND.tsv, kind being `ran` or `read`; none if there is no such file."""
    path = HERE / "labels" / f"{project.name}.{kind}.tsv"
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines()[2:] if path.exists() else ():
        where, at, name, label = line.split("\t")
        if label not in LABELS:
            raise SystemExit(f"{path.name}: {where}:{at}: a label is one of {', '.join(LABELS)}, not {label}")
        rows.append((where, int(at), name, label))
    return rows


def labelled_commit(project):
    """The commit for which the labels were made."""
    commits = {path.read_text(encoding="utf-8").split()[2] for path in (HERE / "labels").glob(f"{project.name}.*.tsv")}
    if len(commits) != 1:
        raise SystemExit(f"the labels of {project.name} are for {len(commits)} commits")
    return commits.pop()


def python_files(root, project):
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if name.parts[0] not in project.without and not any(part.startswith(".") for part in name.parts):
            yield name.as_posix(), path


def all_calls(root, project):
    """Every call of the project: {path: {(end line, end column in bytes): (line, end line, end column, name)}}."""
    found = {}
    for name, path in python_files(root, project):
        try:
            found[name] = calls_of(path)
        except SyntaxError:
            print(f"{project.name}: {name} is no Python 3; left out", file=sys.stderr)
    return found


def names_of(wrappers):
    return {row["function"].rpartition(".")[2] for row in wrappers}


def places_called(root, project, names):
    """The places (path, line, name) where calls of these names start. In these projects no two of one name start on one line."""
    return {(path, line, name) for path, calls in all_calls(root, project).items() for line, _, _, name in calls.values() if name in names}


def candidates(root, project):
    """Places that could be SQL calls."""
    return places_called(root, project, SQL_METHODS | names_of(wrappers_of(project)))


def drawn(places):
    """Of the places called execute and its like, and of the others, each time a hundred; or all, if they are few.

    The order is that of a hash, so that it is the same with every Python and does not move when a place elsewhere comes or goes.
    """
    def rank(place):
        return hashlib.sha256("\t".join((SEED, *map(str, place))).encode()).digest()

    for is_method in (True, False):
        stratum = [place for place in places if (place[2] in SQL_METHODS) == is_method]
        if len(stratum) >= ALL_BELOW:
            stratum = sorted(stratum, key=rank)[:DRAWN]
        yield from stratum
