#include "analyzers/schema/database_rows.h"

#include <inttypes.h>
#include <sqlite3.h>

#include "analyzers/schema/bookkeeping.h"
#include "analyzers/schema/column_contents.h"
#include "base/own.h"

OWN_BY(sqlite3_stmt, sqlite3_finalize)

enum {
    ROW_LIMIT         = 2000,    /* of one table */
    ROW_LIMIT_BY_SKIP = 500,     /* … in which a row is found by stepping over those before it */
    RUN_COUNT         = 50,      /* of rows between those at the beginning and at the end */
    LEAST_ROWS        = 20,      /* of a table among very many */
    VALUE_LIMIT       = 1000000, /* of all tables */
    TEXT_LIMIT        = 256 << 10,
    BLOB_LIMIT        = 1 << 20, /* of a row, if texts that may lie behind are to be read */
    BYTE_LIMIT        = 64 << 20,
    STEPS_A_TICK      = 1000,
    TICK_LIMIT        = 50000,
    TABLE_LIMIT       = 10000,
};

typedef struct Look {
    Arena   *arena;
    Catalog *catalog;
    sqlite3 *db;
    Str      path;
    size_t   table_count;
    unsigned ticks;
} Look;

/* One table while it is looked at. */
typedef struct TableLook {
    Look               *look;
    const CatalogTable *table;
    StrVec              columns; /* that rows store, in the order in which they do */
    Str                 key;     /* a name of the rowid; empty: none can be used */
    ColumnContents     *contents;
    size_t              row_limit;
    size_t              bytes_left;
    uint64_t            rows;
    bool                is_spent; /* more text than there is room for */
} TableLook;

/* -- SQLite ---------------------------------------------------------------------------------- */

static int tick(void *data)
{
    Look *look = data;

    return ++look->ticks > TICK_LIMIT;
}

static sqlite3_stmt *prepared(sqlite3 *db, Str sql)
{
    sqlite3_stmt *out = NULL;

    sqlite3_prepare_v2(db, sql.ptr, (int)sql.len, &out, NULL);
    return out;
}

static Str text_at(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return (Str) { text, text ? (size_t)sqlite3_column_bytes(statement, column) : 0 };
}

/* All that the only column of a question has; false if it has an end before its end. */
static bool texts_of(const Look *look, Str question, Str bound, StrVec *out)
{
    OWN(sqlite3_stmt) rows   = prepared(look->db, question);
    int               status = SQLITE_ERROR;

    if (rows && bound.ptr)
        sqlite3_bind_text(rows, 1, bound.ptr, (int)bound.len, SQLITE_STATIC);
    while (rows && (status = sqlite3_step(rows)) == SQLITE_ROW)
        vec_push(look->arena, out, str_copy(look->arena, text_at(rows, 0)));
    return status == SQLITE_DONE;
}

/* In backticks, which SQLite never takes for a text. */
static void add_name(Buf *out, Str name)
{
    buf_add_char(out, '`');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '`')
            buf_add_char(out, '`');
        buf_add_char(out, name.ptr[i]);
    }
    buf_add_char(out, '`');
}

static void add_table(const TableLook *it, Buf *out)
{
    buf_add(out, STR(" FROM main."));
    add_name(out, it->table->name);
    buf_add(out, STR(" NOT INDEXED"));
}

/* -- which rows ------------------------------------------------------------------------------ */

static bool has_name(const StrVec *names, Str name)
{
    vec_each(each, names)
        if (str_eq_nocase(*each, name))
            return true;
    return false;
}

/* The rowid by a name that no column takes; empty for a table without. */
static Str key_of(const TableLook *it, const StrVec *every_column)
{
    static const char *const names[] = { "rowid", "_rowid_", "oid" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (has_name(every_column, str_of(names[i])))
            continue;
        Buf sql = buf_new(it->look->arena);
        buf_format(&sql, "SELECT %s", names[i]);
        add_table(it, &sql);
        OWN(sqlite3_stmt) question = prepared(it->look->db, buf_str(&sql));
        return question ? str_of(names[i]) : (Str) { 0 };
    }
    return (Str) { 0 };
}

typedef enum Answer { ANSWER_NONE, ANSWER_KEY, ANSWER_ERROR } Answer;

