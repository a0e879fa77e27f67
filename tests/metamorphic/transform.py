"""Changes of a program that change nothing of what it does.

Each transformation takes the Python and TOML files of a project ({path: text}) and gives the changed ones, how many places it changed,
and how names in what is told afterwards are to be read: {new name: old name}. Where a change cannot be proved to be one of names or places
only, it is not made: a renamed file must have the syntax tree it had, but for the names.

Every transformation can be asked to make a mistake (`spoil=True`), such that the program is no longer the same: for the tests of
the tests.
"""
import ast
import builtins
import functools
import re
import symtable
import sys
import tokenize
from io import BytesIO

SUFFIX = "_moved"
BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("__")) # `__doc__` and its like are the module's own
CONNECTION = re.compile(r"(con|conn|connection|db)")
LOOKS_AT_NAMES = {"locals", "vars", "eval", "exec", "dir", "globals"}


class Source:
    """A file's text with its tree; offsets are those of bytes."""

    def __init__(self, text):
        self.data = text.encode("utf-8")
        self.tree = ast.parse(text)
        self.lines = self.data.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node):
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    @functools.cache
    def fstrings(self):
        """(offset, text) of each token that is an f-string."""
        found = []
        for token in tokenize.tokenize(BytesIO(self.data).readline):
            if token.type == tokenize.STRING and "f" in re.match(r"\w*", token.string)[0].lower():
                row, column = token.start
                before = self.lines[row - 1].decode("utf-8")[:column].encode("utf-8")
                found.append((self.starts[row - 1] + len(before), token.string))
        return found

    def edited(self, edits):
        """`edits`: (lo, hi, bytes), without overlaps."""
        out, at = [], 0
        for lo, hi, new in sorted(edits):
            assert lo >= at, "edits overlap"
            out += [self.data[at:lo], new]
            at = hi
        return b"".join([*out, self.data[at:]]).decode("utf-8")


@functools.cache
def source_of(text):
    return Source(text)


def parsed(files):
    """The files that parse; the others are left as they are."""
    found = {}
    for path, text in files.items():
        if path.endswith(".py") and "\f" not in text and "\r" not in text:
            try:
                found[path] = source_of(text)
            except SyntaxError:
                pass
    return found


def same_but_for_names(before, after, names):
    """Whether two trees are one when the identifiers of the second are read as `names` says."""
    def pattern(tree):
        told = ast.dump(tree)
        return re.sub(r"'(\w+)'", lambda m: repr(names.get(m[1], m[1])), told)
    return ast.dump(before) == pattern(after)


def is_test(path):
    name = path.rsplit("/", 1)[-1]
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"


def functions_of(body):
    """The functions written in a module or class, not those within functions."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        else:
            for field in ("body", "orelse", "finalbody", "handlers"):
                yield from functions_of(getattr(node, field, []) or [])


# -- renaming -------------------------------------------------------------------------------------------------------------------

def field_spans(text):
    """Where the replacement fields of an f-string are, in its token's text."""
    at, spans = 0, []
    while at < len(text):
        if text[at] == "{" and text[at + 1:at + 2] == "{":
            at += 2
        elif text[at] == "{":
            begin, depth = at, 0
            while at < len(text):
                depth += (text[at] == "{") - (text[at] == "}")
                at += 1
                if depth == 0:
                    break
            spans.append((begin, at))
        else:
            at += 1
    return spans


def names_in_fstrings(source, lo, hi, wanted):
    """The names within f-strings in [lo, hi), as edits would replace them; before Python 3.12 the tree does not know their places."""
    pattern = re.compile(r"(?<![\w.'\"])(%s)(?!\w|['\"]|\s*=[^=])" % "|".join(map(re.escape, sorted(wanted))))
    for begin, text in source.fstrings():
        if not lo <= begin < hi:
            continue
        for first, last in field_spans(text):
            for match in pattern.finditer(text, first, last):
                yield begin + len(text[:match.start()].encode("utf-8")), match[1]


