#include "rewriters/schema/in_place.h"

#include "analyzers/sql/lexer.h"
#include "rewriters/schema/writing.h"
#include "rewriters/sql/spelling.h"

/* One statement under way. */
typedef struct Placing {
    Arena         *arena;
    Str            source; /* with holes … */
    Str            text;   /* … and with letters in their place */
    const Catalog *known;
    Catalog        alone;  /* the table it is about, and those that table refers to */
    DdlInPlace    *out;
    DdlFindingVec  refusals;
    bool           for_postgres; /* an edit means something else to SQLite */
} Placing;

typedef enum Reader { READ_BY_BOTH, READ_BY_POSTGRES } Reader;

static void refuse(Placing *p, const char *code, Str message)
{
    p->out->target = SQL_TARGET_NONE;
    vec_push(p->arena, &p->refusals, (DdlFinding){ .code = code, .message = message });
}

static void put(Placing *p, uint32_t lo, uint32_t hi, Str text, Reader reader)
{
    vec_push(p->arena, &p->out->edits, (Edit){ lo, hi, text });
    p->for_postgres = p->for_postgres || reader == READ_BY_POSTGRES;
}

/* With the blanks before it. */
static void cut(Placing *p, uint32_t lo, uint32_t hi, Reader reader)
{
    while (lo > 0 && strchr(" \t\r\n", p->text.ptr[lo - 1]))
        lo--;
    put(p, lo, hi, STR(""), reader);
}

static Str name_in(const Placing *p, Span span)
{
    return sql_name(p->arena, p->text, span);
}

static bool has_hole(const Placing *p, Span span)
{
    return str_find_char(span_text(p->source, span), SQL_HOLE) != STR_NOT_FOUND;
}

/* -- comparing ------------------------------------------------------------------------------- */

static bool is_word(const Token *token)
{
    return token->kind == TOKEN_NAME || token->kind == TOKEN_QUOTED_NAME || token->kind == TOKEN_KEYWORD;
}

static bool same_token(Arena *arena, Str a, const Token *x, Str b, const Token *y)
{
    if (is_word(x) && is_word(y))
        return str_eq_nocase(sql_unquote(arena, token_text(a, *x)), sql_unquote(arena, token_text(b, *y)));
    return x->kind == y->kind && str_eq(token_text(a, *x), token_text(b, *y));
}

static size_t next_word(const TokenVec *tokens, size_t at)
{
    while (token_is_blank(tokens->items[at]))
        at++;
    return at;
}

/* Word by word, whatever their case and what stands between them. */
static bool same_words(Arena *arena, Str a, Str b)
{
    TokenVec x = tokens_of(arena, a), y = tokens_of(arena, b);
    size_t   i = next_word(&x, 0), j = next_word(&y, 0);

    while (x.items[i].kind != TOKEN_END && y.items[j].kind != TOKEN_END) {
        if (!same_token(arena, a, &x.items[i], b, &y.items[j]))
            return false;
        i = next_word(&x, i + 1);
        j = next_word(&y, j + 1);
    }
    return x.items[i].kind == y.items[j].kind;
}

/* -- names ----------------------------------------------------------------------------------- */

/* As both databases read it; of a name with a hole only the quotes can be told. */
static void spell(Placing *p, Span span)
{
    Str  written = span_text(p->source, span);
    bool quoted  = written.len && written.ptr[0] == '"';

    if (written.len == 0)
        return;
    if (has_hole(p, span)) {
        if (strchr("'`[", written.ptr[0]) && written.len > 1) {
            put(p, span.lo, span.lo + 1, STR("\""), READ_BY_BOTH);
            put(p, span.hi - 1, span.hi, STR("\""), READ_BY_BOTH);
        }
        return;
    }
    Str name = name_in(p, span), spelled = name_spelled(p->arena, name);
    if (name.len > NAME_LIMIT) {
        refuse(p, "SC-24",
               str_format(p->arena, "the name " STR_FORMAT " has more than the 63 bytes that Postgres reads of one",
                          STR_ARG(name)));
        return;
    }
    if (!str_eq(written, spelled) && !(quoted && !name_has_capitals(name)))
        put(p, span.lo, span.hi, spelled, READ_BY_BOTH);
}

