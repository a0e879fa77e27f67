#include "analyzers/schema/column_meaning.h"
#include "analyzers/schema/made.h"
#include "analyzers/schema/rename.h"
#include "analyzers/schema/selected.h"
#include "analyzers/sql/parser.h"

/*
 * Statements applied to the catalog, one by one. A definition is first built as
 * a table of its own; then it enters the catalog, where it may meet another one
 * of its name.
 */
typedef struct Applying {
    Arena   *arena;
    Catalog *catalog;
    Str      path;
    Str      text;
    NoteVec *notes;
    const MadeSql *made;    /* the text was made of another one, where its places are; or NULL */
    uint32_t       counted; /* lines are counted forward from here … */
    uint32_t       line;    /* … which is in this one */
} Applying;

enum { COLUMN_LIMIT = 2000 }; /* of one table, as SQLite has it */

/* The smallest stretch of what the text was made of that says the node. */
static Span origin_of(const MadeSql *made, const Node *node)
{
    const MadeSpan *best = NULL;

    vec_each(span, &made->spans)
        if (span->lo <= node->lo && node->hi <= span->hi && (!best || span->hi - span->lo <= best->hi - best->lo))
            best = span;
    return best ? best->origin : made->whole;
}

static SchemaPlace place_of(Applying *it, const Node *node)
{
    Str  text = it->made ? it->made->source : it->text;
    Span span = it->made ? origin_of(it->made, node) : (Span) { node->lo, node->hi };

    if (span.lo < it->counted) {
        it->counted = 0;
        it->line    = 1;
    }
    for (; it->counted < span.lo; it->counted++)
        it->line += text.ptr[it->counted] == '\n';
    return (SchemaPlace) { .path = it->path, .text = text, .line = it->line, .lo = span.lo, .hi = span.hi };
}

static Str name_of(Applying *it, Span span)
{
    return sql_name(it->arena, it->text, span);
}

static void add_note_of(Applying *it, const char *code, SchemaPlace place, Str message)
{
    vec_push(it->arena, &it->catalog->notes, (CatalogNote) { code, place, message });
    if (!it->notes)
        return;
    Note note = { .path    = it->path,
                  .message = str_format(it->arena, "line %u: " STR_FORMAT, place.line,
                                        STR_ARG(message)) };
    vec_push(it->arena, it->notes, note);
}

static void add_note(Applying *it, SchemaPlace place, Str message)
{
    add_note_of(it, "SC-27", place, message);
}

/* -- looking up ------------------------------------------------------------------------------ */

static CatalogTable *find_table(const Applying *it, Str name)
{
    return (CatalogTable *)catalog_table(it->catalog, name);
}

static CatalogColumn *find_column(CatalogTable *table, Str name)
{
    return (CatalogColumn *)catalog_column(table, name);
}

static void enter_table(Applying *it, CatalogTable *table)
{
    map_set(it->arena, &it->catalog->by_name, str_lower(it->arena, table->name), table);
}

/* -- columns and constraints ----------------------------------------------------------------- */

static SchemaExpr expr_of(const Applying *it, const Node *node)
{
    return (SchemaExpr) { .node = node, .text = it->text };
}

/* The columns of a constraint or an index; empty names for expressions. */
static StrVec term_columns(Applying *it, const Node *holder, bool *has_expression)
{
    StrVec out = { 0 };

    node_each(term, holder) {
        if (term->role != ROLE_ITEM)
            continue;
        const Node *node = node_bare(node_child(term, ROLE_OPERAND));
        while (node && node->kind == NODE_COLLATE)
            node = node_bare(node_child(node, ROLE_OPERAND));
        bool column = node && (node->kind == NODE_COLUMN || node->kind == NODE_LITERAL);
        if (column && node->kind == NODE_LITERAL)
            column = node->op == OP_STRING; /* PRIMARY KEY ('id'): SQLite takes it for the name */
        Str name = { 0 };
        if (column)
            name = node->kind == NODE_COLUMN ? name_of(it, node->name)
                                             : name_of(it, (Span) { node->lo, node->hi });
        else
            *has_expression = true;
        vec_push(it->arena, &out, name);
    }
    return out;
}