def bound_names(function):
    """(names that can be given another one, arguments among them by their function)"""
    bound, arguments, fixed = set(), {}, set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            given = node.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
            arguments[node] = {argument.arg for argument in every}
            if node is not function and not isinstance(node, ast.Lambda):
                fixed.add(node.name)
        elif isinstance(node, ast.ClassDef):
            return set(), {}
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            fixed.update(node.names)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            fixed.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            fixed.add(node.name)
        elif type(node).__name__ in ("MatchAs", "MatchStar", "MatchMapping"):
            fixed.update(filter(None, (getattr(node, "name", None), getattr(node, "rest", None))))
        elif isinstance(node, ast.Name) and node.id in LOOKS_AT_NAMES:
            return set(), {}
    bound.update(*arguments.values())
    return bound - fixed, arguments


def words_by_keyword(sources):
    """Names of arguments that somebody gives by name, and names of functions that are handed about as values."""
    keywords, values = set(), set()
    for source in sources.values():
        called = {id(node.func) for node in ast.walk(source.tree) if isinstance(node, ast.Call)}
        for node in ast.walk(source.tree):
            if isinstance(node, ast.keyword) and node.arg:
                keywords.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
                values.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and id(node) not in called:
                values.add(node.attr)
    return keywords, values


def rename_locals(files, spoil=False):
    """Variables of functions and, where nobody gives or takes them by name, parameters."""
    sources, out, names, count = parsed(files), dict(files), {}, 0
    keywords, values = words_by_keyword(sources)
    for path, source in sources.items():
        module = {name for node in source.tree.body for part in ast.walk(node) if isinstance(part, ast.alias)
                  for name in [(part.asname or part.name).split(".")[0]]}
        module |= {node.name for node in ast.walk(source.tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        module |= {name.id for node in source.tree.body if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
                   for name in ast.walk(node) if isinstance(name, ast.Name) and not isinstance(name.ctx, ast.Load)}
        parts = []
        for function in functions_of(source.tree.body):
            bound, arguments = bound_names(function)
            for node, given in arguments.items():
                is_lambda = isinstance(node, ast.Lambda)
                if is_test(path) or not is_lambda and (node.decorator_list or node.name in values):
                    bound -= given
                bound -= given & keywords
            given = {}
            for old in sorted(n for n in bound if n not in BUILTINS and n not in module and not n.startswith("__")):
                given[old] = f"local_{len(names)}x"
                names[given[old]] = old
            if not given:
                continue
            parts.append((renames_within(source, function, given), {new: old for old, new in given.items()}))
        edits = sound_edits(source, parts)
        if edits:
            first = {new: at for at, _, new in sorted(edits, reverse=True)}
            out[path] = source.edited([e for e in edits if not spoil or e[0] != first[e[2]]]) # spoilt: bound under the old name
            count += len(edits)
    return out, count, names


def sound_edits(source, parts):
    """The edits of all parts, or of those that leave the tree as it is but for the names: each is (edits, {new: old})."""
    edits = [edit for part, _ in parts for edit in part]
    names = {new: old for _, made in parts for new, old in made.items()}
    if same_but_for_names(source.tree, ast.parse(source.edited(edits)), names):
        return edits
    return sum((part for part, made in parts if same_but_for_names(source.tree, ast.parse(source.edited(part)), made)), [])


def renames_within(source, function, given):
    lo, hi = source.span(function)
    in_fstrings, edits = set(), {}
    if sys.version_info < (3, 12):
        for node in ast.walk(function):
            if isinstance(node, ast.JoinedStr):
                in_fstrings.update(map(id, ast.walk(node)))
        for at, old in names_in_fstrings(source, lo, hi, given):
            edits[at] = old
    for node in ast.walk(function):
        if id(node) in in_fstrings:
            continue
        if isinstance(node, ast.Name) and node.id in given:
            edits[source.span(node)[0]] = node.id
        elif isinstance(node, ast.arg) and node.arg in given:
            edits[source.span(node)[0]] = node.arg
    return [(at, at + len(old.encode()), given[old].encode()) for at, old in sorted(edits.items())]


# -- another name for the module ------------------------------------------------------------------------------------------------

def alias_sqlite3(files, spoil=False):
    """`import sqlite3 as lite_database`; `from sqlite3 import connect as connect_of_it`."""
    sources, out, names, count = parsed(files), dict(files), {}, 0
    shared = any(isinstance(node, ast.Attribute) and node.attr == "sqlite3"
                 or isinstance(node, ast.ImportFrom) and any(alias.name == "sqlite3" for alias in node.names)
                 for source in sources.values() for node in ast.walk(source.tree))
    if shared:
        return out, 0, names
    for path, source in sources.items():
        given, imports = {}, []
        for node in ast.walk(source.tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    if alias.asname or alias.name == "*":
                        continue
                    if isinstance(node, ast.Import) and alias.name == "sqlite3":
                        given["sqlite3"] = "lite_database"
                        imports.append(alias)
                    elif isinstance(node, ast.ImportFrom) and node.module == "sqlite3" and not node.level:
                        given[alias.name] = alias.name + "_of_it"
                        imports.append(alias)
        if not given or not is_free(source, path, files, given):
            continue
        edits = [(*source.span(alias), f"{alias.name} as {given[alias.name]}".encode()) for alias in imports]
        uses = renames_within(source, ast.Module(source.tree.body, []) and _whole(source), given)
        made = {new: old for old, new in given.items()}
        without = source.edited(uses)
        if not same_but_for_names(source.tree, ast.parse(without), made):
            continue
        edits += uses[1:] if spoil else uses
        out[path] = source.edited(edits)
        names.update(made)
        count += len(edits)
    return out, count, names


def _whole(source):
    tree = source.tree
    tree.lineno, tree.col_offset, tree.end_lineno, tree.end_col_offset = 1, 0, len(source.lines), len(source.lines[-1])
    return tree


def is_free(source, path, files, given):
    """Whether the names are only those of the import here, nobody else takes them from here, and no string speaks of them."""
    stored = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    taken = {node.arg for node in ast.walk(source.tree) if isinstance(node, ast.arg)}
    taken |= {node.name for node in ast.walk(source.tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    annotations = [getattr(node, field) for node in ast.walk(source.tree) for field in ("annotation", "returns")
                   if getattr(node, field, None) is not None]
    quoted = [part.value for note in annotations for part in ast.walk(note)
              if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    everything = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    own = path.rsplit("/", 1)[-1].removesuffix(".py")
    importers = re.compile(r"from\s+[\w.]*\b%s\s+import[^\n]*\b(%s)\b" % (re.escape(own), "|".join(given)))
    return not (given.keys() & (stored | taken) or set(given.values()) & everything
                or any(re.search(r"\b%s\b" % old, text) for old in given for text in quoted)
                or any(importers.search(text) for text in files.values()))


# -- a function that gives back what it is given ----------------------------------------------------------------------------------

def first_statement_after_imports(source):
    for at, node in enumerate(source.tree.body):
        is_docstring = at == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, (ast.Import, ast.ImportFrom)) and not is_docstring:
            return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return None


def with_same(source, edits, spoil):
    """The text after the edits, with a `_same()` that gives back its argument."""
    line = first_statement_after_imports(source)
    if not edits or line is None or b"_same" in source.data:
        return None
    gives = "None" if spoil else "it"
    at = source.starts[line - 1]
    return source.edited([(at, at, f"def _same(it):\n    return {gives}\n\n\n".encode()), *edits])


def pass_connections_through(files, spoil=False):
    """`_same(sqlite3.connect(…))`, where `_same` gives back its argument."""
    sources, out, count = parsed(files), dict(files), 0
    for path, source in sources.items():
        edits = []
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and re.fullmatch(r"(sqlite3\.)?connect", ast.unparse(node.func)):
                lo, hi = source.span(node)
                edits += [(lo, lo, b"_same("), (hi, hi, b")")]
        text = "sqlite3" in files[path] and with_same(source, edits, spoil)
        if text:
            out[path] = text
            count += len(edits) // 2
    return out, count, {}


def first_of_body(function):
    documented = ast.get_docstring(function) is not None and len(function.body) > 1
    return function.body[1 if documented else 0]


def under_another_name(source, function, value):
    """Edits that give a function's connection another name at its beginning: `conn_again = VALUE`; and what it is to be read as."""
    first = first_of_body(function)
    given = [a.arg for a in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs] if CONNECTION.fullmatch(a.arg)]
    inner = {a.arg for node in ast.walk(function) if node is not function.args and isinstance(node, ast.arguments)
             for a in [*node.posonlyargs, *node.args, *node.kwonlyargs]}
    lo, _ = source.span(first)
    begin = source.starts[first.lineno - 1]
    if (len(given) != 1 or given[0] in inner or first.lineno == function.lineno or hasattr(first, "decorator_list")
            or source.data[begin:lo].strip() or any(isinstance(n, (ast.Global, ast.Nonlocal)) for n in ast.walk(function))):
        return [], {}
    name = given[0]
    renames = [edit for edit in renames_within(source, function, {name: name + "_again"}) if edit[0] >= lo]
    if not sound_edits(source, [(renames, {name + "_again": name})]):
        return [], {}
    made = f"{name}_again = {value.replace('%s', name)}\n".encode()
    return [(begin, begin, source.data[begin:lo] + made), *renames], {name + "_again": name}


def parameters_under_another_name(files, value, change):
    sources, out, names, count = parsed(files), dict(files), {}, 0
    for path, source in sources.items():
        edits = []
        for function in functions_of(source.tree.body):
            here, made = under_another_name(source, function, value)
            edits += here
            names.update(made)
        text = edits and change(source, edits)
        if text:
            out[path] = text
            count += len(edits)
    return out, count, names


def alias_parameters(files, spoil=False):
    """`conn_again = conn`, used from there on."""
    return parameters_under_another_name(files, "None" if spoil else "%s", Source.edited)


def pass_parameters_through(files, spoil=False):
    """`conn_again = _same(conn)`, used from there on."""
    return parameters_under_another_name(files, "_same(%s)", lambda source, edits: with_same(source, edits, spoil))


# -- another order ----------------------------------------------------------------------------------------------------------------

def is_movable(node):
    """A function that does not mind when it is defined."""
    return (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.decorator_list
            and all(isinstance(part, (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Load))
                    for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)] for part in ast.walk(default)))


def runs_of(body, source):
    """Neighbouring functions of a body that may change places: for each its lines, as (first, after the last)."""
    names = [node.name for node in body if hasattr(node, "name")]
    run, before = [], None
    for node in [*body, None]:
        if node is not None and is_movable(node) and names.count(node.name) == 1 and before is not None:
            run.append((before.end_lineno, node.end_lineno))
        else:
            if len(run) > 1:
                yield run
            run = []
        before = node
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from runs_of(node.body, source)


def reorder_functions(files, spoil=False):
    """The last first. What stands above a function moves with it."""
    sources, out, count = parsed(files), dict(files), 0
    for path, source in sources.items():
        if not source.lines or any(line.rstrip().endswith((b";", b"\\")) for line in source.lines):
            continue
        lines = list(source.lines)
        if not lines[-1].endswith(b"\n"):
            lines[-1] += b"\n"
        for run in runs_of(source.tree.body, source):
            blocks = [lines[first:last] for first, last in run]
            order = blocks[:0:-1] if spoil else blocks[::-1]
            lines[run[0][0]:run[-1][1]] = sum(order, [])
            count += len(run)
            if spoil: # the lines of the other runs are no longer where they were
                break
        out[path] = b"".join(lines).decode("utf-8")
    return out, count, {}


# -- another file -----------------------------------------------------------------------------------------------------------------

def globals_of(table):
    found = {s.get_name() for s in table.get_symbols() if s.is_global() and (s.is_referenced() or s.is_assigned())}
    for child in table.get_children():
        found |= globals_of(child)
    return found


def definition_names(node):
    """What a function needs when it is defined."""
    parts = [*node.args.defaults, *filter(None, node.args.kw_defaults), *filter(None, [node.returns])]
    parts += [a.annotation for a in ast.walk(node) if isinstance(a, ast.arg) and a.annotation]
    return {name.id for part in parts for name in ast.walk(part) if isinstance(name, ast.Name)}


def functions_to_move(source, text):
    """(functions that need nothing of their module but what it imports, the imports they need)"""
    imported = {}
    for node in source.tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                imported[(alias.asname or alias.name).split(".")[0]] = node
    stored = [node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]
    stored += [node.name for node in source.tree.body if hasattr(node, "name")]
    declared = {name for node in ast.walk(source.tree) if isinstance(node, ast.Global) for name in node.names}
    tables = {}
    for child in symtable.symtable(text, "it", "exec").get_children():
        tables.setdefault(child.get_name(), child)
    needs = {}
    for node in source.tree.body:
        if is_movable(node) and stored.count(node.name) == 1 and node.name not in declared and node.name in tables:
            needs[node.name] = (node, globals_of(tables[node.name]) | definition_names(node))
    while True:
        out = [name for name, (_, wanted) in needs.items()
               if any(w not in imported and w not in needs and (w not in BUILTINS or w in stored) or w in declared for w in wanted)]
        if not out:
            break
        for name in out:
            del needs[name]
    wanted = set().union(*(w for _, w in needs.values())) if needs else set()
    imports = [node for node in source.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))
               and (getattr(node, "module", None) == "__future__"
                    or any((a.asname or a.name).split(".")[0] in wanted for a in node.names))]
    return [node for node, _ in needs.values()], imports