static void spell_list(Placing *p, const Node *columns)
{
    if (!columns)
        return;
    node_each(name, columns)
        if (name->kind == NODE_NAME)
            spell(p, name->name);
}

/* -- types ----------------------------------------------------------------------------------- */

/* What Postgres takes the words for, if it is a type that a schema is given. */
static PgType read_by_postgres(Str declared)
{
    static const struct {
        const char *words;
        PgType      type;
    } known[] = {
        { "TEXT", PG_TEXT },          { "VARCHAR", PG_TEXT },         { "CHARACTER VARYING", PG_TEXT },
        { "BIGINT", PG_BIGINT },      { "INT8", PG_BIGINT },          { "DOUBLE PRECISION", PG_DOUBLE },
        { "FLOAT8", PG_DOUBLE },      { "FLOAT", PG_DOUBLE },         { "BOOLEAN", PG_BOOLEAN },
        { "BOOL", PG_BOOLEAN },       { "BYTEA", PG_BYTEA },          { "JSONB", PG_JSONB },
        { "DATE", PG_DATE },          { "UUID", PG_UUID },            { "TIMESTAMPTZ", PG_TIMESTAMPTZ },
        { "NUMERIC", PG_NUMERIC },    { "DECIMAL", PG_NUMERIC },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq_nocase(declared, str_of(known[i].words)))
            return known[i].type;
    return PG_UNKNOWN;
}

/*
 * Whether the column stays what it is on SQLite under another type. Times stay as they were called:
 * sqlite3 may be told to convert by that word (detect_types).
 */
static bool same_to_sqlite(const CatalogColumn *column, const DdlColumn *made, Str words)
{
    Affinity after = affinity_of(words);

    if (made->is_rowid || made->type == PG_TIMESTAMPTZ || made->type == PG_DATE)
        return false;
    return after == column->affinity || (made->type == PG_BOOLEAN && column->affinity == AFFINITY_INTEGER);
}

static void place_type(Placing *p, const CatalogTable *table, const CatalogColumn *column, const DdlColumn *made,
                       const Node *definition)
{
    const Node *type  = node_child(definition, ROLE_TYPE);
    Str         words = made->is_serial ? STR("BIGSERIAL") : str_of(pg_type_sql(made->type));

    if (made->places.len)
        words = str_format(p->arena, STR_FORMAT "(" STR_FORMAT ")", STR_ARG(words), STR_ARG(made->places));
    Str declared = type ? str_trim(node_text(p->text, type)) : (Str){ 0 };
    if (!made->is_serial && !made->places.len && read_by_postgres(declared) == made->type)
        return;
    if (made->places.len && same_words(p->arena, declared, words))
        return;
    Reader reader = same_to_sqlite(column, made, words) && !table->strict ? READ_BY_BOTH : READ_BY_POSTGRES;
    if (type)
        put(p, type->lo, type->hi, words, reader);
    else
        put(p, definition->name.hi, definition->name.hi, str_format(p->arena, " " STR_FORMAT, STR_ARG(words)), reader);
}

/* -- constraints ----------------------------------------------------------------------------- */

static const DdlConstraint *made_of(const DdlTable *table, const Node *node)
{
    vec_each(constraint, &table->constraints)
        if (constraint->place.lo == node->lo && !constraint->is_late && !constraint->is_left_out)
            return constraint;
    return NULL;
}

/* As it stands there: with a column, or for itself. */
static Str words_of(Placing *p, const DdlConstraint *made, const Node *node)
{
    DdlConstraint there = *made;

    there.column = node->parent->kind == NODE_CREATE_TABLE ? OF_THE_TABLE : 0;
    return constraint_sql(p->arena, &there);
}