static StrVec names_in(Applying *it, const Node *columns)
{
    StrVec out = { 0 };

    if (!columns)
        return out;
    node_each(name, columns)
        if (name->kind == NODE_NAME) {
            Str column = name_of(it, name->name);
            vec_push(it->arena, &out, column);
        }
    return out;
}

static StrVec only(Arena *arena, Str name)
{
    StrVec out = { 0 };

    vec_push(arena, &out, name);
    return out;
}

static void add_key(Applying *it, CatalogTable *table, const Node *constraint, StrVec columns)
{
    CatalogKey key = {
        .name       = name_of(it, constraint->alias),
        .columns    = columns,
        .is_primary = constraint->op == OP_PRIMARY_KEY,
        .has_desc   = constraint->flags & FLAG_DESC,
        .conflict   = constraint->conflict,
        .place      = place_of(it, constraint),
    };

    node_each(term, constraint)
        key.has_desc = key.has_desc || (term->role == ROLE_ITEM && term->flags & FLAG_DESC);
    vec_push(it->arena, &table->keys, key);
    if (!key.is_primary)
        return;
    for (size_t i = table->keys.count - 1; i > 0; i--)
        table->keys.items[i] = table->keys.items[i - 1];
    table->keys.items[0] = key;
}

static void add_foreign_key(Applying *it, CatalogTable *table, const Node *constraint,
                            StrVec columns)
{
    const Node *references = node_child(constraint, ROLE_REFERENCES);

    if (!references)
        return;
    CatalogForeignKey key = {
        .name               = name_of(it, constraint->alias),
        .columns            = columns,
        .table              = name_of(it, references->name),
        .to                 = names_in(it, node_child(references, ROLE_COLUMNS)),
        .deferrable = (references->flags & (FLAG_DEFERRABLE | FLAG_NOT)) == FLAG_DEFERRABLE,
        .initially_deferred = references->flags & FLAG_INITIALLY_DEFERRED,
        .place              = place_of(it, constraint),
    };
    node_each(action, references) {
        if (action->conflict == OP_ON_DELETE)
            key.on_delete = action->op;
        if (action->conflict == OP_ON_UPDATE)
            key.on_update = action->op;
    }
    vec_push(it->arena, &table->foreign_keys, key);
}

static void add_check(Applying *it, CatalogTable *table, const Node *constraint, Str column)
{
    CatalogCheck check = {
        .name   = name_of(it, constraint->alias),
        .column = column,
        .expr   = expr_of(it, node_child(constraint, ROLE_OPERAND)),
        .place  = place_of(it, constraint),
    };

    if (check.expr.node)
        vec_push(it->arena, &table->checks, check);
}

static void apply_column_constraint(Applying *it, CatalogTable *table, CatalogColumn *column,
                                    const Node *constraint)
{
    switch (constraint->op) {
    case OP_PRIMARY_KEY:
        column->autoincrement = constraint->flags & FLAG_AUTOINCREMENT;
        /* INTEGER PRIMARY KEY DESC is no rowid: an old mistake that SQLite keeps. */
        column->rowid_alias = str_eq_nocase(column->declared, STR("INTEGER"))
                           && !(constraint->flags & FLAG_DESC);
        add_key(it, table, constraint, only(it->arena, column->name));
        break;
    case OP_UNIQUE: add_key(it, table, constraint, only(it->arena, column->name)); break;
    case OP_NOT_NULL:
        column->not_null          = true;
        column->not_null_conflict = constraint->conflict;
        break;
    case OP_CHECK: add_check(it, table, constraint, column->name); break;
    case OP_DEFAULT: column->default_ = expr_of(it, node_child(constraint, ROLE_OPERAND)); break;
    case OP_COLLATE: column->collation = name_of(it, constraint->name); break;
    case OP_FOREIGN_KEY:
        add_foreign_key(it, table, constraint, only(it->arena, column->name));
        break;
    case OP_GENERATED:
        column->generated = constraint->flags & FLAG_STORED ? GENERATED_STORED : GENERATED_VIRTUAL;
        column->generated_as = expr_of(it, node_child(constraint, ROLE_OPERAND));
        break;
    default: break;
    }
}

