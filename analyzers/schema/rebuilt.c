#include "analyzers/schema/rebuilt.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/own.h"

OWN_BY(Arena, arena_close)

struct Rebuilt {
    sqlite3 *db;
};

/* -- definitions ----------------------------------------------------------------------------- */

static void add_name(Buf *out, Str name)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, name.ptr[i]);
    }
    buf_add_char(out, '"');
}

static void add_column(Buf *out, const CatalogColumn *column)
{
    add_name(out, column->name);
    buf_format(out, " " STR_FORMAT, STR_ARG(column->declared));
    if (column->collation.len) {
        buf_add(out, STR(" COLLATE "));
        add_name(out, column->collation);
    }
    if (column->rowid_alias)
        buf_add(out, STR(" PRIMARY KEY"));
    if (column->generated != GENERATED_NO && column->generated_as.node)
        buf_format(out, " AS (" STR_FORMAT ")",
                   STR_ARG(node_text(column->generated_as.text, column->generated_as.node)));
}

static void add_key(Buf *out, const CatalogKey *key)
{
    buf_add(out, key->is_primary ? STR(", PRIMARY KEY (") : STR(", UNIQUE ("));
    vec_each(column, &key->columns) {
        buf_add(out, column == key->columns.items ? STR("") : STR(", "));
        add_name(out, *column);
    }
    buf_add_char(out, ')');
}

static Str table_definition(Arena *arena, const CatalogTable *table)
{
    Buf  out       = buf_new(arena);
    bool has_rowid = table_rowid_alias(table) != NULL;

    buf_add(&out, table->is_temp ? STR("CREATE TEMP TABLE ") : STR("CREATE TABLE "));
    add_name(&out, table->name);
    buf_add(&out, STR(" ("));
    vec_each(column, &table->columns) {
        buf_add(&out, column == table->columns.items ? STR("") : STR(", "));
        add_column(&out, column);
    }
    vec_each(key, &table->keys)
        if (key->columns.count && !(key->is_primary && has_rowid))
            add_key(&out, key);
    buf_add(&out, table->without_rowid ? STR(") WITHOUT ROWID") : STR(")"));
    return buf_str(&out);
}

/* What SQLite does not take stays away, and so does each statement that needs it. */
static void define(Arena *arena, Rebuilt *rebuilt, Str definition)
{
    sqlite3_exec(rebuilt->db, str_cstr(arena, definition), NULL, NULL, NULL);
}

static void define_as_written(Arena *arena, Rebuilt *rebuilt, SchemaExpr definition)
{
    if (definition.node)
        define(arena, rebuilt, node_text(definition.text, definition.node));
}

static void define_all(Arena *arena, Rebuilt *rebuilt, const Catalog *catalog)
{
    vec_each(at, &catalog->tables) {
        const CatalogTable *table = *at;
        if (table->kind != TABLE_PLAIN)
            define_as_written(arena, rebuilt, table->definition);
        else if (table->columns_known && table->columns.count)
            define(arena, rebuilt, table_definition(arena, table));
        vec_each(index, &table->indexes)
            define_as_written(arena, rebuilt, index->definition);
    }
    vec_each(trigger, &catalog->triggers)
        define_as_written(arena, rebuilt, trigger->definition);
}

/* -- opening --------------------------------------------------------------------------------- */

static int by_bytes(void *none, int a_len, const void *a, int b_len, const void *b)
{
    int order = memcmp(a, b, (size_t)(a_len < b_len ? a_len : b_len));

    (void)none;
    return order ? order : a_len - b_len;
}

static void any_collation(void *none, sqlite3 *db, int encoding, const char *name)
{
    (void)none;
    sqlite3_create_collation(db, name, encoding, NULL, by_bytes);
}

Rebuilt *rebuilt_open(const Catalog *catalog)
{
    Rebuilt *out = calloc(1, sizeof *out);

    if (!out)
        return NULL;
    if (sqlite3_open_v2(":memory:", &out->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        rebuilt_close(out);
        return NULL;
    }
    OWN(Arena) scratch = arena_open();
    sqlite3_collation_needed(out->db, NULL, any_collation);
    define_all(scratch, out, catalog);
    return out;
}

void rebuilt_close(Rebuilt *rebuilt)
{
    sqlite3_close(rebuilt->db);
    free(rebuilt);
}

bool rebuilt_prepares(Arena *arena, Rebuilt *rebuilt, Str statement, Str *message)
{
    sqlite3_stmt *handle = NULL;
    int           status = sqlite3_prepare_v2(rebuilt->db, statement.ptr, (int)statement.len, &handle, NULL);

    sqlite3_finalize(handle);
    if (status != SQLITE_OK)
        *message = str_copy(arena, str_of(sqlite3_errmsg(rebuilt->db)));
    return status == SQLITE_OK;
}