/* The rowid that stands so many rows from the beginning, or from the end. */
static Answer key_at(const TableLook *it, const char *order, size_t skipped, int64_t *out)
{
    Buf sql = buf_new(it->look->arena);

    buf_format(&sql, "SELECT " STR_FORMAT, STR_ARG(it->key));
    add_table(it, &sql);
    buf_format(&sql, " ORDER BY " STR_FORMAT "%s LIMIT 1 OFFSET %zu", STR_ARG(it->key), order, skipped);
    OWN(sqlite3_stmt) question = prepared(it->look->db, buf_str(&sql));
    int               status   = question ? sqlite3_step(question) : SQLITE_ERROR;
    if (status == SQLITE_ROW)
        *out = sqlite3_column_int64(question, 0);
    return status == SQLITE_ROW ? ANSWER_KEY : status == SQLITE_DONE ? ANSWER_NONE : ANSWER_ERROR;
}

/* -- what they hold -------------------------------------------------------------------------- */

static void count(TableLook *it, size_t column, ValueKind kind, Str form, int64_t key)
{
    KindCount *place = &it->contents[column].kinds[kind];

    if (place->count++ == 0) {
        place->form  = form;
        place->where = it->key.len ? str_format(it->look->arena, "rowid %" PRId64, key)
                                   : str_format(it->look->arena, "row %" PRIu64, it->rows + 1);
    }
}

static void count_text(TableLook *it, size_t column, Str text, int64_t key)
{
    ValueKind kind = text_kind_of(text);
    Str       form = { 0 };

    if (it->contents[column].kinds[kind].count == 0)
        form = value_form(it->look->arena, text);
    count(it, column, kind, form, key);
    it->is_spent = it->is_spent || text.len > it->bytes_left;
    it->bytes_left -= text.len < it->bytes_left ? text.len : it->bytes_left;
}

static void count_number(TableLook *it, size_t column, ValueKind kind, sqlite3_stmt *values, int64_t key)
{
    Str form = { 0 };

    if (it->contents[column].kinds[kind].count == 0 && kind != VALUE_ZERO && kind != VALUE_ONE)
        form = value_form(it->look->arena, text_at(values, (int)column));
    count(it, column, kind, form, key);
}

static void count_value(TableLook *it, size_t column, sqlite3_stmt *values, int64_t key)
{
    int at = (int)column;

    switch (sqlite3_column_type(values, at)) {
    case SQLITE_INTEGER:
        count_number(it, column, integer_kind_of(sqlite3_column_int64(values, at)), values, key);
        break;
    case SQLITE_FLOAT: count_number(it, column, VALUE_REAL, values, key); break;
    case SQLITE_TEXT: count_text(it, column, text_at(values, at), key); break;
    default: break; /* bytes are counted by their type */
    }
}

/*
 * The statement that walks over rows gives the key, and of each value its type, or how long it is if
 * it is bytes: for none of that SQLite reads more of a row than its head.
 */
static Str walk_sql(const TableLook *it)
{
    Buf sql = buf_new(it->look->arena);

    buf_format(&sql, "SELECT " STR_FORMAT, STR_ARG(it->key.len ? it->key : STR("0")));
    vec_each(column, &it->columns) {
        buf_add(&sql, STR(", CASE typeof("));
        add_name(&sql, *column);
        buf_add(&sql, STR(") WHEN 'blob' THEN length("));
        add_name(&sql, *column);
        buf_add(&sql, STR(") ELSE typeof("));
        add_name(&sql, *column);
        buf_add(&sql, STR(") END"));
    }
    add_table(it, &sql);
    if (it->key.len)
        buf_format(&sql, " WHERE " STR_FORMAT " BETWEEN ?1 AND ?2 ORDER BY " STR_FORMAT " LIMIT ?3", STR_ARG(it->key),
                   STR_ARG(it->key));
    else
        buf_add(&sql, STR(" LIMIT ?3"));
    return buf_str(&sql);
}