static void add_column(Applying *it, CatalogTable *table, const Node *definition)
{
    Str name = name_of(it, definition->name);

    if (definition->flags & FLAG_HOLE) {
        table->columns_known = false;
        return;
    }
    if (table->columns.count >= COLUMN_LIMIT || catalog_column(table, name))
        return;

    const Node   *type   = node_child(definition, ROLE_TYPE);
    CatalogColumn column = {
        .name     = name,
        .declared = type ? str_trim(node_text(it->text, type)) : (Str) { 0 },
        .place    = place_of(it, definition),
    };
    column.affinity = affinity_of(column.declared);
    node_each(constraint, definition) {
        if (constraint->role == ROLE_CONSTRAINT)
            apply_column_constraint(it, table, &column, constraint);
        else if (constraint->kind == NODE_HOLE)
            table->columns_known = false;
    }
    vec_push(it->arena, &table->columns, column);
}

static void apply_table_constraint(Applying *it, CatalogTable *table, const Node *constraint)
{
    bool   has_expression = false;
    StrVec columns        = term_columns(it, constraint, &has_expression);

    switch (constraint->op) {
    case OP_PRIMARY_KEY: {
        CatalogColumn *first = columns.count == 1 ? find_column(table, columns.items[0]) : NULL;
        if (first) {
            first->autoincrement = constraint->flags & FLAG_AUTOINCREMENT;
            first->rowid_alias   = str_eq_nocase(first->declared, STR("INTEGER"));
        }
        add_key(it, table, constraint, columns);
        break;
    }
    case OP_UNIQUE: add_key(it, table, constraint, columns); break;
    case OP_CHECK: add_check(it, table, constraint, (Str) { 0 }); break;
    case OP_FOREIGN_KEY:
        add_foreign_key(it, table, constraint, names_in(it, node_child(constraint, ROLE_COLUMNS)));
        break;
    default: break;
    }
}

/* -- what follows from the rest -------------------------------------------------------------- */

static void judge_column(Arena *arena, const Catalog *catalog, CatalogTable *table,
                         CatalogColumn *column)
{
    Str   key  = str_format(arena, STR_FORMAT "." STR_FORMAT, STR_ARG(table->name),
                            STR_ARG(column->name));
    void *word = map_find(&catalog->overrides, str_lower(arena, key));
    Str   set  = STR("set by the configuration");

    if (word)
        column->meaning = (Meaning) {
            .meaning = *(ColumnMeaning *)word, .certainty = MEANING_YES, .because = set, .by_definition = set
        };
    else
        column->meaning = column->postgres.len ? migrated_meaning_of(arena, column)
                                               : column_meaning_of(arena, table, column);
    column->type = column->postgres.len && !word ? pg_type_named(column->postgres)
                                                 : pg_type_of(column->declared, column->meaning.meaning);
}

static bool is_unique_alone(const CatalogTable *table, Str name)
{
    StrVec columns = { .items = &name, .count = 1 };

    return table_has_key(table, &columns);
}

void catalog_settle(Arena *arena, const Catalog *catalog, CatalogTable *table)
{
    vec_each(column, &table->columns) {
        column->pk     = 0;
        column->unique = is_unique_alone(table, column->name);
        if (table->without_rowid)
            column->rowid_alias = false;
        judge_column(arena, catalog, table, column);
    }
    if (table->keys.count == 0 || !table->keys.items[0].is_primary)
        return;
    const StrVec *primary = &table->keys.items[0].columns;
    for (size_t i = 0; i < primary->count; i++) {
        CatalogColumn *column = find_column(table, primary->items[i]);
        if (!column)
            continue;
        column->pk = (uint32_t)i + 1;
        /* A key is no flag, whatever its default: judged again, now that it is known to be one. */
        judge_column(arena, catalog, table, column);
    }
}

/* -- two definitions of one table ------------------------------------------------------------ */

static bool same_names(const StrVec *a, const StrVec *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!str_eq_nocase(a->items[i], b->items[i]))
            return false;
    return true;
}

static Str default_text(const CatalogColumn *column)
{
    const SchemaExpr *expr = &column->default_;

    return expr->node ? node_text(expr->text, expr->node) : STR("none");
}

