/*
 * Questions about the schema: what sqlite_master lists, what PRAGMA table_info() tells.
 *
 * Postgres answers them from catalogs of its own. The question keeps its shape, so what reads the answer stays: a
 * subquery stands where sqlite_master stood, with those of its columns that are asked for; the PRAGMA becomes a query
 * that gives the first of its columns, as far as the name.
 */
#include "rewriters/port/work.h"

#include "analyzers/sql/lexer.h"
#include "rewriters/sql/spelling.h"

static bool is_about(const Translation *sql, const char *feature)
{
    vec_each(remark, &sql->remarks)
        if (strcmp(remark->feature, feature) == 0)
            return sql->verdict == SQL_DECIDE;
    return false;
}

static const Catalog *catalog_from(Work *work, const char *definition)
{
    Catalog *catalog = arena_new(work->arena, Catalog);

    catalog_add_sql(work->arena, catalog, STR(""), str_of(definition), NULL);
    return catalog;
}

/* The remark stays, with the answer to it. */
static void answer(Work *work, Translation *sql, const SqlRemark *asked, Str message)
{
    SqlRemark remark = *asked;

    remark.verdict = SQL_DIFFERS;
    remark.changed = true;
    remark.message = message;
    vec_push(work->arena, &sql->remarks, remark);
    sql->verdict = translation_verdict_besides(sql, NULL);
    sql->target  = SQL_TARGET_BOTH;
}

static void keep_both(Execute *execute, Translation sql, EditVec for_postgres)
{
    execute->sql             = sql;
    execute->for_sqlite      = sql.edits;
    execute->for_postgres    = for_postgres;
    execute->sql.edits       = (EditVec) { 0 };
    execute->per_dialect     = true;
    execute->chosen_in_place = true;
    edits_sort(&execute->for_postgres);
}

/* -- sqlite_master --------------------------------------------------------------------------- */

/* A column of sqlite_master, as each catalog of Postgres has it: an item, or a column that gets its name. */
static const struct {
    const char *name, *table, *index, *view;
} columns[] = {
    { "type", "'table' AS type", "'index' AS type", "'view' AS type" },
    { "name", "tablename", "indexname", "viewname" },
    { "tbl_name", "tablename", "tablename", "viewname" },
    { "sql", "'' AS sql", "'' AS sql", "'' AS sql" },
};

typedef enum Listed { LISTED_TABLES = 1, LISTED_INDEXES = 2, LISTED_VIEWS = 4, LISTED_ALL = 7 } Listed;

/* Whether the statement says a word; `*` says all of them, but for that of COUNT(*). */
static bool says(const Translation *sql, const char *word)
{
    const Token *before = NULL;

    vec_each(token, &sql->sql.tokens) {
        Str text = token_text(sql->text, *token);
        if (token_is_blank(*token))
            continue;
        if (token->kind == TOKEN_STAR && !(before && before->kind == TOKEN_LP))
            return true;
        if ((token->kind == TOKEN_NAME || token->kind == TOKEN_KEYWORD || token->kind == TOKEN_QUOTED_NAME)
            && (str_eq_nocase(text, str_of(word))
                || (text.len == strlen(word) + 2 && str_eq_nocase(str_slice(text, 1, text.len - 1), str_of(word)))))
            return true;
        before = token;
    }
    return false;
}

static Listed listed_by(Arena *arena, Str text, const Node *condition)
{
    condition = node_bare(condition);
    if (!condition || condition->kind != NODE_BINARY)
        return LISTED_ALL;
    const Node *left = node_bare(node_child(condition, ROLE_LEFT)), *right = node_bare(node_child(condition, ROLE_RIGHT));
    if (condition->op == OP_AND) {
        Listed a = listed_by(arena, text, left), b = listed_by(arena, text, right);
        return a & b;
    }
    if ((condition->op != OP_EQ && condition->op != OP_IS) || !left || !right || left->kind != NODE_COLUMN
        || !str_eq_nocase(sql_name(arena, text, left->name), STR("type")))
        return LISTED_ALL;
    Str kind = sql_unquote(arena, node_text(text, right));
    return str_is(kind, "table") ? LISTED_TABLES : str_is(kind, "index") ? LISTED_INDEXES : str_is(kind, "view") ? LISTED_VIEWS
                                                                                          : LISTED_ALL;
}

enum { SPELLINGS_MOST = 12 }; /* in one statement */