/* A constraint of the table goes with the comma before it. */
static void drop_constraint(Placing *p, const Node *node)
{
    uint32_t lo = node->lo;

    if (node->parent->kind == NODE_CREATE_TABLE) {
        TokenVec tokens = tokens_of(p->arena, p->text);
        vec_each(token, &tokens)
            if (token->hi <= node->lo && token->kind == TOKEN_COMMA)
                lo = token->lo;
    }
    cut(p, lo, node->hi, READ_BY_POSTGRES);
}

/* SQLite lets the comma before a constraint of the table be missing. */
static void see_comma(Placing *p, const Node *node)
{
    TokenVec     tokens = tokens_of(p->arena, p->text);
    const Token *before = NULL;

    vec_each(token, &tokens)
        if (token->hi <= node->lo && !token_is_blank(*token))
            before = token;
    if (before && before->kind != TOKEN_COMMA)
        put(p, before->hi, before->hi, STR(","), READ_BY_BOTH);
}

static void place_key(Placing *p, const DdlTable *table, const Node *node)
{
    const DdlConstraint *made = made_of(table, node);
    bool                 own  = node->conflict != OP_NONE || node->flags & (FLAG_AUTOINCREMENT | FLAG_DESC | FLAG_ASC);

    if (!made) {
        drop_constraint(p, node);
        return;
    }
    node_each(term, node)
        if (term->role == ROLE_ITEM) {
            const Node *value = node_child(term, ROLE_OPERAND);
            own = own || term->flags & (FLAG_DESC | FLAG_ASC) || !value || value->kind != NODE_COLUMN;
        }
    Str words = words_of(p, made, node);
    if (!same_words(p->arena, node_text(p->text, node), words))
        put(p, node->lo, node->hi, words, own ? READ_BY_POSTGRES : READ_BY_BOTH);
}

static void place_check(Placing *p, const DdlTable *table, const Node *node)
{
    const DdlConstraint *made    = made_of(table, node);
    const Node          *operand = node_child(node, ROLE_OPERAND);

    if (!made || !operand) {
        drop_constraint(p, node);
        return;
    }
    if (node->conflict != OP_NONE)
        put(p, node->lo, node->hi, words_of(p, made, node), READ_BY_POSTGRES);
    else if (!same_words(p->arena, node_text(p->text, operand), made->condition))
        put(p, operand->lo, operand->hi, made->condition, READ_BY_BOTH);
}

static void place_reference(Placing *p, const DdlTable *table, const Node *node)
{
    const Node *references = node_child(node, ROLE_REFERENCES);

    if (!made_of(table, node) || !references) {
        drop_constraint(p, node);
        return;
    }
    spell(p, node->alias);
    spell_list(p, node_child(node, ROLE_COLUMNS));
    spell(p, references->name);
    spell_list(p, node_child(references, ROLE_COLUMNS));
    node_each(action, references)
        if (action->kind == NODE_ACTION && (action->conflict == OP_MATCH || action->conflict == OP_ON_INSERT))
            cut(p, action->lo, action->hi, READ_BY_BOTH);
    Str name = name_in(p, references->name);
    if (!str_eq_nocase(name, table->name))
        p->out->refers_to = name;
}

static bool is_null(const Node *value)
{
    value = node_bare(value);
    return value && value->kind == NODE_LITERAL && value->op == OP_NULL;
}

static bool is_the_time(const Placing *p, const Node *value)
{
    value = node_bare(value);
    return value && str_eq_nocase(node_text(p->text, value), STR("CURRENT_TIMESTAMP"));
}

static void place_default(Placing *p, const DdlColumn *made, const Node *node)
{
    const Node       *value    = node_child(node, ROLE_OPERAND);
    const DdlDefault *default_ = &made->default_;

    if (is_null(value) && !made->is_serial)
        return;
    if (default_->kind == DDL_DEFAULT_NONE || !value) {
        cut(p, node->lo, node->hi, READ_BY_POSTGRES);
        return;
    }
    if (default_->kind == DDL_DEFAULT_NOW) {
        if (!is_the_time(p, value))
            put(p, value->lo, value->hi, STR("CURRENT_TIMESTAMP"), READ_BY_BOTH);
        return;
    }
    if (!same_words(p->arena, node_text(p->text, value), default_->text))
        put(p, value->lo, value->hi, default_->text, default_->lite.len ? READ_BY_POSTGRES : READ_BY_BOTH);
}

