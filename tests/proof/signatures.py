"""The tables of rewriters/proof/server_*.def, held against the server they are about:   signatures.py POSTGRES_URL [--write]

Types, casts, operators and functions as Postgres' own catalog has them, of the types that columns, literals and
the functions below bring into a statement. Says what differs, exit status 1; or writes the tables anew.
"""

import sys
from pathlib import Path

from sqlalchemy import create_engine

FOLDER = Path(__file__).resolve().parents[2] / "rewriters" / "proof"

TYPES = ("bool int2 int4 int8 float4 float8 numeric text varchar bpchar name bytea timestamptz timestamp date time timetz interval"
         " json jsonb uuid oid regclass bit varbit").split()
# Of these every type is one, or none of them is.
ANY = "any anyelement anynonarray anycompatible anycompatiblenonarray".split()

# Those our parser reads.
BINARY = "= <> < <= > >= & | << >> + - * / % || -> ->> ~~".split()
UNARY = "- + ~".split()

# Functions SQLite has.
SQLITE = (
    "abs changes char coalesce format glob hex ifnull iif instr last_insert_rowid length like likelihood likely load_extension lower"
    " ltrim max min nullif printf quote random randomblob replace round rtrim sign soundex sqlite_compileoption_get"
    " sqlite_compileoption_used sqlite_log sqlite_source_id sqlite_version subtype substr substring total_changes trim typeof unhex unicode"
    " unlikely upper zeroblob avg count group_concat string_agg sum total date datetime julianday strftime time timediff unixepoch"
    " acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power"
    " radians sin sinh sqrt tan tanh trunc cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank"
    " rank row_number json json_array json_array_length json_each json_extract json_group_array json_group_object json_insert"
    " json_object json_patch json_quote json_remove json_replace json_set json_tree json_type json_valid jsonb jsonb_array"
    " jsonb_extract jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set octet_length concat concat_ws"
    " bm25 highlight snippet offsets matchinfo").split()
# Functions the translator writes, and those that statements meant for Postgres have.
POSTGRES = (
    "chr ascii convert_to convert_from current_schema current_setting date_part date_trunc decode encode jsonb_agg"
    " jsonb_array_length json_array_length jsonb_build_array jsonb_build_object json_build_array json_build_object jsonb_object_agg"
    " jsonb_path_query_array jsonb_delete_path jsonb_typeof json_typeof jsonb_array_elements_text lpad rpad left right regexp_like"
    " regexp_replace regexp_matches repeat reverse string_to_array array_to_string split_part strpos starts_with timezone to_char"
    " to_date to_hex to_json to_jsonb to_number to_timestamp bool_and bool_or every bit_and bit_or array_agg now clock_timestamp"
    " make_date age gen_random_uuid md5 btrim char_length character_length initcap position pg_typeof pg_get_serial_sequence"
    " setval nextval currval lastval translate width_bucket greatest least stddev variance generate_series unnest"
    " text name bytea uuid statement_timestamp transaction_timestamp justify_days isfinite quote_literal quote_ident div cbrt factorial random").split()
# The grammar of Postgres has these, its catalog does not; they are in the checker itself.
GRAMMAR = set("coalesce nullif greatest least trim position char time".split())


def spelled(types):
    names = dict.fromkeys(TYPES, None)

    def one(name):
        return name.upper() if name in names else "ANYTHING" if name in ANY else "OTHER"

    return [one(name) for name in types]


def rows(connection, query, **values):
    return [tuple(row) for row in connection.exec_driver_sql(query, values)]


def types_of(connection):
    yield "/* Types of Postgres: TYPE(type, category, preferred in it, as an error names it). */"
    found = {row[0]: row for row in rows(connection, "SELECT typname, typcategory, typispreferred, format_type(oid, NULL) FROM pg_type"
                                         " WHERE typname = ANY(%(names)s)", names=TYPES)}
    for name in TYPES:
        _, category, preferred, called = found[name]
        called = called.strip('"')
        yield f"TYPE({name.upper()}, '{category}', {str(preferred).lower()}, \"{called}\")"


