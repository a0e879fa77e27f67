#include "rewriters/port/choose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int setup(void **state)
{
    *state = arena_open();
    return 0;
}

static int teardown(void **state)
{
    arena_close(*state);
    return 0;
}

static const char schema[] = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT,"
                             " is_admin BOOLEAN NOT NULL DEFAULT 0, age INTEGER);"
                             "CREATE TABLE log (line TEXT);";

typedef struct Ported {
    Str          text;
    const Ports *ports;
} Ported;

typedef enum Extent { WHOLE, PARTIAL } Extent;

/* app.py, beside other.py unless that is NULL, ported by somebody who answers for the connections. */
static Ported port_in(Arena *arena, const char *python, const char *other, Extent extent)
{
    Project     *project = arena_new(arena, Project);
    Ports       *ports   = arena_new(arena, Ports);
    Units       *units   = arena_new(arena, Units);
    Catalog     *catalog = arena_new(arena, Catalog);
    Config      *config  = arena_new(arena, Config);
    CallsiteVec *calls   = arena_new(arena, CallsiteVec);
    Source       source, beside;
    Error        why;

    project_init(arena, project);
    assert_true(source_from_bytes(arena, STR("app.py"), str_of(python), &source, &why));
    assert_true(project_add(project, &source, &why));
    if (other) {
        assert_true(source_from_bytes(arena, STR("other.py"), str_of(other), &beside, &why));
        assert_true(project_add(project, &beside, &why));
    }
    const Model *model = model_build(arena, project);
    Workers      alone = { 1, { arena } };
    *calls  = callsites_find(&alone, model);
    *config = config_default();
    catalog_add_sql(arena, catalog, STR("schema.sql"), str_of(schema), NULL);
    units_build(arena, model, calls, units);
    PortInputs in = { .model = model, .units = units, .config = config, .catalog = catalog, .is_partial = extent == PARTIAL };
    ports_judge(&alone, &in, ports);

    StrVec        files   = { 0 };
    ChooseOptions options = { .allow_unsafe = true, .assume_connections = true, .files = &files };
    Choice        choice;
    vec_push(arena, &files, STR("app.py"));
    if (other)
        vec_push(arena, &files, STR("other.py"));
    port_choose(arena, ports, &options, &choice);
    Ported out = { .text = source.text, .ports = ports };
    vec_each(file, &choice.files)
        if (file->module && str_is(file->path, "app.py"))
            out.text = file->after;
    return out;
}

static Ported port_beside(Arena *arena, const char *python, const char *other)
{
    return port_in(arena, python, other, WHOLE);
}

static Ported port(Arena *arena, const char *python)
{
    return port_beside(arena, python, NULL);
}

static void assert_has(Ported ported, const char *wanted)
{
    if (!str_contains(ported.text, str_of(wanted)))
        fail_msg("no `%s` in:\n" STR_FORMAT, wanted, STR_ARG(ported.text));
}

static void assert_has_not(Ported ported, const char *unwanted)
{
    if (str_contains(ported.text, str_of(unwanted)))
        fail_msg("`%s` in:\n" STR_FORMAT, unwanted, STR_ARG(ported.text));
}

static void assert_verdict(Ported ported, Verdict verdict, const char *code)
{
    const UnitPort *unit  = &ported.ports->ports.items[0];
    bool            found = code == NULL;

    vec_each(reason, &unit->reasons)
        found |= code && str_is(reason->code, code);
    if (unit->verdict != verdict || !found)
        fail_msg("the unit is %s (" STR_FORMAT "), not %s for %s", verdict_name(unit->verdict),
                 STR_ARG(unit->reasons.count ? unit->reasons.items[0].code : STR("-")), verdict_name(verdict),
                 code ? code : "nothing");
}

#define HEAD "import sqlite3\n\n\ndef work(conn: sqlite3.Connection, name, rows):\n"

static void nothing_is_safe_in_a_project_that_was_not_looked_at_whole(void **state)
{
    const char *code = HEAD "    conn.execute(\"DELETE FROM users WHERE id = ?\", (name,))\n";

    assert_verdict(port_in(*state, code, NULL, WHOLE), VERDICT_SAFE, NULL);
    assert_verdict(port_in(*state, code, NULL, PARTIAL), VERDICT_UNSAFE, "PY-01");
}

