"""The SQL statements of a program, as `lite2pg callsites` tells of them, each by itself.

A text that the program assembles has holes, {…} in what is listed. Each hole is filled with what could stand there (a table or a column of
the program, `?, ?`, nothing), and the first filling with which SQLite takes the statement is kept: it is a statement that the program could
execute. One that SQLite takes with no filling, or of which nothing is known, is not tried.
"""
import collections
import itertools
import re
import sqlite3

# `text` is what is tried. `holes`: how many were filled. `method` is that of the call, `kind` the statement's first word.
Statement = collections.namedtuple("Statement", "text holes place method")

HOLE = re.compile(r"\{[^{}]*\}")
# Whatever stands between quotes, or in a comment.
QUIET = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.S)
TABLE_WORD = re.compile(r"(?:\b(?:FROM|INTO|UPDATE|JOIN|TABLE|EXISTS)\s*|\bON\s+)[\"'`\[]?\w*$", re.I)
DDL = re.compile(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(CREATE|ALTER|DROP)\b", re.I | re.S)
NAMED = re.compile(r"(?<![:\w]):[A-Za-z_]")  # a parameter
OWN_NAME = "hole"  # of a table that only the running program knows
TRIES = 400


def is_blank(text):
    return not re.sub(r"--[^\n]*|/\*.*?\*/|[\s;]", "", text, flags=re.S)


def pieces_of(script):
    """Its statements, without the semicolons."""
    piece = ""
    for part in re.split(r"(;)", script):
        piece += part
        if part == ";" and sqlite3.complete_statement(piece):
            yield piece[:-1].strip()
            piece = ""
    yield piece.strip()


def texts_of(call):
    """Each text the call may execute, as it is listed; none if nothing is known."""
    sql = call["sql"]
    texts = [sql["text"]] if sql["complete"] else sql.get("variants") or [sql["text"]]
    return [text for text in texts if not is_blank(HOLE.sub("", text))]


def statements_of(calls):
    """Distinct ones, by text, in the order of the calls; and how many calls have a text of which nothing is known."""
    found, unknown = {}, 0
    for call in calls:
        if not call["sql"]:
            continue
        texts = texts_of(call)
        unknown += not texts
        for text in texts:
            for piece in pieces_of(text):
                if is_blank(piece):
                    continue
                holes = 0 if call["sql"]["complete"] else len(HOLE.findall(piece))
                found.setdefault(piece, Statement(piece, holes, f"{call['path']}:{call['line']}", call["method"]))
    return list(found.values()), unknown


def is_ddl(text):
    return DDL.match(text) is not None


class Filling:
    """What may stand in the holes of a statement: `tables` is {name: [columns]}."""

    def __init__(self, tables):
        self.tables = tables

    def candidates(self, before, after, columns):
        """What may stand between the two texts. `columns` are those of the tables that the statement names."""
        bare = QUIET.sub(lambda match: "x" * len(match[0]), before)
        if TABLE_WORD.search(before):
            return [OWN_NAME, *self.tables] if not re.search(r"\w$", before) and not re.match(r"\w", after) else [OWN_NAME]
        if bare.count("'") % 2:
            return ["x", ""]  # in a string
        if re.search(r"[\"`\[]$", before):
            return columns
        if re.search(r"\bIN\s*\($", bare, re.I):
            return ["?, ?"]
        if re.search(r"\bINTO\s+\S+\s*\($", bare, re.I):
            return [", ".join(columns)]
        if re.search(r"\bVALUES\s*\($", bare, re.I):
            return [", ".join("?" * count) for count in range(1, 41)]
        if re.search(r"\bVALUES\s*$", bare, re.I):
            return ["(" + ", ".join("?" * count) + ")" for count in range(1, 41)]
        if re.search(r"\bSET\s+$", bare, re.I):
            return [f"{column} = ?" for column in columns]
        if re.search(r"\b(?:LIMIT|OFFSET)\s+$", bare, re.I):
            return ["10"]
        if re.search(r"\b(?:WHERE|AND|OR|ON)\s+\(?$", bare, re.I) and not re.match(r"\s*(?:[=<>!]|IN\b|IS\b|LIKE\b|\.)", after, re.I):
            return [f"{column} = ?" for column in columns]
        if re.search(r"(?:[=<>+*/|-]|\b(?:LIKE|THEN|ELSE|BETWEEN))\s*$", bare, re.I):
            return ["?"]
        if is_ddl(before):
            return ["a", "TEXT", OWN_NAME, ""]
        return ["", *columns, "DESC", "?"]

    def fills(self, text):
        """Texts without holes, the likeliest first."""
        parts = HOLE.split(text)
        named = [name for name in self.tables if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I)]
        columns = list(dict.fromkeys(column for name in named or self.tables for column in self.tables[name]))
        choices = []
        for at in range(1, len(parts)):
            before = "hole".join(parts[:at])
            choices.append(self.candidates(before, parts[at], columns[:40]) or [""])
        names = HOLE.findall(text)
        value = ":filled" if NAMED.search(QUIET.sub("", text)) else "?"
        for chosen in itertools.islice(itertools.product(*choices), TRIES):
            same = {}
            if all(same.setdefault(name, word) == word for name, word in zip(names, chosen) if name != "{...}"):
                yield "".join(part + word.replace("?", value) for part, word in zip(parts, [*chosen, ""]))
