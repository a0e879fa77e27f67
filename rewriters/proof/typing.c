/* Statements: what is written into which column, and what is given back. */
#include <stdarg.h>
#include <stdio.h>

#include "analyzers/sql/parser.h"
#include "rewriters/proof/typing_work.h"

/* -- saying ---------------------------------------------------------------------------------- */

void refuse(TypeCheck *c, const Node *at, const char *sqlstate, const char *format, ...)
{
    char    message[512];
    va_list args;

    if (c->refused)
        return;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    c->refused = true;
    c->out     = (Typing) { TYPING_REFUSED, at->lo, at->hi, sqlstate, str_copy(c->arena, str_of(message)) };
}

ServerType unsure(TypeCheck *c)
{
    c->unsure = true;
    return SERVER_UNSURE;
}

Str name_in(TypeCheck *c, Span span)
{
    return sql_name(c->arena, c->text, span);
}

bool spend(TypeCheck *c)
{
    enum { STEPS = 200000 };

    if (c->steps++ >= STEPS)
        c->misread = true;
    return c->steps <= STEPS;
}

/* -- writing --------------------------------------------------------------------------------- */

void store_in(TypeCheck *c, const Node *at, Str column, ServerType target, ServerType type)
{
    if (!server_assigns(type, target))
        refuse(c, at, "42804", "column \"" STR_FORMAT "\" is of type %s but expression is of type %s", STR_ARG(column),
               server_type_name(target), server_type_name(type));
}

static void store_node(TypeCheck *c, Level *level, const Node *value, const Column *target)
{
    ServerType type = type_of(c, level, value);

    if (target)
        store_in(c, value, target->name, target->type, type);
    if (target)
        read_as(c, value, target->type);
}

/* The columns an INSERT names, or all; false when they are not known. */
static bool columns_written(TypeCheck *c, const Relation *target, const Node *columns, Rows *out)
{
    if (!target->table || !target->known)
        return false;
    if (!columns) {
        vec_each(column, &target->table->columns)
            if (column->generated != GENERATED_NO)
                return false;
        return relation_columns(c, target, out);
    }
    node_each(name, columns) {
        const CatalogColumn *column = catalog_column(target->table, name_in(c, name->name));
        vec_push(c->arena, &out->columns,
                 (Column) { column ? column->name : (Str) { 0 }, column ? server_type_of(column) : unsure(c) });
    }
    return true;
}

static void values_written(TypeCheck *c, Level *level, const Node *values, const Rows *targets)
{
    node_each(row, values) {
        size_t at = 0;
        if (row->kind != NODE_ROW) {
            unsure(c);
            continue;
        }
        node_each(value, row) {
            store_node(c, level, value, targets && at < targets->columns.count ? &targets->columns.items[at] : NULL);
            at++;
        }
    }
}

static bool is_plain_values(const Node *select)
{
    return select->kind == NODE_SELECT && select->first && select->first == select->last
        && select->first->kind == NODE_VALUES;
}

static void query_written(TypeCheck *c, Level *level, const Node *select, const Rows *targets)
{
    Rows given = rows_of(c, level, select, ROWS_STORED);

    for (size_t i = 0; targets && i < given.columns.count && i < targets->columns.count; i++)
        store_in(c, select, targets->columns.items[i].name, targets->columns.items[i].type, given.columns.items[i].type);
}

static void assign(TypeCheck *c, Level *level, const Node *assign_, const Relation *target)
{
    const Node *right = node_child(assign_, ROLE_RIGHT), *bare = right ? node_bare(right) : NULL;
    const Node *names[64];
    size_t      count = 0;

    node_each(child, assign_)
        if (child->role == ROLE_COLUMN && count < 64)
            names[count++] = child;
    if (!bare || count == 0 || !target->table || !target->known) {
        if (right)
            type_of(c, level, right);
        unsure(c);
        return;
    }
    const Node *value = count == 1 ? right : bare->kind == NODE_ROW ? bare->first : NULL;
    if (!value)
        type_of(c, level, right);
    for (size_t i = 0; i < count && value; i++, value = value->next) {
        const CatalogColumn *column = catalog_column(target->table, name_in(c, names[i]->name));
        Column               into   = { column ? column->name : (Str) { 0 }, column ? server_type_of(column) : unsure(c) };
        store_node(c, level, value, &into);
    }
}

static void assign_all(TypeCheck *c, Level *level, const Node *set, const Relation *target)
{
    node_each(item, set) {
        if (item->kind == NODE_ASSIGN)
            assign(c, level, item, target);
        else
            unsure(c);
    }
}