/* The values of one row; of bytes nothing is read. */
static Str values_sql(const TableLook *it)
{
    Buf sql = buf_new(it->look->arena);

    buf_add(&sql, STR("SELECT "));
    vec_each(column, &it->columns) {
        buf_add(&sql, column == it->columns.items ? STR("CASE typeof(") : STR(", CASE typeof("));
        add_name(&sql, *column);
        buf_add(&sql, STR(") WHEN 'blob' THEN NULL ELSE "));
        add_name(&sql, *column);
        buf_add(&sql, STR(" END"));
    }
    add_table(it, &sql);
    if (it->key.len)
        buf_format(&sql, " WHERE " STR_FORMAT " = ?1", STR_ARG(it->key));
    else
        buf_add(&sql, STR(" LIMIT 1 OFFSET ?1"));
    return buf_str(&sql);
}

/* Counts what the types of a row say by themselves; says whether its values can be read. */
static bool count_types(TableLook *it, sqlite3_stmt *walk, int64_t key)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < it->columns.count; i++)
        if (sqlite3_column_type(walk, (int)i + 1) == SQLITE_INTEGER) {
            bytes += sqlite3_column_int64(walk, (int)i + 1);
            count(it, i, VALUE_BYTES, (Str) { 0 }, key);
        }
    return bytes <= BLOB_LIMIT;
}

/* A row with a text that is too long; which one it is, is not known. */
static void count_unread(TableLook *it, sqlite3_stmt *walk, int64_t key)
{
    for (size_t i = 0; i < it->columns.count; i++)
        if (str_is(text_at(walk, (int)i + 1), "text"))
            count(it, i, VALUE_LONG_TEXT, (Str) { 0 }, key);
}

static bool look_at_row(TableLook *it, sqlite3_stmt *walk, sqlite3_stmt *values)
{
    int64_t key    = it->key.len ? sqlite3_column_int64(walk, 0) : (int64_t)it->rows;
    int     status = SQLITE_TOOBIG;

    if (count_types(it, walk, key)) {
        sqlite3_bind_int64(values, 1, key);
        status = sqlite3_step(values);
    }
    if (status == SQLITE_ROW)
        for (size_t i = 0; i < it->columns.count; i++)
            count_value(it, i, values, key);
    else if (status == SQLITE_TOOBIG)
        count_unread(it, walk, key);
    sqlite3_reset(values);
    it->rows++;
    return status == SQLITE_ROW || status == SQLITE_TOOBIG;
}

/* Up to so many rows between two keys; false if they cannot be read. */
static bool look_at_run(TableLook *it, sqlite3_stmt *walk, sqlite3_stmt *values, int64_t lo, int64_t hi, size_t limit)
{
    int  status = SQLITE_DONE;
    bool ok     = true;

    sqlite3_bind_int64(walk, 1, lo);
    sqlite3_bind_int64(walk, 2, hi);
    sqlite3_bind_int64(walk, 3, (int64_t)limit);
    while (ok && !it->is_spent && (status = sqlite3_step(walk)) == SQLITE_ROW)
        ok = look_at_row(it, walk, values);
    sqlite3_reset(walk);
    return ok && (status == SQLITE_DONE || status == SQLITE_ROW);
}

/* -- one table ------------------------------------------------------------------------------- */

/* The first quarter of the rows, the last one, and the rest in runs between them. */
static bool look_here_and_there(TableLook *it, sqlite3_stmt *walk, sqlite3_stmt *values, int64_t first, int64_t last)
{
    size_t  quarter = it->row_limit / 4, runs = quarter < RUN_COUNT ? quarter : RUN_COUNT;
    size_t  run     = (it->row_limit - 2 * quarter) / runs;
    int64_t begin, end;

    if (key_at(it, "", quarter, &begin) != ANSWER_KEY || key_at(it, " DESC", quarter - 1, &end) != ANSWER_KEY)
        return false;
    if (begin >= end || !look_at_run(it, walk, values, first, begin - 1, quarter))
        return false;
    uint64_t stride = ((uint64_t)end - (uint64_t)begin) / runs;
    for (size_t i = 0; i < runs; i++) {
        int64_t lo = (int64_t)((uint64_t)begin + i * stride);
        int64_t hi = i + 1 == runs ? end - 1 : (int64_t)((uint64_t)lo + stride - 1);
        if (!look_at_run(it, walk, values, lo, hi, run))
            return false;
    }
    return look_at_run(it, walk, values, end, last, quarter);
}