static void place_generated(Placing *p, const DdlColumn *made, const Node *node)
{
    Str words = made->generated.len
                  ? str_format(p->arena, "GENERATED ALWAYS AS " STR_FORMAT " STORED", STR_ARG(made->generated))
                  : (Str){ 0 };

    if (!words.len)
        refuse(p, "SC-20", STR("what the column is computed from has no counterpart on Postgres; fill it in Python"));
    else if (!same_words(p->arena, node_text(p->text, node), words))
        put(p, node->lo, node->hi, words, READ_BY_POSTGRES);
}

static void place_column_constraint(Placing *p, const DdlTable *table, const DdlColumn *made, const Node *node)
{
    switch (node->op) {
    case OP_PRIMARY_KEY:
    case OP_UNIQUE: place_key(p, table, node); break;
    case OP_CHECK: place_check(p, table, node); break;
    case OP_FOREIGN_KEY: place_reference(p, table, node); break;
    case OP_DEFAULT: place_default(p, made, node); break;
    case OP_GENERATED: place_generated(p, made, node); break;
    case OP_COLLATE: cut(p, node->lo, node->hi, READ_BY_POSTGRES); break;
    case OP_NOT_NULL:
    case OP_NULL:
        if (node->conflict != OP_NONE)
            put(p, node->lo, node->hi, node->op == OP_NULL ? STR("NULL") : STR("NOT NULL"), READ_BY_POSTGRES);
        break;
    case OP_DEFERRABLE: break;
    default: refuse(p, "SC-27", STR("a constraint has a name and says nothing")); break;
    }
}

static void place_column(Placing *p, const CatalogTable *from, const DdlTable *table, const Node *definition)
{
    const CatalogColumn *column = NULL;
    const DdlColumn     *made   = NULL;

    for (size_t i = 0; i < from->columns.count && i < table->columns.count; i++)
        if (from->columns.items[i].place.lo == definition->lo
            && str_eq_nocase(from->columns.items[i].name, name_in(p, definition->name))) {
            column = &from->columns.items[i];
            made   = &table->columns.items[i];
        }
    if (!column) {
        refuse(p, "SC-27", STR("a column is defined twice"));
        return;
    }
    spell(p, definition->name);
    place_type(p, from, column, made, definition);
    node_each(constraint, definition)
        if (constraint->role == ROLE_CONSTRAINT)
            place_column_constraint(p, table, made, constraint);
}

/* -- the catalog of one statement ------------------------------------------------------------ */

/* Not the table itself, which is another's: its columns are judged again when something is added. */
static CatalogTable *borrow(Placing *p, const CatalogTable *table)
{
    CatalogTable *own = arena_new(p->arena, CatalogTable);

    *own              = *table;
    own->columns      = (CatalogColumnVec){ 0 };
    own->indexes      = (CatalogIndexVec){ 0 };
    own->foreign_keys = (CatalogForeignKeyVec){ 0 };
    vec_each(column, &table->columns)
        vec_push(p->arena, &own->columns, *column);
    vec_each(index, &table->indexes)
        vec_push(p->arena, &own->indexes, *index);
    vec_push(p->arena, &p->alone.tables, own);
    map_set(p->arena, &p->alone.by_name, str_lower(p->arena, own->name), own);
    return own;
}

static void borrow_targets(Placing *p, const Node *root, Str but)
{
    node_walk_each(node, root)
        if (node->kind == NODE_REFERENCES) {
            const CatalogTable *target = catalog_table(p->known, name_in(p, node->name));
            if (target && !str_eq_nocase(target->name, but) && !catalog_table(&p->alone, target->name))
                borrow(p, target);
        }
}