static void where(TypeCheck *c, Level *level, const Node *root)
{
    const Node *clause = node_child(root, ROLE_WHERE);

    if (!clause)
        return;
    level->clause = CLAUSE_WHERE;
    truth(c, level, node_child(clause, ROLE_CONDITION), "WHERE");
    level->clause = CLAUSE_OTHER;
}

static void returning(TypeCheck *c, Level *level, const Node *root)
{
    const Node *clause = node_child(root, ROLE_RETURNING);

    if (clause)
        items_of(c, level, clause);
}

/* ON CONFLICT … DO UPDATE sees the row that is there, and `excluded`. */
static void upsert(TypeCheck *c, Level *level, const Node *clause)
{
    const Node *set      = node_child(clause, ROLE_SET);
    Relation    excluded = level->relations.items[0], target = excluded;

    if (!set)
        return;
    excluded.handle = STR("excluded"); /* a bare name may mean its column, too: Postgres has it written out */
    vec_push(c->arena, &level->relations, excluded);
    assign_all(c, level, set, &target);
    where(c, level, clause);
    level->relations.count--;
}

static void insert(TypeCheck *c, Level *level, const Node *root)
{
    const Node *target = node_child(root, ROLE_TARGET), *source = node_child(root, ROLE_SOURCE);
    Rows        written = { 0 };

    if (!target || !source) {
        unsure(c);
        return;
    }
    Relation relation = relation_of_table(c, level, target);
    bool     known    = columns_written(c, &relation, node_child(root, ROLE_COLUMNS), &written);
    if (!known)
        unsure(c);
    if (source->kind == NODE_SELECT && is_plain_values(source))
        values_written(c, level, source->first, known ? &written : NULL);
    else if (source->kind == NODE_SELECT)
        query_written(c, level, source, known ? &written : NULL);
    else if (source->kind != NODE_DEFAULT_VALUES)
        unsure(c);
    vec_push(c->arena, &level->relations, relation);
    node_each(clause, root)
        if (clause->kind == NODE_UPSERT)
            upsert(c, level, clause);
    returning(c, level, root);
}

static void update(TypeCheck *c, Level *level, const Node *root)
{
    const Node *target = node_child(root, ROLE_TARGET), *set = node_child(root, ROLE_SET);

    if (!target || !set) {
        unsure(c);
        return;
    }
    vec_push(c->arena, &level->relations, relation_of_table(c, level, target));
    if (node_child(root, ROLE_FROM))
        sources_of(c, level, node_child(root, ROLE_FROM));
    Relation relation = level->relations.items[0];
    assign_all(c, level, set, &relation);
    where(c, level, root);
    returning(c, level, root);
}

static void delete(TypeCheck *c, Level *level, const Node *root)
{
    const Node *target = node_child(root, ROLE_TARGET);

    if (!target) {
        unsure(c);
        return;
    }
    vec_push(c->arena, &level->relations, relation_of_table(c, level, target));
    where(c, level, root);
    returning(c, level, root);
}

/* -- the statement --------------------------------------------------------------------------- */

static void check(TypeCheck *c, const Node *root)
{
    Level *level = level_new(c, NULL, NULL);

    if (root->kind != NODE_SELECT && node_child(root, ROLE_WITH))
        common_tables(c, level, node_child(root, ROLE_WITH));
    switch (root->kind) {
    case NODE_SELECT: rows_of(c, level, root, ROWS_SEEN); break;
    case NODE_INSERT: insert(c, level, root); break;
    case NODE_UPDATE: update(c, level, root); break;
    case NODE_DELETE: delete(c, level, root); break;
    default: unsure(c); break;
    }
}

Typing typing_of(Arena *arena, const Catalog *catalog, Str text)
{
    TypeCheck c   = { .arena = arena, .catalog = catalog, .text = text };
    Sql       sql = sql_parse(arena, text);

    if (sql.statements.count != 1 || sql.statements.items[0].broken || sql.statements.items[0].has_hole
        || !sql.statements.items[0].root)
        return (Typing) { 0 };
    check(&c, sql.statements.items[0].root);
    if (c.misread || (c.unsure && !c.refused))
        return (Typing) { 0 };
    return c.refused ? c.out : (Typing) { .verdict = TYPING_TAKEN };
}

const char *typing_verdict_name(TypingVerdict verdict)
{
    return verdict == TYPING_TAKEN ? "taken" : verdict == TYPING_REFUSED ? "refused" : "unsure";
}