static bool look_by_key(TableLook *it, sqlite3_stmt *walk, sqlite3_stmt *values, RowCount *rows)
{
    int64_t first, last, beyond;
    Answer  any = key_at(it, "", 0, &first);

    if (any != ANSWER_KEY)
        return any == ANSWER_NONE;
    Answer more = key_at(it, "", it->row_limit, &beyond);
    if (more == ANSWER_ERROR || key_at(it, " DESC", 0, &last) != ANSWER_KEY)
        return false;
    rows->total = (uint64_t)last - (uint64_t)first + 1;
    if (more == ANSWER_KEY ? !look_here_and_there(it, walk, values, first, last)
                           : !look_at_run(it, walk, values, first, last, it->row_limit))
        return false;
    rows->seen = more == ANSWER_NONE && !it->is_spent ? ROWS_ALL : ROWS_OF_AT_MOST;
    return true;
}

static bool look_by_skipping(TableLook *it, sqlite3_stmt *walk, sqlite3_stmt *values, RowCount *rows)
{
    size_t limit = it->row_limit < ROW_LIMIT_BY_SKIP ? it->row_limit : ROW_LIMIT_BY_SKIP;

    if (!look_at_run(it, walk, values, 0, 0, limit + 1))
        return false;
    rows->seen = it->rows <= limit && !it->is_spent ? ROWS_ALL : ROWS_FIRST;
    return true;
}

static void signal_contents(const TableLook *it, RowCount rows)
{
    for (size_t i = 0; i < it->columns.count; i++) {
        const CatalogColumn *column = catalog_column(it->table, it->columns.items[i]);
        it->contents[i].path = it->look->path;
        it->contents[i].rows = rows;
        if (column)
            contents_signal(it->look->arena, it->look->catalog, it->table, column, &it->contents[i]);
    }
}

/* Room for this table, if all have the same. */
static size_t row_limit_of(const TableLook *it)
{
    size_t limit = VALUE_LIMIT / it->look->table_count / it->columns.count;

    return limit < LEAST_ROWS ? LEAST_ROWS : limit < ROW_LIMIT ? limit : ROW_LIMIT;
}

static void look_at_table(Look *look, const CatalogTable *table)
{
    TableLook it   = { .look = look, .table = table };
    StrVec    all  = { 0 };
    RowCount  rows = { 0 };

    if (!texts_of(look, STR("SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid"), table->name, &all)
        || !texts_of(look, STR("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid"), table->name,
                     &it.columns)
        || it.columns.count == 0)
        return;
    it.key        = key_of(&it, &all);
    it.contents   = arena_array(look->arena, ColumnContents, it.columns.count);
    it.row_limit  = row_limit_of(&it);
    it.bytes_left = BYTE_LIMIT / look->table_count;
    OWN(sqlite3_stmt) walk   = prepared(look->db, walk_sql(&it));
    OWN(sqlite3_stmt) values = prepared(look->db, values_sql(&it));
    if (!walk || !values)
        return;
    bool is_read   = it.key.len ? look_by_key(&it, walk, values, &rows) : look_by_skipping(&it, walk, values, &rows);
    rows.looked_at = it.rows;
    if (is_read && it.rows)
        signal_contents(&it, rows);
}

/* What is virtual has no root. */
void catalog_look_at_rows(Arena *arena, Catalog *catalog, sqlite3 *db, Str path)
{
    Look   look  = { .arena = arena, .catalog = catalog, .db = db, .path = path };
    StrVec names = { 0 };
    Str    question = STR("SELECT name FROM main.sqlite_master WHERE type = 'table' AND rootpage > 0"
                          " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid");

    sqlite3_progress_handler(db, STEPS_A_TICK, tick, &look);
    if (texts_of(&look, question, (Str) { 0 }, &names) && names.count && names.count <= TABLE_LIMIT) {
        sqlite3_limit(db, SQLITE_LIMIT_LENGTH, TEXT_LIMIT);
        look.table_count = names.count;
        vec_each(name, &names) {
            const CatalogTable *table = catalog_table(catalog, *name);
            if (table && table->kind == TABLE_PLAIN && !shadowed_by(catalog, table))
                look_at_table(&look, table);
        }
    }
    sqlite3_progress_handler(db, 0, NULL, NULL);
}
