"""A pytest plugin: says at the end how many statements went through SQLAlchemy, and how many past it.

    PYTHONPATH=ci/pytest python -m pytest -p statements

Tests that pass prove nothing about a port that did not happen; this line does.
"""

import sqlite3

from sqlalchemy import event
from sqlalchemy.engine import Engine

seen = {"sqlalchemy": 0, "sqlite3": 0}


@event.listens_for(Engine, "before_cursor_execute")
def through_sqlalchemy(*_):
    seen["sqlalchemy"] += 1


def counted(method):
    def execute(self, *arguments):
        seen["sqlite3"] += 1
        return method(self, *arguments)
    return execute


class CountingCursor(sqlite3.Cursor):
    execute = counted(sqlite3.Cursor.execute)
    executemany = counted(sqlite3.Cursor.executemany)


class CountingConnection(sqlite3.Connection):
    execute = counted(sqlite3.Connection.execute)
    executemany = counted(sqlite3.Connection.executemany)

    def cursor(self, factory=CountingCursor):
        return super().cursor(factory)


def connect(*arguments, original=sqlite3.connect, **named):
    if len(arguments) < 6:  # the sixth is the factory
        named.setdefault("factory", CountingConnection)
    return original(*arguments, **named)


# SQLAlchemy calls sqlite3.dbapi2.connect, which stays as it is: its statements are not counted twice.
sqlite3.connect = connect


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(
        f"statements: {seen['sqlalchemy']} through SQLAlchemy, {seen['sqlite3']} straight to sqlite3")