/* A column of small names, with those in capitals that are known: CASE x WHEN 'users' THEN 'Users' ELSE x END. */
static Str respelled(Arena *arena, Str column, const StrVec *spellings)
{
    Buf out = buf_new(arena);

    if (!spellings->count)
        return column;
    buf_format(&out, "CASE " STR_FORMAT, STR_ARG(column));
    vec_each(name, spellings)
        buf_format(&out, " WHEN " STR_FORMAT " THEN " STR_FORMAT, STR_ARG(sql_quote(arena, str_lower(arena, *name), '\'')),
                   STR_ARG(sql_quote(arena, *name, '\'')));
    buf_format(&out, " ELSE " STR_FORMAT " END", STR_ARG(column));
    return buf_str(&out);
}

static void add_catalog(Arena *arena, Buf *out, const Translation *sql, Listed which, const StrVec *spellings)
{
    bool any = false;

    buf_format(out, "%sSELECT ", out->len > 1 ? " UNION ALL " : "");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (says(sql, columns[i].name)) {
            Str item = str_of(which == LISTED_TABLES    ? columns[i].table
                              : which == LISTED_INDEXES ? columns[i].index
                                                        : columns[i].view);
            if (str_ends_with(item, STR("name")))
                item = str_format(arena, STR_FORMAT " AS %s", STR_ARG(respelled(arena, item, spellings)), columns[i].name);
            buf_format(out, "%s" STR_FORMAT, any ? ", " : "", STR_ARG(item));
            any = true;
        }
    buf_format(out, "%s FROM %s WHERE schemaname = current_schema()", any ? "" : "1 AS listed",
               which == LISTED_TABLES ? "pg_tables" : which == LISTED_INDEXES ? "pg_indexes" : "pg_views");
}

/* The one place where the statement names sqlite_master as a source; NULL if there are several, or none. */
static const Node *only_source(const Translation *sql)
{
    const Node *found = NULL;

    if (sql->statement.kind != STATEMENT_SELECT || !sql->statement.root)
        return NULL;
    node_walk_each(node, sql->statement.root) {
        Str name = node->kind == NODE_TABLE ? span_text(sql->text, node->name) : (Str) { 0 };
        if (!str_eq_nocase(name, STR("sqlite_master")) && !str_eq_nocase(name, STR("sqlite_schema")))
            continue;
        if (found || span_is_set(node->qualifier))
            return NULL;
        found = node;
    }
    return found;
}

/* Whether one table is asked for by its name, so that its row says no more than that it is there. */
static bool asks_for_one(Arena *arena, Str text, const Node *condition)
{
    condition = node_bare(condition);
    if (!condition || condition->kind != NODE_BINARY)
        return false;
    const Node *left = node_bare(node_child(condition, ROLE_LEFT)), *right = node_bare(node_child(condition, ROLE_RIGHT));
    if (condition->op == OP_AND)
        return asks_for_one(arena, text, left) || asks_for_one(arena, text, right);
    return condition->op == OP_EQ && left && left->kind == NODE_COLUMN
        && str_eq_nocase(sql_name(arena, text, left->name), STR("name"));
}

/* Values that names are compared with: Postgres has the names in small letters. */
static void lower_values(Arena *arena, const Translation *sql, const Node *condition, EditVec *edits)
{
    if (!condition)
        return;
    node_walk_each(node, condition) {
        bool string = node->kind == NODE_LITERAL && node->op == OP_STRING;
        if (node->kind != NODE_BIND && !(string && (name_has_capitals(node_text(sql->text, node))
                                                    || str_find_char(node_text(sql->text, node), HOLE_BYTE) != STR_NOT_FOUND)))
            continue;
        vec_push(arena, edits, (Edit) { node->lo, node->lo, STR("LOWER(") });
        vec_push(arena, edits, (Edit) { node->hi, node->hi, STR(")") });
    }
}

/* The columns of a table that are called by capitals. */
static StrVec columns_with_capitals(Arena *arena, const CatalogTable *table)
{
    StrVec out = { 0 };

    vec_each(column, &table->columns)
        if (name_has_capitals(column->name))
            vec_push(arena, &out, column->name);
    return out;
}

/* The tables that are, which the program would look for in vain. */
static StrVec tables_with_capitals(Arena *arena, const Catalog *catalog)
{
    StrVec out = { 0 };

    if (catalog)
        vec_each(table, &catalog->tables)
            if (name_has_capitals((*table)->name))
                vec_push(arena, &out, (*table)->name);
    return out;
}