def casts_of(connection):
    yield "/* Casts Postgres makes by itself, where a value is stored, or where it is told to: CAST(from, to, when, is it a function). */"
    how = {"i": "IMPLICIT", "a": "ASSIGNMENT", "e": "EXPLICIT"}
    for source, target, context, method in rows(connection, "SELECT s.typname, t.typname, castcontext, castmethod FROM pg_cast JOIN pg_type s ON s.oid = castsource"
                                        " JOIN pg_type t ON t.oid = casttarget WHERE castsource <> casttarget"
                                        " AND s.typname = ANY(%(names)s) AND t.typname = ANY(%(names)s) ORDER BY 1, 2", names=TYPES):
        yield f"CAST({source.upper()}, {target.upper()}, {how[context]}, {str(method == 'f').lower()})"


def operators_of(connection):
    yield "/* Operators of Postgres: OPERATOR(name, left (NONE: there is none), right, result). Those alike in name stand together. */"
    found = rows(connection, "SELECT DISTINCT oprname COLLATE \"C\", COALESCE(l.typname, ''), r.typname, t.typname FROM pg_operator LEFT JOIN pg_type l ON"
                 " l.oid = oprleft JOIN pg_type r ON r.oid = oprright JOIN pg_type t ON t.oid = oprresult WHERE"
                 " (l.typname IS NOT NULL AND oprname = ANY(%(binary)s)) OR (l.typname IS NULL AND oprname = ANY(%(unary)s)) ORDER BY 1, 2, 3, 4",
                 binary=BINARY, unary=UNARY)
    lines = []
    for name, left, right, result in found:
        sides = (["NONE"] if not left else spelled([left])) + spelled([right])
        if set(sides) <= {"OTHER", "NONE"}:
            continue
        lines.append(f'OPERATOR("{name}", {sides[0]}, {sides[1]}, {spelled([result])[0]})')
    yield from dict.fromkeys(lines)


def functions_of(connection):
    yield "/*"
    yield " * Functions of Postgres: FUNCTION(name, kind, result, fewest arguments, most, types of the arguments…). MANY: the last one"
    yield " * again and again; OTHER: a type that is none of ours, or many rows. NO_FUNCTION(name): SQLite has it and Postgres does not. By name, in the order of the bytes."
    yield " */"
    kinds = {"f": "PLAIN", "a": "AGGREGATE", "w": "WINDOW"}
    names = sorted(set(SQLITE + POSTGRES) - GRAMMAR)
    found = {}
    for name, kind, result, variadic, defaults, is_set, args in rows(
            connection, "SELECT proname COLLATE \"C\", CASE WHEN prokind = 'a' AND aggkind <> 'n' THEN 'o' ELSE prokind END, t.typname, provariadic <> 0, pronargdefaults, proretset,"
            " ARRAY(SELECT typname::text FROM unnest(proargtypes) WITH ORDINALITY AS a(type, at) JOIN pg_type ON pg_type.oid = a.type ORDER BY at)"
            " FROM pg_proc LEFT JOIN pg_aggregate ON aggfnoid = pg_proc.oid JOIN pg_type t ON t.oid = prorettype WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY(%(names)s)"
            " ORDER BY 1, 7, 3", names=names):
        if kind not in kinds:
            continue
        if variadic:
            args = args[:-1] + (["any"] if args[-1] in ("any", "anycompatiblearray") else [args[-1].lstrip("_")])
        types = spelled(args)
        most = "MANY" if variadic else str(len(types))
        fewest = len(types) - defaults
        gives = "OTHER" if is_set else spelled([result])[0]
        line = f'FUNCTION("{name}", {kinds[kind]}, {gives}, {fewest}, {most}{"".join(", " + one for one in types)})'
        found.setdefault(name, {})[line] = None
    for name in names:
        if name in found:
            yield from found[name]
        elif name in SQLITE:
            yield f'NO_FUNCTION("{name}")'


TABLES = {"server_types.def": types_of, "server_casts.def": casts_of, "server_operators.def": operators_of,
          "server_functions.def": functions_of}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wrong = 0
    with create_engine(sys.argv[1]).connect() as connection:
        for name, of in TABLES.items():
            here, text = FOLDER / name, "\n".join(of(connection)) + "\n"
            if "--write" in sys.argv[2:]:
                here.write_text(text)
            elif here.read_text() != text:
                print(f"FAIL {name} is not what this server says; --write brings it up to date")
                wrong += 1
            else:
                print(f"{name}: {text.count(chr(10))} lines, as the server has them")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