static void a_chained_query_by_key_is_safe_and_reads_mappings(void **state)
{
    Ported got = port(*state, HEAD "    row = conn.execute(\"SELECT name FROM users WHERE id = ?\", (name,)).fetchone()\n"
                                   "    return row[\"name\"]\n");

    assert_has(got, "row = conn.execute(text(\"SELECT name FROM users WHERE id = :id\"), {\"id\": name})"
                    ".mappings().fetchone()");
    assert_has(got, "def work(conn: Connection, name, rows):");
    assert_has(got, "from sqlalchemy import Connection, text\n");
    assert_has_not(got, "sqlite3");
}

static void a_cursor_goes_and_each_statement_gets_its_result(void **state)
{
    Ported got = port(*state, HEAD "    cur = conn.cursor()\n"
                                   "    cur.execute(\"UPDATE users SET name = ? WHERE id = 1\", (name,))\n"
                                   "    if cur.rowcount == 0:\n"
                                   "        return None\n"
                                   "    cur.execute(\"SELECT id FROM users WHERE id = 1\")\n"
                                   "    (found,) = cur.fetchone()\n"
                                   "    cur.close()\n"
                                   "    return found\n");

    assert_has(got, "    result = conn.execute(text(\"UPDATE users SET name = :name WHERE id = 1\"), {\"name\": name})\n");
    assert_has(got, "if result.rowcount == 0:");
    assert_has(got, "(found,) = result.fetchone()");
    assert_has_not(got, "cur");
}

static void a_key_that_is_read_comes_by_returning(void **state)
{
    Ported got = port(*state, HEAD "    cur = conn.cursor()\n"
                                   "    cur.execute(\"INSERT INTO users (name) VALUES (?)\", (name,))\n"
                                   "    return cur.lastrowid\n");

    assert_has(got, "VALUES (:name) RETURNING id\"), {\"name\": name}).scalar_one()");
    assert_has(got, "return new_id");
}

static void lastrowid_of_a_table_nobody_knows_is_refused(void **state)
{
    Ported got = port(*state, HEAD "    return conn.execute(\"INSERT INTO other (name) VALUES (?)\", (name,)).lastrowid\n");

    assert_verdict(got, VERDICT_MANUAL, "PY-12");
    assert_has(got, "sqlite3");
}

static void a_cursor_read_in_two_ways_depending_on_the_path_gets_one_result(void **state)
{
    Ported got = port(*state, HEAD "    cur = conn.cursor()\n"
                                   "    if name:\n"
                                   "        cur.execute(\"SELECT id FROM users WHERE id = 1\")\n"
                                   "    else:\n"
                                   "        cur.execute(\"SELECT age FROM users WHERE id = 1\")\n"
                                   "    return cur.fetchone()[0]\n");

    assert_verdict(got, VERDICT_SAFE, NULL);
    assert_has(got, "        result = conn.execute(text(\"SELECT id FROM users WHERE id = 1\"))\n");
    assert_has(got, "        result = conn.execute(text(\"SELECT age FROM users WHERE id = 1\"))\n");
    assert_has(got, "    return result.fetchone()[0]\n");
}

static void a_cursor_that_may_not_have_run_is_refused(void **state)
{
    Ported got = port(*state, HEAD "    cur = conn.cursor()\n"
                                   "    if name:\n"
                                   "        cur.execute(\"SELECT id FROM users WHERE id = 1\")\n"
                                   "    return cur.fetchone()[0]\n");

    assert_verdict(got, VERDICT_MANUAL, "PY-02");
}

static void a_swallowed_error_gets_a_savepoint(void **state)
{
    Ported got = port(*state, HEAD "    try:\n"
                                   "        conn.execute(\"INSERT INTO users (name) VALUES (?)\", (name,))\n"
                                   "    except sqlite3.IntegrityError:\n"
                                   "        pass\n");

    assert_has(got, "        with conn.begin_nested():\n            conn.execute(text(");
    assert_has(got, "except IntegrityError:");
    assert_has(got, "from sqlalchemy.exc import IntegrityError\n");
}