/*
 * The types are those that statements are translated by: the catalog's; of what it does not know, those
 * that are declared, whatever the names suggest.
 */
static void take_types(Placing *p, CatalogTable *own)
{
    const CatalogTable *listed = catalog_table(p->known, own->name);

    vec_each(column, &own->columns) {
        const CatalogColumn *twin = listed ? catalog_column(listed, column->name) : NULL;
        if (twin)
            column->type = twin->type != PG_UNKNOWN ? twin->type : column->type;
        else
            column->type = pg_type_of(column->declared, MEANS_PLAIN);
    }
}

/* What SQLite does of itself and Postgres does not: a person has to say who does it (SC-18, SC-23). */
static bool is_a_decision(const DdlFinding *finding)
{
    return strcmp(finding->code, "SC-18") == 0 || strcmp(finding->code, "SC-23") == 0;
}

static const DdlTable *decide(Placing *p, Str table)
{
    const DdlTable *made = NULL;

    Ddl ddl = ddl_of(p->arena, &p->alone, NULL);
    vec_each(statement, &ddl.statements) {
        bool ours = statement->kind == DDL_TABLE && str_eq_nocase(statement->table->name, table);
        if (ours)
            made = statement->table;
        vec_each(finding, &statement->findings)
            if ((ours || (statement->kind == DDL_NOTHING && str_eq_nocase(finding->table, table)))
                && !finding->is_needless) {
                vec_push(p->arena, &p->out->findings, *finding);
                if (is_a_decision(finding))
                    refuse(p, finding->code, finding->message);
            }
        if ((statement->kind == DDL_INDEX && str_eq_nocase(statement->index->table, table))
            || (statement->kind == DDL_FOREIGN_KEY && str_eq_nocase(statement->table->name, table)))
            refuse(p, statement->kind == DDL_INDEX ? "SC-18" : "SC-21",
                   STR("Postgres needs a second statement for it; make the table in a migration"));
    }
    return made;
}

/* -- statements ------------------------------------------------------------------------------ */

/* WITHOUT ROWID, STRICT: what stands behind the parenthesis. */
static void drop_options(Placing *p, const Node *root)
{
    TokenVec tokens = tokens_of(p->arena, p->text);
    uint32_t end    = 0;

    vec_each(token, &tokens)
        if (token->hi <= root->hi && token->kind == TOKEN_RP)
            end = token->hi;
    if (end && end < root->hi)
        put(p, end, root->hi, STR(""), READ_BY_POSTGRES);
}

static void place_table(Placing *p, const Node *root)
{
    const Node *target = node_child(root, ROLE_TARGET);
    Str         name   = target ? name_in(p, target->name) : (Str){ 0 };

    if (root->flags & FLAG_TEMP || (target && span_is_set(target->qualifier))) {
        refuse(p, root->flags & FLAG_TEMP ? "TR-13" : "SQL-33",
               root->flags & FLAG_TEMP
                   ? STR("a temporary table stays with the pooled connection on Postgres; decide where it ends")
                   : STR("Postgres has no schema of this name; leave it out"));
        return;
    }
    if (!node_child(root, ROLE_COLUMN)) {
        refuse(p, "SC-27", STR("the table takes its columns from a query, which gives them other types on Postgres; "
                               "write the columns out"));
        return;
    }
    borrow_targets(p, root, name);
    catalog_add_sql(p->arena, &p->alone, STR(""), p->text, NULL);
    CatalogTable *own = (CatalogTable *)catalog_table(&p->alone, name);
    if (!own || !own->columns_known) {
        refuse(p, "SC-27", STR("not all of the table's columns are known"));
        return;
    }
    take_types(p, own);
    const DdlTable *made = decide(p, name);
    if (!made) {
        p->out->target = SQL_TARGET_NONE;
        return;
    }
    spell(p, target->name);
    node_each(child, root) {
        if (child->kind == NODE_COLUMN_DEF) {
            place_column(p, own, made, child);
        } else if (child->kind == NODE_CONSTRAINT) {
            see_comma(p, child);
            if (child->op == OP_FOREIGN_KEY)
                place_reference(p, made, child);
            else if (child->op == OP_CHECK)
                place_check(p, made, child);
            else
                place_key(p, made, child);
        }
    }
    drop_options(p, root);
}