def split_files(files, spoil=False):
    """Functions that can live elsewhere do, and are imported from there."""
    sources, out, count = parsed(files), dict(files), 0
    dotted = set()
    for source in sources.values():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                dotted |= {a.name for a in node.names}
            elif isinstance(node, ast.ImportFrom):
                dotted |= {(node.module or "") + "." + a.name for a in node.names} | {node.module or ""}
    for path, source in sources.items():
        folder, _, name = path.rpartition("/")
        stem = name.removesuffix(".py")
        if any(path in text for other, text in files.items() if other.endswith(".toml")):
            continue # the configuration speaks of this file
        is_package = (folder + "/" if folder else "") + "__init__.py" in files
        if is_test(path) or stem == "__init__" or not stem.isidentifier() or "sqlite3" not in files[path] and "execute" not in files[path]:
            continue
        beside = {p.rpartition("/")[2].removesuffix(".py") for p in files if p.rpartition("/")[0] == folder}
        finds_neighbours = "__main__" in files[path] or beside & dotted
        if not is_package and (not finds_neighbours or any(d.endswith("." + stem) or f".{stem}." in d for d in dotted)):
            continue # nothing says that an import would find the new file
        moved, imports = functions_to_move(source, files[path])
        if not moved:
            continue
        header = "\n".join(ast.get_source_segment(files[path], node) for node in imports)
        lines, texts = list(source.lines), []
        for node in reversed(moved):
            texts.insert(0, b"".join(lines[node.lineno - 1:node.end_lineno]).decode("utf-8").rstrip("\n"))
            lines[node.lineno - 1:node.end_lineno] = []
        brought = "" if spoil else f"from {'.' if is_package else ''}{stem}{SUFFIX} import {', '.join(n.name for n in moved)}\n"
        lines.insert(moved[0].lineno - 1, brought.encode())
        out[path] = b"".join(lines).decode("utf-8")
        out[f"{path.removesuffix('.py')}{SUFFIX}.py"] = "\n\n\n".join([header, *texts]) + "\n"
        count += len(moved)
    return out, count, {}


TRANSFORMATIONS = {
    "rename_locals": rename_locals,
    "alias_sqlite3": alias_sqlite3,
    "alias_parameters": alias_parameters,
    "pass_connections_through": pass_connections_through,
    "pass_parameters_through": pass_parameters_through,
    "reorder_functions": reorder_functions,
    "split_files": split_files,
}
