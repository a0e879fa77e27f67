#include "reports/schema_json.h"

#include "reports/json.h"

static json_t *place_json(Arena *arena, SchemaPlace place)
{
    json_t *out = json_object();

    if (place.line == 0 && place.path.len == 0) {
        json_decref(out);
        return json_null();
    }
    json_put(out, "path", json_text(arena, place.path));
    json_put(out, "line", place.line ? json_count(place.line) : json_null());
    json_put(out, "offset", place.line ? json_count(place.lo) : json_null());
    json_put(out, "end_offset", place.line ? json_count(place.hi) : json_null());
    return out;
}

static json_t *expr_json(Arena *arena, const SchemaExpr *expr)
{
    return expr->node ? json_text(arena, node_text(expr->text, expr->node)) : json_null();
}

static json_t *names_json(Arena *arena, const StrVec *names)
{
    json_t *out = json_array();

    vec_each(name, names)
        json_add(out, json_text_or_null(arena, *name));
    return out;
}

static json_t *action_json(NodeOp op)
{
    return op == OP_NONE ? json_null() : json_string(node_op_name(op));
}

static json_t *meaning_json(Arena *arena, const Meaning *meaning)
{
    static const char *const certainties[] = { "no", "maybe", "yes" };
    json_t                  *out           = json_object();

    json_put(out, "meaning", json_string(meaning_name(meaning->meaning)));
    json_put(out, "certainty", json_string(certainties[meaning->certainty]));
    json_put(out, "because", json_text_or_null(arena, meaning->because));
    json_put(out, "place",
             meaning->certainty == MEANING_NO ? json_null() : place_json(arena, meaning->place));
    json_put(out, "suspicion",
             meaning->suspicion == MEANS_PLAIN ? json_null()
                                               : json_string(meaning_name(meaning->suspicion)));
    json_put(out, "against",
             meaning->against == MEANS_PLAIN ? json_null() : json_string(meaning_name(meaning->against)));
    return out;
}

static json_t *meanings_json(SignalKind kind)
{
    json_t *out = json_array();

    for (ColumnMeaning meaning = 0; meaning < MEANS_COUNT; meaning++)
        if (signal_speaks_of(kind, meaning))
            json_add(out, json_string(meaning_name(meaning)));
    return out;
}

static json_t *signals_json(Arena *arena, const SignalVec *signals)
{
    static const char *const speaks[]  = { "for", "doubt", "against" };
    static const char *const sources[] = { "sql", "given", "read", "data" };
    json_t                  *out       = json_array();

    vec_each(signal, signals) {
        json_t *one = json_object();
        json_put(one, "kind", json_text(arena, str_lower(arena, str_of(signal_name(signal->kind)))));
        json_put(one, "says", json_string(signal_says(signal->kind)));
        json_put(one, "detail", json_text_or_null(arena, signal->detail));
        json_put(one, "source", json_string(sources[signal_source(signal->kind)]));
        json_put(one, "speaks", json_string(speaks[signal_speaks(signal->kind)]));
        json_put(one, "meanings", meanings_json(signal->kind));
        json_put(one, "count", json_count(signal->count));
        json_put(one, "path", json_text(arena, signal->place.path));
        json_put(one, "line", signal->place.line ? json_count(signal->place.line) : json_null());
        json_add(out, one);
    }
    return out;
}

static json_t *generated_json(Arena *arena, const CatalogColumn *column)
{
    if (column->generated == GENERATED_NO)
        return json_null();
    json_t *out = json_object();
    json_put(out, "kind",
             json_string(column->generated == GENERATED_STORED ? "stored" : "virtual"));
    json_put(out, "expression", expr_json(arena, &column->generated_as));
    return out;
}

static json_t *column_json(Arena *arena, const CatalogTable *table, const CatalogColumn *column)
{
    json_t *out = json_object();

    json_put(out, "name", json_text(arena, column->name));
    json_put(out, "declared", json_text_or_null(arena, column->declared));
    json_put(out, "affinity", json_string(affinity_name(column->affinity)));
    json_put(out, "type", json_string(pg_type_sql(column->type)));
    json_put(out, "migrated_as", json_text_or_null(arena, column->postgres));
    json_put(out, "evidence", meaning_json(arena, &column->meaning));
    json_put(out, "signals", signals_json(arena, &column->signals));
    json_put(out, "not_null", json_boolean(column->not_null));
    json_put(out, "nullable", json_boolean(column_is_nullable(table, column)));
    json_put(out, "default", expr_json(arena, &column->default_));
    json_put(out, "primary_key", column->pk ? json_count(column->pk) : json_null());
    json_put(out, "rowid", json_boolean(column->rowid_alias));
    json_put(out, "autoincrement", json_boolean(column->autoincrement));
    json_put(out, "unique", json_boolean(column->unique));
    json_put(out, "collation", json_text_or_null(arena, column->collation));
    json_put(out, "generated", generated_json(arena, column));
    json_put(out, "in_all_definitions", json_boolean(!column->is_partial));
    json_put(out, "place", place_json(arena, column->place));
    return out;
}

static json_t *key_json(Arena *arena, const CatalogKey *key)
{
    json_t *out = json_object();

    json_put(out, "name", json_text_or_null(arena, key->name));
    json_put(out, "columns", names_json(arena, &key->columns));
    json_put(out, "on_conflict", action_json(key->conflict));
    json_put(out, "place", place_json(arena, key->place));
    return out;
}

static json_t *check_json(Arena *arena, const CatalogCheck *check)
{
    json_t *out = json_object();

    json_put(out, "name", json_text_or_null(arena, check->name));
    json_put(out, "column", json_text_or_null(arena, check->column));
    json_put(out, "expression", expr_json(arena, &check->expr));
    json_put(out, "place", place_json(arena, check->place));
    return out;
}