static void place_new_column(Placing *p, const Node *root)
{
    const Node *target = node_child(root, ROLE_TARGET), *definition = node_child(root, ROLE_COLUMN);

    if (!target || !definition || span_is_set(target->qualifier)) {
        refuse(p, "SC-28", STR("Postgres has no schema of this name; leave it out"));
        return;
    }
    Str name = name_in(p, target->name);
    borrow_targets(p, root, name);
    /* A table of this name with any column: the new one stands for itself. */
    catalog_add_sql(p->arena, &p->alone, STR(""),
                    str_format(p->arena, "CREATE TABLE " STR_FORMAT " (\"lite2pg \" TEXT)",
                               STR_ARG(name_quoted(p->arena, name))),
                    NULL);
    catalog_add_sql(p->arena, &p->alone, STR(""), p->text, NULL);
    CatalogTable *own = (CatalogTable *)catalog_table(&p->alone, name);
    if (!own || own->columns.count != 2) {
        refuse(p, "SC-28", STR("the new column is not understood"));
        return;
    }
    take_types(p, own);
    const DdlTable *made = decide(p, name);
    if (!made) {
        p->out->target = SQL_TARGET_NONE;
        return;
    }
    spell(p, target->name);
    place_column(p, own, made, definition);
    if (own->columns.items[1].not_null && !own->columns.items[1].default_.node)
        vec_push(p->arena, &p->out->findings,
                 (DdlFinding){ .code    = "SC-28",
                               .message = STR("a column that is NOT NULL and has no default fails where there are rows") });
}

static void place_terms(Placing *p, const Node *root, const DdlIndex *made)
{
    size_t at = 0;

    node_each(term, root) {
        if (term->role != ROLE_ITEM || at >= made->terms.count)
            continue;
        const DdlTerm *wanted = &made->terms.items[at++];
        const Node    *value  = node_child(term, ROLE_OPERAND);
        if (value && value->kind == NODE_COLUMN && wanted->column.len) {
            spell(p, value->name);
            continue;
        }
        Str words = term_sql(p->arena, wanted);
        if (!same_words(p->arena, node_text(p->text, term), words))
            put(p, term->lo, term->hi, words, READ_BY_POSTGRES);
    }
    const Node *where = node_child(root, ROLE_WHERE), *condition = where ? node_child(where, ROLE_CONDITION) : NULL;
    if (condition && !same_words(p->arena, node_text(p->text, condition), made->where))
        put(p, condition->lo, condition->hi, made->where, READ_BY_BOTH);
}

/* Without the catalog's word for the table: plain columns are what they are. */
static void place_plain_index(Placing *p, const Node *root)
{
    node_each(term, root) {
        const Node *value = term->role == ROLE_ITEM ? node_child(term, ROLE_OPERAND) : NULL;
        if (term->role == ROLE_WHERE || (term->role == ROLE_ITEM && (!value || value->kind != NODE_COLUMN))) {
            refuse(p, "SC-17", STR("the table is not known, so what the index is made of is not either"));
            return;
        }
        if (value)
            spell(p, value->name);
    }
    vec_push(p->arena, &p->out->findings,
             (DdlFinding){ .code = "SC-17", .message = STR("nothing that is known defines the table of this index") });
}

