"""The type check, held against Postgres:   foreseen.py TYPING_LINES TRANSLATE_LINES GENERATE_STATEMENTS POSTGRES_URL [COUNT [SEED]] [-v]

Statements of fixtures/sqltest, as they are written for SQLite and as they are translated, and COUNT that are made of its grammars,
are prepared by a server that has their tables. What the check says Postgres would refuse, the server must refuse: one that it
takes is a failure. Of what the server refuses for types or groups, on statements that Postgres' parser reads, the check
must foresee FORESEEN_AT_LEAST.
"""

import collections
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "translate"))

import both  # noqa: E402

# Types that do not fit, operators and functions that are not there or not one, columns that are not grouped.
OF_TYPES = {"42804": "types", "42883": "no such operator or function", "42725": "not unique", "42803": "groups"}
FORESEEN_AT_LEAST = 0.9


def judged(program, schema, statements):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(schema)
        file.flush()
        done = subprocess.run([program, file.name], input=b"\0".join(text.encode() for text in statements) + b"\0",
                              stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def prepared(connection, text):
    """The SQLSTATE and the message of what PREPARE says; None, None if it is content."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute("PREPARE one AS " + text)
        return None, None
    except Exception as error:
        return error.pgcode, str(error).splitlines()[0]
    finally:
        connection.connection.rollback()
        cursor.execute("DEALLOCATE ALL")
        connection.connection.commit()
        cursor.close()


def raw_and_translated(translate, group):
    texts = [text for text, _, _ in group.statements]
    for mode in ([], ["postgres-alone"]):
        texts += [found["out"] for found in both.translations(translate, group, mode) if found["out"]]
    return [text for text in dict.fromkeys(texts) if "\0" not in text and text.strip()]


def made(generate, grammar, count, seed):
    done = subprocess.run([generate, grammar, str(count), str(seed)], stdout=subprocess.PIPE, check=True)
    return list(dict.fromkeys(text.decode() for text in done.stdout.split(b"\0") if text))


def hold(programs, url, group, texts, counts, verbose):
    schema = "typing"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    engine = both.postgres_engine(url, schema)
    with engine.connect() as connection:
        connection.connection.cursor().execute(group.postgres)
        connection.connection.commit()
        for found in judged(programs[0], group.schema, texts):
            if not found["parses"] or not found["text"].lstrip("( \n").upper().startswith(
                    ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES")):
                counts["not read by Postgres"] += 1
                continue
            code, message = prepared(connection, found["text"])
            refused = found["verdict"] == "refused"
            counts["read"] += 1
            counts[found["verdict"]] += 1
            if refused and not code:
                counts["false alarms"] += 1
                print(f"FAIL {group.name}: {found['text']}\n  the check: {found['message']}; Postgres takes it")
            if not refused and code and found["verdict"] == "taken":
                counts["taken, and refused by the server"] += 1
                if verbose and code not in OF_TYPES:
                    print(f"taken  {group.name}: {found['text']}\n  {code} {message}")
            counts["literals", refused] += code in ("22P02", "22007")
            if code in OF_TYPES:
                counts[code, refused] += 1
                if not refused and verbose:
                    print(f"missed {group.name}: {found['text']}\n  {code} {message}")
                elif refused and verbose and found["sqlstate"] != code:
                    print(f"other  {group.name}: {found['text']}\n  {code} {message}\n  {found['sqlstate']} {found['message']}")
    engine.dispose()
    admin.dispose()


def main():
    verbose = "-v" in sys.argv
    given = [word for word in sys.argv[1:] if word != "-v"]
    if len(given) < 4:
        sys.exit(__doc__)
    programs, url = given[:3], given[3]
    count, seed = (int(given[4]) if len(given) > 4 else 2000), (int(given[5]) if len(given) > 5 else 1)
    counts = collections.Counter()
    groups = [group for path in sorted(both.FIXTURES.glob("*.sqltest")) for group in both.groups_of_cases(path)]
    groups += [both.executed_group("statements.sql"), both.executed_group("functions.sql")]
    for group in groups:
        hold(programs, url, group, raw_and_translated(programs[1], group), counts, verbose)
    for grammar in sorted(both.FIXTURES.glob("*.grammar")):
        group = groups[-1]
        group.name = grammar.name
        group.statements = [(text, None, ()) for text in made(programs[2], str(grammar), count, seed)]
        hold(programs, url, group, raw_and_translated(programs[1], group), counts, verbose)
    print(f"{counts['read']} statements that Postgres' parser reads, {counts['not read by Postgres']} that it does not: "
          f"{counts['refused']} refused, {counts['taken']} taken, {counts['unsure']} unsure; {counts['taken, and refused by the server']}"
          " taken that the server refuses")
    foreseen, all_of_them = 0, 0
    for code, what in OF_TYPES.items():
        mine, others = counts[code, True], counts[code, False]
        foreseen, all_of_them = foreseen + mine, all_of_them + mine + others
        print(f"{code} ({what}): {mine} of {mine + others} foreseen")
    print(f"besides, 22P02 and 22007 (literals): {counts['literals', True]} of {counts['literals', True] + counts['literals', False]} foreseen")
    print(f"{foreseen} of {all_of_them} foreseen, {counts['false alarms']} false alarms")
    sys.exit(1 if counts["false alarms"] or not all_of_them or foreseen < FORESEEN_AT_LEAST * all_of_them else 0)


if __name__ == "__main__":
    main()