static bool same_definition(const CatalogTable *a, const CatalogTable *b)
{
    if (a->columns.count != b->columns.count || a->keys.count != b->keys.count
        || a->foreign_keys.count != b->foreign_keys.count || a->checks.count != b->checks.count)
        return false;
    vec_each(column, &a->columns) {
        const CatalogColumn *other = catalog_column(b, column->name);
        if (!other || !str_eq_nocase(column->declared, other->declared)
            || column->not_null != other->not_null
            || !str_eq(default_text(column), default_text(other)))
            return false;
    }
    return true;
}

static bool has_key_of(const CatalogTable *table, const StrVec *columns)
{
    vec_each(key, &table->keys)
        if (same_names(&key->columns, columns))
            return true;
    return false;
}

static bool has_foreign_key_of(const CatalogTable *table, const CatalogForeignKey *other)
{
    vec_each(key, &table->foreign_keys)
        if (same_names(&key->columns, &other->columns) && str_eq_nocase(key->table, other->table))
            return true;
    return false;
}

/* Someone has to decide which of the two is meant. */
static void tell_clash(Applying *it, const CatalogTable *table, const CatalogColumn *first,
                       const CatalogColumn *second)
{
    Str name = str_format(it->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(table->name),
                          STR_ARG(first->name));

    if (!str_eq_nocase(first->declared, second->declared))
        add_note(it, second->place,
                 str_format(it->arena,
                            STR_FORMAT " is \"" STR_FORMAT "\" here and was \"" STR_FORMAT
                                       "\", which it is taken for",
                            STR_ARG(name), STR_ARG(second->declared), STR_ARG(first->declared)));
    if (first->not_null != second->not_null)
        add_note(it, second->place,
                 str_format(it->arena,
                            STR_FORMAT " is NOT NULL in one of its definitions only, so it may be "
                                       "NULL",
                            STR_ARG(name)));
    if (!str_eq(default_text(first), default_text(second)))
        add_note(it, second->place,
                 str_format(it->arena,
                            "DEFAULT of " STR_FORMAT " is " STR_FORMAT " here and was " STR_FORMAT
                            ", which it is taken for",
                            STR_ARG(name), STR_ARG(default_text(second)),
                            STR_ARG(default_text(first))));
}

static void unite_columns(Applying *it, CatalogTable *table, const CatalogTable *other)
{
    vec_each(column, &table->columns) {
        const CatalogColumn *twin = catalog_column(other, column->name);
        if (!twin) {
            column->is_partial = true;
            continue;
        }
        tell_clash(it, table, column, twin);
        column->not_null = column->not_null && twin->not_null;
    }
    vec_each(column, &other->columns) {
        if (catalog_column(table, column->name) || table->columns.count >= COLUMN_LIMIT)
            continue;
        CatalogColumn added = *column;
        added.is_partial    = true;
        vec_push(it->arena, &table->columns, added);
    }
}

static bool has_check_of(const CatalogTable *table, const CatalogCheck *other)
{
    Str text = node_text(other->expr.text, other->expr.node);

    vec_each(check, &table->checks)
        if (str_eq(node_text(check->expr.text, check->expr.node), text))
            return true;
    return false;
}

static void unite(Applying *it, CatalogTable *table, const CatalogTable *other)
{
    if (same_definition(table, other))
        return;
    add_note(it, other->place,
             str_format(it->arena,
                        "table " STR_FORMAT " is defined here and in " STR_FORMAT
                        ", line %u, in different ways; it is taken to have the columns of both",
                        STR_ARG(other->name), STR_ARG(table->place.path), table->place.line));
    unite_columns(it, table, other);
    table->columns_known = table->columns_known && other->columns_known;
    vec_each(key, &other->keys)
        if (!has_key_of(table, &key->columns) && !(key->is_primary && table->keys.count))
            vec_push(it->arena, &table->keys, *key);
    vec_each(key, &other->foreign_keys)
        if (!has_foreign_key_of(table, key))
            vec_push(it->arena, &table->foreign_keys, *key);
    vec_each(check, &other->checks)
        if (!has_check_of(table, check))
            vec_push(it->arena, &table->checks, *check);
}

static void define(Applying *it, CatalogTable *table)
{
    CatalogTable *known = find_table(it, table->name);

    if (known && known->kind == TABLE_PLAIN && table->kind == TABLE_PLAIN) {
        unite(it, known, table);
        catalog_settle(it->arena, it->catalog, known);
        return;
    }
    if (known)
        return; /* CREATE VIEW IF NOT EXISTS and the like: the first one stands */
    catalog_settle(it->arena, it->catalog, table);
    vec_push(it->arena, &it->catalog->tables, table);
    enter_table(it, table);
}

