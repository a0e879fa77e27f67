/* Which column a name means: Postgres' rules, over the catalog. */
#include "rewriters/proof/typing_work.h"

Level *level_new(TypeCheck *c, Level *outer, const Node *core)
{
    Level *level = arena_new(c->arena, Level);

    *level = (Level) { .outer = outer, .depth = outer ? outer->depth + 1 : 0, .core = core,
                       .tables = outer ? outer->tables : NULL };
    return level;
}

ServerType server_type_of(const CatalogColumn *column)
{
    switch (column->type) {
    case PG_BIGINT: return SERVER_INT8;
    case PG_TEXT: return SERVER_TEXT;
    case PG_DOUBLE: return SERVER_FLOAT8;
    case PG_NUMERIC: return SERVER_NUMERIC;
    case PG_BOOLEAN: return SERVER_BOOL;
    case PG_TIMESTAMPTZ: return SERVER_TIMESTAMPTZ;
    case PG_DATE: return SERVER_DATE;
    case PG_JSONB: return SERVER_JSONB;
    case PG_BYTEA: return SERVER_BYTEA;
    case PG_UUID: return SERVER_UUID;
    case PG_UNKNOWN:
    case PG_TYPE_COUNT: break;
    }
    return SERVER_UNSURE;
}

/* -- sources --------------------------------------------------------------------------------- */

static const CommonTable *common_table(const Level *level, Str name)
{
    for (const CommonTable *at = level->tables; at; at = at->next)
        if (str_eq_nocase(at->name, name))
            return at;
    return NULL;
}

Relation relation_of_table(TypeCheck *c, Level *level, const Node *table)
{
    Relation out = { .handle = name_in(c, span_is_set(table->alias) ? table->alias : table->name) };
    Str      name = name_in(c, table->name);

    if ((table->flags & (FLAG_CALL | FLAG_HOLE)) || span_is_set(table->qualifier))
        return out;
    const CommonTable *common = common_table(level, name);
    if (common) {
        out.rows  = common->rows;
        out.known = common->rows.complete && common->rows.named;
        return out;
    }
    out.table = c->catalog ? catalog_table(c->catalog, name) : NULL;
    out.known = out.table && out.table->kind == TABLE_PLAIN && out.table->columns_known;
    return out;
}

bool relation_columns(TypeCheck *c, const Relation *relation, Rows *out)
{
    if (relation->table && relation->known) {
        vec_each(column, &relation->table->columns)
            vec_push(c->arena, &out->columns, (Column) { column->name, server_type_of(column) });
    } else if (!relation->table) {
        vec_each(column, &relation->rows.columns) {
            if (!spend(c))
                return false;
            vec_push(c->arena, &out->columns, *column);
        }
    }
    return relation->table ? relation->known : relation->rows.complete;
}

/* -- columns --------------------------------------------------------------------------------- */

typedef enum Has { HAS_NOT, HAS, HAS_TWICE, HAS_PERHAPS } Has;

static Has relation_has(const Relation *relation, Str name, Meant *out)
{
    if (relation->table) {
        const CatalogColumn *column = relation->known ? catalog_column(relation->table, name) : NULL;
        if (column)
            *out = (Meant) { .name = column->name, .type = server_type_of(column) };
        return column ? HAS : relation->known ? HAS_NOT : HAS_PERHAPS;
    }
    Has has = relation->known ? HAS_NOT : HAS_PERHAPS;
    vec_each(column, &relation->rows.columns) {
        if (!str_eq_nocase(column->name, name))
            continue;
        if (has == HAS)
            return HAS_PERHAPS; /* twice */
        has  = HAS;
        *out = (Meant) { .name = column->name, .type = column->type };
    }
    return has;
}

static bool is_handle(const Relation *relation, Str handle)
{
    return relation->handle.len && str_eq_nocase(relation->handle, handle);
}

/* A column that USING or NATURAL merges is one, and here HAS_PERHAPS. */
static Has level_has(Level *level, Str qualifier, Str name, Meant *out)
{
    Has has = HAS_NOT;

    for (size_t i = 0; i < level->relations.count; i++) {
        const Relation *relation = &level->relations.items[i];
        Meant           meant    = { 0 };
        if (qualifier.len && !is_handle(relation, qualifier))
            continue;
        Has mine = relation_has(relation, name, &meant);
        if (qualifier.len && mine == HAS_NOT)
            return HAS_PERHAPS; /* ctid, and what SQLite calls the row */
        if (mine == HAS_PERHAPS)
            return HAS_PERHAPS;
        if (mine == HAS && has == HAS_NOT) {
            *out          = meant;
            out->level    = level;
            out->relation = (uint32_t)i;
        }
        if (mine == HAS)
            has = has == HAS_NOT ? HAS : HAS_TWICE;
    }
    return has == HAS_TWICE && (level->merges || qualifier.len) ? HAS_PERHAPS : has;
}

Meant meant_by(TypeCheck *c, Level *level, const Node *column)
{
    Str   qualifier = name_in(c, column->qualifier), name = name_in(c, column->name);
    Meant out = { 0 };

    if (span_is_set(column->schema) || (column->flags & FLAG_HOLE))
        return out;
    for (Level *at = level; at; at = at->outer) {
        Has has = level_has(at, qualifier, name, &out);
        if (has == HAS)
            return out;
        if (has == HAS_TWICE)
            return (Meant) { .ambiguous = true };
        if (has == HAS_PERHAPS)
            break;
    }
    return (Meant) { 0 };
}