static void an_error_that_goes_on_up_needs_none(void **state)
{
    Ported got = port(*state, HEAD "    try:\n"
                                   "        conn.execute(\"INSERT INTO users (name) VALUES (?)\", (name,))\n"
                                   "    except sqlite3.IntegrityError:\n"
                                   "        raise ValueError(name)\n");

    assert_has_not(got, "begin_nested");
    assert_has(got, "except IntegrityError:");
}

static void a_boolean_is_compared_and_given_as_one(void **state)
{
    Ported got = port(*state, HEAD "    conn.execute(\"UPDATE users SET is_admin = ? WHERE id = 1\", (1 if name else 0,))\n"
                                   "    row = conn.execute(\"SELECT is_admin FROM users WHERE id = 1\").fetchone()\n"
                                   "    if row[\"is_admin\"] == 1:\n"
                                   "        return row[\"is_admin\"] == 1\n"
                                   "    return row[\"is_admin\"] != 1\n");

    assert_has(got, "{\"is_admin\": bool(name)}");
    assert_has(got, "if row[\"is_admin\"]:");
    assert_has(got, "return bool(row[\"is_admin\"])");
    assert_has(got, "return not row[\"is_admin\"]");
}

static void a_row_read_by_name_and_by_index_stays_a_row(void **state)
{
    Ported got = port(*state, HEAD "    row = conn.execute(\"SELECT id, name FROM users WHERE id = 1\").fetchone()\n"
                                   "    return row[0], row[\"name\"]\n");

    assert_verdict(got, VERDICT_MANUAL, "PY-26"); /* where row_factory is set is not seen */
    got = port(*state, "import sqlite3\n\nconn = sqlite3.connect(\"a.db\")\nconn.row_factory = sqlite3.Row\n\n\n"
                       "def work():\n"
                       "    row = conn.execute(\"SELECT id, name FROM users WHERE id = 1\").fetchone()\n"
                       "    return row[0], row[\"name\"]\n");
    assert_has(got, ".fetchone()\n    return row[0], row._mapping[\"name\"]");
}

static void many_rows_become_dicts_behind_a_guard(void **state)
{
    Ported got = port(*state, HEAD "    conn.executemany(\"INSERT INTO log (line) VALUES (?)\", [(r,) for r in rows])\n");

    assert_has(got, "    parameters = [{\"line\": r} for r in rows]\n"
                    "    if parameters:\n"
                    "        conn.execute(text(\"INSERT INTO log (line) VALUES (:line)\"), parameters)\n");
}

static void a_name_that_is_taken_gets_another(void **state)
{
    Ported got = port(*state, "import sqlite3\n\n\ndef work(conn: sqlite3.Connection, text):\n"
                              "    conn.execute(\"INSERT INTO log (line) VALUES (?)\", (text,))\n");

    assert_has(got, "from sqlalchemy import Connection, text as sa_text");
    assert_has(got, "conn.execute(sa_text(\"INSERT");
}

static void values_of_unknown_number_are_refused(void **state)
{
    Ported got = port(*state, HEAD "    conn.execute(\"INSERT INTO users (name, age) VALUES (?, ?)\", (name, *rows))\n");

    assert_verdict(got, VERDICT_MANUAL, "PY-06");
}

static void a_statement_that_grows_is_refused(void **state)
{
    Ported got = port(*state, HEAD "    sql = \"SELECT id FROM users\"\n"
                                   "    if name:\n"
                                   "        sql += \" WHERE name = ?\"\n"
                                   "    return conn.execute(sql, rows).fetchall()\n");

    assert_verdict(got, VERDICT_MANUAL, "TX-09");
}

static void line_ends_and_comments_survive(void **state)
{
    Ported got = port(*state, "import sqlite3\r\n\r\n\r\ndef work(conn: sqlite3.Connection):\r\n"
                              "    cur = conn.cursor()  # ours\r\n"
                              "    cur.execute(\r\n"
                              "        # why\r\n"
                              "        \"DELETE FROM log WHERE line = ?\",  # what\r\n"
                              "        (\r\n"
                              "            \"x\",  # which\r\n"
                              "        ),\r\n"
                              "    )\r\n");

    assert_has(got, "    # ours\r\n");
    assert_has(got, "        # why\r\n");
    assert_has(got, "text(\"DELETE FROM log WHERE line = :line\"),  # what\r\n");
    assert_has(got, "            \"line\": \"x\",  # which\r\n        },\r\n");
}