static bool any_columns_with_capitals(Arena *arena, const Catalog *catalog)
{
    if (catalog)
        vec_each(table, &catalog->tables)
            if (columns_with_capitals(arena, *table).count)
                return true;
    return false;
}

static void refuse_capitals(Work *work, const Execute *execute, const char *what)
{
    work_reason(work, VERDICT_MANUAL, "SQL-32", execute->call->module, execute->call->sql_node,
                "Postgres has the names of %s in small letters, and the program's have capitals: compare them in small "
                "letters, and ask sqlalchemy.inspect(connection)", what);
}

static void ask_catalogs(Work *work, Execute *execute)
{
    const Translation *asked  = &execute->sql;
    const Node        *source = only_source(asked);
    SqlRemark          remark = { 0 };

    if (!source)
        return;
    vec_each(one, &asked->remarks)
        if (strcmp(one->feature, "sqlite-master") == 0)
            remark = *one;
    /* Under another name of the same length it is a table like any other. */
    char *renamed = str_cstr(work->arena, asked->text);
    memcpy(renamed + source->name.lo, "listed_schema", source->name.hi - source->name.lo);
    const Catalog *catalog = catalog_from(work, "CREATE TABLE listed_schema (type TEXT NOT NULL, name TEXT NOT NULL, "
                                                "tbl_name TEXT NOT NULL, rootpage INTEGER, sql TEXT)");
    Translation    sql     = port_translate(work, execute, (Str) { renamed, asked->text.len }, (Wording) { .catalog = catalog });
    const Node    *core    = source->parent;
    while (core && core->kind != NODE_SELECT_CORE)
        core = core->parent;
    const Node *where = core ? node_child(core, ROLE_WHERE) : NULL;
    if (sql.verdict == SQL_DECIDE || says(&sql, "rootpage"))
        return;
    const Node *condition = where ? node_child(where, ROLE_CONDITION) : NULL;
    StrVec spellings = { 0 };
    if ((says(&sql, "name") || says(&sql, "tbl_name")) && !asks_for_one(work->arena, asked->text, condition))
        spellings = tables_with_capitals(work->arena, work->in->catalog);
    if (spellings.count > SPELLINGS_MOST) {
        refuse_capitals(work, execute, "tables");
        return;
    }
    Listed listed   = condition ? listed_by(work->arena, asked->text, condition) : LISTED_ALL;
    Buf    subquery = buf_new(work->arena);
    buf_add_char(&subquery, '(');
    for (Listed which = LISTED_TABLES; which <= LISTED_VIEWS; which <<= 1)
        if (listed & which)
            add_catalog(work->arena, &subquery, &sql, which, &spellings);
    buf_add(&subquery, span_is_set(source->alias) ? STR(")") : STR(") AS sqlite_master"));
    if (!listed)
        return;
    EditVec for_postgres = { 0 };
    vec_each(edit, &sql.edits)
        vec_push(work->arena, &for_postgres, *edit);
    vec_push(work->arena, &for_postgres, (Edit) { source->name.lo, source->name.hi, buf_str(&subquery) });
    if (!spellings.count)
        lower_values(work->arena, asked, condition, &for_postgres);
    answer(work, &sql, &remark,
           says(&sql, "sql") ? STR("Postgres is asked for its own catalogs, which hold no text of a definition and have "
                                   "names in small letters")
                             : STR("Postgres is asked for its own catalogs, where names are in small letters but for those that "
                                   "are known"));
    keep_both(execute, sql, for_postgres);
}

/* -- PRAGMA table_info() --------------------------------------------------------------------- */

typedef struct Listing {
    const char *pragma;
    const char *before, *behind; /* in Postgres' query, around the name as a string */
    const char *definition, *query; /* what it gives, as a table for the translator */
    const char *answer;
} Listing;

#define COLUMNS_BEFORE "SELECT ordinal_position - 1 AS cid, "
#define COLUMNS_BEHIND                                                                                              \
    " AS name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = "

static const Listing listings[] = {
    { "table_info", COLUMNS_BEFORE "column_name" COLUMNS_BEHIND,
      " ORDER BY ordinal_position", "CREATE TABLE listed (cid INTEGER NOT NULL, name TEXT NOT NULL)",
      "SELECT cid, name FROM listed ORDER BY cid",
      "Postgres is asked for its own catalogs: a row has the number and the name of a column there, in small letters but "
      "for those that are known, and nothing more" },
    { "index_info",
      "SELECT attnum - 1 AS seqno, NULL AS cid, attname AS name FROM pg_attribute WHERE attrelid = to_regclass(",
      ") ORDER BY attnum", "CREATE TABLE listed (seqno INTEGER NOT NULL, cid INTEGER, name TEXT NOT NULL)",
      "SELECT seqno, cid, name FROM listed ORDER BY seqno",
      "Postgres is asked for its own catalogs, which number the columns of a table otherwise and have names in small letters" },
};

/* Which list a text asks for, and the name it gives, with its quotes; NULL if it is nothing else. */
static const Listing *listing_asked_for(Arena *arena, Str text, uint32_t *lo, uint32_t *hi)
{
    TokenVec tokens = tokens_of(arena, text);
    Token    words[8];
    size_t   count = 0;

    vec_each(token, &tokens)
        if (!token_is_blank(*token) && token->kind != TOKEN_END) {
            if (count == sizeof words / sizeof *words)
                return NULL;
            words[count++] = *token;
        }
    if (count && words[count - 1].kind == TOKEN_SEMICOLON)
        count--;
    if (count != 5 || words[2].kind != TOKEN_LP || words[4].kind != TOKEN_RP
        || !str_eq_nocase(token_text(text, words[0]), STR("pragma")))
        return NULL;
    *lo = words[3].lo;
    *hi = words[3].hi;
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++)
        if (str_eq_nocase(token_text(text, words[1]), str_of(listings[i].pragma)))
            return &listings[i];
    return NULL;
}

static void ask_for_columns(Work *work, Execute *execute)
{
    Arena         *arena  = work->arena;
    Str            text   = execute->text.text;
    SqlRemark      remark = { .code = "SQL-32", .feature = "pragma", .hi = (uint32_t)text.len };
    uint32_t       lo, hi, end = (uint32_t)text.len;
    const Listing *listing = listing_asked_for(arena, text, &lo, &hi);

    if (!listing)
        return;
    EditVec for_postgres = { 0 };
    Str     spelled      = str_slice(text, lo, hi);
    const CatalogTable *listed = work->in->catalog ? catalog_table(work->in->catalog, sql_unquote(arena, spelled)) : NULL;
    StrVec spellings = listed && listing == &listings[0] ? columns_with_capitals(arena, listed) : (StrVec) { 0 };
    if (spellings.count > SPELLINGS_MOST
        || (!listed && listing == &listings[0] && any_columns_with_capitals(arena, work->in->catalog))) {
        refuse_capitals(work, execute, "columns");
        return;
    }
    const char *before = listing->before;
    if (spellings.count)
        before = str_cstr(arena, str_format(arena, COLUMNS_BEFORE STR_FORMAT COLUMNS_BEHIND,
                                            STR_ARG(respelled(arena, STR("column_name"), &spellings))));
    if (str_find_char(spelled, HOLE_BYTE) == STR_NOT_FOUND) {
        Str name = sql_quote(arena, str_lower(arena, sql_unquote(arena, spelled)), '\'');
        vec_push(arena, &for_postgres,
                 (Edit) { 0, end, str_format(arena, "%s" STR_FORMAT "%s", before, STR_ARG(name), listing->behind) });
    } else {
        bool quoted = strchr("'\"[`", spelled.ptr[0]) != NULL;
        vec_push(arena, &for_postgres, (Edit) { 0, lo + quoted, str_format(arena, "%slower('", listing->before) });
        vec_push(arena, &for_postgres, (Edit) { hi - quoted, end, str_format(arena, "')%s", listing->behind) });
    }
    const Catalog *catalog = catalog_from(work, listing->definition);
    Translation    sql     = port_translate(work, execute, str_of(listing->query), (Wording) { .catalog = catalog });
    sql.edits   = (EditVec) { 0 };
    sql.remarks = (SqlRemarkVec) { 0 };
    answer(work, &sql, &remark, str_of(listing->answer));
    keep_both(execute, sql, for_postgres);
}

void port_schema_query(Work *work, Execute *execute)
{
    if (!can_tell_dialect(work, execute->call))
        return;
    if (is_about(&execute->sql, "sqlite-master"))
        ask_catalogs(work, execute);
    else if (execute->call->params.shape == PARAMS_NONE && execute->sql.verdict == SQL_DECIDE)
        ask_for_columns(work, execute);
}
