/*
 * The rows of the schema (SC-nn), each with cases in which it holds and cases in which what it
 * rests on is missing, so that the decision is another one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "rewriters/schema/ddl.h"

static int open_arena(void **state)
{
    *state = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

typedef struct Row {
    const char *id;
    bool        holds; /* false: what the row rests on is missing */
    const char *sql;
    const char *has;   /* in the script; NULL: anything */
    const char *lacks; /* not in it */
    const char *codes; /* of the findings, in their order */
} Row;

static const Row rows[] = {
    /* INTEGER PRIMARY KEY counts by itself. */
    { "SC-01", true, "CREATE TABLE t (id INTEGER PRIMARY KEY)", "id BIGSERIAL PRIMARY KEY", NULL, "" },
    { "SC-01", true, "CREATE TABLE t (a TEXT, \"Id\" integer, PRIMARY KEY (\"Id\" DESC))",
      "Id BIGSERIAL PRIMARY KEY", NULL, "SC-17" },
    { "SC-01", true, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL)",
      "id BIGSERIAL PRIMARY KEY", "AUTOINCREMENT", "" },
    { "SC-01", false, "CREATE TABLE t (id INT PRIMARY KEY)", "id BIGINT PRIMARY KEY", "SERIAL", "SC-22" },
    { "SC-01", false, "CREATE TABLE t (id INTEGER PRIMARY KEY DESC)", "id BIGINT PRIMARY KEY", "SERIAL",
      "SC-17 SC-22" },
    { "SC-01", false, "CREATE TABLE t (id INTEGER PRIMARY KEY) WITHOUT ROWID", "id BIGINT PRIMARY KEY",
      "SERIAL", "" },
    { "SC-01", false, "CREATE TABLE t (id INTEGER, n INTEGER, PRIMARY KEY (id, n))", "id BIGINT,", "SERIAL",
      "SC-22 SC-22" },
    { "SC-01", false, "CREATE TABLE u (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY"
                      " REFERENCES u)",
      "id BIGINT PRIMARY KEY REFERENCES u (id)", NULL, "SC-01" },
    /* Whole numbers have 64 bits, unless they are something else. */
    { "SC-03", true, "CREATE TABLE t (a INTEGER, b TINYINT, c INTEGER(11), d UNSIGNED BIG INT)",
      "a BIGINT,\n    b BIGINT,\n    c BIGINT,\n    d BIGINT\n", NULL, "" },
    { "SC-03", false, "CREATE TABLE t (a INTEGER CHECK (a IN (0, 1)))", "a BOOLEAN", NULL, "SC-15" },
    /* Text of any length. */
    { "SC-04", true, "CREATE TABLE t (a VARCHAR(3), b CHAR(5), c CLOB, d STRING, e)",
      "a TEXT,\n    b TEXT,\n    c TEXT,\n    d TEXT,\n    e TEXT\n", NULL, "" },
    { "SC-04", false, "CREATE TABLE t (a VARCHAR(3) DEFAULT CURRENT_TIMESTAMP, b CHARINT)",
      "a TIMESTAMPTZ DEFAULT now(),\n    b BIGINT\n", NULL, "" },
    { "SC-05", true, "CREATE TABLE t (a REAL, b FLOAT(4), c DOUBLE)",
      "a DOUBLE PRECISION,\n    b DOUBLE PRECISION,\n    c DOUBLE PRECISION\n", " REAL", "" },
    { "SC-05", false, "CREATE TABLE t (a FLOATING POINT)", "a BIGINT", NULL, "" }, /* POINT has INT in it */
    { "SC-06", true, "CREATE TABLE t (a DECIMAL(10, 2), b NUMERIC)", "a NUMERIC(10, 2),\n    b NUMERIC\n",
      NULL, "SC-06 SC-06" },
    { "SC-06", false, "CREATE TABLE t (a NUMERIC(5, 7), b NUMERIC(2000))", "a NUMERIC,\n    b NUMERIC\n",
      "NUMERIC(", "SC-06 SC-06" },
    { "SC-06", false, "CREATE TABLE t (a ENUM)", "a TEXT", NULL, "" },
    { "SC-07", true, "CREATE TABLE t (is_on INTEGER NOT NULL DEFAULT 1)", "is_on BOOLEAN NOT NULL DEFAULT true",
      NULL, "" },
    { "SC-07", true, "CREATE TABLE t (a BOOLEAN)", "a BOOLEAN", NULL, "" },
    { "SC-07", false, "CREATE TABLE t (is_on INTEGER NOT NULL DEFAULT 2)", "is_on BIGINT NOT NULL DEFAULT 2",
      NULL, "" },
    { "SC-07", false, "CREATE TABLE t (is_on INTEGER DEFAULT 0 CHECK (is_on IN (0, 1, 2)))",
      "is_on BIGINT DEFAULT 0 CHECK (is_on IN (0, 1, 2))", NULL, "" },
    { "SC-07", false, "CREATE TABLE t (retries INTEGER DEFAULT 0)", "retries BIGINT DEFAULT 0", NULL, "" },
    { "SC-08", true, "CREATE TABLE t (a TEXT DEFAULT (datetime('now')), b DATETIME)",
      "a TIMESTAMPTZ DEFAULT now(),\n    b TIMESTAMPTZ\n", NULL, "" },
    { "SC-08", false, "CREATE TABLE t (a TEXT DEFAULT (time('now')))",
      "a TEXT DEFAULT to_char(now() AT TIME ZONE 'utc', 'HH24:MI:SS')", NULL, "" },
    { "SC-08", false, "CREATE TABLE t (created_at INTEGER DEFAULT (strftime('%s', 'now')))",
      "created_at BIGINT DEFAULT floor(extract(epoch FROM now()))::bigint", NULL, "" },
    { "SC-08", false, "CREATE TABLE t (a TIMESTAMP DEFAULT (datetime('now', '+1 month')))", "a TIMESTAMPTZ\n",
      "now()", "SC-13" },
    { "SC-08", false, "CREATE TABLE t (a DATETIME DEFAULT (datetime('now', 'localtime')))", "DEFAULT now()",
      NULL, "SC-08" },
    { "SC-09", true, "CREATE TABLE t (payload_json TEXT DEFAULT '{}')", "payload_json JSONB DEFAULT '{}'", NULL,
      "" },
    { "SC-09", false, "CREATE TABLE t (payload_json TEXT DEFAULT 'none')", "payload_json TEXT DEFAULT 'none'",
      NULL, "" },
    { "SC-10", true, "CREATE TABLE t (a BLOB DEFAULT x'00ff')", "a BYTEA DEFAULT '\\x00ff'", NULL, "" },
    { "SC-10", false, "CREATE TABLE t (a BLOB DEFAULT 'text')", "a BYTEA DEFAULT '\\x74657874'", NULL, "SC-10" },
    { "SC-11", true, "CREATE TABLE t (a BOOLEAN DEFAULT 0, b BOOLEAN DEFAULT '1')",
      "a BOOLEAN DEFAULT false,\n    b BOOLEAN DEFAULT true\n", NULL, "" },
    { "SC-11", false, "CREATE TABLE t (a BOOLEAN DEFAULT 2)", "a BIGINT DEFAULT 2", NULL, "" },
    { "SC-12", true, "CREATE TABLE t (a TEXT DEFAULT \"it's\")", "a TEXT DEFAULT 'it''s'", NULL, "" },
    { "SC-12", true, "CREATE TABLE t (a TEXT DEFAULT word)", "a TEXT DEFAULT 'word'", NULL, "" },
    { "SC-12", false, "CREATE TABLE t (a INTEGER DEFAULT \"word\")", "a BIGINT\n", NULL, "SC-13" },
    { "SC-13", true, "CREATE TABLE t (a INTEGER DEFAULT '')", "a BIGINT\n", "DEFAULT ''\n", "SC-13" },
    { "SC-13", false, "CREATE TABLE t (a INTEGER DEFAULT ' 4 ', b REAL DEFAULT '1e3', c INTEGER DEFAULT 5.0)",
      "a BIGINT DEFAULT 4,\n    b DOUBLE PRECISION DEFAULT 1e3,\n    c BIGINT DEFAULT 5\n", NULL, "" },
    { "SC-14", true, "CREATE TABLE t (a TEXT DEFAULT (lower(hex(randomblob(16)))))",
      "a TEXT DEFAULT replace(gen_random_uuid()::text, '-', '')", NULL, "" },
    { "SC-14", false, "CREATE TABLE t (a TEXT DEFAULT (hex(randomblob(4))))", "a TEXT\n", "gen_random", "SC-13" },
    { "SC-15", true, "CREATE TABLE t (a BOOLEAN CHECK (a IN (0, 1)))", "a BOOLEAN\n", NULL, "SC-15" },
    { "SC-15", false, "CREATE TABLE t (a BOOLEAN CHECK (a IN (0, 1) AND a <> 0), b INTEGER CHECK (b > 0))",
      "a BOOLEAN CHECK (a IN (false, true) AND a <> false),\n    b BIGINT CHECK (b > 0)\n", NULL, "" },
    { "SC-15", false, "CREATE TABLE t (a JSON CHECK (json_valid(a) AND length(a) > 2))", "a JSONB\n", "CHECK", "SQL-13" },
    { "SC-15", false, "CREATE TABLE t (a TEXT CHECK (a GLOB 'x*'))", "a TEXT\n", NULL, "SQL-09" },
    { "SC-16", true, "CREATE TABLE t (a TEXT, b BOOLEAN); CREATE INDEX i ON t (a) WHERE b = 1 AND a <> \"x\"",
      "CREATE INDEX i ON t (a) WHERE b = true AND a <> 'x';", NULL, "" },
    { "SC-16", false, "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a) WHERE a GLOB 'x*'", NULL,
      "CREATE INDEX", "SQL-09 SC-16" },
    { "SC-17", true, "CREATE TABLE t (a TEXT, n INTEGER); CREATE INDEX main.i ON t (substr(a, 1, 3), n DESC)",
      "CREATE INDEX i ON t ((substr(a, 1, 3)), n DESC);", NULL, "" },
    { "SC-17", false, "CREATE TABLE t (a TIMESTAMP); CREATE INDEX i ON t (date(a))", NULL, "CREATE INDEX", "SC-17" },
    { "SC-17", false, "CREATE TABLE t (a TEXT, UNIQUE (a DESC))", "a TEXT UNIQUE", " DESC\n", "SC-17" },
    { "SC-18", true, "CREATE TABLE t (a TEXT COLLATE NOCASE UNIQUE)",
      "CREATE UNIQUE INDEX t_a_nocase ON t (lower(a));", NULL, "SC-18 SC-18" },
    { "SC-18", false, "CREATE TABLE t (a TEXT COLLATE RTRIM UNIQUE)", "a TEXT UNIQUE", "lower(", "SC-18" },
    { "SC-18", false, "CREATE TABLE t (a TEXT COLLATE BINARY UNIQUE)", "a TEXT UNIQUE", "lower(", "" },
    { "SC-18", false, "CREATE TABLE t (a INTEGER COLLATE NOCASE UNIQUE)", "a BIGINT UNIQUE", "lower(", "SC-18" },
    { "SC-19", true, "CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY, b INT) STRICT, WITHOUT ROWID",
      "a TEXT PRIMARY KEY,\n    b BIGINT\n);", NULL, "" },
    { "SC-19", false, "CREATE TABLE t (a ANY) STRICT", "a TEXT", NULL, "SC-19" },
    { "SC-20", true, "CREATE TABLE t (a INTEGER, b INTEGER AS (a + 1) STORED)",
      "b BIGINT GENERATED ALWAYS AS (a + 1) STORED", NULL, "" },
    { "SC-20", true, "CREATE TABLE t (a INTEGER, b INTEGER AS (a > 1))",
      "b BIGINT GENERATED ALWAYS AS (CAST((a > 1) AS INTEGER)) STORED", NULL, "SC-20" },
    { "SC-20", false, "CREATE TABLE t (a INTEGER, b INTEGER AS (a + 1) STORED, c INTEGER NOT NULL AS (b + 1) STORED)",
      "c BIGINT\n", NULL, "SC-20 SC-20" },
    { "SC-20", false, "CREATE TABLE t (a REAL, b INTEGER AS (a * 2) STORED)", "b BIGINT\n", "(a * 2) STORED",
      "SC-20 SC-20" },
    { "SC-20", false, "CREATE TABLE t (a TIMESTAMP, b TEXT AS (date(a)) STORED)", "b TEXT\n", " STORED,",
      "SC-20 SC-20" },
    { "SC-21", true, "CREATE TABLE t (a INTEGER REFERENCES p ON DELETE CASCADE); CREATE TABLE p (id INTEGER PRIMARY KEY)",
      "a BIGINT REFERENCES p (id) ON DELETE CASCADE", NULL, "" },
    { "SC-21", false, "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a TEXT REFERENCES p)", "a TEXT\n",
      " REFERENCES ", "SC-21" },
    { "SC-21", false, "CREATE TABLE t (a INTEGER REFERENCES nowhere (id))", "a BIGINT\n", " REFERENCES ", "SC-21" },
    { "SC-22", true, "CREATE TABLE t (a TEXT PRIMARY KEY)", "a TEXT PRIMARY KEY", NULL, "SC-22" },
    { "SC-22", true, "CREATE TABLE t (a TEXT, b TEXT NOT NULL, PRIMARY KEY (a, b))", "PRIMARY KEY (a, b)", NULL,
      "SC-22" },
    { "SC-22", false, "CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY)", "a TEXT PRIMARY KEY", NULL, "" },
    { "SC-22", false, "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID", "a TEXT PRIMARY KEY", NULL, "" },
    { "SC-23", true, "CREATE TABLE t (a TEXT UNIQUE ON CONFLICT REPLACE)", "a TEXT UNIQUE", NULL, "SC-23" },
    { "SC-23", true, "CREATE TABLE t (a TEXT NOT NULL ON CONFLICT IGNORE)", "a TEXT NOT NULL", NULL, "SC-23" },
    { "SC-23", false, "CREATE TABLE t (a TEXT UNIQUE ON CONFLICT ABORT)", "a TEXT UNIQUE", NULL, "" },
    { "SC-23", false, "CREATE TABLE t (a TEXT, CHECK (a <> '') ON CONFLICT IGNORE)", "CHECK (a <> '')", NULL,
      "" }, /* SQLite reads it and does not heed it */
    { "SC-24", true, "CREATE TABLE [User] (`order` TEXT, CamelCase TEXT, \"a b\" TEXT)",
      "CREATE TABLE \"user\" (\n    \"order\" TEXT,\n    CamelCase TEXT,\n    \"a b\" TEXT\n", NULL, "" },
    { "SC-24", false, "CREATE TABLE \"\" (a TEXT)", "CREATE TABLE unnamed (", NULL, "SC-24" },
    { "SC-24", false, "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE t_id_seq (a TEXT)",
      "CREATE SEQUENCE t_id_seq_", "BIGSERIAL", "SC-24" },
    { "SC-24", false, "CREATE TABLE t (ctid TEXT)", NULL, "CREATE TABLE", "SC-24" },
    { "SC-25", true, "CREATE TABLE t (a BOOLEAN); CREATE VIEW IF NOT EXISTS v AS SELECT a FROM t WHERE a = 1",
      "CREATE VIEW v AS\nSELECT a FROM t WHERE a = true;", "IF NOT EXISTS", "" },
    { "SC-25", false, "CREATE VIEW v AS SELECT a FROM nowhere", NULL, "CREATE VIEW", "SC-25" },
    { "SC-25", false, "CREATE TABLE t (a TEXT); CREATE VIEW w AS SELECT * FROM v;"
                      "CREATE VIEW v AS SELECT group_concat(a) FROM t",
      NULL, "CREATE VIEW", "SQL-14 SC-25" },
    { "SC-26", true, "CREATE TABLE t (a TEXT); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END", NULL,
      "CREATE TRIGGER", "SC-26" },
    { "SC-26", true, "CREATE VIRTUAL TABLE f USING fts5(a); CREATE TABLE f_data (id INTEGER PRIMARY KEY, block BLOB)",
      NULL, "CREATE", "SC-26 SC-26" },
    { "SC-26", false, "CREATE TABLE f_data (id INTEGER PRIMARY KEY, block BLOB)", "CREATE TABLE f_data", NULL, "" },
    { "SC-27", true, "CREATE TABLE IF NOT EXISTS t (a TEXT)", "CREATE TABLE t (\n", "IF NOT EXISTS", "" },
    { "SC-27", false, "CREATE TABLE IF NOT EXISTS t (a TEXT); CREATE TABLE IF NOT EXISTS t (a TEXT, b TEXT NOT NULL)",
      "b TEXT\n", NULL, "SC-27 SC-27" },
    { "SC-27", false, "CREATE TEMP TABLE t (a TEXT)", NULL, "CREATE TABLE", "SC-27" },
    { "SC-28", true, "CREATE TABLE t (a TEXT); ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 0",
      "a TEXT,\n    b BIGINT NOT NULL DEFAULT 0\n", NULL, "" },
    { "SC-28", true, "CREATE TABLE t (a TEXT CHECK (a <> '')); ALTER TABLE t RENAME COLUMN a TO b",
      "b TEXT CHECK (b <> '')", NULL, "" },
    { "SC-28", false, "CREATE TABLE t (a TEXT); CREATE VIEW v AS WITH x AS (SELECT a FROM t) SELECT a FROM x;"
                      "ALTER TABLE t RENAME COLUMN a TO b",
      NULL, "CREATE VIEW", "SC-28" },
};