/* -- statements ------------------------------------------------------------------------------ */

static CatalogTable *new_table(Applying *it, const Node *node, const Node *named, TableKind kind)
{
    CatalogTable *table = arena_new(it->arena, CatalogTable);

    table->name       = name_of(it, named->name);
    table->kind       = kind;
    table->is_temp    = node->flags & FLAG_TEMP;
    table->definition = expr_of(it, node);
    table->place      = place_of(it, node);
    return table;
}

static void create_table(Applying *it, const Node *node)
{
    const Node *target = node_child(node, ROLE_TARGET);

    if (!target || (target->flags & FLAG_HOLE))
        return;
    CatalogTable *table  = new_table(it, node, target, TABLE_PLAIN);
    table->without_rowid = node->flags & FLAG_WITHOUT_ROWID;
    table->strict        = node->flags & FLAG_STRICT;
    table->columns_known = node_child(node, ROLE_COLUMN) != NULL;
    node_each(child, node) {
        if (child->kind == NODE_COLUMN_DEF)
            add_column(it, table, child);
        else if (child->kind == NODE_CONSTRAINT)
            apply_table_constraint(it, table, child);
        else if (child->kind == NODE_HOLE)
            table->columns_known = false;
    }
    if (!table->columns_known && table->columns.count == 0)
        table->columns_known = selected_columns(it->arena, it->catalog, it->text, node, table->place, &table->columns);
    define(it, table);
}

static void create_virtual_table(Applying *it, const Node *node)
{
    const Node *target = node_child(node, ROLE_TARGET);

    if (!target || (target->flags & FLAG_HOLE))
        return;
    CatalogTable *table = new_table(it, node, target, TABLE_VIRTUAL);
    table->module       = name_of(it, node->name);
    define(it, table);
}

static void create_view(Applying *it, const Node *node)
{
    if (!(node->flags & FLAG_HOLE))
        define(it, new_table(it, node, node, TABLE_VIEW));
}

static void create_index(Applying *it, const Node *node)
{
    const Node   *target = node_child(node, ROLE_TARGET);
    CatalogTable *table  = target ? find_table(it, name_of(it, target->name)) : NULL;

    if (!target || (target->flags & FLAG_HOLE))
        return;
    if (!table) {
        add_note(it, place_of(it, node),
                 str_format(it->arena, "index " STR_FORMAT " is on table " STR_FORMAT
                            ", which nothing here defines",
                            STR_ARG(name_of(it, node->name)), STR_ARG(name_of(it, target->name))));
        return;
    }
    const Node  *where = node_child(node, ROLE_WHERE);
    CatalogIndex index = {
        .name       = name_of(it, node->name),
        .unique     = node->flags & FLAG_UNIQUE,
        .where      = expr_of(it, where ? node_child(where, ROLE_CONDITION) : NULL),
        .definition = expr_of(it, node),
        .place      = place_of(it, node),
    };
    vec_each(known, &table->indexes)
        if (str_eq_nocase(known->name, index.name))
            return;
    index.columns = term_columns(it, node, &index.has_expression);
    vec_push(it->arena, &table->indexes, index);
    catalog_settle(it->arena, it->catalog, table);
}

static void create_trigger(Applying *it, const Node *node)
{
    const Node *target = node_child(node, ROLE_TARGET);

    if (!target)
        return;
    CatalogTrigger trigger = {
        .name       = name_of(it, node->name),
        .table      = name_of(it, target->name),
        .definition = expr_of(it, node),
        .place      = place_of(it, node),
    };
    vec_each(known, &it->catalog->triggers)
        if (str_eq_nocase(known->name, trigger.name))
            return;
    vec_push(it->arena, &it->catalog->triggers, trigger);
    CatalogTable *table = find_table(it, trigger.table);
    if (table)
        table->has_triggers = true;
}

/* -- ALTER ----------------------------------------------------------------------------------- */

static void drop_column(CatalogTable *table, Str name)
{
    CatalogColumn *column = find_column(table, name);

    if (!column)
        return;
    size_t at = (size_t)(column - table->columns.items);
    memmove(column, column + 1, (table->columns.count - at - 1) * sizeof *column);
    table->columns.count--;
}

