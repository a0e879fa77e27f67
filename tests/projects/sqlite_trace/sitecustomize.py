"""Notes where a program calls sqlite3.

Python imports this module by itself when its folder is on PYTHONPATH. It does nothing unless SQLITE_TRACE_FILE names a file to
append to; then every connection that sqlite3.connect() hands out (and every cursor of it) writes down the calls that code under
SQLITE_TRACE_ROOT makes, one line for each place and method, as soon as it is first seen, so that a process that forks or is
killed loses nothing:

    file  line  end line  end column  method        separated by tabs, as the code object's position table has them

A connection made with a factory of the program's own is left alone.
"""
import os

if os.environ.get("SQLITE_TRACE_FILE"):
    import itertools
    import sqlite3
    import sys

    HERE = __file__
    ROOT = os.path.realpath(os.environ["SQLITE_TRACE_ROOT"])
    SINK = os.open(os.environ["SQLITE_TRACE_FILE"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    seen = set()

    def note(method, frame):
        """frame is the caller's. A call out of this file is sqlite3's own: Connection.execute asks for a cursor. Code out of a string has no file."""
        code = frame.f_code
        key = (code, frame.f_lasti, method)
        if code.co_filename == HERE or code.co_filename.startswith("<") or key in seen:
            return
        seen.add(key)
        path = os.path.realpath(code.co_filename)
        if not path.startswith(ROOT + os.sep):
            return
        places = code.co_positions()
        line, end_line, _, end_column = next(itertools.islice(places, frame.f_lasti // 2, None))
        fields = (os.path.relpath(path, ROOT), line, end_line, end_column, method)
        os.write(SINK, ("\t".join(map(str, fields)) + "\n").encode())

    def traced(base, method):
        inherited = getattr(base, method)

        def call(self, *args, **kwargs):
            note(method, sys._getframe(1))
            return inherited(self, *args, **kwargs)

        call.__name__ = method
        return call

    class Cursor(sqlite3.Cursor):
        pass

    class Connection(sqlite3.Connection):
        def cursor(self, *args, **kwargs):
            note("cursor", sys._getframe(1))
            if not args and "factory" not in kwargs:
                kwargs["factory"] = Cursor
            return super().cursor(*args, **kwargs)

    for name in ("execute", "executemany", "executescript"):
        setattr(Cursor, name, traced(sqlite3.Cursor, name))
        setattr(Connection, name, traced(sqlite3.Connection, name))
    for name in ("fetchone", "fetchall", "fetchmany"):
        setattr(Cursor, name, traced(sqlite3.Cursor, name))
    for name in ("commit", "rollback"):
        setattr(Connection, name, traced(sqlite3.Connection, name))

    plain_connect = sqlite3.connect

    def connect(*args, **kwargs):
        note("connect", sys._getframe(1))
        if len(args) < 6:
            kwargs.setdefault("factory", Connection)
        return plain_connect(*args, **kwargs)

    sqlite3.connect = sqlite3.dbapi2.connect = connect