static void place_index(Placing *p, const Node *root)
{
    const Node         *target = node_child(root, ROLE_TARGET);
    const CatalogTable *listed = target ? catalog_table(p->known, name_in(p, target->name)) : NULL;
    const DdlIndex     *made   = NULL;
    Str                 name   = name_in(p, root->name);

    if (!target || span_is_set(root->qualifier)) {
        refuse(p, "SC-17", STR("Postgres has no schema of this name; leave it out"));
        return;
    }
    if (catalog_table(p->known, name)) {
        refuse(p, "SC-24", STR("a table is called like this index, and they share their names on Postgres"));
        return;
    }
    spell(p, root->name);
    spell(p, target->name);
    if (!listed || !listed->columns_known || listed->kind != TABLE_PLAIN) {
        place_plain_index(p, root);
        return;
    }
    CatalogTable *own = borrow(p, listed);
    own->indexes      = (CatalogIndexVec){ 0 };
    catalog_add_sql(p->arena, &p->alone, STR(""), p->text, NULL);
    take_types(p, own);
    Ddl    ddl   = ddl_of(p->arena, &p->alone, NULL);
    Str    twin  = str_format(p->arena, STR_FORMAT "_nocase", STR_ARG(name));
    size_t count = 0;
    vec_each(statement, &ddl.statements) {
        bool ours = statement->kind == DDL_INDEX
                 && (str_eq_nocase(statement->index->name, name) || str_eq_nocase(statement->index->name, twin));
        if (ours) {
            made = statement->index;
            count++;
        }
        if (ours || statement->kind == DDL_NOTHING)
            vec_each(finding, &statement->findings)
                if (!finding->is_needless)
                    vec_push(p->arena, &p->out->findings, *finding);
    }
    if (count == 1 && str_eq_nocase(made->name, name))
        place_terms(p, root, made);
    else if (count)
        refuse(p, "SC-18", STR("Postgres needs two indexes for it, since letters of either case are alike in this one; "
                               "make them in a migration"));
    else
        p->out->target = SQL_TARGET_NONE;
}

/* Postgres has no IF NOT EXISTS here; to make it anew comes to the same while nobody changes it. */
static void replace_view(Placing *p, const Node *root)
{
    TokenVec     tokens = tokens_of(p->arena, p->text);
    const Token *begin = NULL, *if_ = NULL;

    vec_each(token, &tokens) {
        if (token->lo < root->lo || token->hi > root->name.lo)
            continue;
        begin = begin ? begin : token;
        if_   = token->keyword == KEYWORD_IF ? token : if_;
    }
    if (!begin || !if_)
        return;
    put(p, begin->hi, begin->hi, STR(" OR REPLACE"), READ_BY_POSTGRES);
    put(p, if_->lo, root->name.lo, STR(""), READ_BY_POSTGRES);
}

static void place_view(Placing *p, const Node *root)
{
    const Node      *select  = node_child(root, ROLE_SELECT);
    TranslateOptions options = { .catalog = p->known, .keep_binds = true, .plain_colons = true, .keep_keys = true };

    if (!select || root->flags & FLAG_TEMP || span_is_set(root->qualifier)) {
        refuse(p, "SC-25", STR("a view of one connection, or of another database, has no counterpart on Postgres"));
        return;
    }
    Translation query = sql_translate(p->arena, node_text(p->text, select), &options);
    if (query.verdict == SQL_DECIDE) {
        options.postgres_alone = true;
        query                  = sql_translate(p->arena, node_text(p->text, select), &options);
    }
    vec_each(remark, &query.remarks) {
        if (remark->verdict == SQL_DECIDE)
            refuse(p, remark->code, remark->message);
        else if (remark->verdict == SQL_DIFFERS)
            vec_push(p->arena, &p->out->findings, (DdlFinding){ .code = remark->code, .message = remark->message });
    }
    spell(p, root->name);
    spell_list(p, node_child(root, ROLE_COLUMNS));
    vec_each(edit, &query.edits)
        put(p, edit->lo + select->lo, edit->hi + select->lo, edit->text,
            query.target == SQL_TARGET_BOTH ? READ_BY_BOTH : READ_BY_POSTGRES);
    if (root->flags & FLAG_IF_EXISTS)
        replace_view(p, root);
}

