"""A pytest plugin that notes where the project calls its own wrappers of sqlite3.

It writes through the tracer of sqlite3 (tests/projects/sqlite_trace), with `wrapper` for the method. WRAPPER_TRACE names the wrappers,
and of each the parameter that is the SQL, as in `package.module:Class.method:sql`, separated by blanks. A call that gives no SQL is none.
"""
import functools
import importlib
import inspect
import os
import sys

import sitecustomize


def traced(function, parameter):
    at = list(inspect.signature(function).parameters).index(parameter)

    @functools.wraps(function)
    def call(*args, **kwargs):
        if len(args) > at or kwargs.get(parameter) is not None:
            sitecustomize.note("wrapper", sys._getframe(1))
        return function(*args, **kwargs)

    return call


for name in os.environ.get("WRAPPER_TRACE", "").split():
    module, path, parameter = name.split(":")
    owner, _, attribute = path.rpartition(".")
    place = importlib.import_module(module)
    if owner:
        place = getattr(place, owner)
    setattr(place, attribute, traced(getattr(place, attribute), parameter))
