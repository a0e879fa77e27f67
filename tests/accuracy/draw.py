#!/usr/bin/env python3
"""Draws the calls of a real project that are to be labelled by reading.

    draw.py CORPUS PROJECT            prints them, with ? for a label; what is labelled already keeps its label
    draw.py CORPUS PROJECT --source   prints each with its source, to read; nothing of this is committed

Where the project's tests are run, calls that ran (labels/PROJECT.ran.tsv) need no reading and are left out. Of the others a hundred
are drawn among those called execute and its like and a hundred among those that bear the name of a wrapper; all, if they are few.
The answer belongs into labels/PROJECT.read.tsv.
"""
import argparse
import pathlib

from projects import candidates, commit_of, drawn, labels_of, project_called


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("project", type=project_called)
    parser.add_argument("--source", action="store_true")
    args = parser.parse_args()

    root = args.corpus / args.project.folder
    ran = {row[:3] for row in labels_of(args.project, "ran")}
    read = {row[:3]: row[3] for row in labels_of(args.project, "read")}
    rest = [place for place in candidates(root, args.project) if place not in ran]
    print(f"# {args.project.name} {commit_of(args.corpus, args.project)}\npath\tline\tname\tlabel")
    for path, line, name in sorted(drawn(rest)):
        if args.source:
            text = (root / path).read_text(encoding="utf-8").splitlines()
            print(f"\n{path}:{line} {name} {read.get((path, line, name), '?')}", *text[max(line - 4, 0) : line + 2], sep="\n    ")
        else:
            print(path, line, name, read.get((path, line, name), "?"), sep="\t")


if __name__ == "__main__":
    main()