static void what_is_ported_is_left_alone(void **state)
{
    static const char source[] = "from sqlalchemy import Connection, text\n\n\ndef work(conn: Connection):\n"
                                 "    return conn.execute(text(\"SELECT 1\")).fetchone()[0]\n";
    Ported got = port(*state, source);

    assert_true(str_is(got.text, source));
    assert_verdict(got, VERDICT_PORTED, NULL);
}

static void handlers_wait_for_the_last_call_of_the_project(void **state)
{
    static const char handler[] = "import sqlite3\n\n\ndef view(backend):\n    try:\n        backend.save()\n"
                                  "    except sqlite3.IntegrityError:\n        return None\n";

    Ported waits = port_beside(*state, handler, HEAD "    conn.executescript(name)\n");
    Ported goes  = port_beside(*state, handler, HEAD "    conn.execute(\"DELETE FROM log\")\n");

    assert_true(str_is(waits.text, handler));
    assert_has(goes, "from sqlalchemy.exc import IntegrityError\n");
    assert_has(goes, "    except IntegrityError:\n");
}

static void what_sqlite_does_not_take_with_the_tables_there_are_is_not_safe(void **state)
{
    Ported source = port(*state, HEAD "    conn.execute(\"SELECT name FROM users WHERE id = 1 AND row_number() OVER () = 1\")\n");

    assert_verdict(source, VERDICT_UNSAFE, "SQL-13");
    assert_true(str_contains(source.ports->ports.items[0].reasons.items[0].message,
                             STR("SQLite does not take the statement with the tables that are known")));
}

static void nothing_is_said_by_sqlite_of_a_table_the_catalog_does_not_have(void **state)
{
    Ported got = port(*state, HEAD "    conn.execute(\"DELETE FROM elsewhere WHERE id = 1\")\n");

    vec_each(reason, &got.ports->ports.items[0].reasons)
        assert_false(str_is(reason->code, "SQL-13"));
}

static void what_postgres_would_refuse_for_its_types_is_left_to_a_person(void **state)
{
    Ported got = port(*state, HEAD "    conn.execute(\"SELECT COUNT(*) FROM users WHERE MAX(id) = 1\")\n");

    assert_verdict(got, VERDICT_MANUAL, "SQL-13");
    assert_true(str_contains(got.ports->ports.items[0].reasons.items[0].message,
                             STR("Postgres would refuse the text this would become (aggregate functions are not allowed in WHERE)")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(nothing_is_safe_in_a_project_that_was_not_looked_at_whole),
        CASE(a_chained_query_by_key_is_safe_and_reads_mappings),
        CASE(a_cursor_goes_and_each_statement_gets_its_result),
        CASE(a_key_that_is_read_comes_by_returning),
        CASE(lastrowid_of_a_table_nobody_knows_is_refused),
        CASE(a_cursor_read_in_two_ways_depending_on_the_path_gets_one_result),
        CASE(a_cursor_that_may_not_have_run_is_refused),
        CASE(a_swallowed_error_gets_a_savepoint),
        CASE(an_error_that_goes_on_up_needs_none),
        CASE(a_boolean_is_compared_and_given_as_one),
        CASE(a_row_read_by_name_and_by_index_stays_a_row),
        CASE(many_rows_become_dicts_behind_a_guard),
        CASE(a_name_that_is_taken_gets_another),
        CASE(values_of_unknown_number_are_refused),
        CASE(a_statement_that_grows_is_refused),
        CASE(line_ends_and_comments_survive),
        CASE(what_is_ported_is_left_alone),
        CASE(handlers_wait_for_the_last_call_of_the_project),
        CASE(what_sqlite_does_not_take_with_the_tables_there_are_is_not_safe),
        CASE(nothing_is_said_by_sqlite_of_a_table_the_catalog_does_not_have),
        CASE(what_postgres_would_refuse_for_its_types_is_left_to_a_person),
    };
    return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