static json_t *foreign_key_json(Arena *arena, const CatalogForeignKey *key)
{
    json_t *out = json_object();

    json_put(out, "name", json_text_or_null(arena, key->name));
    json_put(out, "columns", names_json(arena, &key->columns));
    json_put(out, "table", json_text(arena, key->table));
    json_put(out, "to", key->to.count ? names_json(arena, &key->to) : json_null());
    json_put(out, "on_delete", action_json(key->on_delete));
    json_put(out, "on_update", action_json(key->on_update));
    json_put(out, "deferrable", json_boolean(key->deferrable));
    json_put(out, "initially_deferred", json_boolean(key->initially_deferred));
    json_put(out, "place", place_json(arena, key->place));
    return out;
}

static json_t *terms_json(Arena *arena, const CatalogIndex *index)
{
    json_t *out = json_array();

    node_each(term, index->definition.node)
    {
        if (term->role != ROLE_ITEM)
            continue;
        json_t     *one     = json_object();
        const Node *operand = node_child(term, ROLE_OPERAND);
        size_t      at      = json_array_size(out);
        Str         column  = at < index->columns.count ? index->columns.items[at] : (Str){ 0 };
        json_put(one, "column", json_text_or_null(arena, column));
        json_put(one, "expression",
                 operand ? json_text(arena, node_text(index->definition.text, operand))
                         : json_null());
        json_put(one, "descending", json_boolean(term->flags & FLAG_DESC));
        json_add(out, one);
    }
    return out;
}

static json_t *index_json(Arena *arena, const CatalogIndex *index)
{
    json_t *out = json_object();

    json_put(out, "name", json_text(arena, index->name));
    json_put(out, "unique", json_boolean(index->unique));
    json_put(out, "terms", terms_json(arena, index));
    json_put(out, "where", expr_json(arena, &index->where));
    json_put(out, "place", place_json(arena, index->place));
    return out;
}

static json_t *table_json(Arena *arena, const CatalogTable *table)
{
    json_t *out = json_object(), *columns = json_array(), *uniques = json_array(),
           *checks = json_array(), *foreign_keys = json_array(), *indexes = json_array();
    json_t *primary = NULL;

    vec_each(column, &table->columns)
        json_add(columns, column_json(arena, table, column));
    vec_each(key, &table->keys) {
        if (key->is_primary && !primary)
            primary = key_json(arena, key);
        else
            json_add(uniques, key_json(arena, key));
    }
    vec_each(check, &table->checks)
        json_add(checks, check_json(arena, check));
    vec_each(key, &table->foreign_keys)
        json_add(foreign_keys, foreign_key_json(arena, key));
    vec_each(index, &table->indexes)
        json_add(indexes, index_json(arena, index));
    json_put(out, "name", json_text(arena, table->name));
    json_put(out, "temporary", json_boolean(table->is_temp));
    json_put(out, "without_rowid", json_boolean(table->without_rowid));
    json_put(out, "strict", json_boolean(table->strict));
    json_put(out, "columns_known", json_boolean(table->columns_known));
    json_put(out, "columns", columns);
    json_put(out, "primary_key", primary ? primary : json_null());
    json_put(out, "uniques", uniques);
    json_put(out, "checks", checks);
    json_put(out, "foreign_keys", foreign_keys);
    json_put(out, "indexes", indexes);
    json_put(out, "place", place_json(arena, table->place));
    return out;
}

static json_t *defined_json(Arena *arena, Str name, const SchemaExpr *definition, SchemaPlace place)
{
    json_t *out = json_object();

    json_put(out, "name", json_text(arena, name));
    json_put(out, "definition", expr_json(arena, definition));
    json_put(out, "place", place_json(arena, place));
    return out;
}

static json_t *findings_json(Arena *arena, const Ddl *ddl)
{
    json_t *out = json_array();

    vec_each(statement, &ddl->statements) {
        vec_each(finding, &statement->findings) {
            json_t *one = json_object();
            json_put(one, "code", json_string(finding->code));
            json_put(one, "table", json_text_or_null(arena, finding->table));
            json_put(one, "message", json_text(arena, finding->message));
            json_put(one, "place", place_json(arena, finding->place));
            json_add(out, one);
        }
    }
    return out;
}

Str schema_json(Arena *arena, const Catalog *catalog, const Ddl *ddl)
{
    OWN(json_t) document = json_document();
    json_t     *tables = json_array(), *views = json_array(), *virtuals = json_array(),
           *triggers = json_array();

    vec_each(at, &catalog->tables) {
        const CatalogTable *table = *at;
        if (table->kind == TABLE_PLAIN) {
            json_add(tables, table_json(arena, table));
            continue;
        }
        json_t *one = defined_json(arena, table->name, &table->definition, table->place);
        if (table->kind == TABLE_VIRTUAL)
            json_put(one, "module", json_text(arena, table->module));
        json_add(table->kind == TABLE_VIEW ? views : virtuals, one);
    }
    vec_each(trigger, &catalog->triggers) {
        json_t *one = defined_json(arena, trigger->name, &trigger->definition, trigger->place);
        json_put(one, "table", json_text(arena, trigger->table));
        json_add(triggers, one);
    }
    json_put(document, "tables", tables);
    json_put(document, "views", views);
    json_put(document, "virtual_tables", virtuals);
    json_put(document, "triggers", triggers);
    json_put(document, "findings", findings_json(arena, ddl));
    return json_written(arena, document);
}