static const char *codes_of(Arena *arena, const Ddl *ddl)
{
    StrVec codes = { 0 };

    vec_each(statement, &ddl->statements)
        vec_each(finding, &statement->findings)
            vec_push(arena, &codes, str_of(finding->code));
    return str_cstr(arena, str_join(arena, &codes, STR(" ")));
}

/* Without the lines of findings. */
static const char *statements_of(Arena *arena, const Ddl *ddl)
{
    Buf out = buf_new(arena);

    vec_each(statement, &ddl->statements)
        if (statement->sql.len)
            buf_format(&out, STR_FORMAT ";\n", STR_ARG(statement->sql));
    return str_cstr(arena, buf_str(&out));
}

static void each_row_holds_and_falls_with_what_it_rests_on(void **state)
{
    Arena *arena  = *state;
    bool   failed = false;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Row *row     = &rows[i];
        Catalog    catalog = { 0 };
        NoteVec    notes   = { 0 };
        catalog_add_sql(arena, &catalog, STR("a.sql"), str_of(row->sql), &notes);
        Ddl         ddl   = ddl_of(arena, &catalog, &catalog.notes);
        const char *text  = statements_of(arena, &ddl);
        const char *codes = codes_of(arena, &ddl);
        if (strcmp(codes, row->codes) == 0 && (!row->has || strstr(text, row->has))
            && (!row->lacks || !strstr(text, row->lacks)))
            continue;
        failed = true;
        print_error("%s: %s\n[%s]\n%s\n", row->id, row->sql, codes, text);
    }

    assert_false(failed);
}

/* SC-02 is about rows: `copy` sets sequences. */
static void each_row_of_the_schema_has_both_cases(void **state)
{
    (void)state;

    for (unsigned number = 1; number <= 28; number++) {
        char   id[8];
        size_t holding = 0, falling = 0;
        snprintf(id, sizeof id, "SC-%02u", number);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (strcmp(rows[i].id, id) == 0)
                *(rows[i].holds ? &holding : &falling) += 1;
        assert_true(number == 2 || (holding && falling));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_row_holds_and_falls_with_what_it_rests_on, open_arena,
                                        close_arena),
        cmocka_unit_test(each_row_of_the_schema_has_both_cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