static void alter_table(Applying *it, const Node *node)
{
    const Node *target = node_child(node, ROLE_TARGET);
    const Node *column = node_child(node, ROLE_COLUMN);

    if (!target || (target->flags & FLAG_HOLE))
        return;
    CatalogTable *table = find_table(it, name_of(it, target->name));
    if (!table) {
        add_note(it, place_of(it, node),
                 str_format(it->arena, "ALTER TABLE of " STR_FORMAT ", which nothing here defines",
                            STR_ARG(name_of(it, target->name))));
        return;
    }
    switch (node->op) {
    case OP_RENAME_TABLE: rename_table(it->arena, it->catalog, table, name_of(it, node->name)); break;
    case OP_RENAME_COLUMN:
        if (column)
            rename_column(it->arena, it->catalog, table, name_of(it, column->name),
                          name_of(it, node->name));
        break;
    case OP_ADD_COLUMN:
        if (column)
            add_column(it, table, column);
        break;
    case OP_DROP_COLUMN:
        if (column)
            drop_column(table, name_of(it, column->name));
        break;
    default: break;
    }
    catalog_settle(it->arena, it->catalog, table);
}

/* -- DROP ------------------------------------------------------------------------------------ */

static void drop_triggers_of(Applying *it, Str table)
{
    CatalogTriggerVec *triggers = &it->catalog->triggers;
    size_t             kept     = 0;

    vec_each(trigger, triggers)
        if (!str_eq_nocase(trigger->table, table))
            triggers->items[kept++] = *trigger;
    triggers->count = kept;
}

static void drop_table(Applying *it, Str name)
{
    CatalogTableVec *tables = &it->catalog->tables;

    drop_triggers_of(it, name);
    for (size_t i = 0; i < tables->count; i++) {
        if (!str_eq_nocase(tables->items[i]->name, name))
            continue;
        memmove(&tables->items[i], &tables->items[i + 1],
                (tables->count - i - 1) * sizeof *tables->items);
        tables->count--;
        map_set(it->arena, &it->catalog->by_name, str_lower(it->arena, name), NULL);
        return;
    }
}

static void drop_index(Applying *it, Str name)
{
    vec_each(table, &it->catalog->tables) {
        CatalogIndexVec *indexes = &(*table)->indexes;
        for (size_t i = 0; i < indexes->count; i++) {
            if (!str_eq_nocase(indexes->items[i].name, name))
                continue;
            memmove(&indexes->items[i], &indexes->items[i + 1],
                    (indexes->count - i - 1) * sizeof *indexes->items);
            indexes->count--;
            catalog_settle(it->arena, it->catalog, *table);
            return;
        }
    }
}

static void settle_triggers(const Applying *it, CatalogTable *table)
{
    table->has_triggers = false;
    vec_each(trigger, &it->catalog->triggers)
        if (str_eq_nocase(trigger->table, table->name))
            table->has_triggers = true;
}

static void drop_trigger(Applying *it, Str name)
{
    CatalogTriggerVec *triggers = &it->catalog->triggers;

    for (size_t i = 0; i < triggers->count; i++) {
        if (!str_eq_nocase(triggers->items[i].name, name))
            continue;
        CatalogTable *table = find_table(it, triggers->items[i].table);
        memmove(&triggers->items[i], &triggers->items[i + 1],
                (triggers->count - i - 1) * sizeof *triggers->items);
        triggers->count--;
        if (table)
            settle_triggers(it, table);
        return;
    }
}

static void drop(Applying *it, const Node *node)
{
    Str name = name_of(it, node->name);

    if (node->flags & FLAG_HOLE)
        return;
    switch (node->op) {
    case OP_TABLE:
    case OP_VIEW: drop_table(it, name); break;
    case OP_INDEX: drop_index(it, name); break;
    case OP_TRIGGER: drop_trigger(it, name); break;
    default: break;
    }
}

/* -- texts ----------------------------------------------------------------------------------- */