/* DROP, RENAME: the same words, whatever the name is. */
static bool place_names(Placing *p, const Node *root)
{
    const Node *table = root->kind == NODE_ALTER_TABLE ? node_child(root, ROLE_TARGET) : root;
    const Node *column = node_child(root, ROLE_COLUMN);
    bool drops = root->kind == NODE_DROP && (root->op == OP_TABLE || root->op == OP_VIEW || root->op == OP_INDEX);
    bool renames = root->kind == NODE_ALTER_TABLE
                && (root->op == OP_RENAME_TABLE || root->op == OP_RENAME_COLUMN || root->op == OP_DROP_COLUMN);

    if ((!drops && !renames) || !table || span_is_set(table->qualifier))
        return false;
    spell(p, table->name);
    if (column)
        spell(p, column->name);
    if (renames)
        spell(p, root->name);
    return true;
}

/* Each hole is a letter; false if one stands for more than a part of a name. */
static bool fill_holes(Placing *p, const Sql *sql)
{
    char *filled = str_cstr(p->arena, p->source);

    vec_each(token, &sql->tokens) {
        if (!token->has_hole && token->kind != TOKEN_HOLE)
            continue;
        if (token->kind != TOKEN_HOLE && token->kind != TOKEN_QUOTED_NAME && token->kind != TOKEN_STRING)
            return false;
        for (uint32_t i = token->lo; i < token->hi; i++)
            if (filled[i] == SQL_HOLE)
                filled[i] = 'h';
    }
    p->text = (Str){ filled, p->source.len };
    return true;
}

static bool is_in(uint32_t at, Span span)
{
    return span.lo <= at && at < span.hi;
}

/* Whether the holes are in names of tables, indexes and single columns alone. */
static bool holes_are_names(const Placing *p, const Node *root)
{
    const Node *target = node_child(root, ROLE_TARGET), *column = node_child(root, ROLE_COLUMN);
    bool        alters = root->kind == NODE_ALTER_TABLE;

    for (uint32_t i = root->lo; i < root->hi; i++)
        if (p->source.ptr[i] == SQL_HOLE && !is_in(i, root->name) && !(target && is_in(i, target->name))
            && !(alters && column && is_in(i, column->name)))
            return false;
    return true;
}

static const Node *only_root(const Sql *sql)
{
    return sql->statements.count == 1 && !sql->statements.items[0].broken ? sql->statements.items[0].root : NULL;
}

DdlInPlace ddl_in_place(Arena *arena, const Catalog *catalog, Str text)
{
    static const Catalog none;
    DdlInPlace           out = { .target = SQL_TARGET_BOTH };
    Placing              p   = { .arena = arena, .source = text, .text = text, .out = &out };
    Sql                  sql = sql_parse(arena, text);

    p.known           = catalog ? catalog : &none;
    p.alone.overrides = p.known->overrides;
    if (str_find_char(text, SQL_HOLE) != STR_NOT_FOUND && fill_holes(&p, &sql))
        sql = sql_parse(arena, p.text);
    const Node *root = only_root(&sql);
    if (!root || !holes_are_names(&p, root))
        refuse(&p, "TX-10", STR("Python puts more into this definition than a name, so nothing can be said of it"));
    else if (root->kind == NODE_CREATE_TABLE)
        place_table(&p, root);
    else if (root->kind == NODE_CREATE_INDEX)
        place_index(&p, root);
    else if (root->kind == NODE_ALTER_TABLE && root->op == OP_ADD_COLUMN)
        place_new_column(&p, root);
    else if (root->kind == NODE_CREATE_VIEW)
        place_view(&p, root);
    else if (!place_names(&p, root))
        refuse(&p, "SC-27", STR("this is no definition of a table, a column or an index"));
    edits_sort(&out.edits);
    if (!edits_are_in_order(&out.edits, text.len))
        refuse(&p, "SC-27", STR("two changes of this definition meet in one place; write it by hand"));
    if (out.target == SQL_TARGET_NONE && p.refusals.count)
        out.findings = p.refusals;
    else if (out.target != SQL_TARGET_NONE && p.for_postgres)
        out.target = SQL_TARGET_POSTGRES;
    return out;
}