static void apply(Applying *it, const Node *root)
{
    switch (root->kind) {
    case NODE_CREATE_TABLE: create_table(it, root); break;
    case NODE_CREATE_VIRTUAL_TABLE: create_virtual_table(it, root); break;
    case NODE_CREATE_VIEW: create_view(it, root); break;
    case NODE_CREATE_INDEX: create_index(it, root); break;
    case NODE_CREATE_TRIGGER: create_trigger(it, root); break;
    case NODE_ALTER_TABLE: alter_table(it, root); break;
    case NODE_DROP: drop(it, root); break;
    default: break;
    }
}

static bool defines(const Node *root)
{
    return root && (root->kind == NODE_CREATE_TABLE || root->kind == NODE_CREATE_INDEX
                    || root->kind == NODE_ALTER_TABLE || root->kind == NODE_CREATE_VIRTUAL_TABLE
                    || root->kind == NODE_CREATE_VIEW || root->kind == NODE_CREATE_TRIGGER);
}

static void tell_broken(Applying *it, const SqlStatement *statement)
{
    Node place = { .lo = statement->broken_at, .hi = statement->broken_at };

    add_note(it, place_of(it, &place),
             str_format(it->arena, "this definition is left out: SQLite cannot read it (expected "
                        STR_FORMAT ")", STR_ARG(statement->expected)));
}

/* Rows that come with a schema: told at their first statement, once. */
static void tell_rows(Applying *it, const Sql *sql)
{
    Node first = { .lo = sql->rows.lo, .hi = sql->rows.hi };

    if (sql->changes)
        add_note_of(it, "SC-02", place_of(it, &first),
                    str_format(it->arena,
                               "%zu statement%s from here on change%s rows, which are no part of a schema: move them as "
                               "data, and set the sequences of keys that are given",
                               sql->changes, sql->changes == 1 ? "" : "s", sql->changes == 1 ? "s" : ""));
}

void catalog_add_sql(Arena *arena, Catalog *catalog, Str path, Str text, NoteVec *notes)
{
    Applying it  = { .arena = arena, .catalog = catalog, .path = path, .text = text,
                     .notes = notes, .line = 1 };
    Sql      sql = sql_parse_definitions(arena, text);

    vec_each(statement, &sql.statements) {
        if (statement->broken && defines(statement->root))
            tell_broken(&it, statement);
        else if (statement->root && !statement->broken)
            apply(&it, statement->root);
    }
    tell_rows(&it, &sql);
}

void catalog_override(Arena *arena, Catalog *catalog, Str table, Str column, ColumnMeaning meaning)
{
    Str key = str_format(arena, STR_FORMAT "." STR_FORMAT, STR_ARG(table), STR_ARG(column));
    ColumnMeaning *word = arena_new(arena, ColumnMeaning);

    *word = meaning;
    map_set(arena, &catalog->overrides, str_lower(arena, key), word);

    CatalogTable  *known = (CatalogTable *)catalog_table(catalog, table);
    CatalogColumn *place = known ? find_column(known, column) : NULL;
    if (place)
        judge_column(arena, catalog, known, place);
}

void catalog_weigh(Arena *arena, Catalog *catalog)
{
    vec_each(table, &catalog->tables)
        vec_each(column, &(*table)->columns)
            judge_column(arena, catalog, *table, column);
}

/* -- statements made of something else ------------------------------------------------------- */

bool catalog_add_made(Arena *arena, Catalog *catalog, const MadeSql *made)
{
    Applying it   = { .arena = arena, .catalog = catalog, .path = made->path, .text = made->sql, .made = made, .line = 1 };
    Sql      sql  = sql_parse_definitions(arena, made->sql);
    bool     read = true;

    vec_each(statement, &sql.statements) {
        if (statement->broken || !statement->root)
            read = read && !defines(statement->root);
        else
            apply(&it, statement->root);
    }
    return read;
}

bool catalog_add_constraints(Arena *arena, Catalog *catalog, CatalogTable *table, const MadeSql *made)
{
    Applying it  = { .arena = arena, .catalog = catalog, .path = made->path, .text = made->sql, .made = made, .line = 1 };
    Sql      sql = sql_parse_definitions(arena, made->sql);

    if (sql.statements.count != 1 || sql.statements.items[0].broken)
        return false;
    node_each(child, sql.statements.items[0].root)
        if (child->kind == NODE_CONSTRAINT)
            apply_table_constraint(&it, table, child);
    catalog_settle(arena, catalog, table);
    return true;
}
